// The security groups and ACL in front of one ENI, packet by packet.
#pragma once

#include <cstddef>
#include <unordered_map>
#include <vector>

#include "models/cloud/deployment.h"
#include "models/mirror/direction.h"
#include "models/wire/flow_key.h"

namespace vpcmirror {

enum class Admission : std::uint8_t { kAdmitted, kSecurityGroup, kAcl };

// Stateless judgements, for paths and for checks.
bool Accepts(const std::vector<SecurityRule>& rules, const FlowKey& flow, Direction direction);

// Remembers which end opened a flow, since security groups are stateful: the
// reply to an admitted packet is admitted. Remembers at most kMaxFlows, then
// forgets all of them at once and goes on.
class Firewall {
 public:
  static constexpr std::size_t kMaxFlows = 1 << 20;

  Firewall(const Deployment& deployment, std::size_t eni);

  // True when nothing is ever dropped here: no group, no ACL.
  bool is_open() const { return groups_.empty() && acl_ == nullptr; }

  Admission Admit(const FlowKey& flow, Direction direction);

 private:
  std::vector<const SecurityGroup*> groups_;
  const NetworkAcl* acl_ = nullptr;
  struct FlowHasher {
    std::size_t operator()(const FlowKey& flow) const noexcept;
  };
  std::unordered_map<FlowKey, Direction, FlowHasher> opened_by_;
};

}  // namespace vpcmirror
