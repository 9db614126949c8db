// Values of flow logs: numbers, addresses and times as text.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <system_error>

#include "models/wire/address.h"

namespace vpcmirror::sim {

// Decimal, and nothing else. False, and nothing is said of `number`, when it is none or too large.
template <class Number>
bool ParseWholeNumber(std::string_view text, Number& number) {
  // Most values of a log are such numbers, and from_chars takes three times as long.
  constexpr std::size_t kSafeDigits = 18;
  if (text.size() - 1 < kSafeDigits) {
    std::uint64_t value = 0;
    unsigned worst = 0;
    for (const char c : text) {
      const unsigned digit = static_cast<unsigned char>(c) - unsigned{'0'};
      worst = std::max(worst, digit);
      value = value * 10 + digit;
    }
    if (worst <= 9 && value <= static_cast<std::uint64_t>(std::numeric_limits<Number>::max())) {
      number = static_cast<Number>(value);
      return true;
    }
  }
  const char* const end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, number);
  return error == std::errc() && at == end && !text.empty();
}

// As ParseIpAddress, and faster where it is IPv4.
std::optional<IpAddress> ParseLoggedAddress(std::string_view text);

// Whole seconds since 1970: "1760000000", or "2025-10-09 08:53:20" and the same with "T" and
// fractions, which are cut off, taken for UTC.
std::optional<std::int64_t> ParseLoggedTime(std::string_view text);

// Seconds, cut off: "4.913", or nfdump's "00:00:04.913" and "2d 00:00:04.913".
std::optional<std::int64_t> ParseLoggedDuration(std::string_view text);

// IANA number: "6", "TCP", "tcp".
std::optional<std::uint8_t> ParseLoggedProtocol(std::string_view text);

}  // namespace vpcmirror::sim
