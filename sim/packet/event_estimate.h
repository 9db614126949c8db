// How much work a scenario is, before it is run.
#pragma once

#include <cstdint>

#include "models/scenario/engine.h"
#include "models/scenario/valid_scenario.h"

namespace vpcmirror::sim {

// A flow holds its headers, about 150 bytes: 1.5 GB.
inline constexpr std::int64_t kMostFlows = 10'000'000;

struct RunEstimate {
  double events = 0;          // 0: of an engine that has none
  double seconds = 0;         // of CPU time, all of it on one core
  double set_up_seconds = 0;  // of these, what does not depend on the duration
  double bytes = 0;           // of memory at its peak, the result being written included
};

// Of two runs, one behind the other.
RunEstimate operator+(const RunEstimate& first, const RunEstimate& second);

// What the packet engine would take. Events within a factor of about two: one
// to make each production frame, one for its arrival at an ENI, and one for the
// arrival of each copy. A filter's refusals are not foreseen. Time and memory
// as measured on one machine (docs/performance.md); memory leaves out what
// waits in queues that overflow.
RunEstimate EstimateRun(const ValidScenario& scenario);

// Throws ScenarioException when `estimate` is above a limit, with all of the
// estimate and what would make the run smaller, or when the flows of all streams
// together are above kMostFlows. `scenario` is what was estimated.
void RefuseIfTooLarge(const ValidScenario& scenario, const RunEstimate& estimate,
                      const RunLimits& limits);

}  // namespace vpcmirror::sim
