// Provider profiles with the scenario's assumptions applied.
#include <algorithm>
#include <array>

#include "models/cloud/provider_assumptions.h"
#include "models/scenario/draft.h"
#include "models/scenario/nearest.h"

namespace vpcmirror {
namespace {

bool Lists(const ProviderProfile& profile, const std::string& name) {
  return std::any_of(profile.assumptions.begin(), profile.assumptions.end(),
                     [&](const Assumption& each) { return each.name == name; });
}

// What a scenario may override of a profile: what it assumes and the model acts on.
void AddOverridable(const ProviderProfile& profile, std::vector<std::string>& names) {
  for (const AssumptionRule& rule : AssumptionRules()) {
    if (!Lists(profile, rule.name)) continue;
    if (std::find(names.begin(), names.end(), rule.name) == names.end()) {
      names.emplace_back(rule.name);
    }
  }
}

// Providers of the scenario's VPCs that there are, each once.
std::vector<std::string> ProvidersOf(const Draft& draft) {
  const Scenario& scenario = draft.scenario;
  std::vector<std::string> named;
  if (scenario.vpcs.empty()) named.push_back(scenario.provider.value);
  for (const VpcSpec& vpc : scenario.vpcs) {
    named.push_back(vpc.provider ? vpc.provider->value : scenario.provider.value);
  }
  std::vector<std::string> names;
  for (const std::string& name : named) {
    const bool listed = std::find(names.begin(), names.end(), name) != names.end();
    if (!listed && draft.library.providers.count(name) != 0) names.push_back(name);
  }
  return names;
}

std::string Joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

bool HasLoadBalancer(const Scenario& scenario) {
  return std::any_of(scenario.vpcs.begin(), scenario.vpcs.end(),
                     [](const VpcSpec& each) { return !each.load_balancers.empty(); });
}

// Whether a report that says nothing of this assumption lacks something.
bool IsInForce(const Draft& draft, const ProviderProfile& profile, const Assumption& assumption) {
  using namespace std::string_view_literals;
  constexpr std::array kOfTunnels = {"vni"sv, "outer_source_ports"sv,
                                     "outer_port_hash_symmetric"sv};
  constexpr std::array kOfRuleMode = {"default_action"sv, "without_rules"sv, "priority_order"sv,
                                      "priority_range"sv};
  const auto is_among = [&](const auto& names) {
    return std::find(names.begin(), names.end(), assumption.name) != names.end();
  };
  if (assumption.overridden) return true;
  if (assumption.name == "copy_order") return profile.congestion == Congestion::kFifo;
  constexpr std::string_view kOfLoadBalancers = "load_balancer_";
  if (assumption.name.starts_with(kOfLoadBalancers)) return HasLoadBalancer(draft.scenario);
  if (profile.tunnel.kind == EncapsulationKind::kNone && is_among(kOfTunnels)) return false;
  if (!profile.rule_mode || !is_among(kOfRuleMode)) return true;
  const auto& mirrors = draft.scenario.mirrors;
  return std::any_of(mirrors.begin(), mirrors.end(),
                     [](const MirrorSpec& each) { return each.filter.by_rules; });
}

void Apply(Draft& draft, ProviderProfile& profile, Assumption& listed, const At<std::string>& to) {
  const AssumptionRule* rule = FindAssumptionRule(listed.name);
  if (rule == nullptr) return;  // CheckAssumptionNames has complained
  if (!rule->set(profile, to.value)) {
    draft.errors.Add(to.path, listed.name + " cannot be \"" + to.value + "\"", rule->accepted);
    return;
  }
  listed.value = to.value;
  listed.text = MeaningOf(*rule, to.value);
  listed.source = "the scenario";
  listed.overridden = true;
}

}  // namespace

void CheckAssumptionNames(Draft& draft) {
  const std::vector<std::string> providers = ProvidersOf(draft);
  if (providers.empty()) return;  // an error of its own
  std::vector<std::string> known;
  for (const std::string& name : providers) {
    AddOverridable(draft.library.providers.at(name), known);
  }
  for (const auto& [name, value] : draft.scenario.assumptions) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    const std::string message =
        FindAssumptionRule(name) == nullptr
            ? "there is no assumption \"" + name + "\""
            : name + " is nothing that " + Joined(providers) + " leaves to an assumption";
    draft.errors.Add(value.path, message, AcceptedNames(name, known));
  }
}

std::size_t ProviderIndex(Draft& draft, const At<std::string>& name) {
  auto& used = draft.deployment->providers;
  const auto at = std::find(used.begin(), used.end(), name.value);
  if (at != used.end()) return static_cast<std::size_t>(at - used.begin());

  ProviderProfile profile;
  const auto shipped = draft.library.providers.find(name.value);
  if (shipped == draft.library.providers.end()) {
    draft.errors.Add(name.path, "there is no provider \"" + name.value + "\"",
                     AcceptedNames(name.value, NamesOf(draft.library.providers)));
  } else {
    profile = shipped->second;
  }
  std::vector<Assumption> listed = std::move(profile.assumptions);
  for (Assumption& each : listed) {
    const auto given = draft.scenario.assumptions.find(each.name);
    if (given != draft.scenario.assumptions.end()) Apply(draft, profile, each, given->second);
  }
  profile.assumptions = std::move(listed);
  for (const Assumption& assumption : profile.assumptions) {
    if (IsInForce(draft, profile, assumption)) draft.assumptions.Add(assumption);
  }
  used.push_back(name.value);
  draft.providers.push_back(std::move(profile));
  return used.size() - 1;
}

}  // namespace vpcmirror
