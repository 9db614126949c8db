// What two scenarios mirror otherwise as a Report.
#pragma once

#include "analysis/report/mirror_diff_entries.h"
#include "analysis/report/report.h"

namespace vpcmirror {

Report ReportOfMirrorDiff(const DiffReport& diff);

}  // namespace vpcmirror
