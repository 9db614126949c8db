// From the counters of a run, or of a part of it, to its result.
#pragma once

#include <vector>

#include "models/scenario/run_result.h"
#include "models/scenario/valid_scenario.h"
#include "sim/packet/counters.h"
#include "sim/packet/network.h"

namespace vpcmirror::sim {

std::vector<HostResult> MeasureHosts(const ValidScenario& scenario, const Network& network,
                                     const Counters& counters);
std::vector<ReceiverResult> MeasureReceivers(const ValidScenario& scenario, const Network& network,
                                             const Counters& counters);
std::vector<LoadBalancerResult> MeasureBalancers(const ValidScenario& scenario,
                                                 const Network& network, const Counters& counters);

// Fills in hosts, ENIs, mirrors, receivers and what was produced and delivered.
void Measure(const ValidScenario& scenario, const Network& network, const Counters& counters,
             RunResult& result);

}  // namespace vpcmirror::sim
