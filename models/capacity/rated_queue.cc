#include "models/capacity/rated_queue.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <stdexcept>

#include "models/units/rates.h"

namespace vpcmirror {

void QueueRoom::RequireValid() const {
  if (frames < 1 || frames > std::numeric_limits<std::int32_t>::max()) {
    throw std::invalid_argument("a queue holds 1 to 2^31 - 1 frames");
  }
  if (bytes && bytes->count() <= 0) throw std::invalid_argument("a queue holds over 0 bytes");
}

namespace {

RateSettings Scaled(RateSettings rates, double speed) {
  const auto scaled = [&](const auto& rate) {
    return std::max<std::int64_t>(1, std::llround(static_cast<double>(rate.count()) * speed));
  };
  if (speed == 1) return rates;
  if (rates.bandwidth) rates.bandwidth = BitsPerSecond(scaled(*rates.bandwidth));
  if (rates.packet_rate) rates.packet_rate = PacketsPerSecond(scaled(*rates.packet_rate));
  return rates;
}

}  // namespace

RatedQueue::RatedQueue(const RatedQueueSettings& settings)
    : settings_(settings), limits_(settings.rates) {
  settings.room.RequireValid();
}

bool RatedQueue::IsFull(Picoseconds now, Bytes frame) {
  const auto& [frames, bytes] = settings_.room;
  return Waiting(now) >= static_cast<std::size_t>(frames) ||
         (bytes && ring_.bytes() + frame > *bytes);
}

void RatedQueue::SetSpeed(Picoseconds now, double speed) {
  ring_.LetGo(now);
  const double slower = speed_ / speed;
  speed_ = speed;
  limits_ = RateLimits(Scaled(settings_.rates, speed));
  std::optional<Picoseconds> served;  // the frame in service
  ring_.Retime([&](const WaitingFrame& frame) {
    if (served) return limits_.Pay(*served, frame.frame, Picoseconds(0));
    const auto left = static_cast<double>((frame.departs - now).count());
    served = now + RoundedTime(left * slower);
    limits_.Occupy(*served);
    return *served;
  });
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
