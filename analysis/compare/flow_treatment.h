// How a flow's treatment differs between two scenarios, and a flow that proves it.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "analysis/compare/mirror_diff.h"
#include "analysis/compare/mirror_watch.h"

namespace vpcmirror {

// Fills in kind, mirrors and what goes with the kind; false when nothing differs between
// what these sessions make of a flow that all of them copy.
bool ClassifyChange(const BothWatches& watches, const std::array<Copiers, 2>& copiers,
                    MirroringChange& change);

// What of the copies differs, where one session makes them before and one after.
std::vector<TraitChange> TraitChangesOf(const BothWatches& watches, const MirroringChange& change);

// Sets `change.witness` to a flow of `flows` that the taps treat otherwise after than before,
// if one is found in kWitnessTurns: rather one of the ENI's own, that its security groups
// and routes let pass. A flow that only one of `copiers` proves has to be treated by them.
void FindWitness(const BothWatches& watches, const std::array<Copiers, 2>& copiers,
                 const FlowSet& flows, MirroringChange& change);

}  // namespace vpcmirror
