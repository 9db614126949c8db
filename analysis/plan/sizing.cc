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

bool IsSpreadByEni(const PlacedMirror& placed) {
  return !placed.load_balancer && !placed.sources.empty() &&
         placed.mirror->settings().choice == ReceiverChoice::kBySourceEni;
}

struct Largest {
  double bits = 0;
  double packets = 0;

  template <class Key>
  static Largest Of(const std::map<Key, Flux>& parts) {
    Largest largest;
    for (const auto& [key, flux] : parts) {
      largest.bits = std::max(largest.bits, flux.bits_per_second);
      largest.packets = std::max(largest.packets, flux.frames_per_second);
    }
    return largest;
  }
};

// What of all copies goes to one place.
struct LargestParts {
  Largest flow;    // and its answers, at all ENIs that copy it: what a worker gets that gets all
  Largest source;  // of one mirror that spreads them by ENI
};

LargestParts LargestPartsOf(const ValidScenario& scenario) {
  std::map<std::pair<std::size_t, int>, Flux> flows;            // by stream, and flow of it
  std::map<std::pair<std::size_t, std::size_t>, Flux> sources;  // by mirror and ENI
  WalkSteadyFlows(scenario, [&](const SteadyPassing& passing) {
    const std::size_t stream = passing.stream - (passing.is_answer ? 1 : 0);
    for (const Outcome& outcome : passing.decision.outcomes()) {
      if (outcome.refusal != Refusal::kNone || outcome.plan.mtu_action == MtuAction::kDrop)
        continue;
      const Flux copies = CopiesOf(passing.tap.session(outcome.session), outcome.plan,
                                   passing.frame.wire_length, passing.flux);
      flows[{stream, passing.flow}] += copies;
      const std::size_t mirror = passing.mirrors[passing.tap.given_position(outcome.session)];
      if (IsSpreadByEni(scenario.mirrors[mirror])) sources[{mirror, passing.eni}] += copies;
    }
  });
  return {Largest::Of(flows), Largest::Of(sources)};
}

// Of every CVM once, whichever of its ENIs are sources.
BitsPerSecond BandwidthOf(const Deployment& deployment, const std::set<std::size_t>& sources) {
  std::set<std::size_t> cvms;
  BitsPerSecond sum{};
  for (const std::size_t eni : sources) {
    const std::size_t cvm = deployment.enis[eni].cvm;
    if (!cvms.insert(cvm).second) continue;
    sum += deployment.cvms[cvm].limits.bandwidth.value_or(BitsPerSecond(0));
  }
  return sum;
}

// What there is about the way that copies spread that an even spread leaves aside.
std::vector<std::string> SpreadNotes(const ValidScenario& scenario) {
  bool by_eni = false;
  bool weighted = false;
  bool zoned = false;
  for (const PlacedMirror& placed : scenario.mirrors) {
    by_eni = by_eni || IsSpreadByEni(placed);
    const auto& receivers = placed.mirror->settings().receivers;
    weighted = weighted || std::any_of(receivers.begin(), receivers.end(), [&](const auto& each) {
                 return each.weight != receivers.front().weight;
               });
    if (!placed.load_balancer) continue;
    const LoadBalancer& balancer = scenario.deployment->load_balancers[*placed.load_balancer];
    zoned = zoned || (balancer.zones.size() > 1 && !balancer.cross_zone);
  }
  std::vector<std::string> notes;
  if (by_eni) {
    notes.emplace_back(
        "Copies are spread by ENI: each receiver must take all of the largest one, and a hash may "
        "send it several. Plan a run with the fleet, or spread by flow.");
  }
  if (weighted) {
    notes.emplace_back(
        "The weights of today's receivers are left aside: give new ones weights in proportion to "
        "what each takes.");
  }
  if (zoned) {
    notes.emplace_back(
        "A load balancer without cross-zone balancing gives a zone's copies to backends of that "
        "zone alone: this fleet is for all zones together, and each needs its own share.");
  }
  return notes;
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
  const auto is_of_enis = [](const PlacedMirror& each) { return !each.load_balancer; };
  return scenario.mirrors.empty() ||
                 std::any_of(scenario.mirrors.begin(), scenario.mirrors.end(), is_of_enis)
             ? FleetTarget::kEnis
             : FleetTarget::kLoadBalancer;
}

}  // namespace

FleetRules FleetRulesFor(const ValidScenario& scenario) {
  return scenario.providers.empty() ? FleetRules{}
                                    : FleetRulesOf(scenario.providers.front(), TargetOf(scenario));
}

