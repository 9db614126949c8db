// A plan for a pull request or a wiki, in GitHub Flavored Markdown.
#pragma once

#include <optional>
#include <string>

#include "analysis/plan/plan.h"
#include "analysis/report/plan_before.h"

namespace vpcmirror {

std::string PlanMarkdown(const Plan& plan, const std::optional<PlanBefore>& before);

}  // namespace vpcmirror
