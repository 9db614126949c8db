#include "models/scenario/timeline_means.h"

#include "models/scenario/visit_changes.h"

namespace vpcmirror {

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
  std::optional<BitsPerSecond> now = at_first;
  Picoseconds since = start;
  Picoseconds limited{};
  Int128 sum = 0;
  const auto add_until = [&](Picoseconds until) {
    if (until <= since) return;
    if (now) {
      sum += static_cast<Int128>(now->count()) * (until - since).count();
      limited += until - since;
    }
    since = until;
  };
  for (const auto& [at, bandwidth] : changes->second) {
    if (at >= end) break;
    add_until(at);
    now = bandwidth;
  }
  add_until(end);
  if (limited == Picoseconds(0)) return now;
  return BitsPerSecond(static_cast<std::int64_t>(sum / limited.count()));
}

double MeanScale(const std::vector<TimelineEvent>& timeline, std::size_t workload,
                 Picoseconds start, Picoseconds end) {
  double now = 1;
  Picoseconds since = start;
  double sum = 0;
  const auto add_until = [&](Picoseconds until) {
    if (until <= since) return;
    sum += now * static_cast<double>((until - since).count());
    since = until;
  };
  VisitChanges<ScaleChange>(timeline, [&](Picoseconds at, const ScaleChange& change) {
    if (change.workload != workload || at >= end) return;
    add_until(at);
    now = change.factor;
  });
  add_until(end);
  return end > start ? sum / static_cast<double>((end - start).count()) : 1;
}

}  // namespace vpcmirror
