// What imported things are called in the scenario.
#pragma once

#include <array>
#include <map>
#include <set>
#include <string>

#include "sim/import/inventory.h"

namespace vpcmirror::sim {

// A thing has the name that people gave it where that is a name, and nothing else of its kind
// has it; and else the ID that the cloud gave it.
class NameBook {
 public:
  explicit NameBook(const Inventory& inventory);

  std::string Of(const FoundVpc& vpc) const { return Choose(kVpc, vpc.name, vpc.id); }
  std::string Of(const FoundSubnet& subnet) const {
    return Choose(kSubnet, subnet.name, subnet.id);
  }
  std::string Of(const FoundInstance& host) const { return Choose(kHost, host.name, host.id); }
  std::string Of(const FoundEni& host) const;  // of an ENI that is a host of its own
  std::string Of(const FoundBalancer& balancer) const {
    return Choose(kBalancer, balancer.name, balancer.id);
  }

 private:
  enum Kind { kVpc, kSubnet, kHost, kBalancer, kKinds };

  void Count(Kind kind, const std::string& name, const std::string& id);
  std::string Choose(Kind kind, const std::string& name, const std::string& id) const;

  std::array<std::map<std::string, int>, kKinds> times_;  // that a name is given, by kind
  std::set<std::string> ids_;
};

}  // namespace vpcmirror::sim
