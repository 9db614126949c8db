// Values of flow logs: numbers, addresses and times as text.
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>
#include <system_error>

#include "models/wire/address.h"

namespace vpcmirror::sim {

template <class Number>
bool ParseWholeNumber(std::string_view text, Number& number) {
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
