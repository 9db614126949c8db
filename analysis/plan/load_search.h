// At which load something breaks, when all workloads grow or shrink together.
#pragma once

#include <functional>
#include <limits>
#include <map>
#include <optional>

#include "analysis/plan/parts.h"
#include "analysis/plan/trials.h"
#include "models/scenario/run_result.h"
#include "models/scenario/valid_scenario.h"

namespace vpcmirror {

// Loads are factors of all workloads, as WithLoad takes them.
inline constexpr double kLeastLoad = 1.0 / 64;
inline constexpr double kMostLoad = 64;

// The two loads between which something breaks; at most 1 % apart where both are known.
struct LoadBracket {
  double holds = 0;                                         // 0: it does not at kLeastLoad
  double breaks = std::numeric_limits<double>::infinity();  // infinity: not up to kMostLoad

  // The middle; empty where one of them is not known.
  std::optional<double> at() const;
};

// What a run says at one load.
struct LoadOutline {
  Verdict verdict = Verdict::kFits;
  std::map<PartName, PartUse> parts;
};

// Searches that share their runs: one for each load that any of them asks about.
class LoadSearch {
 public:
  // All must outlive it. `now` is the scenario's own result.
  LoadSearch(const ValidScenario& scenario, const RunResult& now, Trials& trials);

  const LoadOutline& At(double load);

  using Breaks = std::function<bool(const LoadOutline&)>;
  // Requires that what breaks at some load breaks at all above it. `guess` spares runs where
  // it is about right; over 0.
  LoadBracket Find(const Breaks& breaks, std::optional<double> guess);

  // All that were run, by load.
  const std::map<double, LoadOutline>& outlines() const { return outlines_; }

 private:
  LoadBracket Known(const Breaks& breaks) const;

  const ValidScenario& scenario_;
  Trials& trials_;
  std::map<double, LoadOutline> outlines_;
};

// Until which load of all workloads.
struct Headroom {
  LoadBracket fits;          // from where on it no longer does: AT RISK, or worse
  LoadBracket without_loss;  // from where on it DOES NOT FIT
};

// `least_margin` is that of the tightest limit at this load, a first guess; 1 where nothing limits.
Headroom HeadroomOf(double least_margin, double margin_goal, LoadSearch& search);

// The load at which use that grows as the load does leaves `least_margin`, of one that leaves
// `margin`; empty where nothing is used.
std::optional<double> LinearGuess(double margin, double least_margin);

}  // namespace vpcmirror
