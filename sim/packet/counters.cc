#include "sim/packet/counters.h"

#include <cstddef>

namespace vpcmirror::sim {
namespace {

template <std::size_t kSize>
void TakeOff(std::array<Count, kSize>& counts, const std::array<Count, kSize>& start) {
  for (std::size_t i = 0; i < kSize; ++i) counts[i] -= start[i];
}

void TakeOff(std::vector<Count>& counts, const std::vector<Count>& start) {
  for (std::size_t i = 0; i < start.size(); ++i) counts[i] -= start[i];
}

void TakeOff(ReceiverCounters& counters, const ReceiverCounters& start) {
  counters.in -= start.in;
  counters.digested -= start.digested;
  counters.ring_full -= start.ring_full;
  counters.down -= start.down;
  counters.duplicates -= start.duplicates;
}

void TakeOff(BalancerCounters& counters, const BalancerCounters& start) {
  counters.in -= start.in;
  TakeOff(counters.by_zone, start.by_zone);
  TakeOff(counters.by_backend, start.by_backend);
  counters.may_be_reordered -= start.may_be_reordered;
  TakeOff(counters.dropped, start.dropped);
}

// `done` and `last` say how far the workload is, however much of that is measured.
void TakeOff(TcpTotals& totals, const TcpTotals& start) {
  totals.opened -= start.opened;
  totals.failed -= start.failed;
  totals.without_port -= start.without_port;
  totals.delivered -= start.delivered;
  totals.segments -= start.segments;
  totals.retransmitted -= start.retransmitted;
  totals.exchanges -= start.exchanges;
}

Counters::OfMirror OfSessions(const std::vector<ns3::Ptr<MirrorSession>>& sessions,
                              Picoseconds now) {
  Counters::OfMirror all;
  for (const auto& session : sessions) {
    all.ledger += session->LedgerAt(now);
    const auto losses = session->losses();
    for (std::size_t i = 0; i < losses.size(); ++i) all.losses[i] += losses[i];
  }
  return all;
}

Counters::OfReceiver OfReceiver(MirrorReceiver& receiver, Picoseconds now) {
  Counters::OfReceiver counts{.counters = receiver.CountersAt(now), .workers = {}};
  if (receiver.workers() == nullptr) return counts;
  for (const WorkerRings::Worker& worker : receiver.workers()->workers()) {
    counts.workers.push_back({worker.frames, worker.bytes});
  }
  return counts;
}

Count Produced(const Network& network) {
  Count produced;
  for (const auto& source : network.frame_sources) produced += source->sent();
  for (const auto& source : network.request_sources) produced += source->sent();
  for (const auto& source : network.replay_sources) produced += source->sent();
  for (const auto& eni : network.enis) produced += eni->of_stack();
  for (const auto& peer : network.outside_peers) produced += peer->sent();
  return produced;
}

}  // namespace

Counters CountersAt(const ValidScenario& scenario, const Network& network, Picoseconds now) {
  Counters counters{.until = now};
  for (const auto& eni : network.enis) {
    counters.enis.push_back({.counters = eni->CountersAt(now), .dropped = eni->dropped()});
  }
  for (const auto& sessions : network.sessions) {
    counters.mirrors.push_back(OfSessions(sessions, now));
  }
  for (const auto& receiver : network.receivers) {
    counters.receivers.push_back(receiver ? OfReceiver(*receiver, now) : Counters::OfReceiver{});
  }
  for (const auto& balancer : network.balancers) {
    counters.balancers.push_back(balancer->CountersAt(now));
  }
  for (const Cvm& cvm : scenario.deployment->cvms) {
    counters.work.push_back(WorkOf(network, cvm));
  }
  for (const auto& totals : network.tcp_totals) {
    counters.tcp.push_back(totals ? *totals : TcpTotals{});
  }
  counters.produced = Produced(network);
  return counters;
}

void Counters::TakeOff(const Counters& start) {
  since = start.until;
  for (std::size_t i = 0; i < enis.size(); ++i) {
    enis[i].counters -= start.enis[i].counters;
    sim::TakeOff(enis[i].dropped, start.enis[i].dropped);
  }
  for (std::size_t i = 0; i < mirrors.size(); ++i) {
    mirrors[i].ledger.TakeOff(start.mirrors[i].ledger);
    sim::TakeOff(mirrors[i].losses, start.mirrors[i].losses);
  }
  for (std::size_t i = 0; i < receivers.size(); ++i) {
    sim::TakeOff(receivers[i].counters, start.receivers[i].counters);
    sim::TakeOff(receivers[i].workers, start.receivers[i].workers);
  }
  for (std::size_t i = 0; i < balancers.size(); ++i) {
    sim::TakeOff(balancers[i], start.balancers[i]);
  }
  for (std::size_t i = 0; i < work.size(); ++i) work[i] -= start.work[i];
  for (std::size_t i = 0; i < tcp.size(); ++i) sim::TakeOff(tcp[i], start.tcp[i]);
  produced -= start.produced;
}

void ForgetPeaks(const Network& network, Picoseconds now) {
  for (const auto& host : network.hosts) host->ForgetPeak(now);
  for (const auto& receiver : network.receivers) {
    if (receiver) receiver->ForgetPeak(now);
  }
  for (const auto& totals : network.tcp_totals) {
    if (totals) totals->exchange_times = {};
  }
}

}  // namespace vpcmirror::sim
