// Well-formed frames of every protocol that ParseFrame knows, for the tests that
// compare with tshark, cut frames short, or throw dice over them.
#pragma once

#include <cstddef>
#include <vector>

#include "tests/support/packet_builder.h"

namespace vpcmirror {

struct SampleFrame {
  const char* name;
  std::vector<std::byte> octets;
};

inline std::vector<SampleFrame> SampleFrames() {
  const char* const a4 = "10.0.1.5";
  const char* const b4 = "10.0.0.9";
  const char* const a6 = "2001:db8::5";
  const char* const b6 = "2001:db8::9";
  const auto v4 = [&](const Ipv4Fields& fields = {}) {
    return PacketBuilder().Ethernet().Ipv4(a4, b4, fields);
  };
  const auto v6 = [&](const Ipv6Fields& fields = {}) {
    return PacketBuilder().Ethernet().Ipv6(a6, b6, fields);
  };
  return {
      {"Arp", PacketBuilder().Ethernet().Arp().PadTo(60).Build()},
      {"Tcp", v4().Tcp(40000, 443).Payload(100).Build()},
      {"TcpWithOptions", v4().Tcp(40000, 443, 40).Payload(9).Build()},
      {"TcpPadded", v4().Tcp(40000, 443).PadTo(60).Build()},
      {"IpvFourOptions", v4({.option_bytes = 40}).Tcp(40000, 443).Payload(5).Build()},
      {"Udp", v4().Udp(5353, 53).Payload(33).Build()},
      {"UdpEmpty", v4().Udp(5353, 53).Build()},
      {"Sctp", v4().Sctp(2905, 2906).Payload(16).Build()},
      {"Icmp", v4().Icmp().Payload(56).Build()},
      {"Gre", v4().Gre().Ipv4("192.168.0.1", "192.168.0.2").Udp(1, 2).Payload(3).Build()},
      {"GreEverything", v4().Gre(0xb000).Ipv4("192.168.0.1", "192.168.0.2").Tcp(1, 2).Build()},
      {"Vxlan", v4().Udp(49152, 4789).Vxlan(7).Ethernet().Ipv4(b4, a4).Tcp(3, 4).Build()},
      {"FirstFragment",
       v4({.identification = 9, .more_fragments = true}).Udp(5353, 53, 3000).Payload(16).Build()},
      {"LaterFragment",
       v4({.identification = 9, .fragment_offset = 3, .protocol = std::uint8_t{17}})
           .Payload(16)
           .Build()},
      {"Ospf", v4({.protocol = std::uint8_t{89}}).Payload(24).Build()},
      {"Vlan", PacketBuilder().Ethernet().Vlan(209).Ipv4(a4, b4).Tcp(40000, 443).Build()},
      {"QinQ",
       PacketBuilder().Ethernet().Vlan(30, 0x88a8).Vlan(100).Ipv4(a4, b4).Udp(1, 2).Build()},
      {"QinQArp", PacketBuilder().Ethernet().Vlan(30, 0x88a8).Vlan(100).Arp().Build()},
      {"IpvSixTcp", v6().Tcp(40000, 443).Payload(7).Build()},
      {"IpvSixUdp", v6().Udp(5353, 53).Payload(7).Build()},
      {"IpvSixSctp", v6().Sctp(2905, 2906).Payload(16).Build()},
      {"IcmpVSix", v6().IcmpV6().Payload(8).Build()},
      {"IpvSixGre", v6().Gre(0x2000).Ipv6(b6, a6).Udp(1, 2).Build()},
      {"IpvSixExtensions",
       v6().Ipv6Extension(0, 16).Ipv6Extension(43, 24).Ipv6Extension(60).Tcp(40000, 443).Build()},
      {"IpvSixAuthentication", v6().Ipv6Authentication().Udp(5353, 53).Payload(2).Build()},
      {"IpvSixFirstFragment",
       v6().Ipv6Fragment({.more_fragments = true}).Udp(5353, 53, 3000).Payload(16).Build()},
      {"IpvSixLaterFragment",
       v6().Ipv6Fragment({.fragment_offset = 3, .next_header = std::uint8_t{17}})
           .Payload(16)
           .Build()},
      {"IpvSixAtomicFragment", v6().Ipv6Fragment({}).Udp(5353, 53).Payload(16).Build()},
      {"IpvSixNoNextHeader", v6({.next_header = std::uint8_t{59}}).Build()},
  };
}

}  // namespace vpcmirror
