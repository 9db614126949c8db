// The only arithmetic between different units.
#pragma once

#include <algorithm>
#include <cmath>

#include "models/units/quantity.h"

namespace vpcmirror {

// Time that `bytes` occupy a link of `rate`: ceil(bytes * 8 * 10^12 / rate).
// Nothing is added for preamble, FCS or inter-frame gap; callers that want them
// count them into `bytes`. Requires rate > 0 and a result below 106 days.
constexpr Picoseconds SerialisationDelay(Bytes bytes, BitsPerSecond rate) {
  constexpr std::int64_t kBytePicoseconds = kBitsPerByte * kPicosecondsPerSecond;
  // Frames stay within 64 bits, whose division is several times faster.
  constexpr std::int64_t kShort = 1'000'000;
  if (bytes.count() <= kShort && rate.count() <= kPicosecondsPerSecond) {
    return Picoseconds((bytes.count() * kBytePicoseconds + rate.count() - 1) / rate.count());
  }
  const Int128 bit_picoseconds = static_cast<Int128>(bytes.count()) * kBytePicoseconds;
  return Picoseconds(
      static_cast<std::int64_t>((bit_picoseconds + rate.count() - 1) / rate.count()));
}

// Time between packets at `rate`: ceil(10^12 / rate). Requires rate > 0.
constexpr Picoseconds PacketInterval(PacketsPerSecond rate) {
  return Picoseconds((kPicosecondsPerSecond + rate.count() - 1) / rate.count());
}

// Mean rate of `bytes` over `time`, rounded down; zero when `time` is not positive.
constexpr BitsPerSecond MeanRate(Bytes bytes, Picoseconds time) {
  if (time.count() <= 0) return BitsPerSecond(0);
  const auto bit_picoseconds = static_cast<Int128>(bytes.count()) * kBitsPerByte *
                               static_cast<Int128>(kPicosecondsPerSecond);
  return BitsPerSecond(static_cast<std::int64_t>(bit_picoseconds / time.count()));
}

// Mean rate of `packets` over `time`, rounded down; zero when `time` is not positive.
constexpr PacketsPerSecond MeanPacketRate(std::int64_t packets, Picoseconds time) {
  if (time.count() <= 0) return PacketsPerSecond(0);
  return PacketsPerSecond(static_cast<std::int64_t>(
      static_cast<Int128>(packets) * static_cast<Int128>(kPicosecondsPerSecond) / time.count()));
}

// A time worked out in floating point, kept within what an integer of
// picoseconds holds: 0 to 100 days, longer than any run.
inline Picoseconds RoundedTime(double picoseconds) {
  constexpr double kLongest = 100.0 * 86'400 * static_cast<double>(kPicosecondsPerSecond);
  if (!(picoseconds > 0)) return Picoseconds(0);
  return Picoseconds(std::llround(std::min(picoseconds, kLongest)));
}

constexpr double Seconds(Picoseconds time) {
  return static_cast<double>(time.count()) / static_cast<double>(kPicosecondsPerSecond);
}

}  // namespace vpcmirror
