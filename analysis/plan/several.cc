#include "analysis/plan/several.h"

#include <map>
#include <utility>

namespace vpcmirror {
namespace {

// What a fleet is of: the cloud, and the software of the receivers.
using FleetKind = std::pair<std::string, std::vector<std::string>>;

FleetKind KindOf(const ValidScenario& scenario, const Market& market) {
  const std::string provider =
      scenario.providers.empty() ? std::string() : scenario.providers.front().name;
  return {provider, SoftwareNames(scenario, market)};
}

}  // namespace

OneOfSeveral PlanOneOfSeveral(const ValidScenario& scenario, RunResult result,
                              std::vector<Obstacle> obstacles, Trials& trials) {
  OneOfSeveral one{.obstacles = std::move(obstacles)};
  LoadSearch search(scenario, result, trials);
  one.headroom = HeadroomOf(result.margin.value_or(1), result.margin_goal, search);
  one.demand = DemandOf(scenario, result);
  one.result = std::move(result);
  return one;
}

std::vector<SharedFleet> FleetsFor(const std::vector<ValidScenario>& scenarios,
                                   const std::vector<OneOfSeveral>& planned, const Market& market,
                                   double margin_goal) {
  std::map<FleetKind, std::vector<std::size_t>> kinds;
  for (std::size_t i = 0; i < scenarios.size(); ++i) {
    if (planned[i].demand.bandwidth == BitsPerSecond(0)) continue;
    kinds[KindOf(scenarios[i], market)].push_back(i);
  }
  std::vector<SharedFleet> fleets;
  for (const auto& [kind, members] : kinds) {
    SharedFleet fleet;
    std::vector<const ValidScenario*> of_kind;
    std::vector<FleetDemand> demands;
    for (const std::size_t i : members) {
      fleet.scenarios.push_back(scenarios[i].name);
      of_kind.push_back(&scenarios[i]);
      demands.push_back(planned[i].demand);
    }
    fleet.sizing = SizeForAll(of_kind, LargestOf(demands), market, margin_goal);
    fleets.push_back(std::move(fleet));
  }
  return fleets;
}

}  // namespace vpcmirror
