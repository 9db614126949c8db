#include "sim/live/copy_sink.h"

namespace vpcmirror::sim {

SendCounters& SendCounters::operator+=(const SendCounters& other) {
  taken += other.taken;
  sent += other.sent;
  sent_bytes += other.sent_bytes;
  for (const auto& [error, packets] : other.refused) refused[error] += packets;
  waiting += other.waiting;
  shed_by_rate += other.shed_by_rate;
  shed_by_cpu += other.shed_by_cpu;
  return *this;
}

bool SendCounters::AddsUp() const {
  std::int64_t all = sent + waiting + shed_by_rate.packets + shed_by_cpu.packets;
  for (const auto& [error, packets] : refused) all += packets;
  return all == taken;
}

}  // namespace vpcmirror::sim
