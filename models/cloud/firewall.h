// The security groups and ACL in front of one ENI, packet by packet.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "models/cloud/deployment.h"
#include "models/mirror/direction.h"
#include "models/wire/flow_key.h"

namespace vpcmirror {

enum class Admission : std::uint8_t { kAdmitted, kSecurityGroup, kAcl };

// Index of the first rule that matches; empty when none does. A flow without
// ports matches a rule about ports only if its range is any.
std::optional<std::size_t> DecidingRule(const std::vector<SecurityRule>& rules, const FlowKey& flow,
                                        Direction direction);

// Stateless judgements, for paths and for checks. No match is a no.
bool Accepts(const std::vector<SecurityRule>& rules, const FlowKey& flow, Direction direction);

// An ENI with several groups admits what any of them admits. The ACL guards the
// border of the subnet: frames whose other end is inside the subnet pass it.
// Remembers which end opened a flow, since security groups are stateful: the
// reply to an admitted packet is admitted. Remembers at most kMaxFlows, then
// forgets all of them at once and goes on.
class Firewall {
 public:
  static constexpr std::size_t kMaxFlows = 1 << 20;

  Firewall(const Deployment& deployment, std::size_t eni);
  // With these groups in place of the ENI's own. It remembers no flow yet.
  Firewall(const Deployment& deployment, std::size_t eni, const std::vector<std::size_t>& groups);

  // True when nothing is ever dropped here: no group, no ACL.
  bool is_open() const { return groups_.empty() && acl_ == nullptr; }

  Admission Admit(const FlowKey& flow, Direction direction);

  // Remembers what `other` did, which forgets it. What a group has admitted stays admitted
  // when groups change, as clouds have it of connections that are tracked.
  void TakeOverFlows(Firewall& other) { opened_ = std::move(other.opened_); }

  // Until then a flow that was admitted in one direction stays so.
  std::int64_t times_forgotten() const { return times_forgotten_; }

 private:
  bool GroupsAdmit(const FlowKey& flow, Direction direction) const;
  bool AclAdmits(const FlowKey& flow, Direction direction) const;
  bool IsOpen(const FlowKey& flow, Direction direction) const;
  void Open(const FlowKey& flow, Direction direction);

  std::vector<const SecurityGroup*> groups_;
  const NetworkAcl* acl_ = nullptr;
  const Subnet* subnet_ = nullptr;
  struct FlowHasher {
    std::size_t operator()(const FlowKey& flow) const noexcept;
  };
  // Flows as their first packet had them, and in which directions they passed.
  std::unordered_map<FlowKey, std::uint8_t, FlowHasher> opened_;
  std::int64_t times_forgotten_ = 0;
};

}  // namespace vpcmirror
