// What would go wrong with a scenario's mirrors once they are deployed.
#pragma once

#include <vector>

#include "analysis/check/finding.h"
#include "models/scenario/scenario.h"
#include "models/scenario/valid_scenario.h"

namespace vpcmirror {

// What the rules find in a valid scenario: what validating warned of, then by rule, each in
// the scenario's order. `valid` was made of `written`. Without file and line.
std::vector<Finding> Check(const Scenario& written, const ValidScenario& valid);

// What validating told, as findings of the rules that the errors name; those that name
// none are of rule MIR-INP-001. With file and line, as the errors have them.
std::vector<Finding> FindingsOf(const std::vector<ScenarioError>& errors);

}  // namespace vpcmirror
