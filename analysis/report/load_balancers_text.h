// The table of a run's load balancers, on a terminal.
#pragma once

#include <string>

#include "analysis/report/text_layout.h"
#include "models/scenario/run_result.h"

namespace vpcmirror {

// Begins with an empty line; empty where the run has none.
std::string LoadBalancersText(const RunResult& result, const TextStyle& style);

}  // namespace vpcmirror
