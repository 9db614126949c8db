// Which parts of a deployment depend on one another's losses.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "models/scenario/valid_scenario.h"
#include "sim/fluid/flow_bundles.h"

namespace vpcmirror::sim {

// Where something is lost.
struct LossyPlaces {
  std::vector<char> cvms;                // by CVM
  std::vector<std::vector<char>> zones;  // by load balancer and zone
};

// Lossy places and the bundles that come by them, which depend on no other lossy place.
struct Coupling {
  std::vector<std::uint32_t> bundles;  // in their order
  std::vector<std::uint32_t> cvms;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> zones;  // load balancer, zone
};

// Connected components of lossy places, gathered into at most so many. Two places are connected
// where a bundle comes by both, or is the answer to one that comes by the other.
std::vector<Coupling> CouplingsOf(const ValidScenario& scenario, const FlowBundles& flows,
                                  const LossyPlaces& lossy, std::size_t most);

}  // namespace vpcmirror::sim
