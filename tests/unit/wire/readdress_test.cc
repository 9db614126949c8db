#include "models/wire/readdress.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "models/wire/byte_order.h"
#include "models/wire/checksum.h"
#include "tests/support/hex_diff.h"
#include "tests/support/packet_builder.h"
#include "tests/support/parsed.h"
#include "tests/unit/wire/host_frames.h"

namespace vpcmirror {
namespace {

constexpr std::size_t kUdpChecksumAt = kIpAt + 20 + 6;

bool ReaddressTo(std::vector<std::byte>& frame, std::string_view source,
                 std::string_view destination) {
  return Readdress(frame, Parsed(frame), ParseIpAddress(source).value(),
                   ParseIpAddress(destination).value());
}

// RFC 9293, 3.1: over the pseudo-header (addresses, zero, protocol, length) and the segment.
std::uint16_t TransportChecksum(const std::vector<std::byte>& frame) {
  const auto packet = std::span(frame).subspan(kIpAt);
  const auto segment = packet.subspan(20);
  const std::uint32_t pseudo = SumWords(packet.subspan(12, 8)) +
                               std::to_integer<std::uint32_t>(packet[9]) +
                               static_cast<std::uint32_t>(segment.size());
  return FoldChecksum(pseudo + SumWords(segment));
}

std::vector<std::byte> TcpFrame() {
  auto frame = PacketBuilder().Ethernet().Ipv4("10.0.1.5", "10.0.0.9").Tcp(1, 2).Payload(9).Build();
  StoreBe16(&frame[kTcpAt + 16], TransportChecksum(frame));
  return frame;
}

TEST(ReaddressTest, LeavesValidChecksumsValid) {
  for (const std::string_view source : {"0.0.0.0", "255.255.255.255", "10.0.1.5", "192.168.7.1"}) {
    std::vector<std::byte> frame = TcpFrame();
    ASSERT_TRUE(ReaddressTo(frame, source, "172.16.254.3"));
    EXPECT_EQ(ToString(Parsed(frame).flow.source), source);
    EXPECT_EQ(ToString(Parsed(frame).flow.destination), "172.16.254.3");
    EXPECT_EQ(FoldChecksum(SumWords(std::span(frame).subspan(kIpAt, 20))), 0);
    EXPECT_EQ(TransportChecksum(frame), 0) << source;
  }
}

TEST(ReaddressTest, LeavesAWrongChecksumWrongByAsMuch) {
  std::vector<std::byte> frame = TcpFrame();
  StoreBe16(&frame[kTcpAt + 16], static_cast<std::uint16_t>(LoadBe16(&frame[kTcpAt + 16]) ^ 0x100));
  const std::uint16_t before = TransportChecksum(frame);
  ASSERT_TRUE(ReaddressTo(frame, "192.168.7.1", "172.16.254.3"));
  EXPECT_NE(before, 0);
  EXPECT_EQ(TransportChecksum(frame), before);
}

TEST(ReaddressTest, LeavesAnAbsentUdpChecksumAbsent) {
  auto frame = PacketBuilder().Ethernet().Ipv4("10.0.1.5", "10.0.0.9").Udp(1, 2).Build();
  ASSERT_TRUE(ReaddressTo(frame, "192.168.7.1", "172.16.254.3"));
  EXPECT_EQ(LoadBe16(&frame[kUdpChecksumAt]), 0);
}

// Some source address makes the sum ffff, whose complement 0 would say that there is none.
TEST(ReaddressTest, NeverTurnsAUdpChecksumIntoNone) {
  auto original = PacketBuilder().Ethernet().Ipv4("10.0.1.5", "10.0.0.9").Udp(1, 2).Build();
  StoreBe16(&original[kUdpChecksumAt], TransportChecksum(original));
  int all_ones = 0;
  for (std::uint32_t low = 0; low <= 0xffff; ++low) {
    std::vector<std::byte> frame = original;
    ASSERT_TRUE(Readdress(frame, Parsed(frame), IpAddress::V4(0x0a000000 + low),
                          IpAddress::V4(0x0a000009)));
    const std::uint16_t checksum = LoadBe16(&frame[kUdpChecksumAt]);
    ASSERT_NE(checksum, 0) << low;
    ASSERT_EQ(TransportChecksum(frame), 0) << low;
    all_ones += checksum == 0xffff ? 1 : 0;
  }
  EXPECT_GT(all_ones, 0);
}

TEST(ReaddressTest, LeavesAloneWhatWasNotCaptured) {
  std::vector<std::byte> frame = TcpFrame();
  const Bytes wire(std::ssize(frame));
  frame.resize(kTcpAt + 4);
  ASSERT_TRUE(Readdress(frame, ParseFrame(frame, wire), IpAddress::V4(1), IpAddress::V4(2)));
  EXPECT_EQ(FoldChecksum(SumWords(std::span(frame).subspan(kIpAt, 20))), 0);
}

TEST(ReaddressTest, RefusesFramesAndAddressesThatAreNotIpvFour) {
  const auto tcp = TcpFrame();
  auto frame = tcp;
  EXPECT_FALSE(ReaddressTo(frame, "fe80::1", "10.0.0.1"));
  EXPECT_FALSE(ReaddressTo(frame, "10.0.0.1", "fe80::1"));
  EXPECT_THAT(frame, BytesAre(tcp));
  auto arp = PacketBuilder().Ethernet().Arp().Build();
  EXPECT_FALSE(ReaddressTo(arp, "10.0.0.1", "10.0.0.2"));
  auto v6 = PacketBuilder().Ethernet().Ipv6("fe80::1", "fe80::2").Udp(1, 2).Build();
  EXPECT_FALSE(ReaddressTo(v6, "10.0.0.1", "10.0.0.2"));
}

}  // namespace
}  // namespace vpcmirror
