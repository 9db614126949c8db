#include "analysis/plan/plan_log.h"

#include <algorithm>
#include <tuple>

namespace vpcmirror {
namespace {

// Of two that are as bad the earlier.
bool IsWorse(const TriedWindow& one, const TriedWindow& other) {
  const auto badness = [](const TriedWindow& of) {
    const Outline& outline = of.outline;
    return std::tuple(outline.production.fraction(), outline.copies.fraction(),
                      -outline.margin.value_or(1), -of.totals.start);
  };
  return badness(one) > badness(other);
}

// Of two that are as busy the earlier.
bool IsBusier(const TriedWindow& one, const TriedWindow& other) {
  const auto business = [](const TriedWindow& of) {
    return std::tuple(of.totals.copies.bits_per_second, -of.totals.start);
  };
  return business(one) > business(other);
}

}  // namespace

void LogCourse::Add(const TriedWindow& window) {
  const Outline& outline = window.outline;
  ++windows;
  if (outline.production.lost > 0) ++loses_production;
  if (outline.copies.lost > 0) ++loses_copies;
  if (!busiest || IsBusier(window, *busiest)) busiest = window;
  if (outline.verdict == Verdict::kFits) return;
  ++(outline.verdict == Verdict::kAtRisk ? at_risk : does_not_fit);
  if (!worst || IsWorse(window, *worst)) worst = window;
  const auto later = std::ranges::upper_bound(
      told, window.totals.start, {}, [](const TriedWindow& each) { return each.totals.start; });
  told.insert(later, window);
  if (told.size() > kMostToldWindows) told.pop_back();
}

}  // namespace vpcmirror
