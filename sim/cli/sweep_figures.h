// What a sweep keeps of each run.
#pragma once

#include <string>
#include <vector>

#include "models/scenario/run_result.h"
#include "sim/sweep/outcome.h"

namespace vpcmirror::sim {

// The names of the columns, units in them as in result.json (docs/sweep.md).
std::vector<std::string> SweepFigureNames();

// By those names. Requires that the result is judged.
std::vector<Cell> SweepFigures(const RunResult& result);

}  // namespace vpcmirror::sim
