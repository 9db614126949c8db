// The way from a scenario to a result.
#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>

#include "models/scenario/run_result.h"
#include "models/scenario/valid_scenario.h"

namespace vpcmirror {

struct RunControl {
  std::uint64_t seed = 1;
  std::uint64_t replication = 1;
  std::stop_token stop;
  // Called now and then, from the engine's thread, with the simulated time that
  // has passed. Empty: nobody looks.
  std::function<void(Picoseconds)> progress;
  // Refuse a run that would take more events than this.
  std::int64_t max_events = 10'000'000'000;
  std::string output_folder;  // where pcap files of the scenario go; empty: none are written
};

class Engine {
 public:
  virtual ~Engine() = default;

  // Throws ScenarioException when the run is too large or a capture breaks
  // under way. `complete` is false in the result when `stop` ended the run.
  virtual RunResult Run(const ValidScenario& scenario, const RunControl& control) = 0;
};

}  // namespace vpcmirror
