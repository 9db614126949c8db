#include "sim/input/log_values.h"

#include <cctype>
#include <chrono>

#include "models/wire/flow_key.h"
#include "models/wire/protocol_names.h"

namespace vpcmirror::sim {
namespace {

// Takes a whole number of `digits` digits, or of at least one where that is 0.
bool TakeDigits(std::string_view& text, std::size_t digits, std::int64_t& number) {
  std::size_t count = 0;
  while (count < text.size() && std::isdigit(static_cast<unsigned char>(text[count])) != 0) ++count;
  if (count == 0 || (digits != 0 && count != digits)) return false;
  if (!ParseWholeNumber(text.substr(0, count), number)) return false;
  text.remove_prefix(count);
  return true;
}

bool TakeChar(std::string_view& text, std::string_view any_of) {
  if (text.empty() || any_of.find(text.front()) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

// What is left of a number of seconds: nothing, or digits behind a point.
bool IsFraction(std::string_view text) {
  std::int64_t aside = 0;
  if (text.empty()) return true;
  return TakeChar(text, ".") && TakeDigits(text, 0, aside) && text.empty();
}

constexpr std::int64_t kSecondsPerMinute = 60;
constexpr std::int64_t kSecondsPerHour = 3'600;
constexpr std::int64_t kSecondsPerDay = 86'400;

// "08:53:20"; what is behind is left.
bool TakeTimeOfDay(std::string_view& text, std::int64_t& seconds) {
  std::int64_t hours = 0;
  std::int64_t minutes = 0;
  if (!TakeDigits(text, 2, hours) || !TakeChar(text, ":") || !TakeDigits(text, 2, minutes) ||
      !TakeChar(text, ":") || !TakeDigits(text, 2, seconds)) {
    return false;
  }
  constexpr std::int64_t kLeapSecond = 60;
  if (hours > 23 || minutes > 59 || seconds > kLeapSecond) return false;
  seconds += hours * kSecondsPerHour + minutes * kSecondsPerMinute;
  return true;
}

std::optional<std::int64_t> ParseDateAndTime(std::string_view text) {
  std::int64_t year = 0;
  std::int64_t month = 0;
  std::int64_t day = 0;
  std::int64_t seconds = 0;
  if (!TakeDigits(text, 4, year) || !TakeChar(text, "-") || !TakeDigits(text, 2, month) ||
      !TakeChar(text, "-") || !TakeDigits(text, 2, day) || !TakeChar(text, " T") ||
      !TakeTimeOfDay(text, seconds)) {
    return std::nullopt;
  }
  if (!text.empty() && text.back() == 'Z') text.remove_suffix(1);
  if (!IsFraction(text)) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(year)),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return std::nullopt;
  const std::int64_t time =
      std::chrono::sys_days(date).time_since_epoch().count() * kSecondsPerDay + seconds;
  return time < 0 ? std::nullopt : std::optional(time);
}

}  // namespace

std::optional<IpAddress> ParseLoggedAddress(std::string_view text) {
  const char* at = text.data();
  const char* const end = at + text.size();
  const auto digit_at = [&] {
    return at < end ? static_cast<unsigned char>(*at) - unsigned{'0'} : unsigned{10};
  };
  std::uint32_t address = 0;
  for (int part = 0; part < 4; ++part) {
    if (part > 0 && (at == end || *at++ != '.')) return ParseIpAddress(text);
    unsigned value = digit_at();
    if (value > 9) return ParseIpAddress(text);
    ++at;
    for (int more = 0; more < 2 && digit_at() <= 9; ++more, ++at) value = value * 10 + digit_at();
    if (value > 255) return ParseIpAddress(text);
    address = address << 8 | value;
  }
  if (at != end) return ParseIpAddress(text);
  return IpAddress::V4(address);
}

std::optional<std::int64_t> ParseLoggedTime(std::string_view text) {
  std::int64_t number = 0;
  if (!ParseWholeNumber(text, number)) return ParseDateAndTime(text);
  if (number < 0) return std::nullopt;
  // Seconds have ten digits from 2001 to 2286; milliseconds, as of nfdump's csv-fast, thirteen.
  constexpr std::int64_t kNoSeconds = 100'000'000'000;
  constexpr std::int64_t kMillisecondsPerSecond = 1'000;
  return number < kNoSeconds ? number : number / kMillisecondsPerSecond;
}

std::optional<std::int64_t> ParseLoggedDuration(std::string_view text) {
  std::int64_t days = 0;
  std::string_view rest = text;
  if (TakeDigits(rest, 0, days) && TakeChar(rest, "d") && TakeChar(rest, " ")) {
    text = rest;
  } else {
    days = 0;
  }
  rest = text;
  std::int64_t seconds = 0;
  const bool is_clock = TakeTimeOfDay(rest, seconds);
  if (!is_clock) {
    rest = text;
    if (!TakeDigits(rest, 0, seconds)) return std::nullopt;
  }
  constexpr std::int64_t kMostDays = 1'000'000;
  if (!IsFraction(rest) || days > kMostDays || seconds > kMostDays * kSecondsPerDay) {
    return std::nullopt;
  }
  return days * kSecondsPerDay + seconds;
}

std::optional<std::uint8_t> ParseLoggedProtocol(std::string_view text) {
  std::uint8_t number = 0;
  if (ParseWholeNumber(text, number)) return number;
  if (text == "ICMP6") return kProtocolIcmpV6;
  return ProtocolNamed(text);
}

}  // namespace vpcmirror::sim
