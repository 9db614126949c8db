// Routes to their next hops, once the hosts that they may lead to are there.
#include <algorithm>

#include "models/scenario/draft.h"
#include "models/scenario/nearest.h"
#include "models/scenario/selectors.h"

namespace vpcmirror {
namespace {

std::optional<NextHop> ResolveCvm(Draft& draft, const RouteSpec& spec, std::size_t vpc) {
  const Selection selection = ResolveEnis(draft, {spec.via, spec.path, std::nullopt});
  if (selection.failed) return std::nullopt;
  const auto enis = OnePerHost(draft, selection);
  if (enis.size() != 1) {
    draft.errors.Add(spec.path,
                     "\"" + spec.via + "\" names " + std::to_string(enis.size()) + " hosts",
                     "one host or ENI as next hop, such as \"fw[0]\"");
    return std::nullopt;
  }
  if (draft.VpcOf(enis.front()) != vpc) {
    draft.errors.Add(spec.path,
                     "the next hop \"" + spec.via + "\" is in VPC " +
                         draft.deployment->vpcs[draft.VpcOf(enis.front())].name,
                     "a host of VPC " + draft.deployment->vpcs[vpc].name);
    return std::nullopt;
  }
  return NextHop{NextHop::Kind::kCvm, static_cast<std::uint32_t>(enis.front())};
}

bool IsKnownHost(const Draft& draft, const std::string& via) {
  return draft.hosts.count(via.substr(0, via.find_first_of("[/"))) != 0 ||
         draft.hosts.count(via) != 0 || draft.ids.count(via) != 0 || ParseIpAddress(via);
}

std::optional<NextHop> ResolveNextHop(Draft& draft, const RouteSpec& spec, std::size_t vpc) {
  if (spec.via == "blackhole") return NextHop{NextHop::Kind::kBlackhole, 0};
  if (spec.via == "outside") return NextHop{NextHop::Kind::kOutside, 0};
  if (spec.via == "local") {
    const Vpc& here = draft.deployment->vpcs[vpc];
    if (Holds(here, spec.destination)) return NextHop{NextHop::Kind::kLocal, 0};
    draft.errors.Add(spec.path,
                     ToString(spec.destination) + " is not local: it lies outside VPC " + here.name,
                     "a range inside " + RangesText(here));
    return std::nullopt;
  }
  const auto& gateways = draft.names[vpc].gateways;
  const auto gateway = gateways.find(spec.via);
  if (gateway != gateways.end()) return gateway->second;
  if (IsKnownHost(draft, spec.via)) return ResolveCvm(draft, spec, vpc);
  std::vector<std::string> known = NamesOf(gateways);
  for (const char* word : {"local", "outside", "blackhole"}) known.emplace_back(word);
  for (const std::string& host : NamesOf(draft.hosts)) known.push_back(host);
  draft.errors.Add(spec.path, "there is no next hop \"" + spec.via + "\"",
                   AcceptedNames(spec.via, known));
  return std::nullopt;
}

void AddRoute(Draft& draft, const RouteSpec& spec, RouteTable& table) {
  const bool twice = std::any_of(table.routes.begin(), table.routes.end(), [&](const Route& each) {
    return each.destination == spec.destination;
  });
  if (twice) {
    draft.errors.Add(spec.path,
                     "route table " + table.id + " has two routes to " + ToString(spec.destination),
                     "one route for each destination");
  }
  const auto next_hop = ResolveNextHop(draft, spec, table.vpc);
  if (next_hop) table.routes.push_back(Route{spec.destination, *next_hop});
}

}  // namespace

void ExpandRoutes(Draft& draft) {
  for (std::size_t vpc = 0; vpc < draft.scenario.vpcs.size(); ++vpc) {
    for (const RouteTableSpec& spec : draft.scenario.vpcs[vpc].route_tables) {
      const auto named = draft.names[vpc].route_tables.find(spec.name);
      if (named == draft.names[vpc].route_tables.end()) continue;
      RouteTable& table = draft.deployment->route_tables[named->second];
      for (const RouteSpec& route : spec.routes) AddRoute(draft, route, table);
    }
  }
}

}  // namespace vpcmirror
