// vpcmirror check --coverage: what mirrors see, ENI by ENI; and assertions about it.
#pragma once

#include <string>
#include <vector>

#include "models/scenario/valid_scenario.h"
#include "sim/cli/surroundings.h"
#include "sim/input/scenario_reader.h"

namespace vpcmirror::sim {

struct CoverageOptions {
  std::vector<std::string> files;  // the scenario, or what a provider's API answers
  std::vector<std::string> flow_logs;
  std::string format;  // "text", "json" or "csv"
};

// Prints coverage and returns the exit code: kAssertionMissed where one about coverage is.
int PrintCoverage(const CoverageOptions& options, const Library& library, const ReadOptions& read,
                  const Surroundings& around);

// Says on `err` which assertions about coverage are missed; true when any is.
bool MissesCoverage(const ValidScenario& scenario, const Surroundings& around);

// Throws ScenarioException when an assertion of `read` is not about coverage: only a run tells.
void RefuseOtherAssertions(const ValidScenario& scenario, const ReadOptions& read);

}  // namespace vpcmirror::sim
