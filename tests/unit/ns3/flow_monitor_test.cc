#include <gmock/gmock.h>
#include <ns3/enum.h>
#include <ns3/flow-monitor-helper.h>
#include <ns3/flow-monitor.h>
#include <ns3/queue-size.h>

#include "tests/unit/ns3/internet_hosts.h"

namespace vpcmirror {
namespace {

class FlowMonitorTest : public InternetHostsTest {
 protected:
  void SetUpHosts(const std::string& bandwidth) {
    Install(bandwidth);
    InstallStacks();
    AssignAddresses();
    monitor_ = monitors_.Install(Nodes());
  }
  void TearDown() override {
    monitor_ = nullptr;
    InternetHostsTest::TearDown();
  }

  // Of the only flow that there is.
  ns3::FlowMonitor::FlowStats OnlyFlow() {
    monitor_->CheckForLostPackets(ns3::Time(0));
    const auto flows = monitor_->GetFlowStats();
    EXPECT_EQ(flows.size(), 1u);
    return flows.empty() ? ns3::FlowMonitor::FlowStats() : flows.begin()->second;
  }

  ns3::FlowMonitorHelper monitors_;
  ns3::Ptr<ns3::FlowMonitor> monitor_;
};

// Packets a millisecond apart never wait: 10 us at the client, 50 us on the fabric, 10 us
// at the server. The receiver's copies of 1,300 bytes are no packets of the flow, and
// delay it: each leaves before its frame, which takes 10.4 us at the client.
TEST_F(FlowMonitorTest, SeesProductionAndNoCopies) {
  SetUpHosts("1Gbps");
  MirrorAt({client_});
  constexpr int kPackets = 100;
  for (int i = 0; i < kPackets; ++i) {
    ns3::Simulator::Schedule(ns3::MilliSeconds(i), [this] { SendDatagrams(1, kFrame); });
  }
  ns3::Simulator::Stop(ns3::Seconds(1));
  ns3::Simulator::Run();
  const auto flow = OnlyFlow();
  EXPECT_EQ(flow.txPackets, 100u);
  EXPECT_EQ(flow.rxPackets, 100u);
  EXPECT_EQ(flow.txBytes, 100u * (kFrame - 14));  // IP packets
  EXPECT_EQ(flow.lostPackets, 0u);
  EXPECT_EQ(flow.delaySum, kPackets * (ns3::NanoSeconds(10'400) + ns3::MicroSeconds(10 + 50 + 10)));
  EXPECT_EQ(flow.jitterSum, ns3::Time(0));
  EXPECT_EQ(receiver_->counters().in.frames, kPackets);
}

// Of 10 at once a queue of 3 takes the first 3.
TEST_F(FlowMonitorTest, CountsWhatTheEniLost) {
  vpc_->DisableFlowControl();
  vpc_->SetHostAttribute("QueueSize", ns3::QueueSizeValue(ns3::QueueSize("3p")));
  vpc_->SetHostAttribute("Congestion", ns3::EnumValue(static_cast<int>(Congestion::kFifo)));
  SetUpHosts("1Mbps");
  SendDatagrams(10, kFrame);
  ns3::Simulator::Stop(ns3::Seconds(1));
  ns3::Simulator::Run();
  const auto flow = OnlyFlow();
  EXPECT_EQ(flow.txPackets, 10u);
  EXPECT_EQ(flow.rxPackets, 3u);
  EXPECT_EQ(flow.lostPackets, 7u);
}

}  // namespace
}  // namespace vpcmirror
