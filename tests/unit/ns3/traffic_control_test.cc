#include <gmock/gmock.h>
#include <ns3/enum.h>
#include <ns3/queue-size.h>
#include <ns3/string.h>
#include <ns3/traffic-control-helper.h>
#include <ns3/traffic-control-layer.h>

#include "tests/unit/ns3/internet_hosts.h"

namespace vpcmirror {
namespace {

constexpr auto kEgressBandwidth = static_cast<std::size_t>(FrameDrop::kEgressBandwidth);

class TrafficControlTest : public InternetHostsTest {
 protected:
  void InstallFifo(const std::string& bandwidth, std::uint32_t ring_frames) {
    vpc_->SetHostAttribute("Congestion", ns3::EnumValue(static_cast<int>(Congestion::kFifo)));
    vpc_->SetDeviceAttribute("TxRingFrames", ns3::UintegerValue(ring_frames));
    Install(bandwidth);
  }

  // At the client, in place of ns-3's default queue disc.
  ns3::Ptr<ns3::QueueDisc> InstallQueueDisc(ns3::TrafficControlHelper& helper) {
    InstallStacks();
    const ns3::QueueDiscContainer discs = helper.Install(client_);
    AssignAddresses();
    return discs.Get(0);
  }

  ns3::Ptr<ns3::QueueDisc> InstallFifoQueueDisc(const std::string& room) {
    ns3::TrafficControlHelper helper;
    helper.SetRootQueueDisc("ns3::FifoQueueDisc", "MaxSize", ns3::StringValue(room));
    return InstallQueueDisc(helper);
  }
};

// Of 100 at once the ring takes 4 and the queue disc 10. What the device would lose, the
// queue disc loses, and 14 frames leave back to back.
TEST_F(TrafficControlTest, QueueDiscHoldsAndLosesWhatTheRingHasNoRoomFor) {
  InstallFifo("1Mbps", 4);
  const auto disc = InstallFifoQueueDisc("10p");
  SendDatagrams(100, kFrame);
  ns3::Simulator::Run();
  EXPECT_EQ(disc->GetStats().nTotalDroppedPackets, 86u);
  EXPECT_EQ(client_->dropped()[kEgressBandwidth].frames, 0);
  EXPECT_EQ(client_->counters().out.frames, 14);
  ASSERT_EQ(arrivals_.size(), 14u);
  // Over the client's limit the last is 14th; then the fabric's delay, and the server's limit.
  EXPECT_EQ(arrivals_.back().at, ns3::MilliSeconds(140 + 10) + ns3::MicroSeconds(50));
}

// Without flow control the queue disc never waits, and the device, whose queue holds 6
// frames, loses the rest.
TEST_F(TrafficControlTest, WithoutFlowControlTheDeviceLosesThem) {
  vpc_->DisableFlowControl();
  vpc_->SetHostAttribute("QueueSize", ns3::QueueSizeValue(ns3::QueueSize("6p")));
  InstallFifo("1Mbps", 4);
  const auto disc = InstallFifoQueueDisc("10p");
  SendDatagrams(100, kFrame);
  ns3::Simulator::Run();
  EXPECT_EQ(disc->GetStats().nTotalDroppedPackets, 0u);
  EXPECT_EQ(client_->dropped()[kEgressBandwidth].frames, 94);
  EXPECT_EQ(arrivals_.size(), 6u);
}

// As any device of ns-3 with flow control.
TEST_F(TrafficControlTest, AddressHelperInstallsTheDefaultQueueDisc) {
  Install("1Mbps");
  InstallStacks();
  AssignAddresses();
  const auto layer = client_->GetNode()->GetObject<ns3::TrafficControlLayer>();
  const auto disc = layer->GetRootQueueDiscOnDevice(client_);
  ASSERT_TRUE(disc);
  EXPECT_EQ(disc->GetInstanceTypeId().GetName(), "ns3::FqCoDelQueueDisc");
}

// Two frames are in the ring and cannot be overtaken; of the rest the five of high
// priority, which came last, go first.
TEST_F(TrafficControlTest, PriorityOvertakesWhatIsNotInTheRingYet) {
  InstallFifo("1Mbps", 2);
  ns3::TrafficControlHelper helper;
  const std::uint16_t root = helper.SetRootQueueDisc("ns3::PrioQueueDisc");
  const auto bands = helper.AddQueueDiscClasses(root, 3, "ns3::QueueDiscClass");
  helper.AddChildQueueDiscs(root, bands, "ns3::FifoQueueDisc");
  InstallQueueDisc(helper);
  constexpr std::uint8_t kInteractive = 6;  // band 0, as in Linux's prio
  SendDatagrams(5, kFrame);
  SendDatagrams(5, 125, kInteractive);
  ns3::Simulator::Run();
  std::vector<std::uint32_t> sizes;
  for (const Arrival& arrival : arrivals_) sizes.push_back(arrival.payload + kFrameOverhead);
  EXPECT_THAT(
      sizes, testing::ElementsAre(kFrame, kFrame, 125, 125, 125, 125, 125, kFrame, kFrame, kFrame));
}

// A ring of 4 and their copies are at most 8 frames in a queue of 8: none is lost there,
// where without flow control 100 frames and 100 copies would be too many.
TEST_F(TrafficControlTest, FramesAndCopiesFitWhereTheRingIsHalfOfTheQueue) {
  vpc_->SetHostAttribute("QueueSize", ns3::QueueSizeValue(ns3::QueueSize("8p")));
  InstallFifo("1Mbps", 4);
  const auto disc = InstallFifoQueueDisc("1000p");
  MirrorAt({client_});
  SendDatagrams(100, kFrame);
  ns3::Simulator::Run();
  EXPECT_EQ(disc->GetStats().nTotalDroppedPackets, 0u);
  EXPECT_EQ(client_->dropped()[kEgressBandwidth].frames, 0);
  EXPECT_EQ(sessions_[0]->ledger().mirrored.frames, 100);
  EXPECT_EQ(arrivals_.size(), 100u);
}

// What is lost in the device leaves the ring: 10 datagrams at once, of which its queue of
// 3 holds the first 3, then 10 more when that is empty.
TEST_F(TrafficControlTest, LostFramesLeaveTheRing) {
  vpc_->SetHostAttribute("QueueSize", ns3::QueueSizeValue(ns3::QueueSize("3p")));
  InstallFifo("1Mbps", 5);
  const auto disc = InstallFifoQueueDisc("1000p");
  SendDatagrams(10, kFrame);
  ns3::Simulator::Stop(ns3::Seconds(1));
  ns3::Simulator::Run();
  EXPECT_EQ(client_->dropped()[kEgressBandwidth].frames, 7);
  SendDatagrams(10, kFrame);
  ns3::Simulator::Stop(ns3::Seconds(1));
  ns3::Simulator::Run();
  EXPECT_EQ(client_->dropped()[kEgressBandwidth].frames, 14);
  EXPECT_EQ(arrivals_.size(), 6u);
  EXPECT_EQ(disc->GetNPackets(), 0u);
}

// Byte queue limits let fewer bytes wait in front of the egress than the ring has room
// for: two frames, and the one that goes over them. Of 50, 25 have left after 250 ms.
TEST_F(TrafficControlTest, ByteQueueLimitsHoldBackSooner) {
  InstallFifo("1Mbps", 100);
  ns3::TrafficControlHelper helper;
  helper.SetRootQueueDisc("ns3::FifoQueueDisc");
  helper.SetQueueLimits("ns3::DynamicQueueLimits", "MaxLimit", ns3::UintegerValue(2 * kFrame));
  const auto disc = InstallQueueDisc(helper);
  SendDatagrams(50, kFrame);
  ns3::Simulator::Stop(ns3::MilliSeconds(250));
  ns3::Simulator::Run();
  EXPECT_GE(disc->GetNPackets(), 50u - 25u - 3u);
  ns3::Simulator::Run();
  EXPECT_EQ(arrivals_.size(), 50u);
}

// Frames that open-loop sources send are not of the node's protocols and wait for nobody.
TEST_F(TrafficControlTest, OpenLoopSourcesPassBesideTheRing) {
  InstallFifo("1Mbps", 1);
  SendNow(10, Bytes(kFrame));
  EXPECT_EQ(client_->counters().out.frames, 10);
}

}  // namespace
}  // namespace vpcmirror
