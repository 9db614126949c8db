// A report for a comment on a pull request.
#pragma once

#include <string>

#include "analysis/report/report.h"

namespace vpcmirror {

// GitHub Flavored Markdown: verdict, figures and bottlenecks; sections folded, of long tables
// the first rows. Names are no links, mentions or syntax.
std::string MarkdownReport(const Report& report);

}  // namespace vpcmirror
