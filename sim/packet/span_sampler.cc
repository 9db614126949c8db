#include "sim/packet/span_sampler.h"

#include <ns3/simulator.h>

#include <utility>

#include "models/ns3/clock.h"
#include "models/scenario/measure.h"
#include "models/scenario/spans.h"
#include "sim/packet/counters.h"

namespace vpcmirror::sim {
SpanSampler::SpanSampler(const ValidScenario& scenario, const Network& network)
    : scenario_(scenario), network_(network) {
  const std::vector<Picoseconds> starts = SpanStarts(scenario);
  if (starts.empty()) return;
  const auto schedule = [&](Picoseconds at) {
    ns3::Simulator::Schedule(ToTime(at), &SpanSampler::Begin, this);
  };
  schedule(scenario.warm_up);
  for (const Picoseconds at : starts) schedule(at);
}

void SpanSampler::Begin() {
  ++events_;
  RunCounters counters = CountersAt(network_, SimulatedNow());
  if (std::exchange(has_begun_, true)) {
    Close(std::move(counters));
  } else {
    start_ = std::move(counters);
  }
}

void SpanSampler::Close(RunCounters counters) {
  RunCounters next = counters;
  counters.TakeOff(start_);
  start_ = std::move(next);
  spans_.push_back(MeasureSpan(scenario_, counters));
}

std::vector<SpanResult> SpanSampler::Finish(const RunCounters& at_end) {
  if (!spans_.empty() && at_end.until > start_.until) Close(at_end);
  return std::move(spans_);
}

}  // namespace vpcmirror::sim
