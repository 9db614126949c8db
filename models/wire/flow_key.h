// What a filter and a flow hash look at.
#pragma once

#include <compare>
#include <cstdint>

#include "models/wire/address.h"
#include "models/wire/hash.h"

namespace vpcmirror {

// IANA protocol numbers.
inline constexpr std::uint8_t kProtocolIcmp = 1;
inline constexpr std::uint8_t kProtocolTcp = 6;
inline constexpr std::uint8_t kProtocolUdp = 17;
inline constexpr std::uint8_t kProtocolGre = 47;
inline constexpr std::uint8_t kProtocolIcmpV6 = 58;
inline constexpr std::uint8_t kProtocolSctp = 132;

// Whether the transport header begins with two ports (RFC 768, 9260, 9293).
constexpr bool HasPorts(std::uint8_t protocol) {
  return protocol == kProtocolTcp || protocol == kProtocolUdp || protocol == kProtocolSctp;
}

enum class Ports : std::uint8_t {
  kKnown,
  kNotInProtocol,  // ICMP, GRE, ...
  kLaterFragment,  // the first fragment has them
  kNotCaptured,    // the capture ends, or the packet is malformed, before them
};

// The 5-tuple of a frame. Ports are 0 unless `ports` is kKnown.
struct FlowKey {
  IpAddress source;
  IpAddress destination;
  std::uint16_t source_port = 0;
  std::uint16_t destination_port = 0;
  std::uint8_t protocol = 0;
  Ports ports = Ports::kNotInProtocol;

  friend auto operator<=>(const FlowKey&, const FlowKey&) = default;
  // Without branches: the keys that a lookup compares are mostly equal in all or in nothing.
  friend constexpr bool operator==(const FlowKey& a, const FlowKey& b) {
    return (int{a.source == b.source} & int{a.destination == b.destination} &
            int{a.source_port == b.source_port} & int{a.destination_port == b.destination_port} &
            int{a.protocol == b.protocol} & int{a.ports == b.ports}) != 0;
  }
};

FlowKey Reversed(const FlowKey& key);

enum class HashSymmetry : std::uint8_t { kSymmetric, kDirectional };

// A 64-bit hash of the 5-tuple, the same on every machine. `ports` does not enter it.
// kDirectional takes source and destination as first and second end; kSymmetric
// takes the end with the smaller {address, port} first, so that both directions
// of a flow hash alike. With S = kWyhashSecret, a * b the FoldedProduct and
// numbers in host order, where both addresses are IPv4:
//   end = address << 16 | port
//   hash = ((S0 ^ protocol << 48 ^ first) * (S1 ^ second) ^ S2) * S3
// and where one is IPv6, with high and low bits as IpAddress has them:
//   mix(end, Sa, Sb) = (Sa ^ high) * (Sb ^ low)
//   rest = second is IPv6 << 41 | first is IPv6 << 40 | protocol << 32 |
//          first port << 16 | second port
//   hash = ((rest ^ mix(first, S0, S1) ^ S0) * (mix(second, S2, S3) ^ S1) ^ S2) * S3
constexpr std::uint64_t FlowHash(const FlowKey& key, HashSymmetry symmetry) noexcept;

namespace internal {

// An address and port are 48 bits, the protocol is the 8 above. The highest 8 bits of
// either secret are not 0, so no flow can make a factor of the first product 0.
constexpr std::uint64_t Ipv4FlowHash(const FlowKey& key, bool symmetric) noexcept {
  constexpr auto kSecret = kWyhashSecret;
  const std::uint64_t source = std::uint64_t{key.source.v4()} << 16 | key.source_port;
  const std::uint64_t destination =
      std::uint64_t{key.destination.v4()} << 16 | key.destination_port;
  const std::uint64_t lower = source < destination ? source : destination;
  const std::uint64_t other = source ^ destination;
  const std::uint64_t first = symmetric ? lower : source;
  const std::uint64_t protocol = std::uint64_t{key.protocol} << 48;
  const std::uint64_t ends =
      FoldedProduct(kSecret[0] ^ protocol ^ first, kSecret[1] ^ first ^ other);
  return FoldedProduct(ends ^ kSecret[2], kSecret[3]);
}

// Apart, so that the loops of drivers, in which most flows are IPv4, keep their registers.
[[gnu::noinline]] constexpr std::uint64_t Ipv6FlowHash(const FlowKey& key,
                                                       bool symmetric) noexcept {
  constexpr auto kSecret = kWyhashSecret;
  const auto order = key.destination <=> key.source;
  const bool swap =
      symmetric && (order < 0 || (order == 0 && key.destination_port < key.source_port));
  const IpAddress& first = swap ? key.destination : key.source;
  const IpAddress& second = swap ? key.source : key.destination;
  const std::uint64_t first_port = swap ? key.destination_port : key.source_port;
  const std::uint64_t second_port = swap ? key.source_port : key.destination_port;
  const std::uint64_t rest = std::uint64_t{!second.is_v4()} << 41 |
                             std::uint64_t{!first.is_v4()} << 40 |
                             std::uint64_t{key.protocol} << 32 | first_port << 16 | second_port;
  const std::uint64_t front =
      FoldedProduct(kSecret[0] ^ first.high_bits(), kSecret[1] ^ first.low_bits());
  const std::uint64_t back =
      FoldedProduct(kSecret[2] ^ second.high_bits(), kSecret[3] ^ second.low_bits());
  const std::uint64_t ends = FoldedProduct(rest ^ front ^ kSecret[0], back ^ kSecret[1]);
  return FoldedProduct(ends ^ kSecret[2], kSecret[3]);
}

}  // namespace internal

constexpr std::uint64_t FlowHash(const FlowKey& key, HashSymmetry symmetry) noexcept {
  const bool symmetric = symmetry == HashSymmetry::kSymmetric;
  const bool both_v4 = key.source.is_v4() && key.destination.is_v4();
  return both_v4 ? internal::Ipv4FlowHash(key, symmetric) : internal::Ipv6FlowHash(key, symmetric);
}

}  // namespace vpcmirror
