// The command line that makes a result again.
#pragma once

#include <string>
#include <string_view>

#include "models/scenario/run_result.h"

namespace vpcmirror {

// Of `command`, for a shell: "vpcmirror run x.json --engine packet --seed 1 --set ...".
std::string RerunCommand(std::string_view command, const RunResult& result);

}  // namespace vpcmirror
