// A plan as a Report.
#pragma once

#include <optional>

#include "analysis/plan/plan.h"
#include "analysis/report/plan_before.h"
#include "analysis/report/report.h"

namespace vpcmirror {

Report ReportOfPlan(const Plan& plan, const std::optional<PlanBefore>& before);

}  // namespace vpcmirror
