// Checksums that a host leaves to its device.
#pragma once

#include <cstddef>
#include <span>

namespace vpcmirror::sim {

// Writes the TCP or UDP checksum of a whole frame in whose place there is only that of the
// pseudo-header, as between a host and a device that computes checksums. False, `frame`
// untouched, when that is not what is there: in a frame that is cut, in a fragment, and in a
// tunnel's packet, where the open checksum is that of the packet inside.
bool CompleteChecksum(std::span<std::byte> frame) noexcept;

}  // namespace vpcmirror::sim
