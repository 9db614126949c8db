#include "models/capacity/rated_queue.h"

#include <algorithm>
#include <limits>
#include <stdexcept>

namespace vpcmirror {

void QueueRoom::RequireValid() const {
  if (frames < 1 || frames > std::numeric_limits<std::int32_t>::max()) {
    throw std::invalid_argument("a queue holds 1 to 2^31 - 1 frames");
  }
  if (bytes && bytes->count() <= 0) throw std::invalid_argument("a queue holds over 0 bytes");
}

RatedQueue::RatedQueue(const RatedQueueSettings& settings)
    : settings_(settings), limits_(settings.rates) {
  settings.room.RequireValid();
}

bool RatedQueue::IsFull(Picoseconds now, Bytes frame) {
  const auto& [frames, bytes] = settings_.room;
  return Waiting(now) >= static_cast<std::size_t>(frames) ||
         (bytes && ring_.bytes() + frame > *bytes);
}

Picoseconds RatedQueue::Accept(Picoseconds now, Bytes frame, std::uint64_t tag) {
  ring_.LetGo(now);
  const Picoseconds departs = limits_.Pay(now, frame, Picoseconds(0));
  if (departs == now) return now;
  ring_.Push({.departs = departs, .frame = frame, .tag = tag});
  bytes_peak_ = std::max(bytes_peak_, ring_.bytes());
  return departs;
}

}  // namespace vpcmirror
