#include "models/wire/repair.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
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

struct Repaired {
  std::size_t replaced;
  Frame frame;  // the first `kept` bytes as sent
};

Repaired Repair(const Frame& frame, std::size_t kept) {
  const FrameInfo info = Parsed(frame);
  std::array<std::byte, kMaxRepairedHeaderBytes> header{};
  const std::size_t replaced =
      RepairTruncated(frame, info, Bytes(static_cast<std::int64_t>(kept)), header);
  Frame sent(frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(kept));
  std::copy_n(header.begin(), replaced, sent.begin());
  return {replaced, sent};
}

// By hand from RFC 791 and 768: 20 bytes of payload of which 4 are kept, so 32 bytes of IP and
// 12 of UDP. The checksums were computed with Python.
TEST(RepairTest, WritesEveryHeaderByte) {
  Frame frame = V4().Udp(1, 2).Payload(20).Build();
  StoreBe16(&frame[kIpAt + 26], 0x1111);
  const auto [replaced, sent] = Repair(frame, 46);
  EXPECT_EQ(replaced, 42u);
  EXPECT_THAT(sent,
              BytesAre(Octets({0x02, 0x00, 0x00, 0x00, 0x00, 0x02, 0x02, 0x00, 0x00, 0x00,
                               0x00, 0x01, 0x08, 0x00,                                      //
                               0x45, 0x00, 0x00, 0x20, 0x00, 0x00, 0x00, 0x00, 0x40, 0x11,  // IPv4
                               0x66, 0xcb, 0x0a, 0x00, 0x00, 0x01, 0x0a, 0x00, 0x00, 0x02,  //
                               0x00, 0x01, 0x00, 0x02, 0x00, 0x0c, 0xe9, 0xcc,              // UDP
                               0x00, 0x01, 0x02, 0x03})));
}

struct RepairCase {
  const char* name;
  Frame frame;
  std::size_t first_kept;  // the least that is repaired
};

void PrintTo(const RepairCase& c, std::ostream* os) { *os << c.name; }

class RepairLengthTest : public testing::TestWithParam<RepairCase> {};

TEST_P(RepairLengthTest, IsRightWhereverTheFrameIsCut) {
  const auto& [name, frame, first_kept] = GetParam();
  const FrameInfo before = Parsed(frame);
  for (std::size_t kept = 0; kept < first_kept; ++kept) {
    ASSERT_EQ(Repair(frame, kept).replaced, 0u) << kept;
  }
  for (std::size_t kept = first_kept; kept < frame.size(); ++kept) {
    const auto [replaced, sent] = Repair(frame, kept);
    ASSERT_EQ(replaced, first_kept) << kept;
    const FrameInfo info = Parsed(sent);
    ASSERT_EQ(info.state, FrameState::kWhole) << kept << ToString(info.fault);
    ASSERT_EQ(info.flow, before.flow);
    ASSERT_EQ(Residue(sent, info), 0) << kept;
    const std::size_t ip = info.network_offset;
    if (info.flow.source.is_v4()) {
      ASSERT_EQ(LoadBe16(&sent[ip + 2]), kept - ip);
      ASSERT_EQ(FoldChecksum(SumWords(std::span(sent).subspan(ip, info.transport_offset - ip))), 0);
    } else {
      ASSERT_EQ(LoadBe16(&sent[ip + 4]), kept - ip - 40);
    }
    if (info.flow.protocol == kProtocolUdp) {
      ASSERT_EQ(LoadBe16(&sent[info.transport_offset + 4u]), kept - info.transport_offset);
    }
  }
  EXPECT_EQ(Repair(frame, frame.size()).replaced, 0u);
}

Frame WithUdpChecksum(Frame frame, std::size_t udp_at) {
  StoreBe16(&frame[udp_at + 6], 0x1111);
  return frame;
}

std::vector<RepairCase> RepairCases() {
  return {
      {"Tcp", V4().Tcp(1, 2).Payload(50).Build(), 54},
      {"TcpWithOptions", V4({.option_bytes = 8}).Tcp(1, 2, 12).Payload(50).Build(), 74},
      {"Udp", WithUdpChecksum(V4().Udp(1, 2).Payload(50).Build(), 34), 42},
      {"Icmp", V4().Icmp().Payload(50).Build(), 42},
      {"Tagged",
       PacketBuilder().Ethernet().Vlan(7).Ipv4("1.2.3.4", "5.6.7.8").Tcp(1, 2).Payload(9).Build(),
       58},
      {"IpVersionSixTcp", V6().Tcp(1, 2).Payload(50).Build(), 74},
      {"IpVersionSixUdp", V6().Udp(1, 2).Payload(50).Build(), 62},
      {"IpVersionSixIcmp", V6().IcmpV6().Payload(50).Build(), 62},
      {"IpVersionSixExtensions", V6().Ipv6Extension(60, 16).Tcp(1, 2).Payload(50).Build(), 90},
  };
}

