// From the counters of a run, or of a part of it, to its result.
#pragma once

#include <vector>

#include "models/capacity/delay_histogram.h"
#include "models/scenario/run_counters.h"
#include "models/scenario/run_result.h"
#include "models/scenario/valid_scenario.h"

namespace vpcmirror {

// Means over `time`; zero where that is.
Load LoadOf(const Count& count, Picoseconds time);
DelayResult DelayOf(const DelayHistogram& delays);

std::vector<HostResult> MeasureHosts(const ValidScenario& scenario, const RunCounters& counters);
std::vector<ReceiverResult> MeasureReceivers(const ValidScenario& scenario,
                                             const RunCounters& counters);
std::vector<LoadBalancerResult> MeasureBalancers(const ValidScenario& scenario,
                                                 const RunCounters& counters);

SpanResult MeasureSpan(const ValidScenario& scenario, const RunCounters& counters);

// Fills in hosts, ENIs, mirrors, receivers, load balancers, TCP and what was produced.
void Measure(const ValidScenario& scenario, const RunCounters& counters, RunResult& result);

}  // namespace vpcmirror
