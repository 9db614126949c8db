// Frames from one host to another, to be finished by the test, and whether a receiver
// would take what became of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "models/wire/checksum.h"
#include "models/wire/frame.h"
#include "tests/support/packet_builder.h"

namespace vpcmirror {

// Octets of a frame without tags; kTcpAt behind IPv4 without options.
inline constexpr std::size_t kIpAt = 14;
inline constexpr std::size_t kTcpAt = kIpAt + 20;

inline PacketBuilder V4(const Ipv4Fields& fields = {}) {
  return PacketBuilder().Ethernet().Ipv4("10.0.0.1", "10.0.0.2", fields);
}

inline PacketBuilder V6(const Ipv6Fields& fields = {}) {
  return PacketBuilder().Ethernet().Ipv6("2001:db8::1", "2001:db8::2", fields);
}

// Folds like the sender, but over the whole transport segment with its checksum in place
// (and, but for ICMP, the pseudo-header): 0 says that it verifies (RFC 1071).
inline std::uint16_t Residue(const std::vector<std::byte>& frame, const FrameInfo& info) {
  const auto transport = std::span(frame).subspan(info.transport_offset);
  std::uint32_t sum = SumWords(transport);
  if (info.flow.protocol != kProtocolIcmp) {
    sum += SumWords(info.flow.source.octets()) + SumWords(info.flow.destination.octets()) +
           info.flow.protocol + static_cast<std::uint32_t>(transport.size());
  }
  return FoldChecksum(sum);
}

}  // namespace vpcmirror
