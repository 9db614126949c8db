// What imported things are called in the scenario.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sim/import/inventory.h"

namespace vpcmirror::sim {

// A thing has the name that people gave it where that is a name and nothing else has it,
// and else the ID that the cloud gave it.
class NameBook {
 public:
  explicit NameBook(const Inventory& inventory);

  std::string Of(const FoundVpc& vpc) const { return Choose(vpc.name, vpc.id); }
  std::string Of(const FoundSubnet& subnet) const { return Choose(subnet.name, subnet.id); }
  std::string Of(const FoundInstance& host) const { return Choose(host.name, host.id); }
  std::string Of(const FoundEni& host) const { return Choose(host.name, host.id); }
  std::string Of(const FoundBalancer& balancer) const { return Choose(balancer.name, balancer.id); }

 private:
  void Count(const std::string& name, const std::string& id);
  std::string Choose(const std::string& name, const std::string& id) const;

  std::map<std::string, int, std::less<>> times_;
};

}  // namespace vpcmirror::sim
