// Runs scenarios as rates instead of packets.
#pragma once

#include <memory>

#include "models/scenario/engine.h"

namespace vpcmirror::sim {

// One state for each stretch of time in which nothing changes. It measures no delays, no queues
// and no order: the time that a queue takes to fill is left out.
std::unique_ptr<Engine> MakeFluidEngine();

// As its Run does beforehand. Throws ScenarioException for a scenario that replays captures, which
// come packet by packet.
void RefuseReplays(const ValidScenario& scenario);

}  // namespace vpcmirror::sim
