// The pieces that ResultText is made of.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

#include "models/units/quantity.h"

namespace vpcmirror {

// Words of `text` in lines of at most `width`, those after the first indented.
// No newline at the end. A word longer than a line stands alone.
std::string Wrapped(std::string_view text, int width, int indent);

enum class Ink : std::uint8_t { kPlain, kBold, kGood, kWarning, kBad };

// `text` between ANSI escapes; as it is when plain or not `color`.
std::string Painted(std::string_view text, Ink ink, bool color);

// A name or description with control characters shown as '?', so that a
// scenario from elsewhere cannot steer the terminal.
std::string Printable(const std::string& text);

// A line of a table, without the spaces that would end it.
template <class... Args>
void AppendLine(std::string& out, fmt::format_string<Args...> format, Args&&... args) {
  fmt::format_to(std::back_inserter(out), format, std::forward<Args>(args)...);
  while (!out.empty() && out.back() == ' ') out.pop_back();
  out += '\n';
}

// The smallest and the largest of the members of a group.
class ValueRange {
 public:
  void Add(double value);
  double low() const { return low_; }
  double high() const { return high_; }

 private:
  bool empty_ = true;
  double low_ = 0;
  double high_ = 0;
};

// One unit for a row of a table, so that its numbers compare at a glance.
struct RowUnit {
  double size = 1;
  std::string_view name;
};
RowUnit BitRateUnit(double largest_bps);
RowUnit PacketRateUnit(double largest_pps);

// "1.000", "0.98..1.02" of a range in that unit; "-" for nothing.
std::string CellText(const ValueRange& range, const RowUnit& unit);
// "68 %", "12..107 %", "<1..2 %".
std::string PercentRangeText(const ValueRange& range);

}  // namespace vpcmirror
