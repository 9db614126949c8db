// What an earlier plan of the same scenario said, to tell what has changed since.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/plan/plan.h"

namespace vpcmirror {

struct PlanBefore {
  std::string verdict;  // "AT RISK"
  std::optional<double> margin;
  std::optional<double> lasts_until;  // factor of all workloads
  std::optional<std::int64_t> copies_bps;
  std::map<std::string, double> totals;  // of a month, by currency

  friend bool operator==(const PlanBefore&, const PlanBefore&) = default;
};

// Of a plan.json; empty where that is none that this program can read.
std::optional<PlanBefore> ReadPlanBefore(std::string_view plan_json);
PlanBefore OutcomeOf(const Plan& plan);

// "margin 33.3 % -> 11 %", a line for each figure that differs; none: nothing does.
std::vector<std::string> ChangesSince(const PlanBefore& before, const Plan& plan);

}  // namespace vpcmirror
