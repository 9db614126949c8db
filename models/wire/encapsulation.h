// The outer headers of a mirror copy. Writes headers, never packets.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "models/units/quantity.h"
#include "models/wire/address.h"

namespace vpcmirror {

enum class EncapsulationKind : std::uint8_t {
  kNone,   // accounting only: the copy is the frame, marked by its carrier
  kVxlan,  // RFC 7348 over IPv4
};

inline constexpr std::uint16_t kVxlanPort = 4789;  // RFC 7348, 8
inline constexpr std::uint32_t kVniMax = (1u << 24) - 1;
inline constexpr std::size_t kVxlanOverIpv4Bytes = 20 + 8 + 8;  // IPv4, UDP, VXLAN
inline constexpr std::size_t kMaxOuterHeaderBytes = kVxlanOverIpv4Bytes;

struct TunnelSettings {
  EncapsulationKind kind = EncapsulationKind::kVxlan;
  std::uint32_t vni = 0;
  std::uint16_t destination_port = kVxlanPort;
  // Outer source port = first_source_port + entropy mod source_ports.
  std::uint16_t first_source_port = 49152;  // RFC 6335: first dynamic port
  std::uint16_t source_ports = 64;
};

// Where one copy goes: differs from copy to copy, while the settings do not.
struct TunnelRoute {
  IpAddress source;
  IpAddress destination;
  std::uint64_t entropy = 0;  // the flow hash that spreads outer source ports
};

// Immutable, so threads may share one.
class Encapsulation {
 public:
  // Throws std::invalid_argument: VNI above kVniMax, source_ports 0, a port
  // range that runs over 65535, destination_port 0.
  explicit Encapsulation(const TunnelSettings& settings);

  const TunnelSettings& settings() const { return settings_; }

  // Bytes from the outer IP header to the last byte before the inner frame; 0 for kNone.
  std::size_t header_bytes() const { return header_bytes_; }

  // The most bytes of inner frame that fit an outer IP packet of `mtu` bytes, or
  // of 65535, IPv4's largest, where the MTU is more. For kNone the MTU counts the
  // frame's own IP packet: mtu + 14. Never below 0.
  Bytes MaxInnerFrame(Bytes mtu) const noexcept;

  // The outer source port of a copy with this entropy.
  std::uint16_t SourcePort(std::uint64_t entropy) const noexcept;

  // Fills the first header_bytes() of `out` for an inner frame of
  // `inner_frame` bytes. IPv4: no options, DF set, identification 0 (RFC 6864,
  // 4.1: an atomic datagram), TTL 64; UDP checksum 0 (RFC 7348, 5). Returns
  // the bytes written, or 0 with `out` untouched when the outer length would
  // pass 65535, when the route is not IPv4, and for kNone.
  [[nodiscard]] std::size_t WriteHeaders(
      const TunnelRoute& route, Bytes inner_frame,
      std::span<std::byte, kMaxOuterHeaderBytes> out) const noexcept;

 private:
  TunnelSettings settings_;
  std::size_t header_bytes_ = 0;
  std::array<std::byte, kMaxOuterHeaderBytes> constant_{};  // lengths, addresses, checksum zero
  std::uint32_t constant_sum_ = 0;                          // of the IPv4 words in constant_
};

// "none", "vxlan".
std::string_view ToString(EncapsulationKind kind);

}  // namespace vpcmirror
