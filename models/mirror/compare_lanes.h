// Finding the first condition that holds, many conditions at a time.
#pragma once

#include <cstddef>
#include <cstdint>

#include "models/mirror/tuple_tables.h"

namespace vpcmirror {

// Which instructions compare conditions. The answer depends on none of them.
enum class Lanes : std::uint8_t {
  kPlain,   // those of the build, four conditions at a time
  kSse42,   // four
  kAvx2,    // eight
  kAvx512,  // eight, with fewer instructions (F, BW, DQ and VL)
};

// Whether this machine can.
bool CanRun(Lanes lanes) noexcept;
Lanes WidestLanes() noexcept;

// found[i]: index of the first condition that holds for the i-th flow, kNoCondition when none
// does. `count` is at most kFlowsAtOnce.
template <int kWords>
using FindFlows = void (*)(const CompiledConditions<kWords>& conditions,
                           const PackedFlows<kWords>& flows, std::size_t count,
                           std::uint32_t* found) noexcept;

template <int kWords>
FindFlows<kWords> FinderOf(Lanes lanes) noexcept;

}  // namespace vpcmirror
