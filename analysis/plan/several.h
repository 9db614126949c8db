// Several scenarios, such as days of one estate, and the receivers that are enough for all.
#pragma once

#include <string>
#include <vector>

#include "analysis/plan/load_search.h"
#include "analysis/plan/obstacle.h"
#include "analysis/plan/sizing.h"
#include "analysis/plan/trials.h"
#include "models/scenario/run_result.h"
#include "models/scenario/valid_scenario.h"

namespace vpcmirror {

struct OneOfSeveral {
  RunResult result;  // judged
  std::vector<Obstacle> obstacles;
  Headroom headroom;
  FleetDemand demand;
};

// `result` is judged, of `scenario`. Throws TrialStopped.
OneOfSeveral PlanOneOfSeveral(const ValidScenario& scenario, RunResult result,
                              std::vector<Obstacle> obstacles, Trials& trials);

// For all scenarios of one cloud and one receiver software.
struct SharedFleet {
  std::vector<std::string> scenarios;  // names
  Sizing sizing;
};

// One for each cloud and software that scenarios which copy something have: receivers of one
// cloud, or with other software, are no help to another. By both names; the order of the
// scenarios decides nothing. `planned` is of `scenarios`, in their order.
std::vector<SharedFleet> FleetsFor(const std::vector<ValidScenario>& scenarios,
                                   const std::vector<OneOfSeveral>& planned, const Market& market,
                                   double margin_goal);

}  // namespace vpcmirror
