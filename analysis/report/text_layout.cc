#include "analysis/report/text_layout.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analysis/words/quantities.h"

namespace vpcmirror {
namespace {

// Characters beyond ASCII that a terminal obeys and does not show, by their UTF-8.
struct HiddenCharacters {
  std::string_view lead;
  unsigned char first;  // of the byte behind it
  unsigned char last;
};
constexpr HiddenCharacters kHidden[] = {
    {"\xc2", 0x80, 0x9f},      // U+0080 to U+009F, the C1 controls
    {"\xd8", 0x9c, 0x9c},      // U+061C, a mark of direction
    {"\xe2\x80", 0x8b, 0x8f},  // U+200B to U+200F, of no width, and marks of direction
    {"\xe2\x80", 0xa8, 0xae},  // U+2028 to U+202E, ends of lines, and directions
    {"\xe2\x81", 0xa0, 0xaf},  // U+2060 to U+206F, of no width, and directions
    {"\xef\xbb", 0xbf, 0xbf},  // U+FEFF, of no width
};

// Bytes of the character at `offset` if it must not reach a terminal; else 0.
std::size_t HiddenBytesAt(std::string_view text, std::size_t offset) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if (byte(offset) < 0x20 || byte(offset) == 0x7f) return 1;
  for (const HiddenCharacters& hidden : kHidden) {
    const std::size_t last = offset + hidden.lead.size();
    if (last >= text.size() || text.substr(offset, hidden.lead.size()) != hidden.lead) continue;
    if (byte(last) >= hidden.first && byte(last) <= hidden.last) return hidden.lead.size() + 1;
  }
  return 0;
}

constexpr int kRangeDigits = 3;  // of each end, so that both fit eleven columns
// Members this close are alike: in a short run one frame more or less is as much.
constexpr double kAlike = 0.002;

std::string_view EscapeOf(Ink ink) {
  switch (ink) {
    case Ink::kPlain:
      break;
    case Ink::kBold:
      return "\x1b[1m";
    case Ink::kGood:
      return "\x1b[1;32m";
    case Ink::kWarning:
      return "\x1b[1;33m";
    case Ink::kBad:
      return "\x1b[1;31m";
  }
  return "";
}

// Four digits in a fixed width, so that a column lines up.
std::string FixedText(double value) {
  if (value == 0) return "0";
  const double size = std::abs(value);
  if (size < 0.0005) return "<0.001";
  const int decimals = size < 9.9995 ? 3 : size < 99.995 ? 2 : size < 999.95 ? 1 : 0;
  return fmt::format("{:.{}f}", value, decimals);
}

std::string RangeEnd(double value) {
  if (value == 0) return "0";
  if (std::abs(value) < 0.005) return "<0.01";
  return SignificantText(value, std::abs(value) < 0.0995 ? 1 : value < 0.995 ? 2 : kRangeDigits);
}

}  // namespace

std::string Wrapped(std::string_view text, int width, int indent) {
  std::string lines;
  std::size_t column = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    const std::string_view word = text.substr(at, end - at);
    at = end + 1;
    if (word.empty()) continue;
    if (column > 0 && column + 1 + word.size() > static_cast<std::size_t>(width)) {
      lines += '\n' + std::string(static_cast<std::size_t>(indent), ' ');
      column = static_cast<std::size_t>(indent);
    } else if (column > 0) {
      lines += ' ';
      ++column;
    }
    lines += word;
    column += word.size();
  }
  return lines;
}

Ink InkOfVerdict(Verdict verdict) {
  switch (verdict) {
    case Verdict::kFits:
      return Ink::kGood;
    case Verdict::kAtRisk:
      return Ink::kWarning;
    case Verdict::kDoesNotFit:
      return Ink::kBad;
  }
  return Ink::kPlain;
}

std::string Painted(std::string_view text, Ink ink, bool color) {
  if (!color || ink == Ink::kPlain) return std::string(text);
  return fmt::format("{}{}\x1b[0m", EscapeOf(ink), text);
}

void ValueRange::Add(double value) {
  low_ = empty_ ? value : std::min(low_, value);
  high_ = empty_ ? value : std::max(high_, value);
  empty_ = false;
}

RowUnit BitRateUnit(double largest_bps) {
  if (largest_bps >= 1e9) return {1e9, "Gbps"};
  if (largest_bps >= 1e6) return {1e6, "Mbps"};
  if (largest_bps >= 1e3) return {1e3, "kbps"};
  return {1, "bps"};
}

RowUnit PacketRateUnit(double largest_pps) {
  if (largest_pps >= 1e6) return {1e6, "Mpps"};
  if (largest_pps >= 1e3) return {1e3, "kpps"};
  return {1, "pps"};
}

std::string CellText(const ValueRange& range, const RowUnit& unit) {
  if (range.high() == 0) return "-";
  const double low = range.low() / unit.size;
  const double high = range.high() / unit.size;
  if (high - low < kAlike * high || RangeEnd(low) == RangeEnd(high)) return FixedText(high);
  return fmt::format("{}..{}", RangeEnd(low), RangeEnd(high));
}

std::string PercentRangeText(const ValueRange& range) {
  const auto end = [](double share) {
    if (share > 0 && share < 0.01) return std::string("<1");
    if (share > 0.995 && share < 1) return std::string("<100");
    if (share > 1 && share < 1.005) return std::string(">100");
    return SignificantText(share * 100, share < 0.995 ? 2 : 3);
  };
  if (end(range.low()) == end(range.high())) return PercentText(range.high());
  return fmt::format("{}..{} %", end(range.low()), end(range.high()));
}

std::string Printable(const std::string& text) {
  std::string printable;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t hidden = HiddenBytesAt(text, i);
    printable += hidden == 0 ? text[i] : '?';
    i += std::max<std::size_t>(hidden, 1);
  }
  return printable;
}

}  // namespace vpcmirror
