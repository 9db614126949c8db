// Quantities as people write them: a decimal number and a unit.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/units/quantity.h"

namespace vpcmirror::sim {

// What was wrong with a text, and what would do.
struct Fault {
  std::string message;
  std::string accepted;
};

// A value, or the fault that there is none.
template <class T>
struct Parsed {
  std::optional<T> value;
  Fault fault;

  explicit operator bool() const { return value.has_value(); }
};

// A number without sign or exponent, an optional space, a unit; digits are read
// exactly, and a value that is not a whole number of the base unit is refused.
Parsed<BitsPerSecond> ParseBandwidth(std::string_view text);      // bps, kbps, Mbps, Gbps, Tbps
Parsed<PacketsPerSecond> ParsePacketRate(std::string_view text);  // pps, kpps, Mpps, Gpps
Parsed<Picoseconds> ParseDuration(std::string_view text);         // ps, ns, us, ms, s, min, h, d
Parsed<Bytes> ParseBytes(std::string_view text);       // B, KiB, MiB, GiB, TiB, kB, MB, GB, TB
Parsed<int> ParseFrames(std::string_view text);        // frames
Parsed<double> ParsePerSecond(std::string_view text);  // /s, k/s, M/s; fractions are kept
Parsed<double> ParsePercent(std::string_view text);    // "0.1%" is 0.001

// The fault of a quantity written as a JSON number, with the likeliest meaning:
// FaultOfBareNumber("10", "Gbps") asks whether "10 Gbps" was meant.
Fault FaultOfBareNumber(std::string_view number, std::string_view unit);
// Small numbers are typed by people who think in Gbps, large ones count bits.
std::string_view LikelyBandwidthUnit(double number);

// A number, or a quantity in a unit of those above, made another of its kind: "10 Gbps" times
// "1.5" is "15 Gbps". In its own unit where that has a last decimal, else in the largest that
// has one: "1 h" and "1 s" are "3601 s". What is finer than the base unit (for numbers and
// shares, than a billionth) is rounded, half up. The fault says which is no number or quantity,
// that the two do not go together, or that the result is below zero or too large.
Parsed<std::string> MultiplyQuantity(std::string_view text, std::string_view factor);
Parsed<std::string> AddToQuantity(std::string_view text, std::string_view increment);
Parsed<std::string> SubtractFromQuantity(std::string_view text, std::string_view decrement);

// `count` values (2 or more) at equal distances, both ends included, in the unit of `to`, which
// is also that of a `from` without one: "1", "10 Gbps" and 10 are "1 Gbps", "2 Gbps", ...
// Rounded as above; `from` may be above `to`.
Parsed<std::vector<std::string>> SpreadQuantity(std::string_view from, std::string_view to,
                                                int count);

}  // namespace vpcmirror::sim
