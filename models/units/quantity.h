// Quantities as types: a count of bytes cannot be added to a rate, and every
// conversion between them is written once, here and in rates.h.
#pragma once

#include <compare>
#include <cstdint>

namespace vpcmirror {

// An integer count of one unit. Arithmetic is plain integer arithmetic on the
// count: callers keep sums below 2^63, which for picoseconds is 106 days.
template <class Unit>
class Quantity {
 public:
  constexpr Quantity() = default;
  explicit constexpr Quantity(std::int64_t count) : count_(count) {}

  constexpr std::int64_t count() const { return count_; }

  constexpr Quantity& operator+=(Quantity other) {
    count_ += other.count_;
    return *this;
  }
  constexpr Quantity& operator-=(Quantity other) {
    count_ -= other.count_;
    return *this;
  }

  friend constexpr Quantity operator+(Quantity a, Quantity b) { return a += b; }
  friend constexpr Quantity operator-(Quantity a, Quantity b) { return a -= b; }
  friend constexpr Quantity operator*(Quantity a, std::int64_t n) { return Quantity(a.count_ * n); }
  friend constexpr Quantity operator/(Quantity a, std::int64_t n) { return Quantity(a.count_ / n); }
  friend constexpr auto operator<=>(Quantity, Quantity) = default;

 private:
  std::int64_t count_ = 0;
};

using Bytes = Quantity<struct BytesUnit>;
using BitsPerSecond = Quantity<struct BitsPerSecondUnit>;
using PacketsPerSecond = Quantity<struct PacketsPerSecondUnit>;
using Picoseconds = Quantity<struct PicosecondsUnit>;

// For products of two counts on their way to a quotient.
__extension__ typedef __int128 Int128;

inline constexpr std::int64_t kBitsPerByte = 8;
inline constexpr std::int64_t kPicosecondsPerNanosecond = 1'000;
inline constexpr std::int64_t kPicosecondsPerSecond = 1'000'000'000'000;

}  // namespace vpcmirror
