// The pieces that texts for a terminal are made of.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

#include "models/scenario/run_result.h"
#include "models/units/quantity.h"

namespace vpcmirror {

struct TextStyle {
  int width = 80;       // sentences are wrapped here; tables take 80
  bool color = false;   // ANSI escapes
  bool sparks = false;  // curves of U+2581 to U+2588
};

// Words of `text` in lines of at most `width`, those after the first indented.
// No newline at the end. A word longer than a line stands alone.
std::string Wrapped(std::string_view text, int width, int indent);

enum class Ink : std::uint8_t { kPlain, kBold, kGood, kWarning, kBad };

Ink InkOfVerdict(Verdict verdict);

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

// A text as it grows, line by line.
class TextLines {
 public:
  explicit TextLines(const TextStyle& style) : style_(style) {}

  // What was written; leaves nothing behind.
  std::string Take() { return std::move(out_); }

 protected:
  template <class... Args>
  void Line(fmt::format_string<Args...> format, Args&&... args) {
    AppendLine(out_, format, std::forward<Args>(args)...);
  }
  // Behind an empty line.
  void Title(std::string_view title) {
    out_ += '\n';
    Line("{}", Painted(title, Ink::kBold, style_.color));
  }
  // Lines after the first stand `hang` columns further in.
  void Sentence(std::string_view text, int indent = 0, int hang = 0) {
    const std::string margin(static_cast<std::size_t>(indent), ' ');
    Line("{}{}", margin, Wrapped(text, style_.width - indent, indent + hang));
  }

  TextStyle style_;
  std::string out_;
};

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
