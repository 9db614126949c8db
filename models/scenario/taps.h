// The taps of a scenario: what every driver asks about the frames of an ENI.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "models/mirror/mirror_tap.h"
#include "models/scenario/valid_scenario.h"

namespace vpcmirror {

// The rules of the provider whose VPC the ENI is in.
const std::shared_ptr<const TapRules>& TapRulesOf(const ValidScenario& scenario, std::size_t eni);

// By ENI, the mirrors that watch it: indices into ValidScenario::mirrors, ascending.
std::vector<std::vector<std::size_t>> MirrorsByEni(const ValidScenario& scenario);

// The same of mirrors that watch it at any time, before and after changes under way.
std::vector<std::vector<std::size_t>> MirrorsEverByEni(const ValidScenario& scenario);

// The tap of one ENI. `mirrors` are those of MirrorsByEni, to whose places
// MirrorTap::given_position leads back. The scenario's mirrors and rules are shared.
MirrorTap MakeTap(const ValidScenario& scenario, std::size_t eni,
                  const std::vector<std::size_t>& mirrors);

}  // namespace vpcmirror
