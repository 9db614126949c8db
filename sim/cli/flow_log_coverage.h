// A flow log, shown to the taps of the ENIs that it is about.
#pragma once

#include <string>

#include "analysis/coverage/coverage.h"
#include "analysis/coverage/flow_log_tally.h"
#include "models/scenario/valid_scenario.h"

namespace vpcmirror::sim {

// Adds each record's bytes at its own interface, by the flow that it tells: a flow that two
// interfaces saw is two observations. Which ENI that is, or at which ENIs a record of no
// interface is counted, LoggedInterfaces says. Throws ScenarioException when the log cannot be
// read.
FlowLogTally AddFlowLog(const std::string& file, const ValidScenario& scenario,
                        CoverageCount& count);

}  // namespace vpcmirror::sim
