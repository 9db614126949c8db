// What would go wrong with a scenario's mirrors once they are deployed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "analysis/check/finding.h"
#include "models/scenario/scenario.h"
#include "models/scenario/valid_scenario.h"

namespace vpcmirror {

struct CheckSettings {
  // ISO date, by which lists of what a cloud supports are told old; empty: none is.
  std::string today;
};

// What the rules find in a valid scenario: what validating warned of, then by rule, each in
// the scenario's order. `valid` was made of `written`. Without file and line.
std::vector<Finding> Check(const Scenario& written, const ValidScenario& valid,
                           const CheckSettings& settings = {});

// Whether all rules have looked at all of the scenario: not where it has errors.
enum class Extent : std::uint8_t { kPart, kWhole };

// Marks what the scenario accepts, with its reason; adds what is wrong with an acceptance
// that accepts nothing, which only who has seen all can say.
void MarkAccepted(const Scenario& written, Extent judged, std::vector<Finding>& findings);

// What validating told, as findings of the rules that the errors name; those that name
// none are of rule MIR-INP-001. With file and line, as the errors have them.
std::vector<Finding> FindingsOf(const std::vector<ScenarioError>& errors);

}  // namespace vpcmirror