FleetDemand DemandOf(const ValidScenario& scenario, const RunResult& result) {
  FleetDemand demand;
  for (const HostResult& host : result.hosts) {
    demand.bandwidth += host.copies_out.bandwidth;
    demand.packet_rate += host.copies_out.packet_rate;
  }
  const LargestParts largest = LargestPartsOf(scenario);
  demand.largest_flow = BitsPerSecond(std::llround(largest.flow.bits));
  demand.largest_flow_packets = PacketsPerSecond(std::llround(largest.flow.packets));
  demand.largest_source = BitsPerSecond(std::llround(largest.source.bits));
  demand.largest_source_packets = PacketsPerSecond(std::llround(largest.source.packets));
  const std::set<std::size_t> sources = SourcesOf(scenario);
  demand.sources = static_cast<std::int64_t>(sources.size());
  demand.source_bandwidth = BandwidthOf(*scenario.deployment, sources);
  return demand;
}

FleetDemand LargestOf(const std::vector<FleetDemand>& demands) {
  FleetDemand largest = demands.front();
  for (const FleetDemand& each : demands) {
    largest.bandwidth = std::max(largest.bandwidth, each.bandwidth);
    largest.packet_rate = std::max(largest.packet_rate, each.packet_rate);
    largest.largest_flow = std::max(largest.largest_flow, each.largest_flow);
    largest.largest_flow_packets =
        std::max(largest.largest_flow_packets, each.largest_flow_packets);
    largest.largest_source = std::max(largest.largest_source, each.largest_source);
    largest.largest_source_packets =
        std::max(largest.largest_source_packets, each.largest_source_packets);
    largest.sources = std::max(largest.sources, each.sources);
    largest.source_bandwidth = std::max(largest.source_bandwidth, each.source_bandwidth);
  }
  return largest;
}

std::vector<std::string> SoftwareNames(const ValidScenario& scenario, const Market& market) {
  std::vector<std::string> names;
  for (const ReceiverProfile& each : SoftwareOf(scenario, market.profiles)) {
    names.push_back(each.name);
  }
  return names;
}

Sizing SizeFor(const ValidScenario& scenario, const FleetDemand& demand, const Market& market,
               double margin_goal) {
  return SizeForAll({&scenario}, demand, market, margin_goal);
}

Sizing SizeForAll(const std::vector<const ValidScenario*>& scenarios, const FleetDemand& demand,
                  const Market& market, double margin_goal) {
  // The strictest rules are those of a scenario whose mirrors have ENIs as targets.
  const auto first = std::find_if(
      scenarios.begin(), scenarios.end(),
      [](const ValidScenario* each) { return TargetOf(*each) == FleetTarget::kEnis; });
  const ValidScenario& scenario = first == scenarios.end() ? *scenarios.front() : **first;
  Sizing sizing{.demand = demand, .most_used = 1 - margin_goal};
  if (scenario.providers.empty()) return sizing;
  const ProviderProfile& profile = scenario.providers.front();
  sizing.provider = profile.name;
  const std::vector<ReceiverProfile> software = SoftwareOf(scenario, market.profiles);
  for (const ReceiverProfile& each : software) sizing.profiles.push_back(each.name);
  const std::vector<InstanceType> types = TypesOf(profile.name, market.types);
  const std::vector<ReceiverPace> paces = PacesOf(software);
  const FleetRules rules = FleetRulesFor(scenario);
  const auto prices = market.prices.find(profile.name);
  const std::map<std::string, UnitPrice> hours = prices == market.prices.end()
                                                     ? std::map<std::string, UnitPrice>{}
                                                     : prices->second.instance_hour;
  FleetSettings settings{.most_used = sizing.most_used, .spare = false};
  sizing.fleet = PlanFleet(demand, types, paces, rules, hours, settings);
  settings.spare = true;
  FleetPlan with_spare = PlanFleet(demand, types, paces, rules, hours, settings);
  sizing.with_spare = std::move(with_spare.cheapest);
  sizing.fewest_with_spare = std::move(with_spare.fewest);
  for (const ValidScenario* each : scenarios) {
    for (std::string& note : SpreadNotes(*each)) {
      const bool is_known = std::count(sizing.notes.begin(), sizing.notes.end(), note) != 0;
      if (!is_known) sizing.notes.push_back(std::move(note));
    }
  }
  std::sort(sizing.notes.begin(), sizing.notes.end());
  return sizing;
}

}  // namespace vpcmirror
