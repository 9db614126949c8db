#include "models/capacity/worker_rings.h"

#include <algorithm>
#include <optional>
#include <stdexcept>

#include "models/wire/hash.h"

namespace vpcmirror {
WorkerRings::WorkerRings(const WorkerRingsSettings& settings) {
  if (settings.workers == 0) throw std::invalid_argument("a receiver needs a worker");
  const auto workers = static_cast<std::int64_t>(settings.workers);
  RatedQueueSettings each{.rates = settings.rates, .room = settings.room};
  each.rates.bandwidth = WorkerShare(settings.rates.bandwidth, workers);
  each.rates.packet_rate = WorkerShare(settings.rates.packet_rate, workers);
  workers_.reserve(settings.workers);
  for (std::size_t i = 0; i < settings.workers; ++i) {
    workers_.push_back({.ring = RatedQueue(each)});
  }
}

std::size_t WorkerRings::WorkerOf(std::uint64_t flow_hash, std::size_t workers) {
  return static_cast<std::size_t>(MixBits(MixBits(flow_hash)) % workers);
}

std::optional<Picoseconds> WorkerRings::Offer(Picoseconds now, Bytes frame, std::uint64_t flow_hash,
                                              std::uint64_t tag) {
  Worker& worker = workers_[WorkerOf(flow_hash, workers_.size())];
  ++worker.frames;
  worker.bytes += frame;
  if (worker.ring.IsFull(now, frame)) return std::nullopt;
  return worker.ring.Accept(now, frame, tag);
}

void WorkerRings::SetSpeed(Picoseconds now, double speed) {
  for (Worker& worker : workers_) worker.ring.SetSpeed(now, speed);
}

Bytes WorkerRings::bytes_peak() const {
  Bytes peak;
  for (const Worker& worker : workers_) peak += worker.ring.bytes_peak();
  return peak;
}

}  // namespace vpcmirror
