// What would go wrong with a scenario's mirrors once they are deployed.
#pragma once

#include <vector>

#include "analysis/check/finding.h"
#include "models/scenario/scenario.h"
#include "models/scenario/valid_scenario.h"

namespace vpcmirror {

// What rules look at. `written` is what `valid` was made of; both outlive it.
struct CheckContext {
  const Scenario& written;
  const ValidScenario& valid;
};

// What the rules find in a valid scenario, by rule, then in the scenario's order. Without
// file and line.
std::vector<Finding> Check(const CheckContext& context);

// What validating told, as findings of the rules that the errors name; those that name
// none are of rule MIR-INP-001. With file and line, as the errors have them.
std::vector<Finding> FindingsOf(const std::vector<ScenarioError>& errors);

}  // namespace vpcmirror
