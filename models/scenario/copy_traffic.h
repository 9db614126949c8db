// The copies of frames that passed ENIs, added to what planners reckon with.
#pragma once

#include <cstddef>
#include <vector>

#include "models/cloud/load_balancer.h"
#include "models/mirror/mirror_tap.h"
#include "models/scenario/steady_traffic.h"
#include "models/scenario/valid_scenario.h"

namespace vpcmirror {

// Frames that passed an ENI, as one of its mirrors sees them.
struct MirroredPassing {
  std::size_t eni = 0;
  Direction direction = Direction::kIngress;
  std::size_t mirror = 0;  // index into ValidScenario::mirrors
  const Mirror& session;
  const Outcome& outcome;
  Bytes frame{};  // the mean length
  Flux flux;
};

class CopyTraffic {
 public:
  // The scenario must outlive it.
  explicit CopyTraffic(const ValidScenario& scenario);

  // Adds what the mirror was offered, its copies at the ENI and at their receivers. `arrived`: ENIs
  // that copies of the same frames have reached; those of this passing are put behind, and a copy
  // to one that is there is a duplicate.
  void Add(const MirroredPassing& passing, std::vector<std::size_t>& arrived,
           SteadyTraffic& traffic) const;

 private:
  void Deliver(const MirroredPassing& passing, const Flux& copy, std::vector<std::size_t>& arrived,
               SteadyTraffic& traffic) const;

  const ValidScenario& scenario_;
  std::vector<BackendChoice> choices_;  // by load balancer
};

}  // namespace vpcmirror
