#include "analysis/plan/load_search.h"

#include <algorithm>
#include <cmath>

#include "models/scenario/variants.h"

namespace vpcmirror {
namespace {

constexpr double kPrecision = 1.01;  // of a bracket, upper end against lower
// Around a guess, so that the two sides are a bracket when it is right.
constexpr double kGuessSpread = 1.004;

LoadOutline OutlineOf(const ValidScenario& scenario, const RunResult& result) {
  return {result.verdict, AllPartsOf(scenario, result)};
}

bool IsKnown(const LoadBracket& bracket) {
  return bracket.holds > 0 && std::isfinite(bracket.breaks);
}

}  // namespace

std::optional<double> LoadBracket::at() const {
  if (holds <= 0 || !std::isfinite(breaks)) return std::nullopt;
  return std::sqrt(holds * breaks);
}

LoadSearch::LoadSearch(const ValidScenario& scenario, const RunResult& now, Trials& trials)
    : scenario_(scenario), trials_(trials) {
  outlines_.emplace(1.0, OutlineOf(scenario, now));
}

const LoadOutline& LoadSearch::At(double load) {
  const auto known = outlines_.find(load);
  if (known != outlines_.end()) return known->second;
  const RunResult result = trials_.Run(WithLoad(scenario_, load));
  return outlines_.emplace(load, OutlineOf(scenario_, result)).first->second;
}

LoadBracket LoadSearch::Known(const Breaks& breaks) const {
  LoadBracket bracket;
  for (const auto& [load, outline] : outlines_) {
    if (breaks(outline)) {
      bracket.breaks = load;
      break;
    }
    bracket.holds = load;
  }
  return bracket;
}

LoadBracket LoadSearch::Find(const Breaks& breaks, std::optional<double> guess) {
  LoadBracket bracket = Known(breaks);
  if (guess && *guess > bracket.holds && *guess < bracket.breaks && *guess >= kLeastLoad &&
      *guess <= kMostLoad) {
    At(*guess / kGuessSpread);
    At(*guess * kGuessSpread);
    bracket = Known(breaks);
  }
  while (!std::isfinite(bracket.breaks) && bracket.holds < kMostLoad) {
    At(std::min(2 * bracket.holds, kMostLoad));
    bracket = Known(breaks);
  }
  while (bracket.holds == 0 && bracket.breaks > kLeastLoad) {
    At(std::max(bracket.breaks / 2, kLeastLoad));
    bracket = Known(breaks);
  }
  while (IsKnown(bracket) && bracket.breaks > kPrecision * bracket.holds) {
    At(std::sqrt(bracket.holds * bracket.breaks));
    bracket = Known(breaks);
  }
  return bracket;
}

Headroom HeadroomOf(double least_margin, double margin_goal, LoadSearch& search) {
  const auto fits_no_more = [](const LoadOutline& at) { return at.verdict != Verdict::kFits; };
  const auto does_not_fit = [](const LoadOutline& at) {
    return at.verdict == Verdict::kDoesNotFit;
  };
  Headroom headroom;
  headroom.without_loss = search.Find(does_not_fit, LinearGuess(least_margin, 0));
  headroom.fits = search.Find(fits_no_more, LinearGuess(least_margin, margin_goal));
  return headroom;
}

std::optional<double> LinearGuess(double margin, double least_margin) {
  const double used = 1 - margin;
  if (used <= 0) return std::nullopt;
  return (1 - least_margin) / used;
}

}  // namespace vpcmirror
