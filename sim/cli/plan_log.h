// The traffic of flow logs in the place of a scenario's workloads.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "analysis/plan/plan_log.h"
#include "models/scenario/valid_scenario.h"
#include "sim/cli/log_options.h"
#include "sim/input/window_flows.h"

namespace vpcmirror::sim {

// One reading of the logs, for all variants of a scenario.
class PlanLog {
 public:
  // Reads them for their windows, and once more for the flows of the window that sizes and of
  // those at p50, p95, p99 and max. Throws ScenarioException as ReadLoggedTraffic does, and when
  // nothing in them is of an ENI of `base`, which tells what interfaces there are.
  PlanLog(const ValidScenario& base, const LogOptions& options);

  // Puts the traffic of the window that sizes in the place of the workloads of a variant. ENIs
  // that are only there have none. Throws ScenarioException when it lacks an ENI with traffic.
  void PutInto(ValidScenario& variant) const { Put(sizing_, variant); }

  // What is told of it beside the plan of `planned`, into which it was put. MakePlan fills in
  // how other windows would do.
  PlannedLog ToldOf(const ValidScenario& planned) const;
  WindowTrials OtherWindows(const ValidScenario& base) const;
  // Reads the logs once more.
  void TryEvery(const ValidScenario& base, const TryWindow& take) const;

 private:
  struct Window {
    RankedWindow ranked;
    std::vector<ObservedFlow> flows;  // by ENI of enis_, at their peak
  };
  void Put(const Window& window, ValidScenario& variant) const;
  RankedWindow WindowAt(const std::string& at, double share) const;

  LoggedTrafficOptions reading_;
  std::vector<std::string> enis_;  // of `base`, by index: their IDs
  LoggedTraffic logged_;
  std::vector<FoundInterface> found_;
  Window sizing_;
  std::vector<Window> others_;
};

}  // namespace vpcmirror::sim
