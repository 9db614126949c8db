// A plan as a document for programs: scenarios/schema/plan.schema.json.
#pragma once

#include <string>

#include "analysis/plan/plan.h"

namespace vpcmirror {

inline constexpr char kPlanSchema[] = "vpcmirror.plan/1";

// The bytes of plan.json, newline at the end. They depend on the plan alone.
std::string PlanJson(const Plan& plan);

}  // namespace vpcmirror
