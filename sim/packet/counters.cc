#include "sim/packet/counters.h"

#include <cstddef>

namespace vpcmirror::sim {
namespace {

RunCounters::OfMirror OfSessions(const std::vector<ns3::Ptr<MirrorSession>>& sessions,
                                 Picoseconds now) {
  RunCounters::OfMirror all;
  for (const auto& session : sessions) {
    all.ledger += session->LedgerAt(now);
    const auto losses = session->losses();
    for (std::size_t i = 0; i < losses.size(); ++i) all.losses[i] += losses[i];
  }
  return all;
}

RunCounters::OfReceiver OfReceiver(MirrorReceiver& receiver, Picoseconds now) {
  RunCounters::OfReceiver counts{.counters = receiver.CountersAt(now)};
  if (receiver.workers() == nullptr) return counts;
  for (const WorkerRings::Worker& worker : receiver.workers()->workers()) {
    counts.workers.push_back({worker.frames, worker.bytes});
  }
  counts.ring_peak = receiver.workers()->bytes_peak();
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

CpuWork WorkOf(const Network& network, const Cvm& cvm) {
  CpuWork work;
  for (const std::size_t eni : cvm.enis) {
    const auto& receiver = network.receivers[eni];
    work.Add(network.enis[eni]->counters(), receiver ? &receiver->counters() : nullptr);
  }
  return work;
}

RunCounters CountersAt(const Network& network, Picoseconds now) {
  RunCounters counters{.until = now};
  for (const auto& eni : network.enis) {
    counters.enis.push_back({.counters = eni->CountersAt(now), .dropped = eni->dropped()});
  }
  for (const auto& sessions : network.sessions) {
    counters.mirrors.push_back(OfSessions(sessions, now));
  }
  for (const auto& receiver : network.receivers) {
    auto& counts = counters.receivers.emplace_back();
    if (receiver) counts = OfReceiver(*receiver, now);
  }
  for (const auto& balancer : network.balancers) {
    counters.balancers.push_back(balancer->CountersAt(now));
  }
  for (const auto& host : network.hosts) counters.memory_peaks.push_back(host->peak_bytes());
  for (const auto& totals : network.tcp_totals) {
    auto& counts = counters.tcp.emplace_back();
    if (totals) counts = *totals;
  }
  counters.produced = Produced(network);
  return counters;
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
