// Which packets start or stop being mirrored, on a terminal and for a pull request.
#pragma once

#include <string>

#include "analysis/report/mirror_diff_entries.h"
#include "analysis/report/result_text.h"

namespace vpcmirror {

std::string MirrorDiffText(const DiffReport& report, const TextStyle& style);
std::string MirrorDiffMarkdown(const DiffReport& report);

}  // namespace vpcmirror
