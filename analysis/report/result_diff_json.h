// What two results say differently, for machines: scenarios/schema/result-diff.schema.json.
#pragma once

#include <string>

#include "analysis/report/result_diff_report.h"

namespace vpcmirror {

inline constexpr const char* kResultDiffSchema = "vpcmirror.result-diff/1";

std::string ResultDiffJson(const ResultDiffReport& report);

}  // namespace vpcmirror
