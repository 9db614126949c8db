// The values that --vary gives to one place of a scenario.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "sim/input/scenario_reader.h"

namespace vpcmirror::sim {

inline constexpr int kMaxVariationValues = 10'000;

struct Variation {
  std::string path;                 // as an Override's
  std::vector<std::string> values;  // each an Override's value; no two alike

  Override At(std::size_t value) const { return {path, values[value], "--vary"}; }
};

// "PATH=a,b,c", where each of a, b and c is what --set takes or a range "1..10 Gbps:10": that many
// values at equal distances, both ends included, in the unit of the end; "x1..x2:5" and
// "+0..+4:5" are ranges of changes. A comma or ".." in quotes, brackets or braces is part of the
// value. Throws ScenarioException with everything that is wrong.
Variation ParseVariation(std::string_view text);

}  // namespace vpcmirror::sim
