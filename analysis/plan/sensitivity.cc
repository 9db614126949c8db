#include "analysis/plan/sensitivity.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <string_view>
#include <utility>

#include "analysis/words/quantities.h"
#include "models/cloud/provider_assumptions.h"
#include "models/scenario/mirror_variants.h"
#include "models/scenario/variants.h"

namespace vpcmirror {
namespace {

bool IsDefault(const ValidScenario& scenario, std::string_view name) {
  return std::any_of(scenario.assumptions.begin(), scenario.assumptions.end(),
                     [&](const Assumption& each) { return each.name == name && !each.overridden; });
}

std::string ValueOf(const ValidScenario& scenario, std::string_view name) {
  for (const Assumption& each : scenario.assumptions) {
    if (each.name == name) return each.value;
  }
  return "";
}

void AddDisciplines(const ValidScenario& scenario, std::vector<Alternative>& all) {
  for (const Discipline& each : OtherDisciplines(scenario)) {
    all.push_back({"congestion", ToString(each),
                   [&scenario, each] { return WithDiscipline(scenario, each); }});
  }
}

void AddTraffic(const ValidScenario& scenario, std::vector<Alternative>& all) {
  constexpr double kTenth = 0.1;
  for (const double factor : {1 + kTenth, 1 - kTenth}) {
    all.push_back({"traffic", factor > 1 ? "+10 %" : "-10 %",
                   [&scenario, factor] { return WithLoad(scenario, factor); }});
  }
}

// Packets a vCPU are worked out of its bandwidth where nobody published them: both by as much.
ReceiverProfile WithBandwidth(const ReceiverProfile& profile, BitsPerSecond a_vcpu) {
  ReceiverProfile other = profile;
  other.bandwidth_per_vcpu = a_vcpu;
  if (profile.packets_per_vcpu && profile.bandwidth_per_vcpu) {
    const double factor = static_cast<double>(a_vcpu.count()) /
                          static_cast<double>(profile.bandwidth_per_vcpu->count());
    other.packets_per_vcpu = PacketsPerSecond(
        std::llround(static_cast<double>(profile.packets_per_vcpu->count()) * factor));
  }
  return other;
}

void AddReceivers(const ValidScenario& scenario, std::vector<Alternative>& all) {
  std::set<std::string> done;
  for (const Cvm& cvm : scenario.deployment->cvms) {
    if (!cvm.receiver || !done.insert(cvm.receiver->name).second) continue;
    const ReceiverProfile& profile = *cvm.receiver;
    for (const auto& a_vcpu : {profile.bandwidth_low, profile.bandwidth_high}) {
      if (!a_vcpu || a_vcpu == profile.bandwidth_per_vcpu) continue;
      all.push_back({"receiver " + profile.name, BitRateText(*a_vcpu) + " a vCPU",
                     [&scenario, profile, rate = *a_vcpu] {
                       return WithReceiverProfile(scenario, profile.name,
                                                  WithBandwidth(profile, rate));
                     }});
    }
  }
}

void AddFlows(const ValidScenario& scenario, std::vector<Alternative>& all) {
  if (!IsDefault(scenario, "flows")) return;
  const auto with_flows = [&scenario](bool twice) {
    ValidScenario with = scenario;
    for (Workload& workload : with.workloads) {
      workload.flows = twice ? workload.flows * 2 : std::max(1, workload.flows / 2);
    }
    return with;
  };
  for (const bool twice : {true, false}) {
    all.push_back({"flows", twice ? "twice as many" : "half as many",
                   [with_flows, twice] { return with_flows(twice); }});
  }
}

// A scenario that overrides nothing need have no object for it.
Edit AssumptionEdit(const ValidScenario& scenario, const std::string& name,
                    const std::string& value) {
  const bool overrides = std::any_of(scenario.assumptions.begin(), scenario.assumptions.end(),
                                     [](const Assumption& each) { return each.overridden; });
  if (overrides) return {"/assumptions/" + name, "\"" + value + "\""};
  return {"/assumptions", "{\"" + name + "\": \"" + value + "\"}"};
}

// Names of their values: what is a number has no others that would be sure to matter.
void AddProviders(const ValidScenario& scenario, const Remake& remake,
                  std::vector<Alternative>& all) {
  std::set<std::pair<std::string, std::string>> done;
  for (const ProviderProfile& provider : scenario.providers) {
    for (const Assumption& each : provider.assumptions) {
      const AssumptionRule* rule = FindAssumptionRule(each.name);
      if (rule == nullptr || each.overridden) continue;
      const bool is_discipline = each.name == "congestion" || each.name == "copy_order";
      if (is_discipline) continue;
      const std::string now = rule->get(provider);
      for (const AssumptionMeaning& meaning : rule->meanings) {
        if (meaning.value == nullptr || meaning.value == now) continue;
        const std::string value = meaning.value;
        if (!done.emplace(each.name, value).second) continue;
        const Edit edit = AssumptionEdit(scenario, each.name, value);
        all.push_back({each.name, value, [&remake, edit] { return remake({edit}); }});
      }
    }
  }
}

void AddCosts(const ValidScenario& scenario, const std::vector<std::string>& tables,
              const Remake& remake, std::vector<Alternative>& all) {
  if (!IsDefault(scenario, "costs")) return;
  for (const std::string& table : tables) {
    if (table == ValueOf(scenario, "costs")) continue;
    const Edit edit{"/costs", "\"" + table + "\""};
    all.push_back({"costs", table, [&remake, edit] { return remake({edit}); }});
  }
}

}  // namespace

std::vector<Alternative> AlternativesOf(const ValidScenario& scenario,
                                        const std::vector<std::string>& cost_tables,
                                        const Remake& remake) {
  std::vector<Alternative> all;
  AddDisciplines(scenario, all);
  AddTraffic(scenario, all);
  AddReceivers(scenario, all);
  AddFlows(scenario, all);
  AddCosts(scenario, cost_tables, remake, all);
  AddProviders(scenario, remake, all);
  return all;
}

std::vector<Sensitivity> SensitivityOf(const Outline& now,
                                       const std::vector<Alternative>& alternatives,
                                       Trials& trials) {
  std::vector<Sensitivity> all;
  for (const Alternative& each : alternatives) {
    try {
      const Outline outline = OutlineOf(trials.Run(each.make()));
      all.push_back({.subject = each.subject,
                     .value = each.value,
                     .outline = outline,
                     .effect = EffectOf(now, outline),
                     .flips = outline.verdict != now.verdict});
    } catch (const ScenarioException&) {
      continue;  // a value that this scenario cannot have
    }
  }
  std::stable_sort(all.begin(), all.end(), [](const Sensitivity& a, const Sensitivity& b) {
    return a.flips != b.flips ? a.flips : a.effect > b.effect;
  });
  return all;
}

}  // namespace vpcmirror
