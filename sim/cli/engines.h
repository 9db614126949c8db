// The engines that there are, and which of them runs a scenario.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "models/scenario/engine.h"
#include "models/scenario/valid_scenario.h"
#include "sim/packet/event_estimate.h"

namespace vpcmirror::sim {

enum class EngineKind { kPacket, kFluid };

std::string_view ToString(EngineKind kind);  // "packet"

std::unique_ptr<Engine> MakeEngine(EngineKind kind);

// Throws ScenarioException for what it cannot run, however small.
void RefuseWhatItLacks(EngineKind kind, const ValidScenario& scenario);

// What a run of it takes: the packet engine's on one core, the fluid engine's on all of them
// together. That has no events.
RunEstimate EstimateRun(EngineKind kind, const ValidScenario& scenario);

struct EngineChoice {
  EngineKind kind = EngineKind::kPacket;
  std::string why;  // a sentence, where it was chosen and not asked for
};

// "packet", "fluid", or "auto": fluid where the packet engine would take more than
// kMostAutoEvents, unless the scenario has what only packets show.
inline constexpr double kMostAutoEvents = 1e8;  // half a minute, by docs/performance.md
EngineChoice ChooseEngine(const std::string& asked, const ValidScenario& scenario);

}  // namespace vpcmirror::sim
