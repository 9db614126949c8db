// Limits as ns-3 attributes, where 0 is no limit.
#pragma once

#include <ns3/data-rate.h>

#include <cstdint>

#include "models/capacity/rate_limits.h"

namespace vpcmirror {

RateSettings RatesOf(const ns3::DataRate& bandwidth, std::uint64_t packet_rate);

}  // namespace vpcmirror
