// What a filter copies, as a set of flows.
#pragma once

#include "models/mirror/direction.h"
#include "models/mirror/filter.h"
#include "models/mirror/flow_set.h"

namespace vpcmirror {

struct CopiedFlows {
  FlowSet flows;
  bool without_flow = false;  // frames that have none: ARP, for one
  // Of all that, only what a route leads to Filter::nat_gateway(): no header says which.
  bool asks_next_hop = false;
};

// What Filter::Decide copies, no more and no less.
CopiedFlows CopiedBy(const Filter& filter, Direction direction);

// What it refuses as Refusal::kRule.
FlowSet RejectedByRule(const Filter& filter, Direction direction);

}  // namespace vpcmirror
