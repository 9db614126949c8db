// Watches a queue of the packet engine frame by frame, which a RunResult does not.
#pragma once

#include <cstdint>
#include <vector>

#include "models/scenario/valid_scenario.h"
#include "models/units/quantity.h"

namespace vpcmirror::fidelity {

// A mean of independent replications.
struct Estimate {
  double mean = 0;
  double standard_error = 0;  // of the mean
};
Estimate EstimateOf(const std::vector<double>& values);  // two or more

// Production that the first ENI of a deployment sends and that its CVM's limits
// queue or lose, from the frame after the first `skipped`. Nothing may arrive there
// and nothing be copied, so that frames depart in the order in which they came.
struct QueueWatch {
  std::int64_t skipped = 0;
  std::int64_t frames = 0;
  bool waits = false;  // else losses only, which takes an event less a frame
};
struct QueueSample {
  std::int64_t offered = 0;
  std::int64_t lost = 0;
  Picoseconds waited{};        // all frames together, before their own service
  std::int64_t waited_of = 0;  // frames
};

// One replication of the scenario on the network that the packet engine makes of it.
// Throws std::logic_error when its duration is over before enough frames came.
QueueSample WatchQueue(const ValidScenario& scenario, std::uint64_t replication,
                       const QueueWatch& watch);

// Every frame that the first ENI offers and every frame that leaves it.
struct FrameAt {
  Picoseconds at{};
  Bytes frame{};
};
struct QueueTrace {
  std::vector<FrameAt> offered;   // production, lost or not
  std::vector<FrameAt> taken;     // of them, those that were not lost
  std::vector<FrameAt> departed;  // copies included
};
QueueTrace TraceQueue(const ValidScenario& scenario);

}  // namespace vpcmirror::fidelity
