// All runs that one result is made of.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "models/scenario/engine.h"
#include "models/scenario/run_result.h"
#include "models/scenario/valid_scenario.h"
#include "sim/cli/engines.h"
#include "sim/cli/surroundings.h"
#include "sim/packet/event_estimate.h"

namespace vpcmirror::sim {

struct ExperimentSettings {
  EngineKind engine = EngineKind::kPacket;
  std::uint64_t seed = 1;
  std::uint64_t replication = 1;  // each has random streams of its own
  bool tries_disciplines = true;
  bool load_lasts = false;  // as RunControl has it
  double margin_goal = 0;
  std::string output_folder;  // of captures; empty: none are written
  bool show_progress = false;
  std::optional<double> started;  // from when the wall time counts; empty: from the call
  RunLimits limits;               // of all runs together, but for those under other disciplines
};

// Whether there is a run without mirrors to compare with.
bool Compares(const ValidScenario& scenario);

// Both judged; `baseline` of the same scenario without mirrors. Judges anew whether TCP flows are
// slower for them.
void CompareWithBaseline(const RunResult& baseline, RunResult& result);

// Of the run and of what it is compared with, but for other disciplines.
RunEstimate EstimateExperiment(const ValidScenario& scenario, EngineKind engine);

// Runs the scenario and judges it. Runs it without mirrors as well where it asks
// for a baseline, and under each other congestion discipline where the discipline
// is an assumption and another could lose other frames: all on the same random
// streams. A stop, or the wall time of the limits, ends the run that is under
// way and spares the others; `stopped_by` says which.
//
// Throws ScenarioException, before anything is run, when the runs are estimated
// to take more than the limits.
RunResult RunExperiment(const ValidScenario& scenario, const ExperimentSettings& settings,
                        const Surroundings& around);

}  // namespace vpcmirror::sim
