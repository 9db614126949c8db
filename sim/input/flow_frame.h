// A frame that stands for all that a record of a flow log tells of.
#pragma once

#include <cstdint>

#include "models/scenario/steady_traffic.h"
#include "models/wire/frame.h"
#include "sim/input/flow_log.h"

namespace vpcmirror::sim {

// As the record says, or as many of kAssumedPacket as its bytes are.
std::int64_t PacketsOf(const FlowRecord& record);

// An Ethernet frame of the record's mean packet.
FrameInfo FrameOf(const FlowRecord& record);

// All of it, as Ethernet frames without FCS, in amounts: bits and frames.
Flux AmountOf(const FlowRecord& record);

}  // namespace vpcmirror::sim
