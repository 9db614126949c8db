#include "models/capacity/rated_queue.h"

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <utility>

namespace vpcmirror {

RatedQueue::RatedQueue(const RatedQueueSettings& settings) : settings_(settings) {
  if (settings.bandwidth && settings.bandwidth->count() <= 0) {
    throw std::invalid_argument("a bandwidth limit must be over 0");
  }
  if (settings.packet_rate && settings.packet_rate->count() <= 0) {
    throw std::invalid_argument("a packet-rate limit must be over 0");
  }
  if (settings.frames < 1 || settings.frames > std::numeric_limits<std::int32_t>::max()) {
    throw std::invalid_argument("a queue holds 1 to 2^31 - 1 frames");
  }
  if (settings.packet_rate) packet_interval_ = PacketInterval(*settings.packet_rate);
}

std::size_t RatedQueue::Waiting(Picoseconds now) {
  while (size_ > 0 && ring_[first_].departs <= now) {
    if (!ring_[first_].is_charge) bytes_waiting_ -= ring_[first_].frame;
    first_ = (first_ + 1) & (ring_.size() - 1);
    --size_;
  }
  return size_;
}

Picoseconds RatedQueue::Pay(Picoseconds now, Bytes frame) {
  Picoseconds paid = now;
  if (settings_.bandwidth) {
    bandwidth_clock_ =
        std::max(bandwidth_clock_, now) + SerialisationDelay(frame, *settings_.bandwidth);
    paid = bandwidth_clock_;
  }
  if (settings_.packet_rate) {
    packet_clock_ = std::max(packet_clock_, now) + packet_interval_;
    paid = std::max(paid, packet_clock_);
  }
  return paid;
}

Picoseconds RatedQueue::Accept(Picoseconds now, Bytes frame, std::uint64_t tag) {
  Waiting(now);
  const Picoseconds departs = Pay(now, frame);
  if (departs == now) return now;
  Push({.departs = departs, .frame = frame, .tag = tag});
  bytes_waiting_ += frame;
  bytes_peak_ = std::max(bytes_peak_, bytes_waiting_);
  return departs;
}

void RatedQueue::Charge(Picoseconds now, Bytes frame) {
  Waiting(now);
  const Picoseconds paid = Pay(now, frame);
  if (paid > now) Push({.departs = paid, .frame = frame, .is_charge = true});
}

void RatedQueue::Push(const WaitingFrame& waiting) {
  if (size_ == ring_.size()) Grow();
  ring_[(first_ + size_) & (ring_.size() - 1)] = waiting;
  ++size_;
}

BindingLimit RatedQueue::Binding() const {
  return packet_clock_ > bandwidth_clock_ ? BindingLimit::kPacketRate : BindingLimit::kBandwidth;
}

// Starts small: most queues of a large deployment never hold more than a few frames.
void RatedQueue::Grow() {
  constexpr std::size_t kFirstFrames = 4;
  std::vector<WaitingFrame> larger(std::max(kFirstFrames, ring_.size() * 2));
  for (std::size_t i = 0; i < size_; ++i) larger[i] = ring_[(first_ + i) & (ring_.size() - 1)];
  ring_ = std::move(larger);
  first_ = 0;
}

}  // namespace vpcmirror
