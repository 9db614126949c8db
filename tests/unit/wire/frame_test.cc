#include "models/wire/frame.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "tests/support/hex_diff.h"
#include "tests/support/packet_builder.h"
#include "tests/unit/wire/host_frames.h"

namespace vpcmirror {
namespace {

std::string DescribePorts(const FlowKey& flow) {
  switch (flow.ports) {
    case Ports::kKnown:
      return std::to_string(flow.source_port) + ">" + std::to_string(flow.destination_port);
    case Ports::kNotInProtocol:
      return "none";
    case Ports::kLaterFragment:
      return "in-first-fragment";
    case Ports::kNotCaptured:
      return "not-captured";
  }
  return "?";
}

std::string DescribeState(const FrameInfo& info) {
  switch (info.state) {
    case FrameState::kWhole:
      return "whole";
    case FrameState::kCutShort:
      return "cut-short";
    case FrameState::kMalformed:
      return "malformed(" + std::string(ToString(info.fault)) + ")";
  }
  return "?";
}

// What ParseFrame found, as the tables below write it.
std::string Describe(const FrameInfo& info) {
  std::string text = DescribeState(info);
  if (info.vlan_tags > 0) {
    text += " tags=" + std::to_string(info.vlan_tags) + " vlan=" + std::to_string(info.vlan_id);
  }
  if (info.network_offset > 0) text += " network@" + std::to_string(info.network_offset);
  if (info.has_flow) {
    text += " " + ToString(info.flow.source) + ">" + ToString(info.flow.destination) +
            " protocol=" + std::to_string(info.flow.protocol) +
            " ports=" + DescribePorts(info.flow);
  }
  if (info.is_fragment) text += " fragment";
  if (info.transport_offset > 0) text += " transport@" + std::to_string(info.transport_offset);
  if (info.payload_offset > 0) text += " payload@" + std::to_string(info.payload_offset);
  return text;
}

struct ParseCase {
  const char* name;
  std::vector<std::byte> octets;
  const char* want;
  std::size_t wire_bytes = 0;  // 0: as many as there are octets
};

void PrintTo(const ParseCase& c, std::ostream* out) { *out << c.name; }

class ParseFrameTest : public testing::TestWithParam<ParseCase> {};

TEST_P(ParseFrameTest, IsAsTabled) {
  const auto& [name, octets, want, wire_bytes] = GetParam();
  const Bytes wire(static_cast<std::int64_t>(wire_bytes == 0 ? octets.size() : wire_bytes));
  EXPECT_EQ(Describe(ParseFrame(octets, wire)), want);
}

std::string CaseName(const testing::TestParamInfo<ParseCase>& param) { return param.param.name; }

// Written by hand, one header a line, from IEEE 802.3 and 802.1Q, RFC 791, 9293, 768,
// 792, 826, 8200, 4443, 9260 and 2890.
const std::vector<ParseCase> kHandWritten = {
    {"Tcp",
     Octets({
         0x02, 0,    0,    0,    0, 2, 0x02, 0, 0,  0, 0, 1, 0x08, 0x00,  // Ethernet
         0x45, 0,    0,    42,   0, 1, 0x40, 0, 64, 6, 0, 0, 10,   0,    1, 5, 10, 0, 0, 9,  // IPv4
         0x9c, 0x40, 0x01, 0xbb, 0, 0, 0,    1, 0,  0, 0, 1, 0x50, 0x18, 1, 0, 0,  0, 0, 0,  // TCP
         'h',  'i',  // payload
     }),
     "whole network@14 10.0.1.5>10.0.0.9 protocol=6 ports=40000>443 transport@34 payload@54"},
    {"UdpBehindTwoTagsAndIpOptions",
     Octets({
         0x02, 0,    0,    0,    0, 2, 0x02, 0, 0,  0,  0, 1, 0x88, 0xa8,  // Ethernet
         0x20, 0x1e, 0x81, 0x00,                                           // 802.1ad, VLAN 30
         0x00, 0x64, 0x08, 0x00,                                           // 802.1Q, VLAN 100
         0x46, 0,    0,    32,   0, 1, 0,    0, 64, 17, 0, 0, 10,   0,
         1,    5,    10,   0,    0, 9,           // IPv4
         0x94, 4,    0,    0,                    // router alert
         0x14, 0xe9, 0,    53,   0, 8, 0,    0,  // UDP
     }),
     "whole tags=2 vlan=30 network@22 10.0.1.5>10.0.0.9 protocol=17 ports=5353>53 transport@46 "
     "payload@54"},
    {"EchoBehindIpvSixHopByHop",
     Octets({
         0x02, 0,    0,    0,    0, 2,  0x02, 0,  0, 0, 0, 1, 0x86, 0xdd,        // Ethernet
         0x60, 0,    0,    0,    0, 16, 0,    64,                                // IPv6
         0x20, 0x01, 0x0d, 0xb8, 0, 0,  0,    0,  0, 0, 0, 0, 0,    0,    0, 1,  // source
         0x20, 0x01, 0x0d, 0xb8, 0, 0,  0,    0,  0, 0, 0, 0, 0,    0,    0, 2,  // destination
         58,   0,    1,    4,    0, 0,  0,    0,                                 // hop-by-hop
         128,  0,    0,    0,    0, 1,  0,    1,                                 // ICMPv6
     }),
     "whole network@14 2001:db8::1>2001:db8::2 protocol=58 ports=none transport@62 payload@70"},
    {"SctpInIpvSixFirstFragment",
     Octets({
         0x02, 0,    0,    0,    0, 2,  0x02, 0,  0, 0, 0, 1, 0x86, 0xdd,        // Ethernet
         0x60, 0,    0,    0,    0, 24, 44,   64,                                // IPv6
         0xfe, 0x80, 0,    0,    0, 0,  0,    0,  0, 0, 0, 0, 0,    0,    0, 1,  // source
         0xfe, 0x80, 0,    0,    0, 0,  0,    0,  0, 0, 0, 0, 0,    0,    0, 2,  // destination
         132,  0,    0x00, 0x01, 0, 0,  0,    9,                                 // fragment
         0x0b, 0x59, 0x0b, 0x5a, 0, 0,  0,    1,  0, 0, 0, 0,                    // SCTP
         0,    0,    0,    4,                                                    // chunk
     }),
     "whole network@14 fe80::1>fe80::2 protocol=132 ports=2905>2906 fragment transport@62 "
     "payload@74"},
    {"GreWithKey",
     Octets({
         0x02, 0,    0,    0,    0, 2, 0x02, 0, 0,  0,  0, 1, 0x08, 0x00,  // Ethernet
         0x45, 0,    0,    28,   0, 1, 0,    0, 64, 47, 0, 0, 10,   0,
         1,    5,    10,   0,    0, 9,           // IPv4
         0x20, 0x00, 0x65, 0x58, 0, 0, 0,    7,  // GRE
     }),
     "whole network@14 10.0.1.5>10.0.0.9 protocol=47 ports=none transport@34 payload@42"},
    {"Arp",
     Octets({
         0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02, 0, 0, 0, 0, 1, 0x08, 0x06,  // Ethernet
         0,    1,    8,    0,    6,    4,    0,    1, 2, 0, 0, 0, 0,    1,
         10,   0,    0,    1,    0,    0,    0,    0, 0, 0,  // ARP
         10,   0,    0,    2,                                //
     }),
     "whole network@14"},
};
INSTANTIATE_TEST_SUITE_P(HandWritten, ParseFrameTest, testing::ValuesIn(kHandWritten), CaseName);

PacketBuilder LinkLocal(const Ipv6Fields& fields = {}) {
  return PacketBuilder().Ethernet().Ipv6("fe80::1", "fe80::2", fields);
}
PacketBuilder Extended(int headers) {
  PacketBuilder frame = LinkLocal();
  for (int i = 0; i < headers; ++i) frame.Ipv6Extension(60);
  return frame.Udp(1, 2);
}
PacketBuilder Tagged(int tags) {
  PacketBuilder frame = PacketBuilder().Ethernet();
  for (int i = 1; i <= tags; ++i) frame.Vlan(static_cast<std::uint16_t>(i));
  return frame.Ipv4("10.0.0.1", "10.0.0.2").Icmp();
}
std::vector<std::byte> FirstBytes(const PacketBuilder& frame, std::size_t count) {
  std::vector<std::byte> octets = frame.Build();
  octets.resize(count);
  return octets;
}
std::vector<std::byte> PatchedFrame(const PacketBuilder& frame, std::size_t at, unsigned value) {
  std::vector<std::byte> octets = frame.Build();
  octets.at(at) = static_cast<std::byte>(value);
  return octets;
}

// Offsets: 14 Ethernet, 20 IPv4 or 40 IPv6, then the transport header.
const std::vector<ParseCase> kWhole = {
    {"EthernetPaddingIsNoFault", V4().Udp(1, 2).PadTo(60).Build(),
     "whole network@14 10.0.0.1>10.0.0.2 protocol=17 ports=1>2 transport@34 payload@42"},
    {"UdpPayloadShorterThanItsPacket", V4().Udp(1, 2, 8).Payload(4).Build(),
     "whole network@14 10.0.0.1>10.0.0.2 protocol=17 ports=1>2 transport@34 payload@42"},
    {"TcpOptions", V4().Tcp(1, 2, 40).Build(),
     "whole network@14 10.0.0.1>10.0.0.2 protocol=6 ports=1>2 transport@34 payload@94"},
    {"Icmp", V4().Icmp().Build(),
     "whole network@14 10.0.0.1>10.0.0.2 protocol=1 ports=none transport@34 payload@42"},
    {"Sctp", V4().Sctp(1, 2).Build(),
     "whole network@14 10.0.0.1>10.0.0.2 protocol=132 ports=1>2 transport@34 payload@46"},
    {"GreBase", V4().Gre().Build(),
     "whole network@14 10.0.0.1>10.0.0.2 protocol=47 ports=none transport@34 payload@38"},
    {"GreChecksumKeySequence", V4().Gre(0xb000).Build(),
     "whole network@14 10.0.0.1>10.0.0.2 protocol=47 ports=none transport@34 payload@50"},
    // RFC 1701 routing: its length is not in the base header, so the payload's place is unknown.
    {"GreSourceRoute", V4().Gre(0x4000).Payload(8).Build(),
     "whole network@14 10.0.0.1>10.0.0.2 protocol=47 ports=none transport@34"},
    // RFC 2637, 4.1: version 1 with key, sequence and acknowledgment is 16 bytes.
    {"GreOfPptp", V4().Gre(0x3081).Payload(4).Build(),
     "whole network@14 10.0.0.1>10.0.0.2 protocol=47 ports=none transport@34 payload@50"},
    {"UnknownProtocol", V4({.protocol = std::uint8_t{89}}).Payload(3).Build(),
     "whole network@14 10.0.0.1>10.0.0.2 protocol=89 ports=none transport@34"},
    {"LaterFragment", V4({.fragment_offset = 1, .protocol = std::uint8_t{6}}).Payload(8).Build(),
     "whole network@14 10.0.0.1>10.0.0.2 protocol=6 ports=in-first-fragment fragment"},
    {"LastFragmentOffsetBit",
     V4({.fragment_offset = 0x1000, .protocol = std::uint8_t{6}}).Payload(8).Build(),
     "whole network@14 10.0.0.1>10.0.0.2 protocol=6 ports=in-first-fragment fragment"},
    {"LaterFragmentOfIcmp",
     V4({.fragment_offset = 1, .protocol = std::uint8_t{1}}).Payload(8).Build(),
     "whole network@14 10.0.0.1>10.0.0.2 protocol=1 ports=none fragment"},
    // The UDP length is the datagram's, of which this is the first part.
    {"FirstFragmentOfUdp", V4({.more_fragments = true}).Udp(1, 2, 4000).Payload(8).Build(),
     "whole network@14 10.0.0.1>10.0.0.2 protocol=17 ports=1>2 fragment transport@34 payload@42"},
    {"FirstFragmentWithPartOfTheTcpOptions",
     PatchedFrame(V4({.more_fragments = true}).Tcp(1, 2, 4), 46, 0xf0),
     "whole network@14 10.0.0.1>10.0.0.2 protocol=6 ports=1>2 fragment transport@34"},
    {"SuperFrameWithoutIpvFourLength",
     V4({.total_length = std::uint16_t{0}}).Tcp(1, 2).Payload(9000).Build(),
     "whole network@14 10.0.0.1>10.0.0.2 protocol=6 ports=1>2 transport@34 payload@54"},
    {"SuperFrameWithoutIpvSixLength",
     LinkLocal({.payload_length = std::uint16_t{0}}).Tcp(1, 2).Payload(9000).Build(),
     "whole network@14 fe80::1>fe80::2 protocol=6 ports=1>2 transport@54 payload@74"},
    {"JumbogramOfUdpWithoutLength",
     LinkLocal({.payload_length = std::uint16_t{0}})
         .Udp(1, 2, std::uint16_t{0})
         .Payload(66'000)
         .Build(),
     "whole network@14 fe80::1>fe80::2 protocol=17 ports=1>2 transport@54 payload@62"},
    {"EveryExtensionHeader",
     LinkLocal()
         .Ipv6Extension(0)
         .Ipv6Extension(60, 16)
         .Ipv6Extension(43, 24)
         .Ipv6Authentication()
         .Ipv6Extension(135)
         .Ipv6Extension(139, 40)
         .Ipv6Extension(140)
         .Udp(1, 2)
         .Build(),
     "whole network@14 fe80::1>fe80::2 protocol=17 ports=1>2 transport@182 payload@190"},
    {"AsManyExtensionHeadersAsAllowed", Extended(kMaxExtensionHeaders).Build(),
     "whole network@14 fe80::1>fe80::2 protocol=17 ports=1>2 transport@118 payload@126"},
    {"IpvSixLaterFragment",
     LinkLocal()
         .Ipv6Fragment({.fragment_offset = 1, .next_header = std::uint8_t{17}})
         .Payload(8)
         .Build(),
     "whole network@14 fe80::1>fe80::2 protocol=17 ports=in-first-fragment fragment"},
    // RFC 6946: offset 0 and no more to come is a whole packet.
    {"IpvSixAtomicFragment", LinkLocal().Ipv6Fragment({}).Udp(1, 2).Build(),
     "whole network@14 fe80::1>fe80::2 protocol=17 ports=1>2 transport@62 payload@70"},
    {"NoNextHeader", LinkLocal({.next_header = std::uint8_t{59}}).Build(),
     "whole network@14 fe80::1>fe80::2 protocol=59 ports=none"},
    {"EncryptedIpvSix", LinkLocal({.next_header = std::uint8_t{50}}).Payload(16).Build(),
     "whole network@14 fe80::1>fe80::2 protocol=50 ports=none transport@54"},
    {"AsManyTagsAsAllowed", Tagged(kMaxVlanTags).Build(),
     "whole tags=4 vlan=1 network@30 10.0.0.1>10.0.0.2 protocol=1 ports=none transport@50 "
     "payload@58"},
    // IEEE 802.3: below 0600 the field is a length.
    {"LengthInsteadOfEtherType", PatchedFrame(PacketBuilder().Ethernet().Payload(46), 12, 0),
     "whole network@14"},
    {"NothingBehindEthernet", PacketBuilder().Ethernet().Build(), "whole network@14"},
};
INSTANTIATE_TEST_SUITE_P(Whole, ParseFrameTest, testing::ValuesIn(kWhole), CaseName);

const std::vector<ParseCase> kMalformed = {
    {"Nothing", {}, "malformed(ethernet_too_short)"},
    {"ThirteenBytes", FirstBytes(V4(), 13), "malformed(ethernet_too_short)"},
    {"EndsInsideTag", FirstBytes(Tagged(1), 17), "malformed(ethernet_too_short)"},
    {"OneTagTooMany", Tagged(kMaxVlanTags + 1).Build(), "malformed(too_many_tags) tags=4 vlan=1"},
    {"SixUnderTheTypeOfFour", PatchedFrame(V4().Udp(1, 2), 14, 0x65),
     "malformed(ip_version) network@14"},
    {"FourUnderTheTypeOfSix", PatchedFrame(LinkLocal().Udp(1, 2), 14, 0x40),
     "malformed(ip_version) network@14"},
    {"VersionSevenUnderTheTypeOfSix", PatchedFrame(LinkLocal().Udp(1, 2), 14, 0x70),
     "malformed(ip_version) network@14"},
    {"FrameEndsInsideIpvFour", FirstBytes(V4(), 33), "malformed(ip_header_length) network@14"},
    {"FrameEndsInsideIpvSix", FirstBytes(LinkLocal(), 53),
     "malformed(ip_header_length) network@14"},
    {"HeaderOfFourWords", PatchedFrame(V4().Udp(1, 2), 14, 0x44),
     "malformed(ip_header_length) network@14 10.0.0.1>10.0.0.2 protocol=17 ports=not-captured"},
    {"HeaderBeyondItsPacket", PatchedFrame(V4().Udp(1, 2), 14, 0x4f),
     "malformed(ip_header_length) network@14 10.0.0.1>10.0.0.2 protocol=17 ports=not-captured"},
    {"TotalLengthInsideTheHeader", V4({.total_length = std::uint16_t{19}}).Icmp().Build(),
     "malformed(ip_header_length) network@14 10.0.0.1>10.0.0.2 protocol=1 ports=none"},
    {"TotalLengthOneBeyondTheFrame", V4({.total_length = std::uint16_t{29}}).Udp(1, 2).Build(),
     "malformed(ip_total_length) network@14 10.0.0.1>10.0.0.2 protocol=17 ports=not-captured"},
    {"PayloadLengthOneBeyondTheFrame",
     LinkLocal({.payload_length = std::uint16_t{9}}).Udp(1, 2).Build(),
     "malformed(ip_total_length) network@14 fe80::1>fe80::2 protocol=17 ports=not-captured"},
    {"OneExtensionHeaderTooMany", Extended(kMaxExtensionHeaders + 1).Build(),
     "malformed(extension_headers) network@14 fe80::1>fe80::2 protocol=60 ports=not-captured"},
    {"ExtensionHeaderLongerThanItsPacket", PatchedFrame(Extended(1), 55, 2),
     "malformed(extension_headers) network@14 fe80::1>fe80::2 protocol=60 ports=not-captured"},
    {"NoRoomForAnExtensionHeader", LinkLocal({.next_header = std::uint8_t{60}}).Payload(7).Build(),
     "malformed(extension_headers) network@14 fe80::1>fe80::2 protocol=60 ports=not-captured"},
    {"TcpOfNineteenBytes", V4({.protocol = std::uint8_t{6}}).Payload(19).Build(),
     "malformed(transport_too_short) network@14 10.0.0.1>10.0.0.2 protocol=6 ports=1>515 "
     "transport@34"},  // ports: payload octets 00 01 and 02 03
    {"UdpOfThreeBytes", V4({.protocol = std::uint8_t{17}}).Payload(3).Build(),
     "malformed(transport_too_short) network@14 10.0.0.1>10.0.0.2 protocol=17 ports=not-captured "
     "transport@34"},
    // The padding that follows is not the packet's.
    {"UdpHeaderInThePadding", V4({.protocol = std::uint8_t{17}}).Payload(3).PadTo(60).Build(),
     "malformed(transport_too_short) network@14 10.0.0.1>10.0.0.2 protocol=17 ports=not-captured "
     "transport@34"},
    {"UdpHeaderInThePaddingOfIpvSix",
     LinkLocal({.next_header = std::uint8_t{17}}).Payload(3).PadTo(70).Build(),
     "malformed(transport_too_short) network@14 fe80::1>fe80::2 protocol=17 ports=not-captured "
     "transport@54"},
    {"IcmpOfSevenBytes", V4({.protocol = std::uint8_t{1}}).Payload(7).Build(),
     "malformed(transport_too_short) network@14 10.0.0.1>10.0.0.2 protocol=1 ports=none "
     "transport@34"},
    {"SctpOfElevenBytes", V4({.protocol = std::uint8_t{132}}).Payload(11).Build(),
     "malformed(transport_too_short) network@14 10.0.0.1>10.0.0.2 protocol=132 ports=1>515 "
     "transport@34"},
    {"GreWithoutItsKey", PatchedFrame(V4().Gre().Payload(3), 34, 0x20),
     "malformed(transport_too_short) network@14 10.0.0.1>10.0.0.2 protocol=47 ports=none "
     "transport@34"},
    // RFC 1858, 3: a first fragment that hides the TCP header in the second.
    {"TinyFirstFragment",
     V4({.more_fragments = true, .protocol = std::uint8_t{6}}).Payload(16).Build(),
     "malformed(transport_too_short) network@14 10.0.0.1>10.0.0.2 protocol=6 ports=1>515 fragment "
     "transport@34"},
    {"TcpHeaderOfFourWords", PatchedFrame(V4().Tcp(1, 2), 46, 0x40),
     "malformed(transport_length) network@14 10.0.0.1>10.0.0.2 protocol=6 ports=1>2 transport@34"},
    {"TcpHeaderBeyondItsPacket", PatchedFrame(V4().Tcp(1, 2), 46, 0x60),
     "malformed(transport_length) network@14 10.0.0.1>10.0.0.2 protocol=6 ports=1>2 transport@34"},
    {"UdpLengthOfSeven", V4().Udp(1, 2, std::uint16_t{7}).Build(),
     "malformed(transport_length) network@14 10.0.0.1>10.0.0.2 protocol=17 ports=1>2 "
     "transport@34"},
    {"UdpLengthOfZeroInAnOrdinaryPacket", V4().Udp(1, 2, std::uint16_t{0}).Build(),
     "malformed(transport_length) network@14 10.0.0.1>10.0.0.2 protocol=17 ports=1>2 "
     "transport@34"},
    {"UdpLengthOneBeyondItsPacket", V4().Udp(1, 2, std::uint16_t{9}).PadTo(60).Build(),
     "malformed(transport_length) network@14 10.0.0.1>10.0.0.2 protocol=17 ports=1>2 "
     "transport@34"},
};
INSTANTIATE_TEST_SUITE_P(Malformed, ParseFrameTest, testing::ValuesIn(kMalformed), CaseName);

constexpr std::size_t kSnap = 1000;  // on the wire; the octets are what a snaplen left

PacketBuilder LongTcp() { return V4({.option_bytes = 40}).Tcp(1, 2, 40).Payload(866); }
PacketBuilder LongIpvSix() { return LinkLocal().Ipv6Extension(0, 64).Udp(1, 2).Payload(874); }

const std::vector<ParseCase> kCutShort = {
    {"BeforeEthernet", {}, "cut-short", kSnap},
    {"InEthernet", FirstBytes(LongTcp(), 13), "cut-short", kSnap},
    {"InTag", FirstBytes(Tagged(1).PadTo(kSnap), 17), "cut-short", kSnap},
    {"BehindEthernet", FirstBytes(LongTcp(), 14), "cut-short network@14", kSnap},
    {"InIpvFour", FirstBytes(LongTcp(), 33), "cut-short network@14", kSnap},
    {"InIpvSix", FirstBytes(LongIpvSix(), 53), "cut-short network@14", kSnap},
    {"InIpvFourOptions", FirstBytes(LongTcp(), 73),
     "cut-short network@14 10.0.0.1>10.0.0.2 protocol=6 ports=not-captured", kSnap},
    {"InThePorts", FirstBytes(LongTcp(), 77),
     "cut-short network@14 10.0.0.1>10.0.0.2 protocol=6 ports=not-captured transport@74", kSnap},
    {"BehindThePorts", FirstBytes(LongTcp(), 78),
     "cut-short network@14 10.0.0.1>10.0.0.2 protocol=6 ports=1>2 transport@74", kSnap},
    {"InTcpOptions", FirstBytes(LongTcp(), 133),
     "cut-short network@14 10.0.0.1>10.0.0.2 protocol=6 ports=1>2 transport@74", kSnap},
    {"BehindTcpOptionsIsWhole", FirstBytes(LongTcp(), 134),
     "whole network@14 10.0.0.1>10.0.0.2 protocol=6 ports=1>2 transport@74 payload@134", kSnap},
    {"BeforeAnExtensionHeader", FirstBytes(LongIpvSix(), 54),
     "cut-short network@14 fe80::1>fe80::2 protocol=0 ports=not-captured", kSnap},
    {"InAnExtensionHeaderThatNamesTheNext", FirstBytes(LongIpvSix(), 62),
     "cut-short network@14 fe80::1>fe80::2 protocol=17 ports=not-captured", kSnap},
    {"InUdp", FirstBytes(LongIpvSix(), 125),
     "cut-short network@14 fe80::1>fe80::2 protocol=17 ports=1>2 transport@118", kSnap},
};
INSTANTIATE_TEST_SUITE_P(CutShort, ParseFrameTest, testing::ValuesIn(kCutShort), CaseName);

TEST(FrameTest, ReadsMacAddressesAndLengths) {
  const MacAddress source = ParseMacAddress("02:00:0a:00:01:05").value();
  const MacAddress destination = ParseMacAddress("02:00:0a:00:00:09").value();
  const auto octets = PacketBuilder().Ethernet(source, destination).Arp().Build();
  const FrameInfo info = ParseFrame(octets, Bytes(60));
  EXPECT_EQ(info.source_mac, source);
  EXPECT_EQ(info.destination_mac, destination);
  EXPECT_EQ(info.ether_type, kEtherTypeArp);
  EXPECT_EQ(info.captured, Bytes(42));
  EXPECT_EQ(info.wire_length, Bytes(60));
}

TEST(FrameTest, RaisesAWireLengthBelowWhatWasCaptured) {
  const auto octets = V4().Udp(1, 2).Build();
  for (const std::int64_t wire : {0, -1, 41}) {
    const FrameInfo info = ParseFrame(octets, Bytes(wire));
    EXPECT_EQ(info.wire_length, Bytes(42));
    EXPECT_EQ(info.state, FrameState::kWhole);
  }
}

// 14 Ethernet, 8 for two tags, 60 IPv4 with all options, 60 TCP with all options.
TEST(FrameTest, SnapBytesHoldTheLongestIpvFourHeaders) {
  const auto octets = PacketBuilder()
                          .Ethernet()
                          .Vlan(1)
                          .Vlan(2)
                          .Ipv4("10.0.0.1", "10.0.0.2", {.option_bytes = 40})
                          .Tcp(1, 2, 40)
                          .Payload(1000)
                          .Build();
  const auto wire = Bytes(static_cast<std::int64_t>(octets.size()));
  const auto snapped = std::span(octets).first(kHeaderSnapBytes);
  EXPECT_EQ(ParseFrame(snapped, wire).state, FrameState::kWhole);
  EXPECT_EQ(ParseFrame(snapped, wire).payload_offset, 14 + 8 + 60 + 60);
}

}  // namespace
}  // namespace vpcmirror
