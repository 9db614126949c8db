// Which combinations of values a sweep looks at.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace vpcmirror::sim {

// One thing that is varied, and the values that it takes, at least one.
struct SweepAxis {
  std::string key;  // JSON Pointer; a step may be `*`
  std::vector<std::string> values;
};

// Of each axis, which value: an index by axis.
using SweepPoint = std::vector<std::size_t>;

// How many points a grid over the axes has; at most 2^63.
std::uint64_t GridSize(const std::vector<SweepAxis>& axes);

// Every combination, the last axis changing fastest.
std::vector<SweepPoint> GridPoints(const std::vector<SweepAxis>& axes);

// A Latin hypercube: of each axis, every value is taken by as many of the `samples` points as
// any other, give or take one, and in an order that has nothing to do with that of the other
// axes. No two points are alike, as long as that can be had by exchanging values. The same for
// the same seed, on every machine. Requires 1 <= samples <= GridSize(axes).
std::vector<SweepPoint> LatinPoints(const std::vector<SweepAxis>& axes, std::size_t samples,
                                    std::uint64_t seed);

}  // namespace vpcmirror::sim
