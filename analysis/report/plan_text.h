// A plan as a network engineer reads it on a terminal.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/plan/plan.h"
#include "analysis/report/plan_before.h"
#include "analysis/report/result_text.h"

namespace vpcmirror {

// The verdict first, then bottlenecks, growth and what is lost first; assumptions last.
// Ends in a newline.
std::string PlanText(const Plan& plan, const std::optional<PlanBefore>& before,
                     const TextStyle& style);

// A verdict for each scenario, then the receivers that are enough for any of them.
std::string FleetText(const std::vector<RunResult>& results, const std::optional<Sizing>& sizing,
                      const TextStyle& style);

}  // namespace vpcmirror
