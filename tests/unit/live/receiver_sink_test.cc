#include "sim/live/receiver_sink.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "tests/support/addresses.h"
#include "tests/support/hex_diff.h"
#include "tests/support/packet_builder.h"
#include "tests/support/private_network.h"
#include "tests/unit/live/copy_maker.h"

namespace vpcmirror::sim {
namespace {

using Octet = std::byte;
using FrameBytes = std::vector<Octet>;

constexpr const char* kInnerSource = "02:00:00:00:00:01";  // PacketBuilder's
constexpr const char* kNearSource = "02:00:00:00:01:01";

MirrorSettings MirrorTo(const std::string& receiver, EncapsulationKind kind) {
  MirrorSettings settings{.id = "imgf-1",
                          .receivers = {{.address = Address(receiver), .mtu = Bytes(8500)}}};
  settings.tunnel.kind = kind;
  settings.tunnel.vni = 42;
  settings.mtu.basis = MtuBasis::kReceiver;
  return settings;
}

// Of `flows` flows in turn, as long as `payloads` says in turn; their payload tells their place.
std::vector<FrameBytes> NumberedFrames(std::size_t count, std::size_t flows,
                                       const std::vector<std::size_t>& payloads) {
  std::vector<FrameBytes> frames;
  for (std::size_t i = 0; i < count; ++i) {
    const auto port = static_cast<std::uint16_t>(20000 + i % flows);
    FrameBytes frame = PacketBuilder()
                           .Ethernet()
                           .Ipv4("10.8.0.1", "10.8.0.2")
                           .Udp(port, 5000)
                           .Payload(payloads[i % payloads.size()])
                           .Build();
    for (std::size_t octet = 0; octet < 4; ++octet) {
      frame[42 + octet] = static_cast<std::byte>(i >> (8 * (3 - octet)) & 255);
    }
    frames.push_back(std::move(frame));
  }
  return frames;
}

// By inner source port.
std::map<unsigned, std::vector<FrameBytes>> ByFlow(const std::vector<FrameBytes>& frames) {
  std::map<unsigned, std::vector<FrameBytes>> flows;
  for (const FrameBytes& frame : frames) {
    const unsigned port =
        std::to_integer<unsigned>(frame.at(34)) * 256 + std::to_integer<unsigned>(frame.at(35));
    flows[port].push_back(frame);
  }
  return flows;
}

class ReceiverSinkTest : public testing::Test {
 protected:
  void SetUp() override {
    if (const auto obstacle = PrivateNetwork::Obstacle()) GTEST_SKIP() << *obstacle;
    network_ = std::make_unique<PrivateNetwork>();
    network_->Near("ip link set m1 mtu 9000");
    network_->Far("ip link set r0 mtu 9000");
  }

  PacketTap TapOf(const std::string& interface) const {
    return network_->OnFar([&] { return PacketTap(interface); });
  }

  std::unique_ptr<PrivateNetwork> network_;
};

TEST_F(ReceiverSinkTest, KernelVxlanDeviceYieldsTheFrames) {
  network_->Far(
      "ip link add vx0 type vxlan id 42 local 10.9.0.2 dstport 4789 dev r0 nolearning"
      " && ip link set vx0 mtu 8900 up && ethtool -K vx0 gro off");
  const PacketTap tap = TapOf("vx0");
  ReceiverSink sink({});
  CopyMaker maker(MirrorTo("10.9.0.2", EncapsulationKind::kVxlan), Address("10.9.0.1"));
  sink.Open(maker.tunnel());
  const auto frames = NumberedFrames(1000, 100, {64, 64, 1400, 300});
  for (const FrameBytes& frame : frames) maker.Offer(frame, sink);
  sink.Flush();
  const auto got = tap.Frames(frames.size(), kInnerSource);
  EXPECT_EQ(ByFlow(got), ByFlow(frames));
  EXPECT_EQ(sink.counters().taken, 1000);
  EXPECT_EQ(sink.counters().sent, 1000);
}

}  // namespace
}  // namespace vpcmirror::sim
