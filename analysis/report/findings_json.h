// Findings for programs; scenarios/schema/findings.schema.json is the contract.
#pragma once

#include <string>

#include "analysis/report/findings.h"

namespace vpcmirror {

// Of the format: a change that a reader would notice gets another number.
inline constexpr char kFindingsSchema[] = "vpcmirror.findings/1";

// Version and summary, then all findings, suppressed ones too, one a line. Ends in a newline.
std::string FindingsJson(const FindingsReport& report);
// The same findings, one a line, and nothing else.
std::string FindingsJsonLines(const FindingsReport& report);

}  // namespace vpcmirror
