#include "analysis/report/figure_text.h"

#include <cmath>
#include <cstdint>
#include <variant>

#include "analysis/words/quantities.h"

namespace vpcmirror {

std::string_view ToString(FigureUnit unit) {
  switch (unit) {
    case FigureUnit::kBitsPerSecond:
      return "bps";
    case FigureUnit::kPacketsPerSecond:
      return "pps";
    case FigureUnit::kNanoseconds:
      return "ns";
    case FigureUnit::kBytes:
      return "bytes";
    case FigureUnit::kShare:
      return "share";
    default:
      return "";
  }
}

std::string_view UnitSuffix(FigureUnit unit) {
  switch (unit) {
    case FigureUnit::kBitsPerSecond:
      return ", bits/s";
    case FigureUnit::kPacketsPerSecond:
      return ", packets/s";
    case FigureUnit::kNanoseconds:
      return ", ns";
    case FigureUnit::kBytes:
      return ", bytes";
    default:
      return "";
  }
}

std::optional<double> NumberOf(const Figure& figure) {
  if (const auto* whole = std::get_if<std::int64_t>(&figure)) return static_cast<double>(*whole);
  if (const auto* number = std::get_if<double>(&figure)) return *number;
  return std::nullopt;
}

std::string FigureText(const Figure& figure, FigureUnit unit, int more) {
  constexpr int kDigits = 4;
  if (const auto* flag = std::get_if<bool>(&figure)) return *flag ? "true" : "false";
  if (const auto* word = std::get_if<std::string>(&figure)) return *word;
  const double number = NumberOf(figure).value_or(0);
  const auto* whole = std::get_if<std::int64_t>(&figure);
  switch (unit) {
    case FigureUnit::kBitsPerSecond:
      return BitRateText(BitsPerSecond(std::llround(number)), kDigits + more);
    case FigureUnit::kPacketsPerSecond:
      return PacketRateText(PacketsPerSecond(std::llround(number)), kDigits + more);
    case FigureUnit::kNanoseconds:
      return TimeText(Picoseconds(std::llround(number * kPicosecondsPerNanosecond)),
                      kDigits + more);
    case FigureUnit::kBytes:
      return SizeText(Bytes(std::llround(number)), kDigits + more);
    case FigureUnit::kShare:
      return more == 0 ? PercentText(number) : SignificantText(number * 100, kDigits + more) + " %";
    default:
      return whole != nullptr ? CountText(*whole) : SignificantText(number, kDigits + more);
  }
}

}  // namespace vpcmirror
