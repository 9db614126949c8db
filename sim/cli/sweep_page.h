// The page of a sweep.
#pragma once

#include <string>

#include "sim/cli/sweep_plan.h"
#include "sim/sweep/store.h"

namespace vpcmirror::sim {

// Writes sweep.html into `folder`, of the runs that sweep.csv has; `summary` is what the terminal
// says of them, `command` what was typed. Throws FileException and StoreException.
void WriteSweepPage(const std::string& folder, const SweepPlan& plan, const SweepStore& store,
                    const std::string& summary, const std::string& command);

}  // namespace vpcmirror::sim
