// What a filter and a flow hash look at.
#pragma once

#include <array>
#include <bit>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

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

// A flow as words, for tables that compare it often: the same exactly when the flow is. What
// the words are differs between machines. The lowest 16 bits of PackPortsAndProtocol are 0.
struct Ipv4FlowWords {  // both addresses IPv4
  std::uint64_t addresses = 0;
  std::uint64_t rest = 0;  // PackPortsAndProtocol

  friend bool operator==(const Ipv4FlowWords&, const Ipv4FlowWords&) = default;
};
struct WideFlowWords {  // any other
  std::array<std::uint64_t, 4> addresses{};
  std::uint64_t rest = 0;  // PackPortsAndProtocol; bit 0: source is IPv4, bit 1: destination is

  friend bool operator==(const WideFlowWords&, const WideFlowWords&) = default;
};

// `both_ports`: the source's in its upper half. From bit 16 up: source port, destination port,
// protocol, state of the ports.
constexpr std::uint64_t PackPortsAndProtocol(std::uint32_t both_ports, std::uint8_t protocol,
                                             Ports ports) {
  return std::uint64_t{std::rotl(both_ports, 16)} << 16 | std::uint64_t{protocol} << 48 |
         static_cast<std::uint64_t>(ports) << 56;
}

inline std::uint64_t PackPortsAndProtocol(const FlowKey& flow) noexcept {
  constexpr std::size_t kAt = offsetof(FlowKey, source_port);
  if constexpr (std::endian::native == std::endian::little) {
    // They lie side by side in this order, and what is behind them is shifted out.
    static_assert(offsetof(FlowKey, destination_port) == kAt + 2);
    static_assert(offsetof(FlowKey, protocol) == kAt + 4);
    static_assert(offsetof(FlowKey, ports) == kAt + 5 && sizeof(FlowKey) == kAt + 8);
    std::uint64_t word = 0;
    std::memcpy(&word, std::as_bytes(std::span(&flow, 1)).data() + kAt, sizeof word);
    return word << 16;
  }
  return PackPortsAndProtocol(std::uint32_t{flow.source_port} << 16 | flow.destination_port,
                              flow.protocol, flow.ports);
}

// Of a flow whose addresses are both IPv4.
inline Ipv4FlowWords Ipv4FlowWordsOf(const FlowKey& flow) noexcept {
  std::uint32_t from = 0;
  std::uint32_t to = 0;
  std::memcpy(&from, flow.source.octets().data(), sizeof from);
  std::memcpy(&to, flow.destination.octets().data(), sizeof to);
  constexpr bool kIsLittle = std::endian::native == std::endian::little;
  return {.addresses = kIsLittle ? from | std::uint64_t{to} << 32 : std::uint64_t{from} << 32 | to,
          .rest = PackPortsAndProtocol(flow)};
}
WideFlowWords WideFlowWordsOf(const FlowKey& flow) noexcept;

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
