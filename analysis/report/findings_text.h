// Findings as a network engineer reads them on a terminal.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "analysis/check/rule.h"
#include "analysis/report/findings.h"
#include "analysis/report/result_text.h"

namespace vpcmirror {

struct FindingsTextOptions {
  TextStyle style{};
  bool verbose = false;  // says which are suppressed, and why
  // Texts of files other than the report's that findings are in; may be null.
  const std::map<std::string, std::string, std::less<>>* sources = nullptr;
};

// The worst first, each with its line of `source`, which is the text of `report.file`, or
// empty; a summary in one line last. Nothing is wider than the style, words that are longer
// are broken. Ends in a newline.
std::string FindingsText(const FindingsReport& report, std::string_view source,
                         const FindingsTextOptions& options);

// All that is known of a rule. Ends in a newline.
std::string RuleText(const Rule& rule, const TextStyle& style);

}  // namespace vpcmirror
