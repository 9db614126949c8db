// Internal to analysis/check: frames that prove what a rule found, each confirmed by the tap.
#pragma once

#include <cstddef>
#include <optional>

#include "analysis/check/finding.h"
#include "analysis/check/rules.h"
#include "models/mirror/flow_set.h"

namespace vpcmirror {

// A frame of `flows` at a source ENI of a mirror.
struct WitnessQuestion {
  std::size_t mirror = 0;  // index into ValidScenario::mirrors, one that watches `eni`
  std::size_t eni = 0;
  Direction direction = Direction::kIngress;
};

// Whether the mirror copies a frame of that flow, and that frame. Empty for a flow without
// ports where its protocol has some: no frame is built of a later fragment.
std::optional<Witness> Observe(const CheckContext& context, const WitnessQuestion& question,
                               const FlowKey& flow);

// One of `flows` of which the mirror does as `is_mirrored` says, one of the ENI's own addresses
// among them if there is such a flow. Empty: none was found.
std::optional<Witness> FindWitness(const CheckContext& context, const WitnessQuestion& question,
                                   const FlowSet& flows, bool is_mirrored);

// Those of `flows` to or from one of `enis`' subnets, as a frame of that direction has it.
FlowSet OfOwnSubnets(const CheckContext& context, FlowSet flows,
                     const std::vector<std::size_t>& enis, Direction direction);

}  // namespace vpcmirror
