// From the counters of a finished run to its result.
#pragma once

#include "models/scenario/run_result.h"
#include "models/scenario/valid_scenario.h"
#include "sim/packet/counters.h"
#include "sim/packet/network.h"

namespace vpcmirror::sim {

// Fills in hosts, ENIs, mirrors, receivers and what was produced and delivered.
void Measure(const ValidScenario& scenario, const Network& network, const Counters& counters,
             RunResult& result);

}  // namespace vpcmirror::sim
