// libtins: reads frames into objects, builds packets of objects, serialises them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace vpcmirror::ratios {

// Source port << 16 | destination port of a TCP or UDP frame; 0 for others.
std::uint32_t TinsPorts(std::span<const std::byte> frame);

// Reads the frame, builds Ethernet, IPv4, UDP and VXLAN around it with an outer
// source port of 49152 to 49215 by the flow, and writes all that to `out`.
// Returns its length. The VXLAN header is bytes: libtins 4.0 has none. Its own
// API fills in the checksums, the outer UDP one too.
std::size_t TinsEncapsulate(std::span<const std::byte> frame, std::byte* out);

}  // namespace vpcmirror::ratios
