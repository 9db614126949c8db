// Gives a captured frame other addresses.
#pragma once

#include <cstddef>
#include <span>

#include "models/wire/address.h"
#include "models/wire/frame.h"

namespace vpcmirror {

// Writes `source` and `destination` into the IPv4 header of `frame`, which
// `info` describes, and updates the IPv4, TCP and UDP checksums by the
// difference (RFC 1624), so that a wrong checksum stays wrong. Returns false,
// the frame untouched, when it holds no IPv4 flow or an address is not IPv4. A
// checksum that was not captured, and a UDP checksum of 0, are left alone.
[[nodiscard]] bool Readdress(std::span<std::byte> frame, const FrameInfo& info,
                             const IpAddress& source, const IpAddress& destination) noexcept;

}  // namespace vpcmirror
