// The object "coverage" of result.json and of check --coverage.
#pragma once

#include <nlohmann/json.hpp>

#include "models/scenario/coverage_summary.h"

namespace vpcmirror {

nlohmann::ordered_json CoverageSummaryJson(const CoverageSummary& summary);

}  // namespace vpcmirror
