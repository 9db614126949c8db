#include "models/ns3/eni_device.h"

#include <gmock/gmock.h>
#include <ns3/config.h>
#include <ns3/enum.h>
#include <ns3/string.h>
#include <ns3/uinteger.h>

#include <algorithm>

#include "tests/unit/ns3/two_hosts.h"

namespace vpcmirror {
namespace {

using EniDeviceTest = TwoHostsTest;

// 1,500 bytes at 1 Gbit/s take 12 us at the client's limit, 50 us on the fabric
// and 12 us at the server's.
TEST_F(EniDeviceTest, FrameArrivesAfterBothLimitsAndTheFabricsDelay) {
  Install("1Gbps");
  std::vector<ns3::Time> arrivals;
  server_->TraceConnectWithoutContext(
      "MacRx", ns3::Callback<void, ns3::Ptr<const ns3::Packet>>([&](ns3::Ptr<const ns3::Packet>) {
        arrivals.push_back(ns3::Simulator::Now());
      }));
  SendNow(2, Bytes(1500));
  ns3::Simulator::Run();
  EXPECT_THAT(arrivals, testing::ElementsAre(ns3::MicroSeconds(74), ns3::MicroSeconds(86)));
}

// 100 frames of 1,500 bytes, each with a copy of 1,550.
TEST_F(EniDeviceTest, CopiesLeaveBesideProductionAndReachTheReceiver) {
  Install("0bps");
  MirrorAt({client_});
  SendNow(100, Bytes(1500));
  ns3::Simulator::Run();
  EXPECT_EQ(client_->counters().out, (Count{.frames = 100, .bytes = Bytes(150'000)}));
  EXPECT_EQ(client_->counters().copies_out, (Count{.frames = 100, .bytes = Bytes(155'000)}));
  EXPECT_EQ(server_->counters().in.frames, 100);
  EXPECT_EQ(receiver_->counters().in, (Count{.frames = 100, .bytes = Bytes(155'000)}));
  const Ledger& ledger = sessions_[0]->ledger();
  EXPECT_TRUE(ledger.AddsUp());
  EXPECT_EQ(ledger.mirrored, (Count{.frames = 100, .bytes = Bytes(150'000)}));
  EXPECT_EQ(ledger.wire_bytes, Bytes(155'000));
}

TEST_F(EniDeviceTest, MirrorsWhatArrivesAsWell) {
  Install("0bps");
  MirrorAt({server_});
  SendNow(10, Bytes(200));
  ns3::Simulator::Run();
  EXPECT_EQ(server_->counters().copies_out.frames, 10);
  EXPECT_EQ(receiver_->counters().in.frames, 10);
}

// The receiver is itself a source: of what comes to its mirror port nothing is
// copied again, or the copies would never end.
TEST_F(EniDeviceTest, CopiesAreNotCopiedAgainAtTheReceiver) {
  Install("0bps");
  MirrorAt({client_, server_, receiver_eni_});
  SendNow(10, Bytes(200));
  ns3::Simulator::Run();
  EXPECT_EQ(receiver_->counters().in.frames, 20);
  const Ledger& at_receiver = sessions_[2]->ledger();
  EXPECT_EQ(at_receiver.rejected[static_cast<std::size_t>(Refusal::kMirrorTraffic)].frames, 20);
  EXPECT_EQ(at_receiver.mirrored.frames, 0);
}

TEST_F(EniDeviceTest, NeitherAreCopiesWithoutAnEncapsulation) {
  Install("0bps");
  MirrorSettings plain = ToReceiver();
  plain.tunnel.kind = EncapsulationKind::kNone;
  MirrorAt({client_, receiver_eni_}, plain);
  SendNow(10, Bytes(200));
  ns3::Simulator::Run();
  EXPECT_EQ(receiver_->counters().in, (Count{.frames = 10, .bytes = Bytes(2000)}));
  EXPECT_EQ(sessions_[1]->ledger().mirrored.frames, 0);
}

TEST_F(EniDeviceTest, PacketAtBothEndsIsADuplicateOnce) {
  Install("0bps");
  MirrorAt({client_, server_});
  SendNow(10, Bytes(200));
  ns3::Simulator::Run();
  EXPECT_EQ(receiver_->counters().in.frames, 20);
  EXPECT_EQ(receiver_->counters().duplicates, (Count{.frames = 10, .bytes = Bytes(2500)}));
}

TEST_F(EniDeviceTest, StateAndDirectionAreAttributes) {
  Install("0bps");
  MirrorAt({client_});
  sessions_[0]->SetAttribute("State", ns3::StringValue("STOPED"));
  SendNow(3, Bytes(200));
  sessions_[0]->SetAttribute("State", ns3::StringValue("RUNNING"));
  SendNow(5, Bytes(200));
  sessions_[0]->SetAttribute("Direction", ns3::StringValue("INGRESS"));
  SendNow(7, Bytes(200));
  ns3::Simulator::Run();
  const Ledger& ledger = sessions_[0]->ledger();
  EXPECT_EQ(ledger.rejected[static_cast<std::size_t>(Refusal::kStopped)].frames, 3);
  EXPECT_EQ(ledger.mirrored.frames, 5);
  EXPECT_EQ(ledger.rejected[static_cast<std::size_t>(Refusal::kDirection)].frames, 7);
}

TEST_F(EniDeviceTest, LimitsAreAttributesThatConfigSets) {
  ns3::Config::SetDefault("vpcmirror::CvmHost::QueueSize", ns3::StringValue("3p"));
  ns3::Config::SetDefault("vpcmirror::CvmHost::Congestion", ns3::StringValue("Fifo"));
  vpc_ = std::make_unique<VpcHelper>();
  Install("1Mbps");
  SendNow(10, Bytes(1500));
  ns3::Simulator::Run();
  ns3::Config::Reset();
  EXPECT_EQ(client_->counters().out.frames, 3);
  EXPECT_EQ(client_->dropped()[static_cast<std::size_t>(FrameDrop::kEgressBandwidth)].frames, 7);
}

// 10 frames and their copies want 10 * (1,500 + 1,550) bytes through 1 Mbit/s;
// after 20 ms, 2,500 bytes, one copy (12.4 ms) has left and nothing else.
TEST_F(EniDeviceTest, WhatStillWaitsHasNotLeft) {
  Install("1Mbps");
  MirrorAt({client_});
  SendNow(10, Bytes(1500));
  ns3::Simulator::Stop(ns3::MilliSeconds(20));
  ns3::Simulator::Run();
  const EniCounters counters = client_->CountersAt(SimulatedNow());
  EXPECT_EQ(counters.out.frames, 0);
  EXPECT_EQ(counters.copies_out, (Count{.frames = 1, .bytes = Bytes(1550)}));
  const Ledger ledger = sessions_[0]->LedgerAt(SimulatedNow());
  EXPECT_EQ(ledger.mirrored, (Count{.frames = 1, .bytes = Bytes(1500)}));
  EXPECT_EQ(ledger.queued_at_end, (Count{.frames = 9, .bytes = Bytes(13'500)}));
  EXPECT_EQ(ledger.wire_datagrams, 1);
  EXPECT_TRUE(ledger.AddsUp());
}

// 1,514 bytes go out as 1,464 + 50.
TEST_F(EniDeviceTest, TheCutOfWhatStillWaitsWasNotMade) {
  Install("1Mbps");
  MirrorSettings narrow = ToReceiver();
  narrow.receivers[0].mtu = Bytes(1500);
  MirrorAt({client_}, narrow);
  SendNow(4, Bytes(1514));
  ns3::Simulator::Stop(ns3::MilliSeconds(20));
  ns3::Simulator::Run();
  const Ledger ledger = sessions_[0]->LedgerAt(SimulatedNow());
  EXPECT_EQ(ledger.truncated.frames, 1);
  EXPECT_EQ(ledger.truncated_away, Bytes(50));
  EXPECT_EQ(ledger.wire_bytes, Bytes(1514));
}

TEST_F(EniDeviceTest, CopyForNobodyIsCounted) {
  Install("0bps");
  MirrorSettings settings = ToReceiver();
  settings.receivers[0].address = IpAddress::V4(kServer);
  MirrorAt({client_}, settings);
  SendNow(4, Bytes(200));
  ns3::Simulator::Run();
  EXPECT_EQ(sessions_[0]->losses()[static_cast<std::size_t>(CopyLoss::kNotReceived)].frames, 4);
}

// 10 copies of 1,550 bytes in one moment for a ring of 4 in front of 1 Mbit/s.
TEST_F(EniDeviceTest, FullRingLosesCopies) {
  Install("0bps");
  receiver_->SetAttribute("Bandwidth", ns3::StringValue("1Mbps"));
  receiver_->SetAttribute("RingFrames", ns3::UintegerValue(4));
  MirrorAt({client_});
  SendNow(10, Bytes(1500));
  ns3::Simulator::Run();
  EXPECT_EQ(receiver_->counters().ring_full.frames, 6);
  EXPECT_EQ(receiver_->counters().digested.frames, 4);
  EXPECT_EQ(sessions_[0]->losses()[static_cast<std::size_t>(CopyLoss::kReceiverRing)],
            (Count{.frames = 6, .bytes = Bytes(9000)}));
  const ReceiverCounters counters = receiver_->CountersAt(SimulatedNow());
  EXPECT_EQ(counters.waiting.frames, 4);
  EXPECT_EQ(counters.digested.frames, 0);
}

// 10 copies of one flow in one moment for four workers with rings of 4: one worker has
// them all.
TEST_F(EniDeviceTest, OneFlowFillsTheRingOfOneWorker) {
  Install("0bps");
  receiver_->SetAttribute("Bandwidth", ns3::StringValue("4Mbps"));
  receiver_->SetAttribute("RingFrames", ns3::UintegerValue(4));
  receiver_->SetAttribute("Workers", ns3::UintegerValue(4));
  MirrorAt({client_, server_});
  SendNow(5, Bytes(1500));
  ns3::Simulator::Run();
  EXPECT_EQ(receiver_->counters().in.frames, 10);  // at the client and at the server
  ASSERT_NE(receiver_->workers(), nullptr);
  std::int64_t most = 0;
  for (const auto& worker : receiver_->workers()->workers()) most = std::max(most, worker.frames);
  EXPECT_EQ(most, 10);
  EXPECT_EQ(receiver_->workers()->workers().size(), 4u);
}

// Combined: what came in at the client leaves less for what goes out. Server to
// client fills the client's 1 Gbit/s for 12 us before it sends 1,500 bytes.
TEST_F(EniDeviceTest, CombinedLimitCountsBothDirections) {
  Install("1Gbps");
  const FrameTemplate back({.source = IpAddress::V4(kServer),
                            .destination = IpAddress::V4(kClient),
                            .source_port = 443,
                            .destination_port = 40000,
                            .protocol = kProtocolUdp,
                            .ports = Ports::kKnown},
                           server_->mac(), client_->mac());
  std::vector<ns3::Time> arrivals;
  server_->TraceConnectWithoutContext(
      "MacRx", ns3::Callback<void, ns3::Ptr<const ns3::Packet>>([&](ns3::Ptr<const ns3::Packet>) {
        arrivals.push_back(ns3::Simulator::Now());
      }));
  FrameSender outside(nullptr, client_);
  outside.Send(back, Bytes(1500));
  SendNow(1, Bytes(1500));
  ns3::Simulator::Run();
  EXPECT_THAT(arrivals, testing::ElementsAre(ns3::MicroSeconds(12 + 12 + 50 + 12)));
}

}  // namespace
}  // namespace vpcmirror
