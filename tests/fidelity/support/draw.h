// Random scenarios that are the same whenever they are drawn.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

namespace vpcmirror::fidelity {

class Draw {
 public:
  explicit Draw(std::uint64_t seed) : random_(seed) {}
  double Uniform(double low, double high) {
    return low + (high - low) * static_cast<double>(random_() >> 11) * 0x1p-53;
  }
  bool Chance(double probability) { return Uniform(0, 1) < probability; }
  template <class Value>
  Value OneOf(const std::vector<Value>& values) {
    return values[random_() % values.size()];
  }

 private:
  std::mt19937_64 random_;
};

}  // namespace vpcmirror::fidelity
