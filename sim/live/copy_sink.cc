#include "sim/live/copy_sink.h"

namespace vpcmirror::sim {

SendCounters& SendCounters::operator+=(const SendCounters& other) {
  taken += other.taken;
  sent += other.sent;
  sent_bytes += other.sent_bytes;
  for (const auto& [error, packets] : other.refused) refused[error] += packets;
  waiting += other.waiting;
  shed += other.shed;
  return *this;
}

bool SendCounters::AddsUp() const {
  std::int64_t all = sent + waiting + shed.packets();
  for (const auto& [error, packets] : refused) all += packets;
  return all == taken;
}

}  // namespace vpcmirror::sim
