#include "models/capacity/egress.h"

#include "models/wire/hash.h"

namespace vpcmirror {

Egress::Egress(const RatedQueueSettings& settings, Congestion congestion, std::uint64_t seed)
    : queue_(settings), congestion_(congestion), random_state_(seed) {}

bool Egress::Admits(Picoseconds now) {
  const auto waiting = static_cast<std::int64_t>(queue_.Waiting(now));
  const std::int64_t room = queue_.settings().frames;
  if (waiting >= room) return false;
  if (congestion_ == Congestion::kFifo || 2 * waiting <= room) return true;
  // Dropped with probability (2 * waiting - room) / room; room is below 2^31. The draw is one step
  // of splitmix64, whose increment is the golden ratio's 64 bits.
  random_state_ += 0x9e3779b97f4a7c15;
  const std::uint64_t draw = MixBits(random_state_) >> 32;
  const auto up_to_room =
      static_cast<std::int64_t>((draw * static_cast<std::uint64_t>(room)) >> 32);
  return up_to_room >= 2 * waiting - room;
}

EgressAnswer Egress::Offer(Picoseconds now, Bytes frame, std::uint64_t tag) {
  if (!Admits(now)) return Dropped{queue_.Binding()};
  return Departs{queue_.Accept(now, frame, tag)};
}

std::optional<Dropped> Egress::Charge(Picoseconds now, Bytes frame) {
  if (!Admits(now)) return Dropped{queue_.Binding()};
  queue_.Charge(now, frame);
  return std::nullopt;
}

}  // namespace vpcmirror
