#include "models/capacity/rate_limits.h"

#include <algorithm>
#include <stdexcept>

namespace vpcmirror {
namespace {

// A run of 100 days and a burst on top are still within 64 bits of picoseconds.
constexpr Picoseconds kLongestBurst{5 * 86'400 * kPicosecondsPerSecond};

void Require(bool holds, const char* what) {
  if (!holds) throw std::invalid_argument(what);
}

// Rounded down, so that no more than the burst ever passes at once.
Picoseconds TimeOfBurst(Bytes burst, BitsPerSecond rate) {
  const Int128 time =
      static_cast<Int128>(burst.count()) * kBitsPerByte * kPicosecondsPerSecond / rate.count();
  Require(time <= kLongestBurst.count(), "a burst is at most 5 days of its bandwidth");
  return Picoseconds(static_cast<std::int64_t>(time));
}

}  // namespace

RateLimits::RateLimits(const RateSettings& settings, CpuClock* cpu) : cpu_(cpu) {
  Require(!settings.bandwidth || settings.bandwidth->count() > 0,
          "a bandwidth limit must be over 0");
  Require(!settings.peak_bandwidth || settings.peak_bandwidth->count() > 0,
          "a peak bandwidth must be over 0");
  Require(!settings.packet_rate || settings.packet_rate->count() > 0,
          "a packet-rate limit must be over 0");
  Require(settings.burst >= Bytes(0), "a burst must not be below 0");
  if (settings.packet_rate) packet_interval_ = PacketInterval(*settings.packet_rate);
  if (settings.peak_bandwidth) peak_.rate = *settings.peak_bandwidth;
  if (!settings.bandwidth) return;
  bandwidth_.rate = *settings.bandwidth;
  burst_time_ = TimeOfBurst(settings.burst, *settings.bandwidth);
}

Picoseconds RateLimits::Pay(Picoseconds now, Bytes frame, Picoseconds cpu_time) {
  Picoseconds departs = now;
  if (peak_.limits()) {
    link_free_ = std::max(link_free_, now) + peak_.Of(frame);
    departs = std::max(departs, link_free_);
  }
  if (bandwidth_.limits()) {
    // A bucket is paid when the frame reaches it: what would flow into a full one
    // while the frame is on the link in front is lost.
    const Picoseconds reached = burst_time_ > Picoseconds(0) ? departs : now;
    bucket_full_ = std::max(bucket_full_, reached) + bandwidth_.Of(frame);
    departs = std::max(departs, bucket_full_ - burst_time_);
  }
  if (packet_interval_ > Picoseconds(0)) {
    packet_free_ = std::max(packet_free_, now) + packet_interval_;
    departs = std::max(departs, packet_free_);
  }
  if (cpu_ != nullptr) {
    cpu_->done = std::max(cpu_->done, now) + cpu_time;
    departs = std::max(departs, cpu_->done);
  }
  return departs;
}

// A bucket keeps the bytes that it lacks, which take another time to come.
void RateLimits::SetBandwidth(Picoseconds now, BitsPerSecond bandwidth) {
  if (burst_time_ > Picoseconds(0)) {
    const auto at_new_rate = [&](Picoseconds time) {
      const Int128 taken = static_cast<Int128>(time.count()) * bandwidth_.rate.count();
      const Int128 takes = std::min(taken / bandwidth.count(), Int128{kLongestBurst.count()});
      return Picoseconds(static_cast<std::int64_t>(takes));
    };
    const Picoseconds last = bucket_full_ - burst_time_;
    const Picoseconds lacking = std::max(bucket_full_ - now, Picoseconds(0));
    burst_time_ = at_new_rate(burst_time_);
    bucket_full_ = now + at_new_rate(lacking);
    if (last > now) bucket_full_ = std::max(bucket_full_, last + burst_time_);
  }
  bandwidth_ = {.rate = bandwidth};
}

Picoseconds RateLimits::FreeAt(Bytes frame) const {
  Picoseconds free = std::max(link_free_, packet_free_);
  if (bandwidth_.limits()) {
    free =
        std::max(free, bucket_full_ - (burst_time_ - std::min(bandwidth_.Of(frame), burst_time_)));
  }
  return cpu_ == nullptr ? free : std::max(free, cpu_->done);
}

BindingLimit RateLimits::Binding() const {
  const Picoseconds bandwidth = std::max(bucket_full_ - burst_time_, link_free_);
  const Picoseconds cpu = cpu_ == nullptr ? Picoseconds(0) : cpu_->done;
  if (cpu > std::max(bandwidth, packet_free_)) return BindingLimit::kCpu;
  return packet_free_ > bandwidth ? BindingLimit::kPacketRate : BindingLimit::kBandwidth;
}

}  // namespace vpcmirror
