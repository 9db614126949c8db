#include "models/scenario/timeline_means.h"

#include <algorithm>

#include "models/scenario/visit_changes.h"

namespace vpcmirror {
namespace {

// Calls `visit(value, time)` for each stretch from `start` to `end` in which the value is
// the same.
template <class First, class Value, class Visit>
void ForEachStretch(const std::vector<Step<Value>>& steps, First now, Picoseconds start,
                    Picoseconds end, Visit visit) {
  Picoseconds since = start;
  for (const Step<Value>& step : steps) {
    if (step.at >= end) break;
    if (step.at > since) visit(now, step.at - since);
    since = std::max(since, step.at);
    now = step.value;
  }
  if (end > since) visit(now, end - since);
}

double MeanOf(const std::vector<Step<double>>& steps, Picoseconds start, Picoseconds end) {
  if (end <= start) return 1;
  double sum = 0;
  ForEachStretch(steps, 1.0, start, end, [&](double value, Picoseconds time) {
    sum += value * static_cast<double>(time.count());
  });
  return sum / static_cast<double>((end - start).count());
}

}  // namespace

BandwidthChanges::BandwidthChanges(const std::vector<TimelineEvent>& timeline) {
  VisitChanges<BandwidthChange>(timeline, [&](Picoseconds at, const BandwidthChange& change) {
    by_cvm_[change.cvm].push_back({at, change.bandwidth});
  });
}

std::optional<BitsPerSecond> BandwidthChanges::Mean(std::size_t cvm,
                                                    std::optional<BitsPerSecond> at_first,
                                                    Picoseconds start, Picoseconds end) const {
  const auto changes = by_cvm_.find(cvm);
  if (changes == by_cvm_.end()) return at_first;
  Picoseconds limited{};
  Int128 sum = 0;
  ForEachStretch(changes->second, at_first, start, end,
                 [&](const std::optional<BitsPerSecond>& limit, Picoseconds time) {
                   if (!limit) return;
                   sum += static_cast<Int128>(limit->count()) * time.count();
                   limited += time;
                 });
  if (limited == Picoseconds(0)) return std::nullopt;
  return BitsPerSecond(static_cast<std::int64_t>(sum / limited.count()));
}

SpeedChanges::SpeedChanges(const std::vector<TimelineEvent>& timeline) {
  VisitChanges<ReceiverChange>(timeline, [&](Picoseconds at, const ReceiverChange& change) {
    by_cvm_[change.cvm].push_back({at, change.speed});
  });
}

double SpeedChanges::Mean(std::size_t cvm, Picoseconds start, Picoseconds end) const {
  const auto changes = by_cvm_.find(cvm);
  return changes == by_cvm_.end() ? 1 : MeanOf(changes->second, start, end);
}

double MeanScale(const std::vector<TimelineEvent>& timeline, std::size_t workload,
                 Picoseconds start, Picoseconds end) {
  std::vector<Step<double>> steps;
  VisitChanges<ScaleChange>(timeline, [&](Picoseconds at, const ScaleChange& change) {
    if (change.workload == workload) steps.push_back({at, change.factor});
  });
  return MeanOf(steps, start, end);
}

}  // namespace vpcmirror
