// What Tencent Cloud calls the objects of a scenario, and which have no such name.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "models/scenario/error.h"
#include "sim/input/examine_scenario.h"

namespace vpcmirror::sim {

class TencentNames {
 public:
  // Keeps a reference; requires examined.sound.
  explicit TencentNames(const ExaminedScenario& examined) : examined_(examined) {}

  // The object's ID, or else its name in the scenario, which is then missed.
  std::string OfVpc(std::size_t vpc);
  std::string OfSubnet(std::size_t subnet);
  std::string OfEni(std::size_t eni);
  std::string OfNatGateway(const std::string& name, std::size_t vpc);
  std::string OfLoadBalancer(std::size_t balancer);
  // The address of an ENI that takes copies in. One that the scenario does not say was drawn
  // by the simulator, so that the ENI's name stands for it.
  std::string AddressOf(std::size_t eni, const IpAddress& address, bool is_written);

  // What the scenario would have to say, an error an object or host, without positions.
  std::vector<ScenarioError> Missing() const;

 private:
  struct OfHost {
    std::vector<std::string> enis;
    bool has_count = false;
  };
  const Deployment& deployment() const { return *examined_.sound->deployment; }
  std::string Miss(const std::string& path, const std::string& what, const std::string& accepted,
                   const std::string& name);
  void MissOfHost(std::size_t eni, std::map<std::string, OfHost>& missed);
  bool HasWrittenAddress(std::size_t eni) const;

  const ExaminedScenario& examined_;
  std::map<std::string, ScenarioError> objects_;  // by path and what
  std::map<std::string, OfHost> without_id_;      // by host
  std::map<std::string, OfHost> without_address_;
};

}  // namespace vpcmirror::sim
