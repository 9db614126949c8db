// Numbers with their units, as people read them.
#pragma once

#include <cstdint>
#include <string>

#include "models/units/quantity.h"

namespace vpcmirror {

// `value` with that many significant digits and no trailing zeros: "3.067",
// "6", "0.000012". Never "0" unless it is zero; whole numbers keep all digits.
std::string SignificantText(double value, int digits);

std::string BitRateText(BitsPerSecond rate, int digits = 4);        // "3.067 Gbps"
std::string PacketRateText(PacketsPerSecond rate, int digits = 4);  // "83.33 kpps"
std::string BitRateText(double bits_per_second);                    // rounded to whole ones
std::string PacketRateText(double packets_per_second);              // the same
std::string SizeText(Bytes size, int digits = 4);                   // decimal: "1.5 GB"
std::string TimeText(Picoseconds time, int digits = 4);             // "250 us"
std::string CountText(std::int64_t count);                          // "333,332"

// "12 %", at least three significant digits. Never "0 %" unless nothing, never
// "100 %" unless all.
std::string PercentText(double fraction);

// `used` and `limit` in words that differ whenever the numbers do: with
// "6.00001" and "6", not with "6" and "6".
struct UsedAndLimit {
  std::string used;
  std::string limit;
};
UsedAndLimit Compared(BitsPerSecond used, BitsPerSecond limit);
UsedAndLimit Compared(PacketsPerSecond used, PacketsPerSecond limit);

}  // namespace vpcmirror
