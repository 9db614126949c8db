// What two results say differently, as people read it.
#pragma once

#include <string>

#include "analysis/report/result_diff_report.h"
#include "analysis/report/result_text.h"

namespace vpcmirror {

// For a terminal, lines of at most style.width: what was run differently, the verdict, changes
// for the worse, for the better and others, each list by effect and cut where it grows long.
std::string ResultDiffText(const ResultDiffReport& report, const TextStyle& style);

// The same for a pull request.
std::string ResultDiffMarkdown(const ResultDiffReport& report);

}  // namespace vpcmirror
