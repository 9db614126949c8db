// --set PATH=VALUE on a document.
#pragma once

#include <vector>

#include "sim/input/complaint.h"
#include "sim/input/json_document.h"
#include "sim/input/scenario_reader.h"

namespace vpcmirror::sim {

// Applies one after the other and marks the changed places. Throws
// ScenarioException for every PATH that leads nowhere.
void ApplyOverrides(const std::vector<Override>& sets, JsonDocument& document);

}  // namespace vpcmirror::sim
