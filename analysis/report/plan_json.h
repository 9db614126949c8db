// A plan as a document for programs: scenarios/schema/plan.schema.json.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/plan/plan.h"
#include "analysis/plan/several.h"
#include "analysis/report/plan_before.h"

namespace vpcmirror {

inline constexpr char kPlanSchema[] = "vpcmirror.plan/1";
inline constexpr char kFleetSchema[] = "vpcmirror.fleet/1";

// The bytes of plan.json, newline at the end. They depend on the arguments alone.
std::string PlanJson(const Plan& plan, const std::optional<PlanBefore>& before);
// Of several scenarios: scenarios/schema/fleet.schema.json.
std::string SeveralJson(const std::vector<OneOfSeveral>& planned,
                        const std::vector<SharedFleet>& fleets);

}  // namespace vpcmirror
