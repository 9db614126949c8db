// What check finds that no run shows, for plans.
#pragma once

#include <vector>

#include "analysis/plan/obstacle.h"
#include "models/scenario/scenario.h"
#include "models/scenario/valid_scenario.h"

namespace vpcmirror::sim {

// Errors that check finds in a scenario that is valid, and that its owner does not accept, but
// for those of load, which runs measure. `valid` was made of `written`.
std::vector<Obstacle> ObstaclesOf(const Scenario& written, const ValidScenario& valid);

}  // namespace vpcmirror::sim
