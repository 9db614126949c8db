// A plan as a network engineer reads it on a terminal.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/plan/plan.h"
#include "analysis/plan/several.h"
#include "analysis/report/plan_before.h"
#include "analysis/report/result_text.h"

namespace vpcmirror {

// The verdict first, then bottlenecks, growth and what is lost first; assumptions last.
// Ends in a newline.
std::string PlanText(const Plan& plan, const std::optional<PlanBefore>& before,
                     const TextStyle& style);

// Verdict and growth of each scenario, then the receivers that are enough for any of them: a
// fleet for each cloud and software.
std::string SeveralText(const std::vector<OneOfSeveral>& planned,
                        const std::vector<SharedFleet>& fleets, const TextStyle& style);

}  // namespace vpcmirror
