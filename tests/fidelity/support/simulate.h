// A scenario as text, through an engine: packets, unless it says fluid.
#pragma once

#include <cstdint>
#include <string>

#include "models/scenario/engine.h"
#include "models/scenario/run_result.h"
#include "models/scenario/valid_scenario.h"

namespace vpcmirror::fidelity {

// Seed 1, everywhere, and never another: a truth that is missed is not drawn again.
inline constexpr std::uint64_t kSeed = 1;

ValidScenario Load(const std::string& text);

RunResult Simulate(const std::string& text, std::uint64_t replication = 1);

// By the fluid engine, which has no chance in it.
RunResult SimulateFluid(const std::string& text);

// Throws std::out_of_range when there is none.
const EniResult& EniOf(const RunResult& result, const std::string& id);

}  // namespace vpcmirror::fidelity
