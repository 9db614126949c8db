#include "analysis/coverage/coverage.h"

#include <algorithm>
#include <utility>

#include "models/scenario/steady_traffic.h"
#include "models/scenario/taps.h"

namespace vpcmirror {
namespace {

Unseen UnseenOf(Refusal refusal) {
  switch (refusal) {
    case Refusal::kNeverMirrored:
      return Unseen::kNeverMirrored;
    case Refusal::kMirrorTraffic:
      return Unseen::kMirrorTraffic;
    case Refusal::kStopped:
      return Unseen::kStopped;
    case Refusal::kEarlierSession:
      return Unseen::kEarlierSession;
    case Refusal::kDirection:
      return Unseen::kDirection;
    case Refusal::kNextHop:
      return Unseen::kNextHop;
    case Refusal::kRule:
      return Unseen::kRule;
    case Refusal::kNetworkService:
      return Unseen::kNetworkService;
    case Refusal::kSampled:
      return Unseen::kSampled;
    case Refusal::kNotIp:
      return Unseen::kNotIp;
    case Refusal::kNone:
      return Unseen::kTooLong;
    case Refusal::kNotAdmitted:  // whoever drops it, it is no traffic
    case Refusal::kFilter:
      return Unseen::kFilter;
  }
  return Unseen::kFilter;
}

// How far a session got with a frame that it did not copy: the furthest says why nobody did.
int Nearness(Unseen reason) {
  switch (reason) {
    case Unseen::kStopped:
      return 1;
    case Unseen::kDirection:
      return 2;
    case Unseen::kNextHop:
      return 3;
    case Unseen::kFilter:
      return 4;
    case Unseen::kNetworkService:
      return 5;
    case Unseen::kRule:
      return 6;
    case Unseen::kSampled:
      return 7;
    case Unseen::kNotIp:
      return 8;
    // Without a copy, it was a reject that ended it.
    case Unseen::kEarlierSession:
      return 9;
    case Unseen::kTooLong:
      return 10;
    default:
      return 11;  // what is refused for all
  }
}

// Why no session copies; nothing where one does.
std::optional<Unseen> ReasonOf(const Decision& decision) {
  std::optional<Unseen> nearest;
  for (const Outcome& outcome : decision.outcomes()) {
    const bool copies =
        outcome.refusal == Refusal::kNone && outcome.plan.mtu_action != MtuAction::kDrop;
    if (copies) return std::nullopt;
    const Unseen reason = UnseenOf(outcome.refusal);
    if (!nearest || Nearness(reason) > Nearness(*nearest)) nearest = reason;
  }
  return nearest.value_or(Unseen::kNoMirror);
}

}  // namespace

CoverageCount::CoverageCount(const ValidScenario& scenario)
    : scenario_(scenario), mirrors_(MirrorsByEni(scenario)) {
  const std::size_t enis = scenario.deployment->enis.size();
  receives_.resize(enis);
  watches_.resize(enis);
  sums_.resize(enis);
  for (const PlacedMirror& mirror : scenario.mirrors) {
    for (const std::size_t eni : mirror.receiver_enis) receives_[eni] = true;
    if (!mirror.load_balancer) continue;
    const LoadBalancer& balancer = scenario.deployment->load_balancers[*mirror.load_balancer];
    for (const Backend& backend : balancer.backends) receives_[backend.eni] = true;
  }
}

const CoverageCount::Watch& CoverageCount::WatchOf(std::size_t eni) {
  if (!watches_[eni]) {
    watches_[eni] = std::make_unique<Watch>(Watch{MakeTap(scenario_, eni, mirrors_[eni])});
    for (std::size_t i = 0; i < watches_[eni]->tap.size(); ++i) {
      const Filter& filter = watches_[eni]->tap.session(i).settings().filter;
      watches_[eni]->asks_next_hop |= filter.asks_next_hop();
    }
  }
  return *watches_[eni];
}

void CoverageCount::Add(std::size_t eni, Direction direction, const FrameInfo& frame,
                        double bytes) {
  const Watch& watch = WatchOf(eni);
  Frame asked{.info = frame, .direction = direction};
  if (watch.asks_next_hop && direction == Direction::kEgress && frame.has_flow) {
    asked.next_hop = scenario_.topology->Lookup(eni, frame.flow.destination).next_hop;
  }
  Add(eni, watch.tap.OnFrame(asked, &cache_), bytes);
}

void CoverageCount::Add(std::size_t eni, const Decision& decision, double bytes) {
  Sums& sums = sums_[eni];
  sums.bytes += bytes;
  std::optional<Unseen> reason = ReasonOf(decision);
  if (!reason) {
    sums.seen += bytes;
    return;
  }
  if (reason == Unseen::kNoMirror && receives_[eni]) reason = Unseen::kReceiver;
  sums.unseen[static_cast<std::size_t>(*reason)] += bytes;
}

EniCoverage CoverageCount::CoverageOf(std::size_t eni) const {
  const Sums& sums = sums_[eni];
  EniCoverage row{.eni = eni,
                  .is_receiver = receives_[eni],
                  .mirrors = mirrors_[eni],
                  .bytes = sums.bytes,
                  .seen = sums.seen,
                  .unseen = sums.unseen};
  const bool any_runs = std::any_of(row.mirrors.begin(), row.mirrors.end(), [&](std::size_t each) {
    return scenario_.mirrors[each].mirror->settings().state == MirrorState::kRunning;
  });
  row.is_covered = any_runs && (sums.bytes == 0 || sums.seen > 0);
  if (row.is_covered) return row;
  if (row.mirrors.empty()) {
    row.because = row.is_receiver ? Unseen::kReceiver : Unseen::kNoMirror;
  } else if (!any_runs) {
    row.because = Unseen::kStopped;
  } else {
    const auto most = std::max_element(sums.unseen.begin(), sums.unseen.end());
    row.because = static_cast<Unseen>(most - sums.unseen.begin());
  }
  return row;
}

Coverage CoverageCount::Result() const {
  Coverage coverage;
  for (std::size_t eni = 0; eni < sums_.size(); ++eni) {
    if (scenario_.deployment->enis[eni].load_balancer) continue;
    coverage.enis.push_back(CoverageOf(eni));
  }
  return coverage;
}

CoverageSummary SummaryOf(const Coverage& coverage) {
  CoverageSummary summary;
  double bytes = 0;
  double seen = 0;
  for (const EniCoverage& row : coverage.enis) {
    if (row.is_receiver) continue;
    ++summary.enis;
    summary.covered_enis += row.is_covered ? 1 : 0;
    bytes += row.bytes;
    seen += row.seen;
    for (std::size_t i = 0; i < kUnseenReasons; ++i) summary.unseen[i] += row.unseen[i];
  }
  if (bytes == 0) return summary;
  summary.seen = seen / bytes;
  for (double& each : summary.unseen) each /= bytes;
  return summary;
}

Coverage SteadyCoverage(const ValidScenario& scenario) {
  CoverageCount count(scenario);
  const SteadyTraffic traffic = SteadyTrafficOf(scenario, [&](const SteadyPassing& passing) {
    if (!passing.admitted()) return;
    count.Add(passing.eni, passing.decision, passing.flux.bits_per_second / kBitsPerByte);
  });
  Coverage coverage = count.Result();
  coverage.is_steady = true;
  coverage.left_out = traffic.left_out;
  return coverage;
}

}  // namespace vpcmirror
