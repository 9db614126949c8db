// Limits as ns-3 attributes, where 0 is no limit.
#pragma once

#include <ns3/data-rate.h>

#include <cstdint>

#include "models/capacity/rated_queue.h"

namespace vpcmirror {

RatedQueueSettings LimitsOf(const ns3::DataRate& bandwidth, std::uint64_t packet_rate,
                            std::int64_t frames);

}  // namespace vpcmirror
