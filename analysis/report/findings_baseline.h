// What an earlier check has found already.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "analysis/report/findings.h"

namespace vpcmirror {

// The same for what is the same to whoever owns the scenario: code, object and place in the
// scenario. Neither lines nor numbers are in it.
std::string FindingKey(const Finding& finding);

// The keys of a FindingsJson without those of its suppressed findings: once it is no longer
// suppressed, a finding is worth telling. Throws std::invalid_argument that says what is
// wrong with `text` and where.
std::set<std::string, std::less<>> ReadKnownFindings(std::string_view text);

// Takes out what is known, and counts it. What is suppressed stays.
void HideKnown(FindingsReport& report, const std::set<std::string, std::less<>>& keys);

}  // namespace vpcmirror
