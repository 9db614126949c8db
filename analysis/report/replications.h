// From the results of several replications to means and intervals.
#pragma once

#include <span>
#include <string>

#include "models/scenario/run_result.h"

namespace vpcmirror {

// `results` are texts of ResultJson, of one scenario with different random streams, at
// least one. Each number that all of them have and that differs among them becomes a
// figure; its path is keys of result.json with dots between, and the ID of an item of a
// list in brackets: "hosts[web].margin". `confidence` in (0, 1).
Replications Replicate(std::span<const std::string> results, double confidence);

}  // namespace vpcmirror
