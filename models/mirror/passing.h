// Which way a captured frame passed an interface.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "models/mirror/direction.h"
#include "models/wire/frame.h"

namespace vpcmirror {

// Of the interface, in the capture.
struct OwnAddresses {
  std::optional<MacAddress> mac;  // empty: not known
  std::vector<IpPrefix> ip;
};

// kEgress for a frame that comes from the interface, kIngress for one that goes to
// it: by its MAC address, then by the addresses of its IP or ARP header, the source
// asked first. With no MAC address known, a host without an address (0.0.0.0 or ::,
// as in DHCP) is the interface's own, since a VPC carries nobody's broadcasts to
// others. A frame to a group (broadcast, multicast) arrives. Empty for any other:
// unicast between others. `captured` is what `frame` was parsed from.
std::optional<Direction> PassingDirection(const FrameInfo& frame,
                                          std::span<const std::byte> captured,
                                          const OwnAddresses& own) noexcept;

}  // namespace vpcmirror
