#include "models/wire/address.h"

#include <algorithm>
#include <stdexcept>

#include "models/wire/byte_order.h"

namespace vpcmirror {
namespace {

constexpr int kIpv4Bits = 32;
constexpr int kIpv6Bits = 128;
constexpr std::size_t kIpv6Groups = 8;

constexpr int BitsOf(const IpAddress& address) { return address.is_v4() ? kIpv4Bits : kIpv6Bits; }

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// A decimal number without sign or leading zeros.
std::optional<int> ParseDecimal(std::string_view text, int maximum) {
  if (text.empty() || text.size() > 3 || (text.size() > 1 && text[0] == '0')) return std::nullopt;
  int value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  if (value > maximum) return std::nullopt;
  return value;
}

std::optional<std::uint32_t> ParseHex(std::string_view text, std::size_t max_digits) {
  if (text.empty() || text.size() > max_digits) return std::nullopt;
  std::uint32_t value = 0;
  for (const char c : text) {
    const int digit = HexValue(c);
    if (digit < 0) return std::nullopt;
    value = (value << 4) | static_cast<std::uint32_t>(digit);
  }
  return value;
}

std::optional<std::uint32_t> ParseIpv4(std::string_view text) {
  std::uint32_t value = 0;
  for (int part = 0; part < 4; ++part) {
    const std::size_t end = part < 3 ? text.find('.') : text.size();
    if (end == std::string_view::npos) return std::nullopt;
    const std::optional<int> octet = ParseDecimal(text.substr(0, end), 255);
    if (!octet) return std::nullopt;
    value = (value << 8) | static_cast<std::uint32_t>(*octet);
    text.remove_prefix(std::min(text.size(), end + 1));
  }
  return value;
}

// The groups on one side of "::", or of a whole address that has none.
struct Groups {
  std::array<std::uint16_t, kIpv6Groups> value{};
  std::size_t count = 0;

  bool Append(std::uint32_t group) {
    if (count == kIpv6Groups) return false;
    value[count++] = static_cast<std::uint16_t>(group);
    return true;
  }
};

// Groups of up to four hexadecimal digits; the last may be a dotted IPv4
// address, which is two groups, where `may_end_dotted`.
std::optional<Groups> ParseGroups(std::string_view text, bool may_end_dotted) {
  Groups groups;
  if (text.empty()) return groups;
  while (true) {
    const std::size_t colon = text.find(':');
    const std::string_view part = text.substr(0, colon);
    const bool last = colon == std::string_view::npos;
    if (last && may_end_dotted && part.find('.') != std::string_view::npos) {
      const std::optional<std::uint32_t> dotted = ParseIpv4(part);
      if (!dotted || !groups.Append(*dotted >> 16) || !groups.Append(*dotted & 0xffff)) {
        return std::nullopt;
      }
      return groups;
    }
    const std::optional<std::uint32_t> group = ParseHex(part, 4);
    if (!group || !groups.Append(*group)) return std::nullopt;
    if (last) return groups;
    text.remove_prefix(colon + 1);
  }
}

IpAddress FromGroups(const std::array<std::uint16_t, kIpv6Groups>& groups) {
  std::array<std::byte, 16> octets{};
  for (std::size_t i = 0; i < kIpv6Groups; ++i) StoreBe16(&octets[2 * i], groups[i]);
  return IpAddress::V6(octets);
}

std::optional<IpAddress> ParseIpv6(std::string_view text) {
  const std::size_t gap = text.find("::");
  if (gap == std::string_view::npos) {
    const std::optional<Groups> all = ParseGroups(text, true);
    if (!all || all->count != kIpv6Groups) return std::nullopt;
    return FromGroups(all->value);
  }
  // A second "::" leaves an empty group in `back`, which ParseGroups refuses.
  const std::optional<Groups> front = ParseGroups(text.substr(0, gap), false);
  const std::optional<Groups> back = ParseGroups(text.substr(gap + 2), true);
  if (!front || !back || front->count + back->count >= kIpv6Groups) return std::nullopt;
  std::array<std::uint16_t, kIpv6Groups> groups = front->value;
  std::copy_n(back->value.begin(), back->count, groups.end() - back->count);
  return FromGroups(groups);
}

std::string DottedIpv4(std::uint32_t value) {
  std::string text;
  for (int shift = 24; shift >= 0; shift -= 8) {
    text += std::to_string((value >> shift) & 0xff);
    if (shift > 0) text += '.';
  }
  return text;
}

void AppendHex(std::string& text, unsigned value, int digits) {
  for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) {
    text += "0123456789abcdef"[(value >> shift) & 0xf];
  }
}

void AppendGroup(std::string& text, std::uint16_t group) {
  int digits = 1;
  while (digits < 4 && (group >> (4 * digits)) != 0) ++digits;
  AppendHex(text, group, digits);
}

struct ZeroRun {
  std::size_t first = kIpv6Groups;
  std::size_t count = 0;
};

// RFC 5952, 4.2: the longest run of at least two zero groups, the first of equals.
ZeroRun LongestZeroRun(const std::array<std::uint16_t, kIpv6Groups>& groups) {
  ZeroRun longest;
  for (std::size_t first = 0; first < kIpv6Groups; ++first) {
    std::size_t count = 0;
    while (first + count < kIpv6Groups && groups[first + count] == 0) ++count;
    if (count >= 2 && count > longest.count) longest = {.first = first, .count = count};
  }
  return longest;
}

std::string PrintIpv6(std::span<const std::byte> octets) {
  std::array<std::uint16_t, kIpv6Groups> groups{};
  for (std::size_t i = 0; i < kIpv6Groups; ++i) groups[i] = LoadBe16(&octets[2 * i]);
  const ZeroRun zeros = LongestZeroRun(groups);
  // RFC 5952, 5: an IPv4-mapped address ends dotted.
  if (zeros.first == 0 && zeros.count == 5 && groups[5] == 0xffff) {
    return "::ffff:" + DottedIpv4(LoadBe32(&octets[12]));
  }
  std::string text;
  for (std::size_t i = 0; i < kIpv6Groups; ++i) {
    if (i == zeros.first) {
      text += "::";
      i += zeros.count - 1;
      continue;
    }
    if (!text.empty() && text.back() != ':') text += ':';
    AppendGroup(text, groups[i]);
  }
  return text;
}

IpAddress Masked(const IpAddress& address, int length) {
  std::array<std::byte, 16> octets{};
  std::ranges::copy(address.octets(), octets.begin());
  for (int bit = length; bit < BitsOf(address); ++bit) {
    octets[static_cast<std::size_t>(bit / 8)] &= ~(std::byte{0x80} >> (bit % 8));
  }
  return address.is_v4() ? IpAddress::V4(LoadBe32(octets.data())) : IpAddress::V6(octets);
}

}  // namespace

