#include "sim/input/packet_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>
#include <span>
#include <string>

#include "models/wire/checksum.h"
#include "models/wire/frame.h"
#include "tests/unit/input/errors.h"

namespace vpcmirror::sim {
namespace {

using testing::ElementsAre;

FlowKey Flow(const char* source, std::uint16_t source_port, const char* destination,
             std::uint16_t destination_port, std::uint8_t protocol, Ports ports = Ports::kKnown) {
  return {*ParseIpAddress(source),
          *ParseIpAddress(destination),
          source_port,
          destination_port,
          protocol,
          ports};
}

// What the words mean, as ParseFrame reads the frame.
struct PacketCase {
  const char* name;
  const char* text;
  Direction direction;
  FlowKey flow;
  std::int64_t bytes;
  int vlan = -1;
  bool is_fragment = false;
};

void PrintTo(const PacketCase& c, std::ostream* os) { *os << c.name; }

class PacketTextTest : public testing::TestWithParam<PacketCase> {};

TEST_P(PacketTextTest, MakesTheFrame) {
  const PacketCase& want = GetParam();
  const PacketText packet = ParsePacketText(want.text);
  const FrameInfo frame = ParseFrame(packet.frame.bytes, packet.frame.wire_length);
  EXPECT_EQ(packet.direction, want.direction);
  EXPECT_EQ(frame.state, FrameState::kWhole) << ToString(frame.fault);
  EXPECT_EQ(frame.flow, want.flow);
  EXPECT_EQ(packet.source, want.flow.source);
  EXPECT_EQ(packet.destination, want.flow.destination);
  EXPECT_EQ(frame.wire_length, Bytes(want.bytes));
  EXPECT_EQ(packet.frame.bytes.size(), static_cast<std::size_t>(want.bytes));
  EXPECT_EQ(frame.vlan_tags, want.vlan < 0 ? 0 : 1);
  EXPECT_EQ(frame.vlan_id, std::max(want.vlan, 0));
  EXPECT_EQ(frame.is_fragment, want.is_fragment);
  if (!want.flow.source.is_v4()) return;
  // RFC 1071: the sum over a header with its checksum is all ones.
  const auto ip = std::span(packet.frame.bytes).subspan(frame.network_offset, 20);
  EXPECT_EQ(FoldChecksum(SumWords(ip)), 0);
}

const Direction kIn = Direction::kIngress;
const Direction kOut = Direction::kEgress;

// Headers: Ethernet 14, tag 4, IPv4 20, IPv6 40, its fragment header 8, TCP 20,
// UDP and ICMP 8, SCTP 12, GRE 4, ESP 8.
const PacketCase kPacketCases[] = {
    {"Tcp", "in tcp 10.0.1.7:51000 > 10.0.2.9:443", kIn,
     Flow("10.0.1.7", 51000, "10.0.2.9", 443, kProtocolTcp), 64},
    {"UdpWithoutSpaces", "out udp 10.0.1.7:1>10.0.2.9:65535", kOut,
     Flow("10.0.1.7", 1, "10.0.2.9", 65535, kProtocolUdp), 64},
    {"CapitalLetters", "OUT TCP 10.0.1.7:1 > 10.0.2.9:2 LEN 1514", kOut,
     Flow("10.0.1.7", 1, "10.0.2.9", 2, kProtocolTcp), 1514},
    {"Icmp", "in icmp 10.0.1.7 > 10.0.2.9", kIn,
     Flow("10.0.1.7", 0, "10.0.2.9", 0, kProtocolIcmp, Ports::kNotInProtocol), 64},
    {"Sctp", "in sctp 10.0.1.7:36412 > 10.0.2.9:36412 len 46", kIn,
     Flow("10.0.1.7", 36412, "10.0.2.9", 36412, kProtocolSctp), 46},
    {"Gre", "in gre 10.0.1.7 > 10.0.2.9", kIn,
     Flow("10.0.1.7", 0, "10.0.2.9", 0, kProtocolGre, Ports::kNotInProtocol), 64},
    {"Esp", "in esp 10.0.1.7 > 10.0.2.9", kIn,
     Flow("10.0.1.7", 0, "10.0.2.9", 0, 50, Ports::kNotInProtocol), 64},
    {"ProtocolNumber", "in 89 10.0.1.7 > 10.0.2.9 len 34", kIn,
     Flow("10.0.1.7", 0, "10.0.2.9", 0, 89, Ports::kNotInProtocol), 34},
    {"NumberOfTcp", "in 6 10.0.1.7:1 > 10.0.2.9:2 len 54", kIn,
     Flow("10.0.1.7", 1, "10.0.2.9", 2, kProtocolTcp), 54},
    {"TcpOverIpv6IsLongerThanTheDefault", "out tcp [2001:db8::1]:5 > [2001:db8::2]:443", kOut,
     Flow("2001:db8::1", 5, "2001:db8::2", 443, kProtocolTcp), 74},
    {"IcmpOverIpv6IsIcmpVSix", "out icmp 2001:db8::1 > [2001:db8::2]", kOut,
     Flow("2001:db8::1", 0, "2001:db8::2", 0, kProtocolIcmpV6, Ports::kNotInProtocol), 64},
    {"NumberOfIcmpOverIpv6IsItself", "out 1 2001:db8::1 > [2001:db8::2]", kOut,
     Flow("2001:db8::1", 0, "2001:db8::2", 0, kProtocolIcmp, Ports::kNotInProtocol), 64},
    {"Vlan", "in tcp 10.0.1.7:1 > 10.0.2.9:2 vlan 30 len 58", kIn,
     Flow("10.0.1.7", 1, "10.0.2.9", 2, kProtocolTcp), 58, 30},
    {"PriorityTag", "in udp 10.0.1.7:1 > 10.0.2.9:2 vlan 0", kIn,
     Flow("10.0.1.7", 1, "10.0.2.9", 2, kProtocolUdp), 64, 0},
    {"FirstFragment", "in udp 10.0.1.7:1 > 10.0.2.9:2 fragment len 42", kIn,
     Flow("10.0.1.7", 1, "10.0.2.9", 2, kProtocolUdp), 42, -1, true},
    {"LaterFragment", "in tcp 10.0.1.7 > 10.0.2.9 fragment len 34", kIn,
     Flow("10.0.1.7", 0, "10.0.2.9", 0, kProtocolTcp, Ports::kLaterFragment), 34, -1, true},
    {"LaterFragmentOverIpv6", "in udp 2001:db8::1 > 2001:db8::2 fragment", kIn,
     Flow("2001:db8::1", 0, "2001:db8::2", 0, kProtocolUdp, Ports::kLaterFragment), 64, -1, true},
    {"FirstFragmentOverIpv6", "in udp [2001:db8::1]:7 > [2001:db8::2]:8 fragment", kIn,
     Flow("2001:db8::1", 7, "2001:db8::2", 8, kProtocolUdp), 70, -1, true},
    {"LargestIpPacket", "out tcp 10.0.1.7:1 > 10.0.2.9:2 len 65549", kOut,
     Flow("10.0.1.7", 1, "10.0.2.9", 2, kProtocolTcp), 65549},
};

INSTANTIATE_TEST_SUITE_P(Table, PacketTextTest, testing::ValuesIn(kPacketCases),
                         [](const auto& param) { return param.param.name; });

TEST(PacketTextArpTest, NeedsNoAddresses) {
  const PacketText packet = ParsePacketText("out arp");
  EXPECT_EQ(packet.direction, kOut);
  EXPECT_FALSE(packet.source);
  const FrameInfo frame = ParseFrame(packet.frame.bytes, packet.frame.wire_length);
  EXPECT_EQ(frame.ether_type, kEtherTypeArp);
  EXPECT_FALSE(frame.has_flow);
}

TEST(PacketTextArpTest, TakesThemWhenGiven) {
  const PacketText packet = ParsePacketText("in arp 10.0.1.1 > 10.0.1.7");
  EXPECT_EQ(packet.source, ParseIpAddress("10.0.1.1"));
  EXPECT_EQ(packet.destination, ParseIpAddress("10.0.1.7"));
}

struct PacketFaultCase {
  const char* name;
  const char* text;
  const char* error;  // as ErrorsOf prints it
};

void PrintTo(const PacketFaultCase& c, std::ostream* os) { *os << c.name; }

class PacketTextFaultTest : public testing::TestWithParam<PacketFaultCase> {};

TEST_P(PacketTextFaultTest, IsToldWithItsColumn) {
  EXPECT_THAT(ErrorsOf([] { ParsePacketText(GetParam().text); }), ElementsAre(GetParam().error));
}

const PacketFaultCase kPacketFaults[] = {
    {"NoDirection", "tcp 10.0.1.7:1 > 10.0.2.9:2",
     "1:1 : \"tcp\" is no direction | in or out, as the ENI sees it: \"out tcp 10.0.1.7:51000 > "
     "10.0.2.9:443\""},
    {"UnknownProtocol", "in tpc 10.0.1.7:1 > 10.0.2.9:2",
     "1:4 : \"tpc\" is no protocol | tcp, udp, icmp, icmpv6, sctp, gre, esp, arp, or a protocol "
     "number from 0 to 255"},
    {"BadAddress", "in tcp 10.0.1.700:1 > 10.0.2.9:2",
     "1:8 : \"10.0.1.700\" is no IP address | 10.0.1.7:443, or [2001:db8::1]:443"},
    {"BadPort", "in tcp 10.0.1.7:70000 > 10.0.2.9:2", "1:17 : \"70000\" is no port | 0 to 65535"},
    {"NoArrow", "in tcp 10.0.1.7:1 10.0.2.9:2",
     "1:19 : no '>' between source and destination | SRC > DST"},
    {"NoDestination", "in tcp 10.0.1.7:1 >",
     "1:20 : no destination | an address, such as 10.0.1.7:51000"},
    {"PortMissing", "in tcp 10.0.1.7 > 10.0.2.9:2",
     "1:8 : tcp needs a port at both ends | 10.0.1.7:51000 > 10.0.2.9:443; a later \"fragment\" "
     "has no ports"},
    {"PortTooMany", "in icmp 10.0.1.7:1 > 10.0.2.9", "1:9 : icmp has no ports | addresses alone"},
    {"TwoFamilies", "in icmp 10.0.1.7 > 2001:db8::1",
     "1:9 : one address is IPv4 and the other IPv6 | addresses of one family"},
    {"ArpOverIpv6", "in arp 2001:db8::1 > 2001:db8::2",
     "1:8 : ARP asks for IPv4 addresses | arp 10.0.1.7 > 10.0.1.1"},
    {"ArpFragment", "in arp fragment", "1:8 : ARP has no fragments | arp without \"fragment\""},
    {"UnknownWord", "in icmp 10.0.1.7 > 10.0.2.9 ttl 3",
     "1:29 : \"ttl\" is not known here | len N, vlan N or fragment"},
    {"NoLength", "in icmp 10.0.1.7 > 10.0.2.9 len", "1:32 : no number behind len | len 0 to 65553"},
    {"ShorterThanItsHeaders", "in tcp 10.0.1.7:1 > 10.0.2.9:2 len 53",
     "1:36 : a frame of 53 bytes | len 54 to 65549: its headers have 54 bytes, an IP packet at "
     "most 65535"},
    {"ReservedVlan", "in icmp 10.0.1.7 > 10.0.2.9 vlan 4095",
     "1:34 : \"4095\" is no number for vlan | vlan 0 to 4094"},
};

INSTANTIATE_TEST_SUITE_P(Table, PacketTextFaultTest, testing::ValuesIn(kPacketFaults),
                         [](const auto& param) { return param.param.name; });

TEST(PacketTextErrorsTest, AllComeAtOnceUnderTheGivenName) {
  try {
    ParsePacketText("up tpc 10.0.1 > 10.0.2.9:x", "--packet");
    FAIL() << "nothing was thrown";
  } catch (const ScenarioException& exception) {
    EXPECT_EQ(exception.errors().size(), 4u);
    for (const ScenarioError& error : exception.errors()) EXPECT_EQ(error.file, "--packet");
  }
}

}  // namespace
}  // namespace vpcmirror::sim
