// The same experiment again and again, on random streams of its own each time.
#pragma once

#include <string>

#include "models/scenario/run_result.h"
#include "models/scenario/valid_scenario.h"
#include "sim/cli/experiment.h"
#include "sim/cli/surroundings.h"

namespace vpcmirror::sim {

struct ReplicationSettings {
  int runs = 1;              // over 0
  int jobs = 1;              // over 0: processes at once, since ns-3 is of one thread
  double confidence = 0.95;  // of the intervals, in (0, 1)
  std::string scratch;       // a folder for what the processes leave to each other
};

// The result of the first replication, with means and intervals over all. Its limits are
// of all runs together. A stop ends all; what was finished until then is in the result, and a note
// says how many.
//
// Throws ScenarioException before anything is run when all together are estimated to
// take more than the limits, FileException when a process was killed or could not write,
// and std::runtime_error when it fails otherwise.
RunResult RunReplications(const ValidScenario& scenario, const ExperimentSettings& settings,
                          const ReplicationSettings& replications, const Surroundings& around);

}  // namespace vpcmirror::sim
