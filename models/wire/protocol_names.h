// Names of IP protocols, as APIs write them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace vpcmirror {

// The IANA number of "tcp", "udp", "icmp", "icmpv6", "sctp", "gre", "esp", "ah" or
// "ipip", in any case; empty for any other name.
std::optional<std::uint8_t> ProtocolNamed(std::string_view name);

}  // namespace vpcmirror
