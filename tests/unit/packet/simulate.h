// A scenario through the packet engine.
#pragma once

#include <cstdint>

#include "models/scenario/engine.h"
#include "models/scenario/run_result.h"
#include "models/scenario/valid_scenario.h"
#include "models/units/quantity.h"
#include "sim/packet/packet_engine.h"

namespace vpcmirror::sim {

inline constexpr Picoseconds kMillisecond{kPicosecondsPerSecond / 1000};

inline RunResult Simulate(const ValidScenario& scenario, std::uint64_t seed = 1) {
  RunControl control;
  control.seed = seed;
  return MakePacketEngine()->Run(scenario, control);
}

}  // namespace vpcmirror::sim
