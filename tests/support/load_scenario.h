// A scenario as text, over the profiles and catalogues that ship. Who includes this links
// vpcmirror_input.
#pragma once

#include <string>

#include "models/scenario/valid_scenario.h"
#include "sim/input/library.h"
#include "sim/input/scenario_reader.h"

namespace vpcmirror::sim {

inline ValidScenario Load(const std::string& text) {
  return LoadScenarioText(text, "test.json", LoadLibrary(FindDataFolder()));
}

}  // namespace vpcmirror::sim
