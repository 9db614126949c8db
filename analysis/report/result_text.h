// A result as a network engineer reads it on a terminal.
#pragma once

#include <string>

#include "analysis/report/text_layout.h"
#include "models/scenario/run_result.h"

namespace vpcmirror {

// The verdict first, then what mirroring costs, assertions, hosts, ENIs, mirrors and
// receivers, alike ones together; assumptions last. ASCII, but for
// names that are not, and sparks. Ends in a newline.
std::string ResultText(const RunResult& result, const TextStyle& style);

}  // namespace vpcmirror
