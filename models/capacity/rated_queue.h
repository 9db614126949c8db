// A finite queue in front of rates.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "models/capacity/rate_limits.h"
#include "models/capacity/waiting_ring.h"

namespace vpcmirror {

// How much may wait or be on its way out, the frame in service included.
struct QueueRoom {
  std::int64_t frames = 1000;  // 1 to 2^31 - 1
  std::optional<Bytes> bytes;  // over 0; empty: not limited

  // Throws std::invalid_argument when out of range.
  void RequireValid() const;
};

struct RatedQueueSettings {
  RateSettings rates;
  QueueRoom room;
};

// First in, first out. Departure times are computed at the arrival, so that a
// frame needs no event while it waits. Time must not go backwards between calls.
class RatedQueue {
 public:
  // Throws std::invalid_argument for a rate of zero or less, or no room.
  explicit RatedQueue(const RatedQueueSettings& settings);

  const RatedQueueSettings& settings() const { return settings_; }

  // Frames that have not departed at `now`.
  std::size_t Waiting(Picoseconds now) {
    ring_.LetGo(now);
    return ring_.frames();
  }
  // Whether there is no room at `now` for one more frame of that size.
  bool IsFull(Picoseconds now, Bytes frame);

  // Takes the frame in, full or not, and returns its departure time. `tag` comes
  // back from ForEachWaiting.
  Picoseconds Accept(Picoseconds now, Bytes frame, std::uint64_t tag);

  // Rates `speed` times those of the settings, from `now` on and for what waits, too: what
  // is left of the frame in service is served at the new pace. Requires a speed over 0, and
  // no burst.
  void SetSpeed(Picoseconds now, double speed);

  // The limit whose clock is further ahead: why there is no room.
  BindingLimit Binding() const { return limits_.Binding(); }

  // The most bytes of accepted frames that waited at once, since ForgetPeak.
  Bytes bytes_peak() const { return bytes_peak_; }
  void ForgetPeak(Picoseconds now) {
    ring_.LetGo(now);
    bytes_peak_ = ring_.bytes();
  }

  // Calls `visit(const WaitingFrame&)` for each frame that has not departed at `now`.
  template <class Visit>
  void ForEachWaiting(Picoseconds now, Visit visit) {
    ring_.LetGo(now);
    ring_.ForEach(visit);
  }

 private:
  RatedQueueSettings settings_;
  double speed_ = 1;
  RateLimits limits_;
  WaitingRing ring_;
  Bytes bytes_peak_{};
};

}  // namespace vpcmirror
