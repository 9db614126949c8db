// PATH=VALUE on a document.
#pragma once

#include <vector>

#include "sim/input/complaint.h"
#include "sim/input/json_document.h"
#include "sim/input/scenario_reader.h"

namespace vpcmirror::sim {

// Applies one after the other and marks the changed places. Behind a step `*`, a value goes to
// every place, a change (xN, +N, -N) to those where something is written. Throws
// ScenarioException with every PATH that leads nowhere and every change of what is not there or
// is no number or quantity.
void ApplyOverrides(const std::vector<Override>& sets, JsonDocument& document);

}  // namespace vpcmirror::sim
