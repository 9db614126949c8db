// What a filter and a flow hash look at.
#pragma once

#include <compare>
#include <cstdint>

#include "models/wire/address.h"

namespace vpcmirror {

// IANA protocol numbers.
inline constexpr std::uint8_t kProtocolIcmp = 1;
inline constexpr std::uint8_t kProtocolTcp = 6;
inline constexpr std::uint8_t kProtocolUdp = 17;
inline constexpr std::uint8_t kProtocolGre = 47;
inline constexpr std::uint8_t kProtocolIcmpV6 = 58;
inline constexpr std::uint8_t kProtocolSctp = 132;

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
};

FlowKey Reversed(const FlowKey& key);

enum class HashSymmetry : std::uint8_t { kSymmetric, kDirectional };

// A 64-bit hash of the 5-tuple, the same on every machine: the octets of
// {source, destination, source port, destination port, protocol} in network
// order (an IPv4 address is 4 octets, an IPv6 one 16) through 64-bit FNV-1a, then
// the splitmix64 finaliser (its two multiplications, without its increment).
// kSymmetric first puts the smaller {address, port} pair in front, so that both
// directions of a flow hash alike. `ports` does not enter the hash.
std::uint64_t FlowHash(const FlowKey& key, HashSymmetry symmetry) noexcept;

}  // namespace vpcmirror
