#include "models/scenario/taps.h"

#include <algorithm>
#include <utility>

#include "models/scenario/visit_changes.h"

namespace vpcmirror {

const std::shared_ptr<const TapRules>& TapRulesOf(const ValidScenario& scenario, std::size_t eni) {
  const Deployment& deployment = *scenario.deployment;
  const std::size_t vpc = deployment.subnets[deployment.enis[eni].subnet].vpc;
  return scenario.tap_rules[deployment.vpcs[vpc].provider];
}

std::vector<std::vector<std::size_t>> MirrorsByEni(const ValidScenario& scenario) {
  std::vector<std::vector<std::size_t>> mirrors(scenario.deployment->enis.size());
  for (std::size_t i = 0; i < scenario.mirrors.size(); ++i) {
    for (const std::size_t eni : scenario.mirrors[i].sources) mirrors[eni].push_back(i);
  }
  return mirrors;
}

std::vector<std::vector<std::size_t>> MirrorsEverByEni(const ValidScenario& scenario) {
  std::vector<std::vector<std::size_t>> mirrors = MirrorsByEni(scenario);
  VisitChanges<MirrorChange>(scenario.timeline, [&](Picoseconds, const MirrorChange& change) {
    for (const std::size_t eni : change.placed.sources) {
      std::vector<std::size_t>& of_eni = mirrors[eni];
      const auto place = std::lower_bound(of_eni.begin(), of_eni.end(), change.mirror);
      if (place == of_eni.end() || *place != change.mirror) of_eni.insert(place, change.mirror);
    }
  });
  return mirrors;
}

MirrorTap MakeTap(const ValidScenario& scenario, std::size_t eni,
                  const std::vector<std::size_t>& mirrors) {
  const Eni& source = scenario.deployment->enis[eni];
  std::vector<std::shared_ptr<const Mirror>> sessions;
  for (const std::size_t mirror : mirrors) sessions.push_back(scenario.mirrors[mirror].mirror);
  return MirrorTap({.eni_id = source.id, .mtu = source.mtu}, TapRulesOf(scenario, eni),
                   std::move(sessions));
}

}  // namespace vpcmirror
