// What a check found as a Report.
#pragma once

#include <string_view>

#include "analysis/report/finding_lines.h"
#include "analysis/report/findings.h"
#include "analysis/report/report.h"

namespace vpcmirror {

// `source` is the text of `findings.file`, or empty; `sources` those of other files that
// findings are in, may be null.
Report ReportOfCheck(const FindingsReport& findings, std::string_view source,
                     const FindingLines::Sources* sources);

}  // namespace vpcmirror
