// A plan as a document for programs: scenarios/schema/plan.schema.json.
#pragma once

#include <optional>
#include <string>

#include "analysis/plan/plan.h"
#include "analysis/report/plan_before.h"

namespace vpcmirror {

inline constexpr char kPlanSchema[] = "vpcmirror.plan/1";

// The bytes of plan.json, newline at the end. They depend on the arguments alone.
std::string PlanJson(const Plan& plan, const std::optional<PlanBefore>& before);

}  // namespace vpcmirror
