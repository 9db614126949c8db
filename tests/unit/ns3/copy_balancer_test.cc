#include "models/ns3/copy_balancer.h"

#include <gmock/gmock.h>

#include <string>
#include <utility>

#include "models/ns3/raw_header.h"
#include "tests/unit/ns3/two_hosts.h"

namespace vpcmirror {
namespace {

using testing::ElementsAre;

class CopyBalancerTest : public TwoHostsTest {
 protected:
  static constexpr std::uint32_t kBalancer = 0x0a000009;
  static constexpr std::uint32_t kSecond = 0x0a000004;

  // The client's copies go to a load balancer in front of the receiver and a second one.
  void Balance(LoadBalancer balancer) {
    Install("0bps");
    second_eni_ = InstallHost(kSecond);
    second_ = vpc_->InstallReceiver(second_eni_);
    balancer_eni_ = InstallHost(kBalancer);
    balancer_ = ns3::CreateObject<CopyBalancer>();
    balancer_->SetUp(balancer, balancer_eni_, {receiver_eni_, second_eni_});
    balancer_eni_->SetBalancer(balancer_);
    MirrorSettings settings = ToReceiver();
    settings.receivers[0].address = IpAddress::V4(kBalancer);
    MirrorAt({client_}, std::move(settings));
  }
  void TearDown() override {
    second_eni_ = balancer_eni_ = nullptr;
    second_ = nullptr;
    balancer_ = nullptr;
    TwoHostsTest::TearDown();
  }

  static LoadBalancer Listening() {
    LoadBalancer balancer;
    balancer.zones = {"a"};
    balancer.backends = {{.eni = 0, .zone = "a"}, {.eni = 1, .zone = "a"}};
    balancer.listener = Listener{.port = 4789};
    return balancer;
  }

  Count Lost(CopyLoss loss) const { return sessions_[0]->losses()[static_cast<std::size_t>(loss)]; }

