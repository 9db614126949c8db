#include "models/scenario/passing_traffic.h"

#include <algorithm>

#include "models/scenario/taps.h"

namespace vpcmirror {
PassingTraffic::PassingTraffic(const ValidScenario& scenario)
    : scenario_(scenario),
      mirrors_(MirrorsByEni(scenario)),
      watches_(mirrors_.size()),
      copies_(scenario) {}

SteadyTraffic PassingTraffic::NoTraffic() const {
  SteadyTraffic traffic;
  traffic.enis.resize(watches_.size());
  traffic.mirrors.resize(scenario_.mirrors.size());
  for (std::size_t i = 0; i < scenario_.mirrors.size(); ++i) {
    const PlacedMirror& mirror = scenario_.mirrors[i];
    if (!mirror.load_balancer) traffic.mirrors[i].by_receiver.resize(mirror.receiver_enis.size());
  }
  traffic.workloads.resize(scenario_.workloads.size());
  return traffic;
}

const PassingTraffic::Watch& PassingTraffic::WatchOf(std::size_t eni) {
  std::unique_ptr<Watch>& watch = watches_[eni];
  if (!watch) [[unlikely]] {
    watch = std::make_unique<Watch>(Watch{MakeTap(scenario_, eni, mirrors_[eni])});
    for (std::size_t i = 0; i < watch->tap.size(); ++i) {
      watch->asks_next_hop |= watch->tap.session(i).settings().filter.asks_next_hop();
    }
  }
  return *watch;
}

Decision PassingTraffic::Judge(const Passing& passing) {
  const Watch& watch = WatchOf(passing.eni);
  Frame asked{.info = passing.frame, .direction = passing.direction};
  if (watch.asks_next_hop && passing.direction == Direction::kEgress && passing.frame.has_flow) {
    asked.next_hop =
        scenario_.topology->Lookup(passing.eni, passing.frame.flow.destination).next_hop;
  }
  return watch.tap.OnFrame(asked, &cache_);
}

void PassingTraffic::Add(const Passing& passing, const Decision& decision, const Flux& flux,
                         std::vector<std::size_t>& arrived, SteadyTraffic& traffic) {
  EniTraffic& eni = traffic.enis[passing.eni];
  if (passing.direction == Direction::kEgress) {
    eni.out += flux;
    eni.largest_flow_bps = std::max(eni.largest_flow_bps, flux.bits_per_second);
  } else {
    eni.in += flux;
  }
  for (const Outcome& outcome : decision.outcomes()) {
    const MirrorTap& tap = watches_[passing.eni]->tap;
    copies_.Add({.eni = passing.eni,
                 .direction = passing.direction,
                 .mirror = mirrors_[passing.eni][tap.given_position(outcome.session)],
                 .session = tap.session(outcome.session),
                 .outcome = outcome,
                 .frame = passing.frame.wire_length,
                 .flux = flux},
                arrived, traffic);
  }
}

}  // namespace vpcmirror
