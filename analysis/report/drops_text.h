// What was dropped, a line a reason, below a table of a run on a terminal.
#pragma once

#include <cstdint>
#include <string>

#include "models/scenario/run_result.h"

namespace vpcmirror {

// Shares are of `of_frames`; reasons that dropped nothing are left out.
void AppendDrops(std::string& out, const DropCounts& drops, std::int64_t of_frames);

}  // namespace vpcmirror
