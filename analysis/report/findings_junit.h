// Findings as test results, for CI servers.
#pragma once

#include <string>

#include "analysis/report/findings.h"

namespace vpcmirror {

// JUnit XML: a test case a rule, which fails when a finding of it is at least as bad as
// `fails_from`, and is skipped when all of them are suppressed. What is less bad is its output.
std::string FindingsJunit(const FindingsReport& report, Severity fails_from = Severity::kError);

}  // namespace vpcmirror
