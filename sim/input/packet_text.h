// One packet as a person writes it: "out tcp 10.0.1.7:51000 > 10.0.2.9:443".
#pragma once

#include <optional>
#include <string_view>

#include "models/mirror/direction.h"
#include "models/scenario/error.h"
#include "models/scenario/scenario.h"
#include "models/wire/address.h"

namespace vpcmirror::sim {

struct PacketText {
  Direction direction = Direction::kEgress;
  std::optional<IpAddress> source;  // empty: "arp" without addresses
  std::optional<IpAddress> destination;
  StoredFrame frame;  // headers in full, payload zero; time 0
};

// DIRECTION PROTOCOL SRC > DST [len N] [vlan N] [fragment]
//   DIRECTION  in or out, as the ENI sees it
//   PROTOCOL   tcp, udp, icmp (ICMPv6 over IPv6), icmpv6, sctp, gre, esp, a number, which is
//              itself over IPv6 too, or arp, which needs no addresses
//   SRC, DST   addresses of one family; tcp, udp and sctp have ports: 10.0.1.7:443,
//              [2001:db8::1]:443
//   len N      bytes of the Ethernet frame without FCS; without it 64, or as many as the headers
//              are if they are more
//   vlan N     in an 802.1Q tag, 0 to 4094
//   fragment   the first fragment where ports are given, otherwise a later one
// Words may stand in any case, and '>' without spaces. The frame has MAC addresses
// 02:00:00:00:00:01 to ..:02, TTL 64 and transport checksums of 0. Throws
// ScenarioException with every error at once, file `name`, line 1.
PacketText ParsePacketText(std::string_view text, std::string_view name = "--packet");

}  // namespace vpcmirror::sim
