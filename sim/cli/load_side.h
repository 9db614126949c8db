// One side of a comparison, from whatever file describes it.
#pragma once

#include <string>

#include "models/scenario/valid_scenario.h"
#include "sim/input/scenario_reader.h"

namespace vpcmirror::sim {

// Throws ScenarioException with every error at once, in terms of the file.
ValidScenario LoadSide(const std::string& file, const Library& library, const ReadOptions& read);

}  // namespace vpcmirror::sim
