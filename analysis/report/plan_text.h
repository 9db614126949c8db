// A plan as a network engineer reads it on a terminal.
#pragma once

#include <string>

#include "analysis/plan/plan.h"
#include "analysis/report/result_text.h"

namespace vpcmirror {

// The verdict first, then bottlenecks, growth and what is lost first; assumptions last.
// Ends in a newline.
std::string PlanText(const Plan& plan, const TextStyle& style);

}  // namespace vpcmirror
