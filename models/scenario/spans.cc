#include "models/scenario/spans.h"

#include <algorithm>

namespace vpcmirror {
namespace {

// Results of hosts and load balancers in all parts together: some 100 MB.
constexpr std::int64_t kMostResults = 200'000;
constexpr std::int64_t kMostSpans = 1000;
// As long as the usual bin of a series: in less, single frames and bursts say more than load.
constexpr Picoseconds kShortest{kPicosecondsPerSecond / 10};

}  // namespace

std::vector<Picoseconds> SpanStarts(const std::vector<TimelineEvent>& timeline, Picoseconds start,
                                    Picoseconds end, std::int64_t most) {
  const Picoseconds shortest = std::max(kShortest, (end - start) / std::max<std::int64_t>(1, most));
  std::vector<Picoseconds> starts;
  Picoseconds last = start;
  for (const TimelineEvent& event : timeline) {
    const Picoseconds at = event.action.at;
    if (event.changes.empty() || at < last + shortest || at + shortest > end) continue;
    starts.push_back(at);
    last = at;
  }
  return starts;
}

std::vector<Picoseconds> SpanStarts(const ValidScenario& scenario) {
  const Deployment& deployment = *scenario.deployment;
  const auto objects =
      static_cast<std::int64_t>(deployment.cvms.size() + deployment.load_balancers.size());
  const std::int64_t most = std::min(kMostSpans, kMostResults / std::max<std::int64_t>(1, objects));
  return SpanStarts(scenario.timeline, scenario.warm_up, scenario.duration, most);
}

}  // namespace vpcmirror