INSTANTIATE_TEST_SUITE_P(Table, RepairLengthTest, testing::ValuesIn(RepairCases()),
                         [](const auto& param) { return param.param.name; });

TEST(RepairTest, LeavesUdpWithoutChecksum) {
  const auto [replaced, sent] = Repair(V4().Udp(1, 2).Payload(20).Build(), 50);
  EXPECT_EQ(replaced, 42u);
  EXPECT_EQ(LoadBe16(&sent[kIpAt + 24]), 16);
  EXPECT_EQ(LoadBe16(&sent[kIpAt + 26]), 0);
}

// Of a fragment, and of a protocol without an Internet checksum, the IP header alone.
TEST(RepairTest, ChangesOnlyTheIpHeaderOfOthers) {
  const Frame first = V4({.more_fragments = true}).Udp(1, 2, 3000).Payload(64).Build();
  const auto [replaced, sent] = Repair(first, 60);
  EXPECT_EQ(replaced, 34u);
  EXPECT_EQ(LoadBe16(&sent[kIpAt + 2]), 46);
  EXPECT_EQ(LoadBe16(&sent[kIpAt + 24]), 3000);
  EXPECT_EQ(Repair(V4().Sctp(1, 2).Payload(64).Build(), 60).replaced, 34u);
  EXPECT_EQ(Repair(V4().Gre().Ipv4("1.1.1.1", "2.2.2.2").Udp(1, 2).Build(), 39).replaced, 34u);
  const Frame later = PacketBuilder()
                          .Ethernet()
                          .Ipv6("2001:db8::1", "2001:db8::2")
                          .Ipv6Fragment({.fragment_offset = 3, .next_header = std::uint8_t{17}})
                          .Payload(64)
                          .Build();
  EXPECT_EQ(Repair(later, 100).replaced, 54u);
}

// What is cut off may be Ethernet padding alone; bytes behind a datagram that its own length
// leaves out (RFC 9868) are not counted into it.
TEST(RepairTest, FollowsThePacketAndTheDatagram) {
  const Frame padded = V4().Tcp(1, 2).Payload(2).PadTo(60).Build();
  EXPECT_EQ(Repair(padded, 57).replaced, 0u);
  EXPECT_EQ(Repair(padded, 55).replaced, 54u);
  const Frame surplus = V4().Udp(1, 2, 18).Payload(40).Build();
  const auto [replaced, sent] = Repair(surplus, 70);
  EXPECT_EQ(replaced, 42u);
  EXPECT_EQ(LoadBe16(&sent[kIpAt + 2]), 56);
  EXPECT_EQ(LoadBe16(&sent[kIpAt + 24]), 18);
}

TEST(RepairTest, WritesNoChecksumOverBytesThatWereNotCaptured) {
  const Frame frame = V4().Tcp(1, 2).Payload(100).Build();
  const auto captured = std::span(frame).first(80);
  const FrameInfo info = ParseFrame(captured, Bytes(std::ssize(frame)));
  std::array<std::byte, kMaxRepairedHeaderBytes> header{};
  ASSERT_EQ(RepairTruncated(captured, info, Bytes(90), header), 54u);
  EXPECT_EQ(LoadBe16(&header[kIpAt + 2]), 76);
  EXPECT_EQ(LoadBe16(&header[kIpAt + 36]), 0);
  ASSERT_EQ(RepairTruncated(captured, info, Bytes(80), header), 54u);
  EXPECT_NE(LoadBe16(&header[kIpAt + 36]), 0);
}

TEST(RepairTest, RefusesWhatItCannotRepair) {
  EXPECT_EQ(Repair(PacketBuilder().Ethernet().Arp().PadTo(60).Build(), 40).replaced, 0u);
  Frame malformed = V4({.total_length = std::uint16_t{90}}).Tcp(1, 2).Build();
  EXPECT_EQ(Repair(malformed, 54).replaced, 0u);
  const Frame long_headers = V6().Ipv6Extension(60, 256).Tcp(1, 2).Payload(90).Build();
  EXPECT_EQ(Repair(long_headers, 340).replaced, 0u);
  Frame routed = V6().Ipv6Extension(43, 24).Tcp(1, 2).Payload(90).Build();
  routed[kIpAt + 43] = std::byte{1};  // segments left
  EXPECT_EQ(Repair(routed, 120).replaced, 0u);
  const Frame super_frame =
      V4({.total_length = std::uint16_t{0}}).Tcp(1, 2).Payload(70'000).Build();
  EXPECT_EQ(Repair(super_frame, 66'000).replaced, 0u);
  EXPECT_EQ(Repair(super_frame, 1000).replaced, 54u);
}

}  // namespace
}  // namespace vpcmirror
