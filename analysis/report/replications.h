// From the results of several replications to means and intervals.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "models/scenario/run_result.h"

namespace vpcmirror {

// `results` are texts of ResultJson, of one scenario with different random streams, at
// least one. Each number that all of them have and that differs among them becomes a
// figure; its path is keys of result.json with dots between, and the ID of an item of a
// list in brackets: "hosts[web].margin". `confidence` in (0, 1).
//
// Fills in `replicated` of the assertions, which are those of the first result. What is
// asserted of a number is asserted of its mean: met where all of the interval has it,
// missed where none of it has, undecided in between. Of words and flags, and where some run
// has no value: met in all runs, missed in all, or undecided. Other disciplines are tried
// in the first run alone, which decides for them.
Replications Replicate(std::span<const std::string> results, double confidence,
                       std::vector<AssertionResult>& assertions);

}  // namespace vpcmirror
