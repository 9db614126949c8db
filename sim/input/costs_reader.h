// A table of CPU costs from its JSON.
#pragma once

#include <string>
#include <string_view>

#include "models/capacity/cpu_cost.h"
#include "sim/input/schema_check.h"

namespace vpcmirror::sim {

// Each point has either a share or a time of a frame, and the points make a
// CostCurve. An operation without a curve costs nothing. Throws ScenarioException
// with every error at once.
CpuCostTable ReadCostTable(std::string_view text, const std::string& file, const Schema& schema);

}  // namespace vpcmirror::sim
