// The way from a scenario to a result.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>

#include "models/scenario/run_result.h"
#include "models/scenario/valid_scenario.h"

namespace vpcmirror {

// What a run may take. Refused beforehand where it is estimated to take more.
struct RunLimits {
  std::int64_t events = 10'000'000'000;
  std::optional<Picoseconds> wall;  // time of the clock on the wall
  std::optional<Bytes> memory;
};

struct RunControl {
  std::uint64_t seed = 1;
  std::uint64_t replication = 1;
  std::stop_token stop;
  // Called several times a second, during set-up as well, from the engine's
  // thread, with the simulated time that has passed. It may request the stop.
  // Empty: nobody looks.
  std::function<void(Picoseconds)> progress;
  RunLimits limits;
  // Queues that fill are full from the beginning, and token buckets empty: what is lost of each
  // load is what would be lost in the long run. Of the fluid engine; the packet engine simulates
  // the time that the scenario has.
  bool load_lasts = false;
  std::string output_folder;  // where pcap files of the scenario go; empty: none are written
};

class Engine {
 public:
  virtual ~Engine() = default;

  // Throws ScenarioException when the run is too large or a capture breaks
  // under way. `complete` is false in the result when `stop` ended the run, with
  // what was measured until then: nothing, when that was during set-up.
  virtual RunResult Run(const ValidScenario& scenario, const RunControl& control) = 0;
};

}  // namespace vpcmirror
