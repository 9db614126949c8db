// What the TCP flows of workloads did, on a terminal.
#pragma once

#include <string>

#include "models/scenario/run_result.h"

namespace vpcmirror {

// A table behind an empty line; nothing where there are no TCP flows.
std::string TcpText(const RunResult& result, bool color);

}  // namespace vpcmirror
