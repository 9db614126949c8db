// Findings as GitHub shows them beside the lines of a pull request.
#pragma once

#include <string>

#include "analysis/report/findings.h"

namespace vpcmirror {

// A workflow command a finding, the worst first; without the suppressed ones. Empty when
// nothing is shown.
std::string FindingsGithub(const FindingsReport& report);

}  // namespace vpcmirror
