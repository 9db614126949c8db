// Delays, and what a result says of other runs of its scenario, on a terminal.
#pragma once

#include <string>

#include "models/scenario/run_result.h"

namespace vpcmirror {

// Tables of the delays, of production with and without the mirror, and of who
// loses under which congestion discipline, each behind an empty line; those that
// there is nothing to say of are left out.
std::string ComparisonText(const RunResult& result, bool color);

}  // namespace vpcmirror
