// A finite queue in front of a bandwidth limit and a packet-rate limit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "models/units/quantity.h"
#include "models/units/rates.h"

namespace vpcmirror {

// What limits a queue, and how much may wait. A limit that is absent never binds.
struct RatedQueueSettings {
  std::optional<BitsPerSecond> bandwidth;       // over 0
  std::optional<PacketsPerSecond> packet_rate;  // over 0
  std::int64_t frames = 1000;                   // that wait or are being sent; 1 to 2^31 - 1
};

// A frame that has been accepted and has not yet departed.
struct WaitingFrame {
  Picoseconds departs{};
  Bytes frame{};
  std::uint64_t tag = 0;   // whatever the driver gave
  bool is_charge = false;  // paid for here, held nowhere
};

enum class BindingLimit : std::uint8_t { kBandwidth, kPacketRate };

// First in, first out. Departure times are computed at the arrival, so that a
// frame needs no event while it waits. A frame departs when both limits have
// paid for it: the bandwidth clock advances by its serialisation delay, the
// packet-rate clock by one packet interval, and the later of the two counts.
// Time must not go backwards between calls.
class RatedQueue {
 public:
  // Throws std::invalid_argument for a limit of zero or less, or no room.
  explicit RatedQueue(const RatedQueueSettings& settings);

  const RatedQueueSettings& settings() const { return settings_; }

  // Frames that have not departed at `now`.
  std::size_t Waiting(Picoseconds now);
  bool IsFull(Picoseconds now) {
    return Waiting(now) >= static_cast<std::size_t>(settings_.frames);
  }

  // Takes the frame in, full or not, and returns its departure time.
  Picoseconds Accept(Picoseconds now, Bytes frame, std::uint64_t tag);

  // Takes the limits' time for a frame that does not wait here, such as one that
  // came in under a combined limit. It counts as waiting until that time is over.
  void Charge(Picoseconds now, Bytes frame);

  // The limit whose clock is further ahead: why there is no room.
  BindingLimit Binding() const;

  // The most bytes of accepted frames that ever waited at once.
  Bytes bytes_peak() const { return bytes_peak_; }

  // Calls `visit(const WaitingFrame&)` for each accepted frame that has not
  // departed at `now`.
  template <class Visit>
  void ForEachWaiting(Picoseconds now, Visit visit) {
    Waiting(now);
    for (std::size_t i = 0; i < size_; ++i) {
      const WaitingFrame& waiting = ring_[(first_ + i) & (ring_.size() - 1)];
      if (!waiting.is_charge) visit(waiting);
    }
  }

 private:
  Picoseconds Pay(Picoseconds now, Bytes frame);
  void Push(const WaitingFrame& waiting);
  void Grow();

  RatedQueueSettings settings_;
  Picoseconds bandwidth_clock_{};
  Picoseconds packet_clock_{};
  Picoseconds packet_interval_{};
  std::vector<WaitingFrame> ring_;  // a power of two long, or empty
  std::size_t first_ = 0;
  std::size_t size_ = 0;
  Bytes bytes_waiting_{};
  Bytes bytes_peak_{};
};

}  // namespace vpcmirror
