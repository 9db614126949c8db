// Seeded draws: the same rules, flows and frames in every run.
#pragma once

#include <cstdint>

#include "models/wire/hash.h"

namespace vpcmirror::ratios {

// splitmix64 (Steele, Lea, Flood 2014): a counter and MixBits.
class Draw {
 public:
  explicit Draw(std::uint64_t seed) : state_(seed) {}

  std::uint64_t Bits() {
    state_ += 0x9e3779b97f4a7c15;
    return MixBits(state_);
  }
  // 0 to limit - 1.
  std::uint32_t Below(std::uint32_t limit) {
    return static_cast<std::uint32_t>(((Bits() >> 32) * limit) >> 32);
  }
  std::uint32_t Between(std::uint32_t first, std::uint32_t last) {
    return first + Below(last - first + 1);
  }
  bool Percent(std::uint32_t chance) { return Below(100) < chance; }
  // [0, 1), in steps of 2^-53.
  double Unit() { return static_cast<double>(Bits() >> 11) * 0x1p-53; }

 private:
  std::uint64_t state_;
};

}  // namespace vpcmirror::ratios
