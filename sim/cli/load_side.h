// A deployment from whatever files describe it, where nothing is run.
#pragma once

#include <string>
#include <vector>

#include "models/scenario/valid_scenario.h"
#include "sim/input/scenario_reader.h"

namespace vpcmirror::sim {

// A scenario file; or answers of a provider's API and folders of them, which are imported.
// Throws ScenarioException with every error at once, each where it is in those files.
ValidScenario LoadSide(const std::vector<std::string>& paths, const Library& library,
                       const ReadOptions& read);

}  // namespace vpcmirror::sim
