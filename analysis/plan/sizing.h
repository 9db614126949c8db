// How many receivers a scenario's copies need, of sizes that there are to be had.
#pragma once

#include <string>
#include <vector>

#include "analysis/plan/fleet.h"
#include "models/cloud/catalog.h"
#include "models/cloud/prices.h"
#include "models/scenario/run_result.h"
#include "models/scenario/valid_scenario.h"

namespace vpcmirror {

// What a receiver may be.
struct Market {
  std::vector<CatalogType> types;
  std::vector<ReceiverProfile> profiles;  // all that there are
  PriceLists prices;
};

// What the copies of a run ask of all receivers together, lost on their way or not.
FleetDemand DemandOf(const ValidScenario& scenario, const RunResult& result);

// What is enough for each of them: the largest of every figure. At least one.
FleetDemand LargestOf(const std::vector<FleetDemand>& demands);

// What the scenario's first provider asks of the receivers of its mirrors; of those that are ENIs,
// if any is.
FleetRules FleetRulesFor(const ValidScenario& scenario);

struct Sizing {
  FleetDemand demand;
  std::string provider;                   // whose types those are
  std::vector<std::string> profiles;      // of the receivers' software
  double most_used = 0;                   // of each limit
  FleetPlan fleet;                        // without the spare receiver
  std::vector<CheapestFleet> with_spare;  // N+1, by pace as in the fleet
  std::vector<CheapestFleet> fewest_with_spare;
  std::vector<std::string> notes;  // sentences: how copies spread, where not as it is reckoned
};

// For the first provider of the scenario and the software of its receivers, the generic one
// where it has none. `margin_goal` is the share of each limit that is to stay free, under 1.
Sizing SizeFor(const ValidScenario& scenario, const FleetDemand& demand, const Market& market,
               double margin_goal);
// One for several scenarios of one provider and one software, at least one.
Sizing SizeForAll(const std::vector<const ValidScenario*>& scenarios, const FleetDemand& demand,
                  const Market& market, double margin_goal);
// The profiles that a fleet for the scenario runs, by name.
std::vector<std::string> SoftwareNames(const ValidScenario& scenario, const Market& market);

}  // namespace vpcmirror
