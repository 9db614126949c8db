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

#include "models/wire/byte_order.h"

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
    return {SwapNetwork64(static_cast<std::uint64_t>(host_order) << 32), 0, IpFamily::kV4};
  }
  static constexpr IpAddress V4(std::span<const std::byte, 4> octets) {
    return {LoadNetworkWord64<4>(octets.data()), 0, IpFamily::kV4};
  }
  static constexpr IpAddress V6(std::span<const std::byte, 16> octets) {
    return {LoadNetworkWord64(&octets[0]), LoadNetworkWord64(&octets[8]), IpFamily::kV6};
  }

  constexpr bool is_v4() const { return is_v6_ == 0; }
  constexpr IpFamily family() const { return is_v4() ? IpFamily::kV4 : IpFamily::kV6; }
  // Host order. Requires is_v4().
  constexpr std::uint32_t v4() const { return static_cast<std::uint32_t>(high_bits() >> 32); }
  // 4 octets of an IPv4 address, 16 of an IPv6 one, in network order.
  std::span<const std::byte> octets() const {
    return std::as_bytes(std::span(this, 1)).first(is_v4() ? 4 : 16);
  }
  // The address as one number of 128 bits whose highest bit is the first on the
  // wire. An IPv4 address is the highest 32 of them; the rest is 0.
  constexpr std::uint64_t high_bits() const { return SwapNetwork64(high_word_); }
  constexpr std::uint64_t low_bits() const { return SwapNetwork64(low_word_); }

  friend constexpr bool operator==(const IpAddress& a, const IpAddress& b) {
    return ((a.high_word_ ^ b.high_word_) | (a.low_word_ ^ b.low_word_) | (a.is_v6_ ^ b.is_v6_)) ==
           0;
  }
  friend constexpr std::strong_ordering operator<=>(const IpAddress& a, const IpAddress& b) {
    if (a.is_v6_ != b.is_v6_) return a.is_v6_ <=> b.is_v6_;
    if (a.high_word_ != b.high_word_) return a.high_bits() <=> b.high_bits();
    return a.low_bits() <=> b.low_bits();
  }

 private:
  constexpr IpAddress(std::uint64_t high_word, std::uint64_t low_word, IpFamily family)
      : high_word_(high_word), low_word_(low_word), is_v6_(family == IpFamily::kV6 ? 1 : 0) {}

  // The octets as on the wire, from the first byte of the object; of an IPv4
  // address four, then zeros. Whole words and no array, so that an address stays
  // in registers and is written without gaps.
  std::uint64_t high_word_ = 0;
  std::uint64_t low_word_ = 0;
  std::uint64_t is_v6_ = 0;
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
  constexpr bool Contains(const IpAddress& address) const noexcept {
    const std::uint64_t high = (address.high_bits() ^ address_.high_bits()) & LeadingBits(length_);
    const std::uint64_t low =
        (address.low_bits() ^ address_.low_bits()) & LeadingBits(length_ - 64);
    return address.is_v4() == address_.is_v4() && (high | low) == 0;
  }
  constexpr bool Contains(const IpPrefix& other) const noexcept {
    return other.length_ >= length_ && Contains(other.address_);
  }
  constexpr bool Overlaps(const IpPrefix& other) const noexcept {
    return Contains(other) || other.Contains(*this);
  }

  friend auto operator<=>(const IpPrefix&, const IpPrefix&) = default;

 private:
  // `count` ones, highest first: none below 1, 64 from 64 on.
  static constexpr std::uint64_t LeadingBits(int count) {
    if (count <= 0) return 0;
    return count >= 64 ? ~std::uint64_t{0} : ~(~std::uint64_t{0} >> count);
  }

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
