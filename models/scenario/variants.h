// The same experiment with something about it changed, for results that compare.
#pragma once

#include <string>
#include <vector>

#include "models/scenario/valid_scenario.h"

namespace vpcmirror {

// Without mirrors and without captures: what production does when nobody watches.
ValidScenario WithoutMirrors(const ValidScenario& scenario);

// The other values that the assumption `congestion` could have; empty where no
// provider assumes it or the scenario settles it.
std::vector<std::string> OtherDisciplines(const ValidScenario& scenario);

// With one of them wherever the discipline is assumed, and without captures.
ValidScenario WithDiscipline(const ValidScenario& scenario, const std::string& value);

// That of the first provider that assumes it; empty where OtherDisciplines is.
std::string AssumedDiscipline(const ValidScenario& scenario);

}  // namespace vpcmirror
