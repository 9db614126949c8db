// The first lines of a run on a terminal.
#pragma once

#include <string>

#include "analysis/report/text_layout.h"
#include "models/scenario/run_result.h"

namespace vpcmirror {

// The verdict and what it is of, then what mirroring costs and what was lost.
std::string HeadlineText(const RunResult& result, const TextStyle& style);

}  // namespace vpcmirror
