// Names of a scenario's ENIs, asked from outside the scenario.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "models/scenario/valid_scenario.h"

namespace vpcmirror {

// The ENIs that a selector names, as it would in the scenario itself: "web",
// "web[3]", "web/eni1", "subnet:web", an ENI's ID, an address. At least one.
// Throws ScenarioException, with `place` in place of a file, when it names none.
std::vector<std::size_t> FindEnis(const ValidScenario& scenario, const std::string& selector,
                                  const std::string& place);

}  // namespace vpcmirror
