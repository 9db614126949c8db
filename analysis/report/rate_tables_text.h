// The tables of a run's rates beside their limits on a terminal, alike members as one row.
#pragma once

#include <string>

#include "analysis/report/text_layout.h"
#include "models/scenario/run_result.h"

namespace vpcmirror {

// Each begins with an empty line; empty where the run has none of them.
std::string HostsText(const RunResult& result, const TextStyle& style);
std::string EnisText(const RunResult& result, const TextStyle& style);
std::string ReceiversText(const RunResult& result, const TextStyle& style);

}  // namespace vpcmirror
