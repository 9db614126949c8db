// How much work a scenario is, before it is run.
#pragma once

#include <cstdint>

#include "models/scenario/valid_scenario.h"

namespace vpcmirror::sim {

// Events that the packet engine would take, within a factor of about two: one
// to make each production frame, one for its arrival at an ENI, and one for the
// arrival of each copy. A filter's refusals are not foreseen.
double EstimateEvents(const ValidScenario& scenario);

// Throws ScenarioException when the estimate is above `max_events`, with what
// would make the run smaller.
void RefuseIfTooLarge(const ValidScenario& scenario, std::int64_t max_events);

}  // namespace vpcmirror::sim
