// The rates that frames pay on their way: bandwidth, packet rate, CPU time.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "models/units/quantity.h"
#include "models/units/rates.h"

namespace vpcmirror {

// A limit that is absent never binds.
//
// Without a burst, bandwidth is a link: a frame departs when it has been
// serialised. With one, it is a token bucket that is full at time 0: a frame
// departs as soon as the bucket holds its bytes. Between any two departures pass
// at most burst + bandwidth * time bytes, the first and the last frame included
// (frames no larger than the burst). A burstable instance type is a bucket of
// its credits at its baseline behind a link of its peak bandwidth.
struct RateSettings {
  std::optional<BitsPerSecond> bandwidth;       // over 0
  Bytes burst{};                                // 0 or more; at most 5 days of `bandwidth`
  std::optional<BitsPerSecond> peak_bandwidth;  // over 0: a link in front of the bucket
  std::optional<PacketsPerSecond> packet_rate;  // over 0
};

// Which limit a frame waited for, or was lost to.
enum class BindingLimit : std::uint8_t {
  kBandwidth,
  kPacketRate,
  kCpu,
  kMemory,  // the bytes that a queue may hold
  kFlow,    // the bandwidth of a single flow
};

// When the vCPUs of a CVM are done with the work on frames that they were
// given. One for all that the CVM sends and receives.
struct CpuClock {
  Picoseconds done{};
};

// A clock for each limit, which runs ahead of time by the work it has taken.
class RateLimits {
 public:
  // Throws std::invalid_argument for a rate of zero or less and a burst out of
  // range. `cpu`, which may be null, must outlive this.
  explicit RateLimits(const RateSettings& settings, CpuClock* cpu = nullptr);

  // Pays for a frame that comes at `now`, `cpu_time` being its work divided by
  // the number of vCPUs, and returns when it departs: when all limits have been
  // paid. Time must not go backwards between calls.
  Picoseconds Pay(Picoseconds now, Bytes frame, Picoseconds cpu_time);

  // From `now` on. What has paid leaves when it was told to, and what comes next not
  // before it.
  void SetBandwidth(Picoseconds now, BitsPerSecond bandwidth);
  void SetPacketRate(PacketsPerSecond rate) { packet_interval_ = PacketInterval(rate); }

  // Something that paid elsewhere is in the way until then. Requires no burst.
  void Occupy(Picoseconds until) {
    bucket_full_ = std::max(bucket_full_, until);
    link_free_ = std::max(link_free_, until);
    packet_free_ = std::max(packet_free_, until);
  }

  // When a frame would be on its way if nothing else paid before it: from then
  // on, and not before, it takes the place of nobody who comes later. The start
  // of its serialisation on a link, the moment that a bucket holds its bytes.
  Picoseconds FreeAt(Bytes frame) const;

  // The limit whose clock is furthest ahead.
  BindingLimit Binding() const;

 private:
  // A rate, and how long the last size lasts at it: most frames are of few sizes.
  struct Serialiser {
    BitsPerSecond rate{};  // 0: no limit
    mutable Bytes frame{};
    mutable Picoseconds time{};

    bool limits() const { return rate > BitsPerSecond(0); }
    Picoseconds Of(Bytes size) const {
      if (size != frame) {
        frame = size;
        time = SerialisationDelay(size, rate);
      }
      return time;
    }
  };

  CpuClock* cpu_;
  Serialiser bandwidth_;
  Serialiser peak_;
  Picoseconds packet_interval_{};  // 0: no limit
  Picoseconds burst_time_{};       // that a full bucket is worth at the bandwidth
  Picoseconds bucket_full_{};      // when the bucket is full again
  Picoseconds link_free_{};
  Picoseconds packet_free_{};
};

}  // namespace vpcmirror
