#include "models/wire/segment.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "models/wire/byte_order.h"
#include "models/wire/checksum.h"
#include "models/wire/frame.h"
#include "tests/support/hex_diff.h"
#include "tests/support/packet_builder.h"
#include "tests/support/parsed.h"
#include "tests/unit/wire/host_frames.h"

namespace vpcmirror {
namespace {

using Frame = std::vector<std::byte>;

Frame FrameOf(const Segment& segment, const Frame& super_frame) {
  Frame frame(segment.header.begin(),
              segment.header.begin() + static_cast<std::ptrdiff_t>(segment.header_bytes));
  const auto begin = super_frame.begin() + segment.payload_offset.count();
  frame.insert(frame.end(), begin, begin + segment.payload.count());
  return frame;
}

std::vector<Frame> SegmentsOf(const Frame& super_frame, std::int64_t max_packet) {
  const FrameInfo info = Parsed(super_frame);
  Segmenter segmenter(super_frame, info, Bytes(max_packet));
  std::vector<Frame> frames;
  for (Segment segment; segmenter.Next(segment);) frames.push_back(FrameOf(segment, super_frame));
  EXPECT_EQ(frames.size(), segmenter.segments());
  return frames;
}

bool IsPossible(const Frame& frame, std::int64_t max_packet = 1500) {
  const FrameInfo info = Parsed(frame);
  return Segmenter(frame, info, Bytes(max_packet)).possible();
}

Frame TcpSuperFrame(std::size_t payload,
                    const Ipv4Fields& ip = {.identification = 0xffff, .dont_fragment = true}) {
  Frame frame = PacketBuilder()
                    .Ethernet()
                    .Ipv4("10.0.0.1", "10.0.0.2", ip)
                    .Tcp(40000, 443)
                    .Payload(payload)
                    .Build();
  return frame;
}

// By hand from RFC 791 and 9293. The super-frame's 5 bytes go 3 and 2: sequence number fffffffe
// goes on at 1, identification ffff at 0, flags CWR, PSH, ACK, FIN (99) are 90 and then 19.
// The checksums were computed with Python.
TEST(SegmenterTest, WritesEveryHeaderByte) {
  Frame super_frame = TcpSuperFrame(5);
  StoreBe32(&super_frame[kTcpAt + 4], 0xfffffffe);
  super_frame[kTcpAt + 13] = std::byte{0x99};
  StoreBe16(&super_frame[kTcpAt + 16], 0x1234);  // what offload leaves there
  const std::vector<Frame> frames = SegmentsOf(super_frame, 43);
  ASSERT_EQ(frames.size(), 2u);
  EXPECT_THAT(frames[0],
              BytesAre(Octets({0x02, 0x00, 0x00, 0x00, 0x00, 0x02, 0x02, 0x00, 0x00, 0x00,
                               0x00, 0x01, 0x08, 0x00,                                      //
                               0x45, 0x00, 0x00, 0x2b, 0xff, 0xff, 0x40, 0x00, 0x40, 0x06,  // IPv4
                               0x26, 0xcb, 0x0a, 0x00, 0x00, 0x01, 0x0a, 0x00, 0x00, 0x02,  //
                               0x9c, 0x40, 0x01, 0xbb, 0xff, 0xff, 0xff, 0xfe, 0x00, 0x00,  // TCP
                               0x00, 0x00, 0x50, 0x90, 0x00, 0x00, 0xfb, 0x53, 0x00, 0x00,  //
                               0x00, 0x01, 0x02})));
  EXPECT_THAT(frames[1],
              BytesAre(Octets({0x02, 0x00, 0x00, 0x00, 0x00, 0x02, 0x02, 0x00, 0x00, 0x00,
                               0x00, 0x01, 0x08, 0x00,                                      //
                               0x45, 0x00, 0x00, 0x2a, 0x00, 0x00, 0x40, 0x00, 0x40, 0x06,  // IPv4
                               0x26, 0xcc, 0x0a, 0x00, 0x00, 0x01, 0x0a, 0x00, 0x00, 0x02,  //
                               0x9c, 0x40, 0x01, 0xbb, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00,  // TCP
                               0x00, 0x00, 0x50, 0x19, 0x00, 0x00, 0xfa, 0xc6, 0x00, 0x00,  //
                               0x03, 0x04})));
}

struct CutCase {
  const char* name;
  Frame super_frame;
  std::int64_t max_packet;
  std::vector<std::int64_t> want_packets;  // IP packet bytes of each segment
};

void PrintTo(const CutCase& c, std::ostream* os) { *os << c.name; }

class SegmenterCutTest : public testing::TestWithParam<CutCase> {};

// Whether a checksum is there to verify: not where UDP over IPv4 has none.
bool HasChecksum(const Frame& frame, const FrameInfo& info) {
  return info.flow.protocol == kProtocolTcp || !info.flow.source.is_v4() ||
         LoadBe16(&frame[info.transport_offset + 6u]) != 0;
}

TEST_P(SegmenterCutTest, GivesWholeFramesThatHoldThePayloadInOrder) {
  const auto& c = GetParam();
  const FrameInfo whole = Parsed(c.super_frame);
  Frame payload;
  std::vector<std::int64_t> packets;
  for (const Frame& frame : SegmentsOf(c.super_frame, c.max_packet)) {
    const FrameInfo info = Parsed(frame);
    ASSERT_EQ(info.state, FrameState::kWhole) << ToString(info.fault);
    EXPECT_EQ(info.flow, whole.flow);
    EXPECT_EQ(info.vlan_id, whole.vlan_id);
    if (HasChecksum(frame, info)) {
      EXPECT_EQ(Residue(frame, info), 0);
    }
    packets.push_back(std::ssize(frame) - info.network_offset);
    payload.insert(payload.end(), frame.begin() + info.payload_offset, frame.end());
  }
  EXPECT_EQ(packets, c.want_packets);
  const Frame all(c.super_frame.begin() + whole.payload_offset,
                  c.super_frame.begin() + whole.payload_offset + std::ssize(payload));
  EXPECT_THAT(payload, BytesAre(all));
}

// Hop-by-hop with the Jumbo Payload option alone (RFC 2675, 2): next header TCP, no more
// words, option c2 of 4 bytes.
Frame JumboHeader(unsigned length) {
  return Octets({0x06, 0x00, 0xc2, 0x04, length >> 24, (length >> 16) & 0xff, (length >> 8) & 0xff,
                 length & 0xff});
}

Frame Jumbogram(std::size_t payload) {
  Frame tcp = PacketBuilder().Ipv4("1.1.1.1", "1.1.1.1").Tcp(1, 2).Payload(payload).Build();
  tcp.erase(tcp.begin(), tcp.begin() + 20);
  Frame frame = V6({.next_header = std::uint8_t{0}, .payload_length = std::uint16_t{0}})
                    .Raw(JumboHeader(static_cast<unsigned>(tcp.size() + 8)))
                    .Raw(tcp)
                    .Build();
  return frame;
}

// Packets are their headers (20 or 40 of IP, 20 of TCP, 8 of UDP) and payload in between.
std::vector<CutCase> CutCases() {
  const std::int64_t v4_mss = 1500 - 40;
  return {
      {"TcpOverIpVersionFour", TcpSuperFrame(2 * v4_mss + 1), 1500, {1500, 1500, 41}},
      {"EndsWithAFullSegment", TcpSuperFrame(2 * v4_mss), 1500, {1500, 1500}},
      {"FitsAlready", TcpSuperFrame(v4_mss), 1500, {1500}},
      {"HasNoPayload", TcpSuperFrame(0), 1500, {40}},
      {"OneByteEach", TcpSuperFrame(3), 41, {41, 41, 41}},
      {"TotalLengthZero",
       V4({.total_length = std::uint16_t{0}}).Tcp(1, 2).Payload(70'000).Build(),
       65'535,
       {65'535, 40 + 70'000 - 65'495}},
      {"OptionsAndTags",
       PacketBuilder()
           .Ethernet()
           .Vlan(30, 0x88a8)
           .Vlan(100)
           .Ipv4("10.0.0.1", "10.0.0.2", {.option_bytes = 8})
           .Tcp(1, 2, 12)
           .Payload(100)
           .Build(),
       120,
       {120, 100}},  // 60 of headers
      {"EthernetPadding", V4().Tcp(1, 2).Payload(2).PadTo(60).Build(), 41, {41, 41}},
      {"UdpWithoutChecksum", V4().Udp(1, 2).Payload(100).Build(), 88, {88, 68}},
      {"TcpOverIpVersionSix", V6().Tcp(1, 2).Payload(100).Build(), 120, {120, 100}},
      {"UdpOverIpVersionSix", V6().Udp(1, 2).Payload(100).Build(), 108, {108, 88}},
      {"ExtensionHeaders",
       V6().Ipv6Extension(0, 16).Ipv6Extension(60).Tcp(1, 2).Payload(100).Build(),
       144,
       {144, 124}},  // 84 of headers
      {"JumboPayloadAlone", Jumbogram(66'000), 65'575, {65'575, 60 + 66'000 - 65'515}},
  };
}

INSTANTIATE_TEST_SUITE_P(Table, SegmenterCutTest, testing::ValuesIn(CutCases()),
                         [](const auto& param) { return param.param.name; });

// Flags and sequence numbers as RFC 9293 and RFC 3168 (6.1.2) have them.
TEST(SegmenterTest, NumbersSegmentsAndPlacesFlags) {
  Frame super_frame = TcpSuperFrame(30);
  super_frame[kTcpAt + 13] = std::byte{0xd9};  // CWR, ECE, ACK, PSH, FIN
  const std::vector<Frame> frames = SegmentsOf(super_frame, 50);
  ASSERT_EQ(frames.size(), 3u);
  const unsigned flags[] = {0xd0, 0x50, 0x59};
  for (std::size_t i = 0; i < frames.size(); ++i) {
    EXPECT_EQ(frames[i][kTcpAt + 13], std::byte{static_cast<unsigned char>(flags[i])}) << i;
    EXPECT_EQ(LoadBe32(&frames[i][kTcpAt + 4]), 10 * i);
    EXPECT_EQ(LoadBe16(&frames[i][kIpAt + 4]), (0xffff + i) & 0xffff);
    EXPECT_EQ(LoadBe16(&frames[i][kIpAt + 6]), 0x4000);
    EXPECT_EQ(FoldChecksum(SumWords(std::span(frames[i]).subspan(kIpAt, 20))), 0);
  }
}

TEST(SegmenterTest, LeavesUdpWithoutChecksumOverIpVersionFour) {
  const Frame bare = V4().Udp(1, 2).Payload(100).Build();
  for (const Frame& frame : SegmentsOf(bare, 88)) EXPECT_EQ(LoadBe16(&frame[kIpAt + 26]), 0);
  Frame summed = bare;
  StoreBe16(&summed[kIpAt + 26], 0x1111);
  for (const Frame& frame : SegmentsOf(summed, 88)) {
    EXPECT_NE(LoadBe16(&frame[kIpAt + 26]), 0);
    EXPECT_EQ(Residue(frame, Parsed(frame)), 0);
  }
}

// RFC 768: one whose sum is 0 says ffff. Addresses 10.0.0.1 and 10.0.0.2, protocol 17,
// 10 bytes twice and ports 1 and 2 sum to 142b, to which ebd4 of payload makes ffff.
TEST(SegmenterTest, SendsAUdpSumOfZeroAsAllOnes) {
  Frame frame = V4().Udp(1, 2).Payload(2).Build();
  StoreBe16(&frame[kIpAt + 26], 0x1111);
  StoreBe16(&frame[kIpAt + 28], 0xebd4);
  const std::vector<Frame> frames = SegmentsOf(frame, 1500);
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(LoadBe16(&frames[0][kIpAt + 26]), 0xffff);
}

// A capture of 34 bytes of payload: the first segment's 30 are there, the second's are not.
TEST(SegmenterTest, WritesNoChecksumOverBytesThatWereNotCaptured) {
  const Frame frame = TcpSuperFrame(90);
  const auto captured = std::span(frame).first(kTcpAt + 20 + 34);
  const FrameInfo info = ParseFrame(captured, Bytes(std::ssize(frame)));
  Segmenter segmenter(captured, info, Bytes(70));
  ASSERT_EQ(segmenter.segments(), 3u);
  Segment segment;
  ASSERT_TRUE(segmenter.Next(segment));
  const Frame first = FrameOf(segment, frame);
  EXPECT_EQ(Residue(first, Parsed(first)), 0);
  for (const std::int64_t offset : {30, 60}) {
    ASSERT_TRUE(segmenter.Next(segment));
    EXPECT_EQ(LoadBe16(&segment.header[kTcpAt + 16]), 0);
    EXPECT_EQ(segment.payload_offset, Bytes(54 + offset));
    EXPECT_EQ(segment.payload, Bytes(30));
  }
  EXPECT_FALSE(segmenter.Next(segment));
}

Frame WithTcpFlags(unsigned char flags) {
  Frame frame = TcpSuperFrame(2000);
  frame[kTcpAt + 13] = std::byte{flags};
  return frame;
}

TEST(SegmenterTest, RefusesWhatNoHostLeavesToItsDevice) {
  EXPECT_TRUE(IsPossible(WithTcpFlags(0x10)));
  EXPECT_FALSE(IsPossible(WithTcpFlags(0x12)));  // SYN
  EXPECT_FALSE(IsPossible(WithTcpFlags(0x14)));  // RST
  EXPECT_FALSE(IsPossible(WithTcpFlags(0x30)));  // URG
  EXPECT_TRUE(IsPossible(WithTcpFlags(0x12), 2040));
}

TEST(SegmenterTest, RefusesWhatItCannotCut) {
  EXPECT_FALSE(IsPossible(PacketBuilder().Ethernet().Arp().Build()));
  EXPECT_FALSE(IsPossible(V4().Icmp().Payload(2000).Build()));
  EXPECT_FALSE(IsPossible(V4().Sctp(1, 2).Payload(2000).Build()));
  EXPECT_FALSE(IsPossible(V4({.more_fragments = true}).Udp(1, 2, 4000).Payload(16).Build()));
  EXPECT_FALSE(IsPossible(TcpSuperFrame(10), 40));
  EXPECT_TRUE(IsPossible(TcpSuperFrame(10), 41));
  EXPECT_FALSE(IsPossible(TcpSuperFrame(10), -1));
  // Bytes behind the datagram that its length leaves out (RFC 9868) belong to no segment.
  EXPECT_FALSE(IsPossible(V4().Udp(1, 2, 108).Payload(200).Build()));
  EXPECT_FALSE(IsPossible(V6().Ipv6Extension(60, 256).Tcp(1, 2).Payload(9).Build()));  // too long
}

// RFC 791, 3.1: a loose route of one address (7 bytes) that its pointer, 4, has not passed.
TEST(SegmenterTest, RefusesSourceRoutesWithHopsToCome) {
  Frame frame = V4({.option_bytes = 8}).Tcp(1, 2).Payload(2000).Build();
  frame[kIpAt + 20] = std::byte{131};
  frame[kIpAt + 21] = std::byte{7};
  frame[kIpAt + 22] = std::byte{8};
  EXPECT_TRUE(IsPossible(frame));
  frame[kIpAt + 22] = std::byte{4};
  EXPECT_FALSE(IsPossible(frame));
  // RFC 8200, 4.4: the fourth octet of a routing header is its segments left.
  Frame routed = V6().Ipv6Extension(60).Ipv6Extension(43, 24).Tcp(1, 2).Payload(2000).Build();
  routed[kIpAt + 48 + 3] = std::byte{0};
  EXPECT_TRUE(IsPossible(routed));
  routed[kIpAt + 48 + 3] = std::byte{1};
  EXPECT_FALSE(IsPossible(routed));
}

// RFC 2675, 3: a packet with a payload length must not have the option.
TEST(SegmenterTest, LeavesTheJumboPayloadOptionInsideTheHost) {
  for (const Frame& frame : SegmentsOf(Jumbogram(66'000), 1500)) {
    ASSERT_EQ(frame[kIpAt + 6], std::byte{6}) << "the next header is TCP";
  }
  Frame among = V6().Ipv6Extension(0, 16).Tcp(1, 2).Payload(100).Build();
  EXPECT_TRUE(IsPossible(among));
  among[kIpAt + 42] = std::byte{0xc2};
  among[kIpAt + 43] = std::byte{4};
  EXPECT_FALSE(IsPossible(among));
}

}  // namespace
}  // namespace vpcmirror
