// What no mirror of an ENI copies, as sets of flows.
#pragma once

#include "models/mirror/flow_set.h"
#include "models/mirror/mirror_tap.h"

namespace vpcmirror {

// What MirrorTap refuses as Refusal::kNeverMirrored.
FlowSet NeverMirroredFlows(const TapRules& rules);

// What is refused as Refusal::kMirrorTraffic for where it leads to.
FlowSet MirrorPortFlows(const TapRules& rules);

}  // namespace vpcmirror
