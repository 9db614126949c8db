// How much work a scenario is, before it is run.
#pragma once

#include <cstdint>

#include "models/scenario/valid_scenario.h"

namespace vpcmirror::sim {

// A flow holds its headers, about 150 bytes: 1.5 GB.
inline constexpr std::int64_t kMostFlows = 10'000'000;

// Events that the packet engine would take, within a factor of about two: one
// to make each production frame, one for its arrival at an ENI, and one for the
// arrival of each copy. A filter's refusals are not foreseen.
double EstimateEvents(const ValidScenario& scenario);

// Throws ScenarioException when the estimate is above `max_events`, or the
// flows of all streams together above kMostFlows, with what would make the run
// smaller.
void RefuseIfTooLarge(const ValidScenario& scenario, std::int64_t max_events);

}  // namespace vpcmirror::sim
