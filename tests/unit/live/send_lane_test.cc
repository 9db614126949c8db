#include "sim/live/send_lane.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cerrno>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "models/mirror/pieces.h"
#include "sim/live/send_socket.h"
#include "tests/support/addresses.h"
#include "tests/support/hex_diff.h"
#include "tests/support/private_network.h"

namespace vpcmirror::sim {
namespace {

const OuterFlow kLaneFlow{.source = Address("10.9.0.1"),
                          .destination = Address("10.9.0.2"),
                          .source_port = 50000,
                          .destination_port = 4789};

class SendLaneTest : public testing::Test {
 protected:
  void SetUp() override {
    if (const auto obstacle = PrivateNetwork::Obstacle()) GTEST_SKIP() << *obstacle;
    network_ = std::make_unique<PrivateNetwork>();
  }

  SendLane LaneWith(UdpChecksum checksum) {
    SendSocket socket = SendSocket::OpenUdp(kLaneFlow, {.checksum = checksum});
    EXPECT_TRUE(socket.is_connected()) << socket.error();
    return SendLane(kLaneFlow, std::move(socket), 0, false);
  }
  // Copies of so many bytes behind the outer IP and UDP header, each of one octet all over.
  void AddCopies(SendLane& lane, const std::vector<std::size_t>& sizes) {
    static const std::vector<std::byte> kPayload(2000, std::byte{7});
    for (const std::size_t size : sizes) {
      lane.Add({.tunnel = tunnel_,
                .outer = outer_,
                .inner = {},
                .payload = std::span(kPayload).first(size)},
               outer_.size());
      ++counters_.send.waiting;
    }
  }
  void FlushLane(SendLane& lane, std::size_t shortest_run) {
    SendBatch batch;
    WaitBudget budget(0);
    lane.Flush({.shortest_run = shortest_run, .on_trouble = {}}, batch, budget, counters_);
  }

  const Mirror mirror_{MirrorSettings{
      .id = "imgf-1", .receivers = {{.address = Address("10.9.0.2"), .mtu = Bytes(1500)}}}};
  const Tunnel tunnel_{mirror_, 0, Address("10.9.0.1")};
  const std::array<std::byte, 28> outer_{};  // what the kernel writes itself
  ReceiverCounters counters_{.receiver = Address("10.9.0.2"), .send = {}, .reported = {}};
  std::unique_ptr<PrivateNetwork> network_;
};

TEST_F(SendLaneTest, GoesOnOneByOneWhereTheKernelTakesNoRuns) {
  // Linux refuses to segment what goes without UDP checksum (udp_send_skb: EINVAL).
  SendLane lane = LaneWith(UdpChecksum::kZero);
  AddCopies(lane, {100, 100, 100, 50, 200});
  FlushLane(lane, 2);
  EXPECT_TRUE(lane.refuses_runs());
  EXPECT_TRUE(lane.is_empty());
  EXPECT_EQ(counters_.send.sent, 5);
  EXPECT_EQ(counters_.send.waiting, 0);
  EXPECT_THAT(counters_.send.refused, testing::IsEmpty());
  // IP and UDP headers of 28 bytes each time.
  EXPECT_EQ(counters_.send.sent_bytes, Bytes(100 + 100 + 100 + 50 + 200 + 5 * 28));
}

TEST_F(SendLaneTest, RunEndsWithTheFirstShorterCopyAndBeforeALongerOne) {
  network_->Near("ethtool -K m1 tx-udp-segmentation on");  // so that a run arrives as one packet
  const PacketTap tap = network_->OnFar([] { return PacketTap("r0"); });
  SendLane lane = LaneWith(UdpChecksum::kByKernel);
  AddCopies(lane, {100, 100, 50, 50, 60, 60, 60, 0, 10});
  FlushLane(lane, 2);
  std::vector<std::size_t> udp_bytes;
  for (const auto& packet : tap.Frames(5, "02:00:00:00:01:01")) {
    udp_bytes.push_back(packet.size() - 42);  // Ethernet, IP, UDP
  }
  EXPECT_THAT(udp_bytes, testing::ElementsAre(250, 50, 180, 0, 10));
  EXPECT_FALSE(lane.refuses_runs());
  EXPECT_EQ(counters_.send.sent, 9);
}

TEST_F(SendLaneTest, RunHasAtMost64CopiesAnd65507Bytes) {
  network_->Near("ethtool -K m1 tx-udp-segmentation on");
  const PacketTap tap = network_->OnFar([] { return PacketTap("r0"); });
  SendLane lane = LaneWith(UdpChecksum::kByKernel);
  AddCopies(lane, std::vector<std::size_t>(65, 100));
  AddCopies(lane, std::vector<std::size_t>(46, 1450));
  FlushLane(lane, 2);
  std::vector<std::size_t> udp_bytes;
  for (const auto& packet : tap.Frames(4, "02:00:00:00:01:01")) {
    udp_bytes.push_back(packet.size() - 42);
  }
  // 45 of 1450 are 65250, one more would be 66700.
  EXPECT_THAT(udp_bytes, testing::ElementsAre(6400, 100, 65250, 1450));
}

TEST(WaitBudgetTest, EndsWithItsTime) {
  EXPECT_FALSE(WaitBudget(0).Wait(-1, true));
  WaitBudget millisecond(1'000'000);
  EXPECT_TRUE(millisecond.Wait(-1, true));  // which takes a millisecond at least
  EXPECT_FALSE(millisecond.Wait(-1, true));
}

TEST(SendSocketTest, TellsWhyItIsNotOpen) {
  if (const auto obstacle = PrivateNetwork::Obstacle()) GTEST_SKIP() << *obstacle;
  const PrivateNetwork network;
  const SendSocket socket = SendSocket::OpenUdp(
      {.source = Address("10.9.0.1"), .destination = Address("10.77.0.1"), .source_port = 50000},
      {});
  EXPECT_TRUE(socket.is_open());
  EXPECT_FALSE(socket.is_connected());
  EXPECT_EQ(socket.error(), ENETUNREACH);
}

}  // namespace
}  // namespace vpcmirror::sim
