// Ethernet and IP addresses and prefixes as values.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace vpcmirror {

struct MacAddress {
  std::array<std::byte, 6> octets{};

  friend auto operator<=>(const MacAddress&, const MacAddress&) = default;
};

enum class IpFamily : std::uint8_t { kV4, kV6 };

// An IPv4 or IPv6 address. IPv4 sorts before IPv6.
class IpAddress {
 public:
  constexpr IpAddress() = default;  // 0.0.0.0

  static constexpr IpAddress V4(std::uint32_t host_order) {
    IpAddress address;
    for (std::size_t i = 0; i < 4; ++i) {
      address.octets_[i] = static_cast<std::byte>(host_order >> (24 - 8 * i));
    }
    return address;
  }
  static constexpr IpAddress V6(std::span<const std::byte, 16> octets) {
    IpAddress address;
    address.is_v6_ = true;
    for (std::size_t i = 0; i < 16; ++i) address.octets_[i] = octets[i];
    return address;
  }

  constexpr bool is_v4() const { return !is_v6_; }
  constexpr IpFamily family() const { return is_v6_ ? IpFamily::kV6 : IpFamily::kV4; }
  // Host order. Requires is_v4().
  constexpr std::uint32_t v4() const {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      value = (value << 8) | std::to_integer<std::uint32_t>(octets_[i]);
    }
    return value;
  }
  // 4 octets of an IPv4 address, 16 of an IPv6 one, in network order.
  constexpr std::span<const std::byte> octets() const {
    return std::span<const std::byte>(octets_).first(is_v6_ ? 16 : 4);
  }

  friend auto operator<=>(const IpAddress&, const IpAddress&) = default;

 private:
  bool is_v6_ = false;
  std::array<std::byte, 16> octets_{};
};

// Throws std::invalid_argument when the length is over 32 (IPv4) or 128 (IPv6).
// Bits of the address beyond the length are cleared.
class IpPrefix {
 public:
  constexpr IpPrefix() = default;  // 0.0.0.0/0
  IpPrefix(const IpAddress& address, int length);

  const IpAddress& address() const { return address_; }
  int length() const { return length_; }

  // False when the families differ: 0.0.0.0/0 holds no IPv6 address.
  bool Contains(const IpAddress& address) const noexcept;
  bool Contains(const IpPrefix& other) const noexcept;
  bool Overlaps(const IpPrefix& other) const noexcept;

  friend auto operator<=>(const IpPrefix&, const IpPrefix&) = default;

 private:
  IpAddress address_;
  int length_ = 0;
};

// Dotted IPv4 (four decimal parts, no leading zeros) or IPv6 as in RFC 4291, 2.2.
std::optional<IpAddress> ParseIpAddress(std::string_view text);
// "10.0.0.0/8". Empty also when host bits are set below the prefix length: a
// typing error that ParseIpPrefix must not hide.
std::optional<IpPrefix> ParseIpPrefix(std::string_view text);
// "02:00:0a:00:00:01", also with dashes.
std::optional<MacAddress> ParseMacAddress(std::string_view text);

std::string ToString(const IpAddress& address);  // IPv6 as in RFC 5952
std::string ToString(const IpPrefix& prefix);
std::string ToString(const MacAddress& address);

}  // namespace vpcmirror
