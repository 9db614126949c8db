#include "sim/packet/span_sampler.h"

#include <ns3/simulator.h>

#include <algorithm>
#include <utility>

#include "models/ns3/clock.h"
#include "sim/packet/measure.h"

namespace vpcmirror::sim {
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

SpanSampler::SpanSampler(const ValidScenario& scenario, const Network& network)
    : scenario_(scenario), network_(network) {
  const auto objects = static_cast<std::int64_t>(network.hosts.size() + network.balancers.size());
  const std::int64_t most = std::min(kMostSpans, kMostResults / std::max<std::int64_t>(1, objects));
  const auto starts = SpanStarts(scenario.timeline, scenario.warm_up, scenario.duration, most);
  if (starts.empty()) return;
  const auto schedule = [&](Picoseconds at) {
    ns3::Simulator::Schedule(ToTime(at), &SpanSampler::Begin, this);
  };
  schedule(scenario.warm_up);
  for (const Picoseconds at : starts) schedule(at);
}

void SpanSampler::Begin() {
  ++events_;
  Counters counters = CountersAt(scenario_, network_, SimulatedNow());
  if (std::exchange(has_begun_, true)) {
    Close(std::move(counters));
  } else {
    start_ = std::move(counters);
  }
}

void SpanSampler::Close(Counters counters) {
  Counters next = counters;
  counters.TakeOff(start_);
  start_ = std::move(next);
  spans_.push_back({.span = {counters.since, counters.until},
                    .hosts = MeasureHosts(scenario_, network_, counters),
                    .receivers = MeasureReceivers(scenario_, network_, counters),
                    .load_balancers = MeasureBalancers(scenario_, network_, counters)});
}

std::vector<SpanResult> SpanSampler::Finish(const Counters& at_end) {
  if (!spans_.empty() && at_end.until > start_.until) Close(at_end);
  return std::move(spans_);
}

}  // namespace vpcmirror::sim
