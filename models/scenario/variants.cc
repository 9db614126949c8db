#include "models/scenario/variants.h"

#include <algorithm>
#include <cmath>
#include <string_view>

#include "models/cloud/provider_assumptions.h"

namespace vpcmirror {
namespace {

// Their meanings name every value there is.
const AssumptionRule& CongestionChoice() {
  static const AssumptionRule& rule = *FindAssumptionRule("congestion");
  return rule;
}
const AssumptionRule& CopyOrderChoice() {
  static const AssumptionRule& rule = *FindAssumptionRule("copy_order");
  return rule;
}

bool Assumes(const ProviderProfile& provider, const AssumptionRule& rule) {
  return std::any_of(
      provider.assumptions.begin(), provider.assumptions.end(),
      [&](const Assumption& each) { return each.name == rule.name && !each.overridden; });
}

bool Assumes(const ProviderProfile& provider) { return Assumes(provider, CongestionChoice()); }

bool HasCopyOrder(std::string_view congestion) { return congestion == ToString(Congestion::kFifo); }

Discipline DisciplineOf(const ProviderProfile& provider) {
  Discipline discipline{CongestionChoice().get(provider), ""};
  if (HasCopyOrder(discipline.congestion)) discipline.copy_order = CopyOrderChoice().get(provider);
  return discipline;
}

// Of what is assumed: an order that the scenario settles is not tried otherwise.
std::vector<Discipline> AllDisciplines(const ProviderProfile& provider) {
  std::vector<Discipline> all;
  for (const AssumptionMeaning& congestion : CongestionChoice().meanings) {
    if (!HasCopyOrder(congestion.value)) {
      all.push_back({congestion.value, ""});
    } else if (!Assumes(provider, CopyOrderChoice())) {
      all.push_back({congestion.value, CopyOrderChoice().get(provider)});
    } else {
      for (const AssumptionMeaning& order : CopyOrderChoice().meanings) {
        all.push_back({congestion.value, order.value});
      }
    }
  }
  return all;
}

// Only what such a run is compared by is wanted of it.
void LeaveOutOutputs(ValidScenario& scenario) {
  scenario.pcaps.clear();
  scenario.series_bin.reset();
}

}  // namespace

std::string ToString(const Discipline& discipline) {
  if (discipline.copy_order.empty()) return discipline.congestion;
  return discipline.congestion + " with copy_order=" + discipline.copy_order;
}

ValidScenario WithoutMirrors(const ValidScenario& scenario) {
  ValidScenario without = scenario;
  without.mirrors.clear();
  for (TimelineEvent& event : without.timeline) {
    std::erase_if(event.changes,
                  [](const Change& each) { return std::holds_alternative<MirrorChange>(each); });
  }
  LeaveOutOutputs(without);
  return without;
}

ValidScenario WithLoad(const ValidScenario& scenario, double factor) {
  ValidScenario loaded = scenario;
  for (Workload& workload : loaded.workloads) {
    for (Stream& stream : workload.streams) {
      stream.rate = BitsPerSecond(std::llround(static_cast<double>(stream.rate.count()) * factor));
    }
    for (RequestStream& stream : workload.requests) stream.per_second *= factor;
    for (Replay& replay : workload.replays) replay.time_scale /= factor;
    for (ObservedFlow& flow : workload.observed) {
      flow.bits_per_second *= factor;
      flow.frames_per_second *= factor;
    }
  }
  LeaveOutOutputs(loaded);
  return loaded;
}

std::optional<Discipline> AssumedDiscipline(const ValidScenario& scenario) {
  for (const ProviderProfile& provider : scenario.providers) {
    if (Assumes(provider)) return DisciplineOf(provider);
  }
  return std::nullopt;
}

std::vector<Discipline> OtherDisciplines(const ValidScenario& scenario) {
  std::vector<Discipline> others;
  for (const ProviderProfile& provider : scenario.providers) {
    if (!Assumes(provider)) continue;
    for (const Discipline& each : AllDisciplines(provider)) {
      const bool is_listed = std::find(others.begin(), others.end(), each) != others.end();
      if (!is_listed && each != *AssumedDiscipline(scenario)) others.push_back(each);
    }
  }
  return others;
}

ValidScenario WithDiscipline(const ValidScenario& scenario, const Discipline& discipline) {
  ValidScenario with = scenario;
  for (ProviderProfile& provider : with.providers) {
    if (!Assumes(provider)) continue;
    CongestionChoice().set(provider, discipline.congestion);
    if (Assumes(provider, CopyOrderChoice())) {
      CopyOrderChoice().set(provider, discipline.copy_order);
    }
  }
  LeaveOutOutputs(with);
  return with;
}

}  // namespace vpcmirror
