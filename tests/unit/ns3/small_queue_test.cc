#include <gtest/gtest.h>
#include <ns3/bulk-send-helper.h>
#include <ns3/inet-socket-address.h>
#include <ns3/packet-sink-helper.h>
#include <ns3/packet-sink.h>
#include <ns3/tcp-socket-factory.h>

#include "models/ns3/tcp_stack.h"
#include "tests/unit/ns3/two_hosts.h"

namespace vpcmirror {
namespace {

constexpr std::uint16_t kPort = 5001;
// In two seconds of 100 Mbit/s in and out together: 536 bytes of data, ns-3's default, in
// each frame of 602, and an acknowledgement of 66 for every second one.
constexpr double kMost = 25e6 * 2 * 536 / (2 * 602 + 66);

class SmallQueueTest : public TwoHostsTest {
 protected:
  struct Outcome {
    std::int64_t lost = 0;
    std::uint64_t received = 0;
  };

  // A greedy flow of ns-3's own applications for two seconds.
  Outcome Run(std::uint64_t small_queue) {
    Install("100Mbps");
    client_->SetAttribute("SmallQueue", ns3::UintegerValue(small_queue));
    client_->GetNode()->GetObject<CvmHost>()->SetAttribute(
        "QueueSize", ns3::QueueSizeValue(ns3::QueueSize("100p")));
    TcpStack::Of(client_, client_->primary_address());
    TcpStack::Of(server_, server_->primary_address());
    const ns3::InetSocketAddress server(ns3::Ipv4Address(kServer), kPort);
    ns3::PacketSinkHelper sinks("ns3::TcpSocketFactory", server);
    const ns3::ApplicationContainer sink = sinks.Install(server_->GetNode());
    ns3::BulkSendHelper senders("ns3::TcpSocketFactory", server);
    senders.SetAttribute("MaxBytes", ns3::UintegerValue(0));
    senders.Install(client_->GetNode());
    ns3::Simulator::Stop(ns3::Seconds(2));
    ns3::Simulator::Run();
    Outcome outcome;
    for (const Count& count : client_->dropped()) outcome.lost += count.frames;
    outcome.received = ns3::DynamicCast<ns3::PacketSink>(sink.Get(0))->GetTotalRx();
    return outcome;
  }
};

TEST_F(SmallQueueTest, KeepsAFlowFromFillingItsOwnQueue) {
  const Outcome outcome = Run(12'500);  // a millisecond
  EXPECT_EQ(outcome.lost, 0);
  EXPECT_GT(static_cast<double>(outcome.received), 0.98 * kMost);
}

TEST_F(SmallQueueTest, WithoutItTheFlowLosesWhereItIsSent) { EXPECT_GT(Run(0).lost, 0); }

// Two frames pass whatever the limit is, or nothing would.
TEST_F(SmallQueueTest, NoLimitIsTooSmallToSend) {
  const Outcome outcome = Run(1);
  EXPECT_EQ(outcome.lost, 0);
  EXPECT_GT(static_cast<double>(outcome.received), 0.98 * kMost);
}

}  // namespace
}  // namespace vpcmirror
