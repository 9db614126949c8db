// A run as a Report.
#pragma once

#include "analysis/report/report.h"
#include "models/scenario/run_result.h"

namespace vpcmirror {

// Requires a judged result.
Report ReportOfRun(const RunResult& result);

}  // namespace vpcmirror
