#include "sim/live/checksum_offload.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "models/wire/byte_order.h"
#include "tests/support/packet_builder.h"

namespace vpcmirror::sim {
namespace {

using Octets = std::vector<std::byte>;

constexpr std::size_t kTransport = 34;  // behind Ethernet and IPv4

// 10.0.0.1 to 10.0.0.2, TCP, 21 octets: 0x0a00 + 0x0001 + 0x0a00 + 0x0002 + 6 + 21 = 0x141e.
Octets OpenTcp() {
  Octets frame =
      PacketBuilder().Ethernet().Ipv4("10.0.0.1", "10.0.0.2").Tcp(1, 2).Raw({std::byte{7}}).Build();
  StoreBe16(&frame[kTransport + 16], 0x141e);
  return frame;
}

// What a receiver does (RFC 1071): all words and the pseudo-header's add up to 0xffff.
std::uint32_t SumOf(const Octets& frame, std::uint32_t pseudo_header) {
  std::uint32_t sum = pseudo_header;
  for (std::size_t at = kTransport; at < frame.size(); ++at) {
    const auto octet = std::to_integer<std::uint32_t>(frame[at]);
    sum += (at - kTransport) % 2 == 0 ? octet << 8 : octet;
  }
  while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
  return sum;
}

TEST(CompleteChecksumTest, WritesWhatAReceiverVerifies) {
  Octets frame = OpenTcp();
  EXPECT_TRUE(CompleteChecksum(frame));
  EXPECT_EQ(SumOf(frame, 0x141e), 0xffffu);
}

TEST(CompleteChecksumTest, LeavesPaddingOut) {
  Octets padded = OpenTcp();
  padded.resize(60, std::byte{0xaa});
  Octets frame = OpenTcp();
  ASSERT_TRUE(CompleteChecksum(padded));
  ASSERT_TRUE(CompleteChecksum(frame));
  EXPECT_EQ(LoadBe16(&padded[kTransport + 16]), LoadBe16(&frame[kTransport + 16]));
}

TEST(CompleteChecksumTest, LeavesAFinishedChecksumAlone) {
  Octets frame = OpenTcp();
  ASSERT_TRUE(CompleteChecksum(frame));
  const Octets finished = frame;
  EXPECT_FALSE(CompleteChecksum(frame));
  EXPECT_EQ(frame, finished);
}

// A VXLAN packet has 0 there, and what is open is the TCP checksum inside.
TEST(CompleteChecksumTest, LeavesATunnelsOuterChecksumAlone) {
  Octets frame = PacketBuilder()
                     .Ethernet()
                     .Ipv4("10.0.0.1", "10.0.0.2")
                     .Udp(50000, 4789)
                     .Vxlan(42)
                     .Ethernet()
                     .Ipv4("10.8.0.1", "10.8.0.2")
                     .Tcp(1, 2)
                     .Build();
  const Octets before = frame;
  EXPECT_FALSE(CompleteChecksum(frame));
  EXPECT_EQ(frame, before);
}

// 10.0.0.1 to 10.0.0.2, UDP, 10 octets: 0x0a00 + 1 + 0x0a00 + 2 + 17 + 10 = 0x141e. All words are
// 0x141e + 0x0001 + 0x0002 + 0x000a + 0xebd4 = 0xffff, the complement of which is 0.
TEST(CompleteChecksumTest, WritesAllOnesForAUdpChecksumOfZero) {
  Octets frame = PacketBuilder()
                     .Ethernet()
                     .Ipv4("10.0.0.1", "10.0.0.2")
                     .Udp(1, 2)
                     .Raw({std::byte{0xeb}, std::byte{0xd4}})
                     .Build();
  StoreBe16(&frame[kTransport + 6], 0x141e);
  ASSERT_TRUE(CompleteChecksum(frame));
  EXPECT_EQ(LoadBe16(&frame[kTransport + 6]), 0xffff);
}

TEST(CompleteChecksumTest, RefusesWhatIsCut) {
  Octets frame = OpenTcp();
  frame.pop_back();
  EXPECT_FALSE(CompleteChecksum(frame));
}

}  // namespace
}  // namespace vpcmirror::sim
