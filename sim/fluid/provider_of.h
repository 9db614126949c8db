// The cloud that a machine is in.
#pragma once

#include <cstddef>

#include "models/scenario/valid_scenario.h"

namespace vpcmirror::sim {

inline const ProviderProfile& ProviderOf(const ValidScenario& scenario, std::size_t cvm) {
  const Deployment& deployment = *scenario.deployment;
  const std::size_t subnet = deployment.enis[deployment.cvms[cvm].enis.front()].subnet;
  return scenario.providers[deployment.vpcs[deployment.subnets[subnet].vpc].provider];
}

}  // namespace vpcmirror::sim
