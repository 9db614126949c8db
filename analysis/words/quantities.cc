#include "analysis/words/quantities.h"

#include <fmt/format.h>

#include <cmath>
#include <span>
#include <string_view>

namespace vpcmirror {
namespace {

struct Scale {
  double size;
  std::string_view name;
};

constexpr Scale kBitRates[] = {
    {1, "bps"}, {1e3, "kbps"}, {1e6, "Mbps"}, {1e9, "Gbps"}, {1e12, "Tbps"}};
constexpr Scale kPacketRates[] = {{1, "pps"}, {1e3, "kpps"}, {1e6, "Mpps"}, {1e9, "Gpps"}};
constexpr Scale kSizes[] = {{1, "bytes"}, {1e3, "kB"},  {1e6, "MB"},
                            {1e9, "GB"},  {1e12, "TB"}, {1e15, "PB"}};
constexpr Scale kTimes[] = {{1, "ps"}, {1e3, "ns"}, {1e6, "us"}, {1e9, "ms"}, {1e12, "s"}};

constexpr int kDefaultDigits = 4;
constexpr int kPercentDigits = 3;
constexpr int kMostDigits = 15;  // that a double holds of a decimal number

// The power of ten of `value` once it is rounded: 999.96 with four digits is 10^3.
int RoundedExponent(double value, int digits) {
  const std::string text = fmt::format("{:.{}e}", value, digits - 1);
  return std::stoi(text.substr(text.find('e') + 1));
}

double RoundedTo(double value, int digits) {
  return std::stod(fmt::format("{:.{}e}", value, digits - 1));
}

// In the largest unit of which there is at least one.
std::string Scaled(double value, std::span<const Scale> scales, int digits) {
  const double rounded = RoundedTo(value, digits);
  const Scale* best = &scales.front();
  for (const Scale& scale : scales) {
    if (std::abs(rounded) >= scale.size) best = &scale;
  }
  return fmt::format("{} {}", SignificantText(value / best->size, digits), best->name);
}

template <class Rate>
UsedAndLimit ComparedAs(Rate used, Rate limit, std::span<const Scale> scales) {
  const auto text = [&](Rate rate, int digits) {
    return Scaled(static_cast<double>(rate.count()), scales, digits);
  };
  int digits = kDefaultDigits;
  while (used != limit && digits < kMostDigits && text(used, digits) == text(limit, digits)) {
    ++digits;
  }
  return {text(used, digits), text(limit, digits)};
}

}  // namespace

std::string SignificantText(double value, int digits) {
  if (value == 0) return "0";
  const int decimals = std::max(0, digits - 1 - RoundedExponent(value, digits));
  std::string text = fmt::format("{:.{}f}", value, decimals);
  if (decimals > 0) {
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
  }
  return text;
}

std::string BitRateText(BitsPerSecond rate, int digits) {
  return Scaled(static_cast<double>(rate.count()), kBitRates, digits);
}

std::string PacketRateText(PacketsPerSecond rate, int digits) {
  return Scaled(static_cast<double>(rate.count()), kPacketRates, digits);
}

std::string BitRateText(double bits_per_second) {
  return BitRateText(BitsPerSecond(std::llround(bits_per_second)));
}

std::string PacketRateText(double packets_per_second) {
  return PacketRateText(PacketsPerSecond(std::llround(packets_per_second)));
}

std::string SizeText(Bytes size, int digits) {
  return Scaled(static_cast<double>(size.count()), kSizes, digits);
}

std::string TimeText(Picoseconds time, int digits) {
  return time.count() == 0 ? "0 s" : Scaled(static_cast<double>(time.count()), kTimes, digits);
}

std::string CountText(std::int64_t count) {
  std::string text = fmt::format("{}", count);
  const std::size_t first = count < 0 ? 1 : 0;
  for (std::size_t at = text.size(); at > first + 3; at -= 3) text.insert(at - 3, ",");
  return text;
}

std::string PercentText(double fraction) {
  const double percent = fraction * 100;
  int digits = kPercentDigits;
  while (fraction != 1 && digits < kMostDigits && SignificantText(percent, digits) == "100") {
    ++digits;
  }
  return SignificantText(percent, digits) + " %";
}

UsedAndLimit Compared(BitsPerSecond used, BitsPerSecond limit) {
  return ComparedAs(used, limit, kBitRates);
}

UsedAndLimit Compared(PacketsPerSecond used, PacketsPerSecond limit) {
  return ComparedAs(used, limit, kPacketRates);
}

}  // namespace vpcmirror
