// What matters of a run that is compared with another.
#pragma once

#include <optional>
#include <string>

#include "models/scenario/run_result.h"
#include "models/units/quantity.h"

namespace vpcmirror {

struct Outline {
  Verdict verdict = Verdict::kFits;
  std::string because;
  std::optional<double> margin;  // empty: nothing limits
  std::string margin_of;
  Loss production;
  Loss copies;
  BitsPerSecond copies_wanted{};  // of all sources together, outer headers on, lost or not

  friend bool operator==(const Outline&, const Outline&) = default;
};

// `result` is judged.
Outline OutlineOf(const RunResult& result);

// How much the second differs from the first: the largest difference of margin and of either
// loss, as shares; margins that nothing limits are 1.
double EffectOf(const Outline& now, const Outline& other);

}  // namespace vpcmirror
