// Findings for a comment on a pull request, and rules as a page of the documentation.
#pragma once

#include <span>
#include <string>

#include "analysis/check/rule.h"
#include "analysis/report/findings.h"

namespace vpcmirror {

// GitHub Flavored Markdown: a table of the findings, the worst first, and below it why each of
// their rules is one. No longer than a comment may be: what does not fit is counted.
std::string FindingsMarkdown(const FindingsReport& report);

// docs/findings.md: a table of the rules, then a section each.
std::string FindingsDocument(std::span<const Rule> rules = Rules());

}  // namespace vpcmirror