IpPrefix::IpPrefix(const IpAddress& address, int length) : length_(length) {
  if (length < 0 || length > BitsOf(address)) {
    throw std::invalid_argument("prefix length " + std::to_string(length) + " of " +
                                ToString(address) + ": 0 to " + std::to_string(BitsOf(address)) +
                                " is possible");
  }
  address_ = Masked(address, length);
}

std::optional<IpAddress> ParseIpAddress(std::string_view text) {
  if (text.find(':') != std::string_view::npos) return ParseIpv6(text);
  const std::optional<std::uint32_t> value = ParseIpv4(text);
  if (!value) return std::nullopt;
  return IpAddress::V4(*value);
}

std::optional<IpPrefix> ParseIpPrefix(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const std::optional<IpAddress> address = ParseIpAddress(text.substr(0, slash));
  if (!address) return std::nullopt;
  const std::optional<int> length = ParseDecimal(text.substr(slash + 1), BitsOf(*address));
  if (!length) return std::nullopt;
  const IpPrefix prefix(*address, *length);
  if (prefix.address() != *address) return std::nullopt;
  return prefix;
}

std::optional<MacAddress> ParseMacAddress(std::string_view text) {
  constexpr std::size_t kTextLength = 6 * 3 - 1;
  if (text.size() != kTextLength || (text[2] != ':' && text[2] != '-')) return std::nullopt;
  MacAddress address;
  for (std::size_t i = 0; i < address.octets.size(); ++i) {
    const std::optional<std::uint32_t> octet = ParseHex(text.substr(3 * i, 2), 2);
    if (!octet || (i > 0 && text[3 * i - 1] != text[2])) return std::nullopt;
    address.octets[i] = static_cast<std::byte>(*octet);
  }
  return address;
}

std::string ToString(const IpAddress& address) {
  return address.is_v4() ? DottedIpv4(address.v4()) : PrintIpv6(address.octets());
}

std::string ToString(const IpPrefix& prefix) {
  return ToString(prefix.address()) + '/' + std::to_string(prefix.length());
}

std::string ToString(const MacAddress& address) {
  std::string text;
  for (const std::byte octet : address.octets) {
    if (!text.empty()) text += ':';
    AppendHex(text, std::to_integer<unsigned>(octet), 2);
  }
  return text;
}

}  // namespace vpcmirror
