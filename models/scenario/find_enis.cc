#include "models/scenario/find_enis.h"

#include <memory>
#include <utility>

#include "models/scenario/draft.h"
#include "models/scenario/selectors.h"

namespace vpcmirror {
namespace {

void NameNetwork(const Deployment& deployment, Draft& draft) {
  draft.names.resize(deployment.vpcs.size());
  draft.addresses.resize(deployment.vpcs.size());
  for (std::size_t i = 0; i < deployment.vpcs.size(); ++i) {
    const Vpc& vpc = deployment.vpcs[i];
    draft.vpcs.emplace(vpc.name, i);
    draft.vpcs.emplace(vpc.id, i);
    if (vpc.id != vpc.name) draft.ids.emplace(vpc.id, NamedThing{NamedThing::Kind::kVpc, i, ""});
  }
  for (std::size_t i = 0; i < deployment.subnets.size(); ++i) {
    const Subnet& subnet = deployment.subnets[i];
    draft.names[subnet.vpc].subnets.emplace(subnet.name, i);
    draft.names[subnet.vpc].subnets.emplace(subnet.id, i);
    if (subnet.id == subnet.name) continue;
    draft.ids.emplace(subnet.id, NamedThing{NamedThing::Kind::kSubnet, i, ""});
  }
}

// Members of a host stand one behind the other.
void NameHosts(const Deployment& deployment, Draft& draft) {
  for (std::size_t i = 0; i < deployment.cvms.size(); ++i) {
    if (deployment.cvms[i].is_load_balancer) continue;
    HostMembers& members = draft.hosts[deployment.cvms[i].host];
    if (members.count++ == 0) members.first_cvm = i;
  }
  for (const auto& [name, members] : draft.hosts) {
    draft.ids.emplace(name, NamedThing{NamedThing::Kind::kHost, members.first_cvm, ""});
  }
  for (std::size_t i = 0; i < deployment.enis.size(); ++i) {
    const Eni& eni = deployment.enis[i];
    // "web[3]/eni0" is understood as it is; only an ID of its own needs an entry.
    if (eni.load_balancer) {
      draft.ids.emplace(eni.id,
                        NamedThing{NamedThing::Kind::kLoadBalancer, *eni.load_balancer, ""});
    } else if (!eni.id.starts_with(deployment.cvms[eni.cvm].id + "/eni")) {
      draft.ids.emplace(eni.id, NamedThing{NamedThing::Kind::kEni, i, ""});
    }
    for (const IpAddress& address : eni.addresses) {
      draft.addresses[draft.VpcOf(i)].emplace(address, i);
    }
  }
}

// A draft that knows the names of a scenario and nothing else.
Draft NamesIn(const ValidScenario& scenario) {
  static const Scenario kNothing;
  static const Library kNoLibrary;
  Draft draft(kNothing, kNoLibrary);
  draft.deployment = std::make_shared<Deployment>(*scenario.deployment);
  NameNetwork(*draft.deployment, draft);
  NameHosts(*draft.deployment, draft);
  return draft;
}

CollectionRange RangeOf(Selection selection) {
  CollectionRange range;
  range.index = selection.index;
  range.enis = std::move(selection.enis);
  if (selection.kind == Selection::Kind::kVpc) range.kind = CollectionRange::Kind::kVpc;
  if (selection.kind == Selection::Kind::kSubnet) range.kind = CollectionRange::Kind::kSubnet;
  return range;
}

}  // namespace

std::vector<CollectionRange> FindRanges(const ValidScenario& scenario,
                                        const std::vector<At<std::string>>& selectors,
                                        std::size_t vpc) {
  Draft draft = NamesIn(scenario);
  std::vector<CollectionRange> ranges;
  for (const At<std::string>& selector : selectors) {
    ranges.push_back(RangeOf(ResolveEnis(draft, {selector.value, selector.path, vpc})));
  }
  if (!draft.errors.empty()) throw ScenarioException(draft.errors.all());
  return ranges;
}

std::vector<std::size_t> FindEnis(const ValidScenario& scenario, const std::string& selector,
                                  const std::string& place) {
  Draft draft = NamesIn(scenario);
  Selection selection = ResolveEnis(draft, {selector, place, std::nullopt});
  if (selection.enis.empty() && !selection.failed) {
    draft.errors.Add(place, "\"" + selector + "\" holds no ENI", "a name with at least one ENI");
  }
  if (draft.errors.empty()) return std::move(selection.enis);
  std::vector<ScenarioError> errors = draft.errors.all();
  for (ScenarioError& error : errors) error.file = std::exchange(error.path, "");
  throw ScenarioException(std::move(errors));
}

}  // namespace vpcmirror
