#include "models/scenario/variants.h"

#include <algorithm>

#include "models/cloud/provider_assumptions.h"

namespace vpcmirror {
namespace {

// Its meanings name every discipline there is.
const AssumptionRule& DisciplineRule() {
  static const AssumptionRule& rule = *FindAssumptionRule("congestion");
  return rule;
}

bool Assumes(const ProviderProfile& provider) {
  return std::any_of(provider.assumptions.begin(), provider.assumptions.end(),
                     [](const Assumption& each) {
                       return each.name == DisciplineRule().name && !each.overridden;
                     });
}

}  // namespace

ValidScenario WithoutMirrors(const ValidScenario& scenario) {
  ValidScenario without = scenario;
  without.mirrors.clear();
  without.pcaps.clear();
  return without;
}

std::vector<std::string> OtherDisciplines(const ValidScenario& scenario) {
  std::vector<std::string> others;
  for (const AssumptionMeaning& meaning : DisciplineRule().meanings) {
    if (meaning.value == nullptr) continue;
    const bool differs = std::any_of(
        scenario.providers.begin(), scenario.providers.end(), [&](const ProviderProfile& each) {
          return Assumes(each) && DisciplineRule().get(each) != meaning.value;
        });
    if (differs) others.emplace_back(meaning.value);
  }
  return others;
}

ValidScenario WithDiscipline(const ValidScenario& scenario, const std::string& value) {
  ValidScenario with = scenario;
  for (ProviderProfile& provider : with.providers) {
    if (Assumes(provider)) DisciplineRule().set(provider, value);
  }
  with.pcaps.clear();
  return with;
}

std::string AssumedDiscipline(const ValidScenario& scenario) {
  const auto assumes = std::find_if(scenario.providers.begin(), scenario.providers.end(), Assumes);
  return assumes == scenario.providers.end() ? "" : DisciplineRule().get(*assumes);
}

}  // namespace vpcmirror
