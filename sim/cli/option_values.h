// Values of options that are more than CLI11 reads.
#pragma once

#include <CLI/Error.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sim/input/quantity.h"

namespace vpcmirror::sim {

// Markdown goes by two names.
inline bool IsMarkdown(std::string_view format) { return format == "md" || format == "markdown"; }

// By the rules of whole numbers in a scenario, where JSON has no sign +, no leading zero and no
// 0x; up to 2^53 - 1. Throws CLI::ValidationError.
std::uint64_t ReadWhole(const char* option, const std::string& text, std::uint64_t smallest);

// Empty for an empty text. Throws CLI::ValidationError unless it is above zero.
template <class Quantity>
std::optional<Quantity> LimitOf(const char* option, const std::string& text,
                                Parsed<Quantity> (*parse)(std::string_view)) {
  if (text.empty()) return std::nullopt;
  const Parsed<Quantity> parsed = parse(text);
  if (!parsed) throw CLI::ValidationError(option, parsed.fault.message);
  if (parsed.value->count() <= 0) {
    throw CLI::ValidationError(option, "'" + text + "' is not above zero");
  }
  return *parsed.value;
}

}  // namespace vpcmirror::sim
