// What work on frames costs in CPU time.
#pragma once

#include <cstdint>

#include "models/units/quantity.h"
#include "models/units/rates.h"

namespace vpcmirror {

// The time of one operation: so much a frame and so much a byte of it.
struct CpuCost {
  Picoseconds per_frame{};
  Picoseconds per_byte{};

  friend constexpr bool operator==(const CpuCost&, const CpuCost&) = default;
};

// Cores kept busy by `frames` operations on `bytes` bytes during `time`; 0 when
// `time` is not positive.
constexpr double BusyCores(const CpuCost& cost, std::int64_t frames, Bytes bytes,
                           Picoseconds time) {
  if (time.count() <= 0) return 0;
  const double busy =
      static_cast<double>(cost.per_frame.count()) * static_cast<double>(frames) +
      static_cast<double>(cost.per_byte.count()) * static_cast<double>(bytes.count());
  return busy / static_cast<double>(time.count());
}

}  // namespace vpcmirror
