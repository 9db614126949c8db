// How much work a scenario is to the fluid engine, before it is run.
#pragma once

#include "models/scenario/valid_scenario.h"

namespace vpcmirror::sim {

struct FluidEstimate {
  double seconds = 0;  // of CPU time, of all cores together
  double bytes = 0;    // of memory at its peak, the result being written included
};

// Within a factor of about two where little is lost and little reacts; rounds until losses come
// to rest are not foreseen. As measured on one machine (docs/performance.md).
FluidEstimate EstimateFluid(const ValidScenario& scenario);

}  // namespace vpcmirror::sim
