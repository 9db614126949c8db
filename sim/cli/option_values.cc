#include "sim/cli/option_values.h"

#include <fmt/format.h>

#include <charconv>
#include <system_error>

#include "analysis/report/text_layout.h"

namespace vpcmirror::sim {

std::uint64_t ReadWhole(const char* option, const std::string& text, std::uint64_t smallest) {
  constexpr std::uint64_t kLargest = (std::uint64_t{1} << 53) - 1;  // as the schema has it
  std::uint64_t whole = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, whole);
  const bool leading_zero = text.size() > 1 && text[0] == '0';
  const bool in_range = smallest <= whole && whole <= kLargest;
  if (read.ec != std::errc() || read.ptr != end || leading_zero || !in_range) {
    throw CLI::ValidationError(
        option, fmt::format("'{}' is not a whole number from {} to {}, in decimal digits",
                            Printable(text), smallest, kLargest));
  }
  return whole;
}

}  // namespace vpcmirror::sim
