// Whether what was asserted of a result holds.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "models/scenario/run_result.h"
#include "models/scenario/valid_scenario.h"

namespace vpcmirror {

// Fills in result.assertions, by the figures that result.json shows: last of all, since
// an assertion may be about anything else in it.
//
// Where a path leads to several figures each must hold, and the one that holds least is
// told; where it leads to an empty list there is none to break it. A figure that is null
// or absent is unequal to all others, and neither less nor more; but a margin that is
// null counts as 1, since nothing limits and all is free.
void CheckAssertions(const ValidScenario& scenario, RunResult& result);

// Whether vpcmirror check can tell, without a run.
bool IsAboutCoverage(const Assertion& assertion);
// The outcomes of those of the scenario's that are about coverage, which is as given.
std::vector<AssertionResult> CheckCoverage(const ValidScenario& scenario,
                                           const CoverageSummary& coverage);

std::string_view ToString(AssertionOutcome outcome);  // "met"

// "it is 2.81 Gbps, of enis[web[0]/eni0]", "no value". Unlike its bound in words
// whenever it is in fact.
std::string OutcomeText(const AssertionResult& assertion);

}  // namespace vpcmirror
