// Headers for a frame of which only the beginning is sent.
#pragma once

#include <cstddef>
#include <span>

#include "models/units/quantity.h"
#include "models/wire/frame.h"

namespace vpcmirror {

inline constexpr std::size_t kMaxRepairedHeaderBytes = 256;

// Rewrites the headers of the frame that `info`, ParseFrame's of `captured`,
// describes, as if it ended after `kept` bytes: IPv4 total length and header
// checksum, IPv6 payload length, UDP length, and the checksum of TCP, UDP, ICMP and
// ICMPv6 over what is kept. Of a fragment and of any other protocol only the IP
// header changes. A UDP checksum of 0 over IPv4 stays 0; a checksum over kept
// bytes that were not captured cannot be known and is 0.
//
// Returns how many leading bytes of the frame `out` replaces; 0, `out`
// unspecified, when there is nothing to repair (`kept` reaches the packet's end)
// or it cannot be done: not IP, malformed, headers (up to the payload, where the
// transport has a checksum) beyond `kept`, the capture or the size of `out`, a
// source route with hops to come, a Jumbo Payload option, or more kept than a
// length field can tell.
[[nodiscard]] std::size_t RepairTruncated(
    std::span<const std::byte> captured, const FrameInfo& info, Bytes kept,
    std::span<std::byte, kMaxRepairedHeaderBytes> out) noexcept;

}  // namespace vpcmirror
