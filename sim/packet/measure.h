// From the counters of a finished run to its result.
#pragma once

#include "models/scenario/run_result.h"
#include "models/scenario/valid_scenario.h"
#include "models/units/quantity.h"
#include "sim/packet/network.h"

namespace vpcmirror::sim {

// Takes back what still waits in queues at `end` and fills in hosts, ENIs,
// mirrors, receivers and what was produced. Once a run.
void Measure(const ValidScenario& scenario, Network& network, Picoseconds end, RunResult& result);

}  // namespace vpcmirror::sim
