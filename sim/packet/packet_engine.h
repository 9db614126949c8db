// The engine that simulates every frame, on ns-3.
#pragma once

#include <memory>

#include "models/scenario/engine.h"

namespace vpcmirror::sim {

// The first call sets ns-3's time resolution to picoseconds: it must come
// before any ns-3 time is made. One run at a time, since ns-3's state is global.
std::unique_ptr<Engine> MakePacketEngine();

}  // namespace vpcmirror::sim
