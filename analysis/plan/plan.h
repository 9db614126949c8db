// Whether a scenario fits, what breaks first, and how far it can grow.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "analysis/plan/budget.h"
#include "analysis/plan/levers.h"
#include "analysis/plan/load_search.h"
#include "analysis/plan/losses.h"
#include "analysis/plan/monthly_cost.h"
#include "analysis/plan/obstacle.h"
#include "analysis/plan/outage.h"
#include "analysis/plan/parts.h"
#include "analysis/plan/plan_log.h"
#include "analysis/plan/sensitivity.h"
#include "analysis/plan/sizing.h"
#include "analysis/plan/trials.h"
#include "analysis/plan/what_if.h"
#include "models/scenario/run_result.h"
#include "models/scenario/valid_scenario.h"

namespace vpcmirror {

struct Bottleneck {
  PartName part;
  PartUse use;
  // The load at which it is over a limit; empty: not searched for.
  std::optional<LoadBracket> breaks;
};

// What parts use at one load of all workloads.
struct GrowthPoint {
  double load = 1;
  std::map<PartName, PartUse> parts;
};

struct Plan {
  RunResult result;                     // of the scenario as it is
  std::vector<Obstacle> obstacles;      // whatever its verdict says; all else is of traffic alone
  bool load_lasts = false;              // as PlanSettings has it
  std::vector<Bottleneck> bottlenecks;  // by margin, the tightest first
  Headroom headroom;
  std::vector<GrowthPoint> growth;  // at the loads that were run for these, ascending
  // A little over the first load that does not fit, or of the scenario itself where that does
  // not; empty: nothing breaks.
  std::optional<LossesAtLoad> first_losses;
  std::vector<Sensitivity> sensitivity;  // the most effect first
  std::vector<Saving> savings;           // the largest first
  std::vector<Outage> outages;
  FleetDemand demand;            // of the copies
  std::optional<Sizing> sizing;  // empty: nothing is copied
  MonthlyCost cost;
  std::optional<CopyBudget> budget;   // as it was asked for
  std::vector<BudgetChoice> choices;  // within it
  std::vector<WhatIf> what_ifs;       // in the order in which they were asked
  std::optional<PlannedLog> log;      // whose traffic it is; empty: the workloads'
  // Workloads that no load scales: TCP flows take what they get.
  std::vector<std::string> unscaled;
  int runs = 0;  // of the engine
};

struct PlanSettings {
  // So many bottlenecks get the load at which they break: each takes runs.
  std::size_t searched = 10;
  std::vector<std::string> cost_tables;  // that there are
  Remake remake;
  Market market;
  std::optional<CopyBudget> budget;  // empty: nobody asks what fits one
  std::string today;                 // ISO date, for prices; empty: nothing is free
  std::vector<Obstacle> obstacles;   // of the scenario
  std::vector<WhatIfQuestion> what_ifs;
  // The runs are of a load that lasts (RunControl::load_lasts); else of the scenario's duration,
  // in which queues may hide what is lost later.
  bool load_lasts = false;
  std::optional<PlannedLog> log;  // whose traffic the scenario has
  WindowTrials windows;           // of it, to compare with
  EveryWindow every_window;       // of it; empty: they are not tried
};

// With what stands in the way, beside its traffic.
Verdict VerdictOf(const Plan& plan);

// `result` is judged, of `scenario`. Throws TrialStopped.
Plan MakePlan(const ValidScenario& scenario, const RunResult& result, const PlanSettings& settings,
              Trials& trials);

}  // namespace vpcmirror
