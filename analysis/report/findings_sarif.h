// Findings for code scanning.
#pragma once

#include <string>
#include <string_view>

#include "analysis/report/findings.h"

namespace vpcmirror {

// SARIF 2.1.0: one run, all rules, all findings. Columns are in characters, as SARIF counts
// them, where `source`, the text of `report.file`, has their line. Ends in a newline.
std::string FindingsSarif(const FindingsReport& report, std::string_view source);

}  // namespace vpcmirror