  ns3::Ptr<EniDevice> second_eni_;
  ns3::Ptr<MirrorReceiver> second_;
  ns3::Ptr<EniDevice> balancer_eni_;
  ns3::Ptr<CopyBalancer> balancer_;
};

// One flow has one outer port: all its copies, of 1,550 bytes, reach one backend.
TEST_F(CopyBalancerTest, PassesTheCopiesOfAFlowToOneBackend) {
  Balance(Listening());
  SendNow(10, Bytes(1500));
  ns3::Simulator::Run();
  const Count all{.frames = 10, .bytes = Bytes(15'500)};
  EXPECT_EQ(balancer_->counters().in, all);
  EXPECT_THAT(balancer_->counters().by_zone, ElementsAre(all));
  EXPECT_EQ(receiver_->counters().in + second_->counters().in, all);
  EXPECT_TRUE(receiver_->counters().in == all || second_->counters().in == all);
}

// The copy's addresses: from the client, to the backend instead of the load balancer, with a
// checksum that is right: all 16-bit words of an IPv4 header add up to ffff (RFC 1071).
TEST_F(CopyBalancerTest, WritesTheBackendIntoTheOuterHeader) {
  LoadBalancer only = Listening();
  only.backends[1].healthy = false;
  Balance(only);
  std::vector<FrameInfo> seen;
  std::vector<std::uint32_t> sums;
  receiver_eni_->TraceConnectWithoutContext(
      "MacRx",
      ns3::Callback<void, ns3::Ptr<const ns3::Packet>>([&](ns3::Ptr<const ns3::Packet> copy) {
        seen.push_back(Transit::OfPacket(copy->Copy())->info());
        std::array<std::uint8_t, 34> head;
        copy->CopyData(head.data(), head.size());
        std::uint32_t sum = 0;
        for (std::size_t i = 14; i < 34; i += 2) sum += head[i] * 256u + head[i + 1];
        sums.push_back((sum & 0xffff) + (sum >> 16));
      }));
  SendNow(1, Bytes(600));
  ns3::Simulator::Run();
  ASSERT_EQ(seen.size(), 1u);
  EXPECT_EQ(seen[0].flow.source, IpAddress::V4(kClient));
  EXPECT_EQ(seen[0].flow.destination, IpAddress::V4(kReceiver));
  EXPECT_EQ(seen[0].flow.destination_port, kVxlanPort);
  EXPECT_EQ(seen[0].destination_mac, receiver_eni_->mac());
  EXPECT_EQ(seen[0].wire_length, Bytes(650));
  EXPECT_THAT(sums, ElementsAre(0xffffu));
}

// Outer IPv4 20, UDP 8, Geneve 8 and options 32: 68 bytes more than the copy that left
// (the documentation of Gateway Load Balancers says 68).
TEST_F(CopyBalancerTest, PutsGeneveAroundACopy) {
  LoadBalancer gateway = Listening();
  gateway.kind.geneve_options = Bytes(32);
  gateway.backends[1].healthy = false;
  Balance(gateway);
  std::vector<FrameInfo> seen;
  receiver_eni_->TraceConnectWithoutContext(
      "MacRx",
      ns3::Callback<void, ns3::Ptr<const ns3::Packet>>([&](ns3::Ptr<const ns3::Packet> copy) {
        seen.push_back(Transit::OfPacket(copy->Copy())->info());
      }));
  SendNow(1, Bytes(600));
  ns3::Simulator::Run();
  ASSERT_EQ(seen.size(), 1u);
  EXPECT_EQ(seen[0].wire_length, Bytes(600 + 50 + 68));
  EXPECT_EQ(seen[0].flow.source, IpAddress::V4(kBalancer));
  EXPECT_EQ(seen[0].flow.destination, IpAddress::V4(kReceiver));
  EXPECT_EQ(seen[0].flow.destination_port, kGenevePort);
  EXPECT_EQ(seen[0].state, FrameState::kWhole);
}

TEST_F(CopyBalancerTest, DropsWithoutAListenerAndTellsTheSession) {
  LoadBalancer silent = Listening();
  silent.listener.reset();
  Balance(silent);
  SendNow(10, Bytes(1500));
  ns3::Simulator::Run();
  EXPECT_EQ(receiver_->counters().in.frames + second_->counters().in.frames, 0);
  EXPECT_EQ(Lost(CopyLoss::kLoadBalancerListener), (Count{.frames = 10, .bytes = Bytes(15'000)}));
}

TEST_F(CopyBalancerTest, DropsWhereNoHealthyBackendIsInTheZone) {
  LoadBalancer apart = Listening();
  apart.zones = {"b", "a"};
  Balance(apart);
  SendNow(5, Bytes(1500));
  ns3::Simulator::Run();
  EXPECT_EQ(Lost(CopyLoss::kLoadBalancerBackend).frames, 5);
}

TEST_F(CopyBalancerTest, TakesASourceInAtItsOwnZone) {
  LoadBalancer apart = Listening();
  apart.zones = {"b", "a"};
  Balance(apart);
  balancer_->SetSourceZone(ns3::PeekPointer(client_), 1);
  SendNow(5, Bytes(1500));
  ns3::Simulator::Run();
  EXPECT_EQ(balancer_->counters().by_zone[1].frames, 5);
  EXPECT_EQ(receiver_->counters().in.frames + second_->counters().in.frames, 5);
}

// 1,200 copies at once before a queue of 1,000 that 1 Gbps empties.
TEST_F(CopyBalancerTest, PassesNoMoreThanItsZonesBandwidth) {
  LoadBalancer narrow = Listening();
  narrow.zone_bandwidth = BitsPerSecond(1'000'000'000);
  Balance(narrow);
  SendNow(1200, Bytes(1500));
  ns3::Simulator::Run();
  EXPECT_EQ(Lost(CopyLoss::kLoadBalancerBandwidth).frames, 200);
  EXPECT_EQ(receiver_->counters().in.frames + second_->counters().in.frames, 1000);
}

// An IP packet of 8,486 + 36 bytes for backends that take 8,500.
TEST_F(CopyBalancerTest, DropsWhatTheBackendDoesNotTake) {
  Balance(Listening());
  sessions_[0]->SetMirror([&] {
    MirrorSettings settings = ToReceiver();
    settings.receivers[0] = {.address = IpAddress::V4(kBalancer), .mtu = Bytes(9001)};
    settings.mtu.basis = MtuBasis::kReceiver;
    return std::make_shared<const Mirror>(std::move(settings));
  }());
  SendNow(1, Bytes(8500));
  ns3::Simulator::Run();
  EXPECT_EQ(Lost(CopyLoss::kLoadBalancerMtu).frames, 1);
}

// Ten copies of a flow in one moment: nine of them right behind another.
TEST_F(CopyBalancerTest, CountsCopiesThatMayHaveChangedPlaces) {
  Balance(Listening());
  balancer_->SetReorderWindow(Picoseconds(100'000'000));
  SendNow(10, Bytes(1500));
  ns3::Simulator::Run();
  EXPECT_EQ(balancer_->counters().may_be_reordered, 9);
}

}  // namespace
}  // namespace vpcmirror
