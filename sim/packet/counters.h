// What a run has counted up to a moment.
#pragma once

#include "models/scenario/cpu_use.h"
#include "models/scenario/run_counters.h"
#include "models/units/quantity.h"
#include "sim/packet/network.h"

namespace vpcmirror::sim {

RunCounters CountersAt(const Network& network, Picoseconds now);

// What the CVM's cores had to do with frames until now.
CpuWork WorkOf(const Network& network, const Cvm& cvm);

// Has what keeps no sums, such as the most bytes that waited, begin again at `now`.
void ForgetPeaks(const Network& network, Picoseconds now);

}  // namespace vpcmirror::sim
