// What two results say differently as a Report.
#pragma once

#include "analysis/report/report.h"
#include "analysis/report/result_diff_report.h"

namespace vpcmirror {

Report ReportOfDiff(const ResultDiffReport& diff);

}  // namespace vpcmirror
