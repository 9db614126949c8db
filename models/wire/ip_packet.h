// The IP packet in a parsed frame: where it ends, and what its transport's checksum covers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "models/wire/flow_key.h"
#include "models/wire/frame.h"

namespace vpcmirror {

// In all of these `info` is ParseFrame's of `captured`, has_flow, and not kMalformed.

// One past the packet's last byte, counted from the frame's first; beyond the
// capture where that is cut short. A length field of 0 means the frame's end.
std::size_t PacketEnd(std::span<const std::byte> captured, const FrameInfo& info) noexcept;

// Whether the packet has yet to visit a hop that it names: an IPv4 source route
// (RFC 791, 3.1) with addresses to come, an IPv6 routing header (RFC 8200, 4.4)
// with segments left. Its checksum is then over an address that is not in the IP
// header. Also true where the IP headers are not wholly captured.
bool HasSourceRoute(std::span<const std::byte> captured, const FrameInfo& info) noexcept;

enum class JumboOption : std::uint8_t {
  kNone,
  kAlone,  // in a hop-by-hop header of 8 bytes that holds nothing else
  kAmong,  // beside other options
};

// Whether an IPv6 packet has a Jumbo Payload option (RFC 2675), which no packet
// with a payload length may have: hosts give it to super-frames over 65,535 bytes.
JumboOption FindJumboOption(std::span<const std::byte> captured, const FrameInfo& info) noexcept;

// Where the Internet checksum lies in the transport header of TCP, UDP, ICMP and
// ICMPv6; empty for protocols without one.
std::optional<std::size_t> ChecksumOffset(std::uint8_t protocol) noexcept;

// Of addresses, protocol and length (RFC 9293, 3.1; RFC 8200, 8.1), not folded; 0
// for ICMP, which has no pseudo-header (RFC 792).
std::uint64_t SumPseudoHeader(const FlowKey& flow, std::size_t transport_bytes) noexcept;

}  // namespace vpcmirror
