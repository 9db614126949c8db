#include "analysis/plan/sizing.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "models/scenario/steady_walk.h"

namespace vpcmirror {
namespace {

constexpr const char* kAnySoftware = "generic";

struct LargestFlow {
  double bits = 0;
  double packets = 0;
};

// Of one flow and its answers, at all ENIs that copy it: what a worker gets that gets all.
LargestFlow LargestCopiedFlow(const ValidScenario& scenario) {
  std::map<std::pair<std::size_t, int>, Flux> flows;  // by stream, and flow of it
  WalkSteadyFlows(scenario, [&](const SteadyPassing& passing) {
    const std::size_t stream = passing.stream - (passing.is_answer ? 1 : 0);
    for (const Outcome& outcome : passing.decision.outcomes()) {
      if (outcome.refusal != Refusal::kNone || outcome.plan.mtu_action == MtuAction::kDrop) continue;
      flows[{stream, passing.flow}] += CopiesOf(passing.tap.session(outcome.session), outcome.plan,
                                                passing.frame.wire_length, passing.flux);
    }
  });
  LargestFlow largest;
  for (const auto& [flow, flux] : flows) {
    largest.bits = std::max(largest.bits, flux.bits_per_second);
    largest.packets = std::max(largest.packets, flux.frames_per_second);
  }
  return largest;
}

std::set<std::size_t> SourcesOf(const ValidScenario& scenario) {
  std::set<std::size_t> sources;
  for (const PlacedMirror& placed : scenario.mirrors) {
    sources.insert(placed.sources.begin(), placed.sources.end());
  }
  return sources;
}

// Of the receivers of the scenario, or the generic one.
std::vector<ReceiverProfile> SoftwareOf(const ValidScenario& scenario,
                                        const std::vector<ReceiverProfile>& all) {
  std::map<std::string, ReceiverProfile> software;
  for (const Cvm& cvm : scenario.deployment->cvms) {
    if (cvm.receiver) software.emplace(cvm.receiver->name, *cvm.receiver);
  }
  for (const ReceiverProfile& each : all) {
    if (software.empty() && each.name == kAnySoftware) software.emplace(each.name, each);
  }
  std::vector<ReceiverProfile> list;
  for (const auto& [name, profile] : software) list.push_back(profile);
  return list;
}

std::vector<InstanceType> TypesOf(const std::string& provider,
                                  const std::vector<CatalogType>& types) {
  std::vector<InstanceType> of_provider;
  for (const CatalogType& each : types) {
    if (each.provider == provider) of_provider.push_back(each.type);
  }
  return of_provider;
}

FleetTarget TargetOf(const ValidScenario& scenario) {
  const auto is_balanced = [](const PlacedMirror& each) { return each.load_balancer.has_value(); };
  return std::any_of(scenario.mirrors.begin(), scenario.mirrors.end(), is_balanced)
             ? FleetTarget::kLoadBalancer
             : FleetTarget::kEnis;
}

}  // namespace

FleetDemand DemandOf(const ValidScenario& scenario, const RunResult& result) {
  FleetDemand demand;
  for (const HostResult& host : result.hosts) {
    demand.bandwidth += host.copies_out.bandwidth;
    demand.packet_rate += host.copies_out.packet_rate;
  }
  const LargestFlow flow = LargestCopiedFlow(scenario);
  demand.largest_flow = BitsPerSecond(std::llround(flow.bits));
  demand.largest_flow_packets = PacketsPerSecond(std::llround(flow.packets));
  for (const std::size_t eni : SourcesOf(scenario)) {
    ++demand.sources;
    const Cvm& cvm = scenario.deployment->cvms[scenario.deployment->enis[eni].cvm];
    demand.source_bandwidth += cvm.limits.bandwidth.value_or(BitsPerSecond(0));
  }
  return demand;
}

FleetDemand LargestOf(const std::vector<FleetDemand>& demands) {
  FleetDemand largest = demands.front();
  for (const FleetDemand& each : demands) {
    largest.bandwidth = std::max(largest.bandwidth, each.bandwidth);
    largest.packet_rate = std::max(largest.packet_rate, each.packet_rate);
    largest.largest_flow = std::max(largest.largest_flow, each.largest_flow);
    largest.largest_flow_packets = std::max(largest.largest_flow_packets, each.largest_flow_packets);
    largest.sources = std::max(largest.sources, each.sources);
    largest.source_bandwidth = std::max(largest.source_bandwidth, each.source_bandwidth);
  }
  return largest;
}

Sizing SizeFor(const ValidScenario& scenario, const FleetDemand& demand, const Market& market,
               double margin_goal) {
  Sizing sizing{.demand = demand, .most_used = 1 - margin_goal};
  if (scenario.providers.empty()) return sizing;
  const ProviderProfile& profile = scenario.providers.front();
  sizing.provider = profile.name;
  const std::vector<ReceiverProfile> software = SoftwareOf(scenario, market.profiles);
  for (const ReceiverProfile& each : software) sizing.profiles.push_back(each.name);
  const std::vector<InstanceType> types = TypesOf(profile.name, market.types);
  const std::vector<ReceiverPace> paces = PacesOf(software);
  const FleetRules rules = FleetRulesOf(profile, TargetOf(scenario));
  const auto prices = market.prices.find(profile.name);
  const std::map<std::string, UnitPrice> hours =
      prices == market.prices.end() ? std::map<std::string, UnitPrice>{}
                                    : prices->second.instance_hour;
  FleetSettings settings{.most_used = sizing.most_used, .spare = false};
  sizing.fleet = PlanFleet(demand, types, paces, rules, hours, settings);
  settings.spare = true;
  sizing.with_spare = PlanFleet(demand, types, paces, rules, hours, settings).cheapest;
  return sizing;
}

}  // namespace vpcmirror
