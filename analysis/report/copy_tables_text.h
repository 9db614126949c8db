// The tables of where a run's copies went, on a terminal.
#pragma once

#include <string>

#include "analysis/report/text_layout.h"
#include "models/scenario/run_result.h"

namespace vpcmirror {

// Each begins with an empty line; empty where the run has none of them.
// The ledger of each mirror, from what was offered to what came onto the wire.
std::string MirrorsText(const RunResult& result, const TextStyle& style);
std::string LoadBalancersText(const RunResult& result, const TextStyle& style);

}  // namespace vpcmirror
