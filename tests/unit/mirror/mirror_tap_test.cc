#include "models/mirror/mirror_tap.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <ostream>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/support/hex_diff.h"
#include "tests/support/packet_builder.h"
#include "tests/support/parsed.h"
#include "tests/unit/mirror/mirror_samples.h"

namespace vpcmirror {
namespace {

// Tencent's list (cloud-semantics 1.3) with the service addresses of its profile.
std::shared_ptr<const TapRules> TencentRules() {
  const IpPrefix services = *ParseIpPrefix("169.254.0.0/16");
  return std::make_shared<const TapRules>(TapRules{
      .never_mirrored =
          {{.name = "arp", .ether_type = kEtherTypeArp},
           {.name = "dhcp", .protocol = kProtocolUdp, .ports = {67, 68}, .both_ports = true},
           {.name = "metadata",
            .protocol = kProtocolTcp,
            .service = ParseIpPrefix("169.254.0.23/32"),
            .ports = {80}},
           {.name = "ntp", .protocol = kProtocolUdp, .service = services, .ports = {123}},
           {.name = "activation", .protocol = kProtocolTcp, .service = services, .ports = {1688}}},
      .mirror_ports = {{kReceiver, kProtocolUdp, kVxlanPort}}});
}

MirrorTap TencentTap(MirrorSettings settings) {
  return MirrorTap({.eni_id = "eni-a", .mtu = Bytes(8500)}, TencentRules(),
                   {std::make_shared<const Mirror>(std::move(settings))});
}

PacketBuilder UdpBetween(std::string_view source, std::string_view destination,
                         std::uint16_t source_port, std::uint16_t destination_port) {
  return PacketBuilder().Ethernet().Ipv4(source, destination).Udp(source_port, destination_port);
}

PacketBuilder Web() {
  return PacketBuilder().Ethernet().Ipv4("10.0.0.5", "10.0.1.1").Tcp(40000, 443).Payload(100);
}

Refusal RefusalOf(const MirrorTap& tap, const Frame& frame) {
  return tap.OnFrame(frame).outcomes()[0].refusal;
}

struct TapCase {
  const char* name;
  DirectionSet directions;
  Direction direction;
  PacketBuilder packet;
  Refusal want;
};

void PrintTo(const TapCase& c, std::ostream* os) { *os << c.name; }

class MirrorTapTest : public testing::TestWithParam<TapCase> {};

TEST_P(MirrorTapTest, DecidesAsTabled) {
  const TapCase& c = GetParam();
  MirrorSettings settings = Settings();
  settings.directions = c.directions;
  const FrameInfo info = Parsed(c.packet);
  EXPECT_EQ(RefusalOf(TencentTap(settings), {.info = info, .direction = c.direction}), c.want);
}

constexpr auto kAll = DirectionSet::kAll;
constexpr auto kIn = Direction::kIngress;
constexpr auto kOut = Direction::kEgress;

const TapCase kTapCases[] = {
    // Vectors TC-1, TC-2, TC-3.
    {"EgressCopiesWhatLeaves", DirectionSet::kEgress, kOut, Web(), Refusal::kNone},
    {"EgressLeavesWhatArrives", DirectionSet::kEgress, kIn, Web(), Refusal::kDirection},
    {"IngressCopiesWhatArrives", DirectionSet::kIngress, kIn, Web(), Refusal::kNone},
    {"IngressLeavesWhatLeaves", DirectionSet::kIngress, kOut, Web(), Refusal::kDirection},
    {"AllCopiesWhatLeaves", kAll, kOut, Web(), Refusal::kNone},
    {"AllCopiesWhatArrives", kAll, kIn, Web(), Refusal::kNone},
    // Vector TC-11, and what only looks like it.
    {"ArpIsNeverCopied", kAll, kOut, PacketBuilder().Ethernet().Arp(), Refusal::kNeverMirrored},
    {"DhcpIsNeverCopied", kAll, kOut, UdpBetween("0.0.0.0", "255.255.255.255", 68, 67),
     Refusal::kNeverMirrored},
    {"OneDhcpPortIsNotDhcp", kAll, kOut, UdpBetween("10.0.0.5", "10.0.1.1", 68, 5000),
     Refusal::kNone},
    {"MetadataIsNeverCopied", kAll, kOut,
     PacketBuilder().Ethernet().Ipv4("10.0.0.5", "169.254.0.23").Tcp(40000, 80),
     Refusal::kNeverMirrored},
    {"TheAnswerOfMetadataNeither", kAll, kIn,
     PacketBuilder().Ethernet().Ipv4("169.254.0.23", "10.0.0.5").Tcp(80, 40000),
     Refusal::kNeverMirrored},
    {"NtpOfTheProviderIsNeverCopied", kAll, kOut, UdpBetween("10.0.0.5", "169.254.0.79", 123, 123),
     Refusal::kNeverMirrored},
    {"NtpOfSomebodyElseIsCopied", kAll, kOut, UdpBetween("10.0.0.5", "192.0.2.1", 123, 123),
     Refusal::kNone},
    {"ActivationIsNeverCopied", kAll, kOut,
     PacketBuilder().Ethernet().Ipv4("10.0.0.5", "169.254.0.90").Tcp(40000, 1688),
     Refusal::kNeverMirrored},
    // Vectors TC-12, TC-13: a receiver within a VPC range.
    {"MirrorTrafficIsNotCopied", kAll, kIn, UdpBetween("10.0.0.6", "10.0.9.9", 49152, 4789),
     Refusal::kMirrorTraffic},
    {"TheReceiversOtherTrafficIsCopied", kAll, kIn,
     PacketBuilder().Ethernet().Ipv4("10.0.0.6", "10.0.9.9").Tcp(40000, 443), Refusal::kNone},
    {"TheMirrorPortElsewhereIsCopied", kAll, kOut, UdpBetween("10.0.0.5", "10.0.3.3", 49152, 4789),
     Refusal::kNone},
    {"TheMirrorPortAsSourceIsCopied", kAll, kIn, UdpBetween("10.0.9.9", "10.0.0.5", 4789, 4789),
     Refusal::kNone},
};

INSTANTIATE_TEST_SUITE_P(Table, MirrorTapTest, testing::ValuesIn(kTapCases),
                         [](const auto& param) { return param.param.name; });

// Vector TC-15.
TEST(MirrorTapTest, StoppedMirrorCopiesNothing) {
  MirrorSettings settings = Settings();
  settings.state = MirrorState::kStopped;
  const FrameInfo info = Parsed(Web());
  EXPECT_EQ(RefusalOf(TencentTap(settings), {.info = info}), Refusal::kStopped);
}

TEST(MirrorTapTest, MarkedCopyIsNotCopiedAgain) {
  const FrameInfo info = Parsed(Web());
  EXPECT_EQ(RefusalOf(TencentTap(Settings()), {.info = info, .is_mirror_copy = true}),
            Refusal::kMirrorTraffic);
}

TEST(MirrorTapTest, WhatSecurityDropsIsCopiedOnlyIfTheProfileSaysSo) {
  const FrameInfo info = Parsed(Web());
  const Frame frame{.info = info, .direction = kIn, .admitted = false};
  EXPECT_EQ(RefusalOf(TencentTap(Settings()), frame), Refusal::kNotAdmitted);

  auto rules = std::make_shared<TapRules>(*TencentRules());
  rules->mirrors_what_security_drops = true;
  const MirrorTap tap({.eni_id = "eni-a", .mtu = Bytes(8500)}, rules,
                      {std::make_shared<const Mirror>(Settings())});
  EXPECT_EQ(RefusalOf(tap, frame), Refusal::kNone);
}

TEST(MirrorTapTest, OfWhatSecurityDropsOnlyOutboundFramesAreCopiedIfTheProfileSaysSo) {
  auto rules = std::make_shared<TapRules>(*TencentRules());
  rules->mirrors_outbound_drops = true;
  const MirrorTap tap({.eni_id = "eni-a", .mtu = Bytes(8500)}, rules,
                      {std::make_shared<const Mirror>(Settings())});
  const FrameInfo info = Parsed(Web());
  EXPECT_EQ(RefusalOf(tap, {.info = info, .direction = kIn, .admitted = false}),
            Refusal::kNotAdmitted);
  EXPECT_EQ(RefusalOf(tap, {.info = info, .direction = kOut, .admitted = false}), Refusal::kNone);
}

TEST(MirrorTapTest, EachSessionAnswersForItself) {
  MirrorSettings egress = Settings();
  egress.directions = DirectionSet::kEgress;
  MirrorSettings ingress = Settings();
  ingress.directions = DirectionSet::kIngress;
  const MirrorTap tap(
      {.eni_id = "eni-a", .mtu = Bytes(8500)}, TencentRules(),
      {std::make_shared<const Mirror>(egress), std::make_shared<const Mirror>(ingress)});
  const FrameInfo info = Parsed(Web());
  const Decision decision = tap.OnFrame({.info = info, .direction = kIn});
  ASSERT_EQ(decision.outcomes().size(), 2u);
  EXPECT_EQ(decision.outcomes()[0].refusal, Refusal::kDirection);
  EXPECT_EQ(decision.outcomes()[1].refusal, Refusal::kNone);
  EXPECT_EQ(decision.outcomes()[1].session, 1u);
}

TEST(MirrorTapTest, RefusesMoreSessionsThanADecisionHolds) {
  const std::vector<std::shared_ptr<const Mirror>> sessions(
      kMaxSessions + 1, std::make_shared<const Mirror>(Settings()));
  EXPECT_THROW(MirrorTap({.eni_id = "eni-a", .mtu = Bytes(8500)}, TencentRules(), sessions),
               std::invalid_argument);
}

// 1,500 - 36 bytes of outer IPv4, UDP and VXLAN leave 1,464 bytes of frame
// (cloud-semantics 6.1: 1,450 bytes of inner IP).
TEST(MirrorTapTest, CutsACopyToTheMtu) {
  MirrorSettings settings = Settings();
  settings.receivers[0].mtu = Bytes(1500);
  for (const auto& [frame_bytes, kept, action] :
       {std::tuple{1463, 1463, MtuAction::kWhole}, std::tuple{1464, 1464, MtuAction::kWhole},
        std::tuple{1465, 1464, MtuAction::kTruncate},
        std::tuple{1514, 1464, MtuAction::kTruncate}}) {
    const FrameInfo info = Parsed(Web().PadTo(static_cast<std::size_t>(frame_bytes)));
    const Decision decision = TencentTap(settings).OnFrame({.info = info});
    const CopyPlan& plan = decision.outcomes()[0].plan;
    EXPECT_EQ(plan.kept, Bytes(kept)) << frame_bytes;
    EXPECT_EQ(plan.mtu_action, action) << frame_bytes;
  }
}

// Each source by its own MTU, not by the narrowest of its mirror.
TEST(MirrorTapTest, CutsACopyToTheMtuOfItsOwnEni) {
  const auto mirror = std::make_shared<const Mirror>(Settings());
  const MirrorTap narrow({.eni_id = "a", .mtu = Bytes(1500)}, TencentRules(), {mirror});
  const MirrorTap wide({.eni_id = "b", .mtu = Bytes(8500)}, TencentRules(), {mirror});
  const FrameInfo info = Parsed(Web().PadTo(1514));
  EXPECT_EQ(narrow.OnFrame({.info = info}).outcomes()[0].plan.kept, Bytes(1464));
  EXPECT_EQ(wide.OnFrame({.info = info}).outcomes()[0].plan.kept, Bytes(1514));
}

TEST(MirrorTapTest, DropsACopyOverTheMtuWhenThePolicySaysSo) {
  MirrorSettings settings = Settings();
  settings.receivers[0].mtu = Bytes(1500);
  settings.receivers[0].mtu_policy = MtuPolicy::kDrop;
  const FrameInfo info = Parsed(Web().PadTo(1465));
  const Decision decision = TencentTap(settings).OnFrame({.info = info});
  EXPECT_EQ(decision.outcomes()[0].plan.mtu_action, MtuAction::kDrop);
}

MirrorSettings FourReceivers(ReceiverChoice choice, HashSymmetry symmetry) {
  MirrorSettings settings = Settings();
  settings.receivers.clear();
  for (std::uint32_t i = 0; i < 4; ++i) {
    settings.receivers.push_back({.address = IpAddress::V4(0x0a000901 + i), .mtu = Bytes(8500)});
  }
  settings.choice = choice;
  settings.hash_symmetry = symmetry;
  return settings;
}

std::uint32_t ReceiverOf(const MirrorTap& tap, const PacketBuilder& packet) {
  const FrameInfo info = Parsed(packet);
  return tap.OnFrame({.info = info}).outcomes()[0].plan.receiver;
}

TEST(MirrorTapTest, BySourceEniSendsEveryFlowToOneReceiver) {
  const MirrorTap tap =
      TencentTap(FourReceivers(ReceiverChoice::kBySourceEni, HashSymmetry::kSymmetric));
  const std::uint32_t first = ReceiverOf(tap, Web());
  for (std::uint16_t port = 1; port < 200; ++port) {
    EXPECT_EQ(ReceiverOf(tap, UdpBetween("10.0.0.5", "10.0.1.1", port, 53)), first);
  }
}

TEST(MirrorTapTest, BothDirectionsOfAFlowMeetWhenTheHashIsSymmetric) {
  const MirrorTap tap =
      TencentTap(FourReceivers(ReceiverChoice::kByFlow, HashSymmetry::kSymmetric));
  for (std::uint16_t port = 1; port < 200; ++port) {
    EXPECT_EQ(ReceiverOf(tap, UdpBetween("10.0.0.5", "10.0.1.1", port, 53)),
              ReceiverOf(tap, UdpBetween("10.0.1.1", "10.0.0.5", 53, port)));
  }
}

// 2,000 flows on 4 receivers: binomial with mean 500 and deviation 19.4, so that
// 400 to 600 is more than five deviations wide on either side.
TEST(MirrorTapTest, ByFlowSpreadsFlowsEvenly) {
  for (const HashSymmetry symmetry : {HashSymmetry::kSymmetric, HashSymmetry::kDirectional}) {
    const MirrorTap tap = TencentTap(FourReceivers(ReceiverChoice::kByFlow, symmetry));
    std::array<int, 4> flows{};
    for (std::uint16_t port = 1; port <= 2000; ++port) {
      ++flows[ReceiverOf(tap, UdpBetween("10.0.0.5", "10.0.1.1", port, 53))];
    }
    EXPECT_THAT(flows, testing::Each(testing::AllOf(testing::Gt(400), testing::Lt(600))));
  }
}

TEST(MirrorTapTest, FrameWithoutAFlowGoesWhereItsEniGoes) {
  const MirrorTap by_flow =
      TencentTap(FourReceivers(ReceiverChoice::kByFlow, HashSymmetry::kSymmetric));
  const MirrorTap by_eni =
      TencentTap(FourReceivers(ReceiverChoice::kBySourceEni, HashSymmetry::kSymmetric));
  const PacketBuilder lldp =
      PacketBuilder().Ethernet().Raw(std::vector<std::byte>(60, std::byte{0x02}));
  EXPECT_EQ(ReceiverOf(by_flow, lldp), ReceiverOf(by_eni, Web()));
}

TEST(MirrorTest, RefusesWhatCannotWork) {
  MirrorSettings none = Settings();
  none.receivers.clear();
  EXPECT_THROW(Mirror{none}, std::invalid_argument);
  MirrorSettings both_families = Settings();
  both_families.receivers.push_back(
      {.address = *ParseIpAddress("2001:db8::1"), .mtu = Bytes(1500)});
  EXPECT_THROW(Mirror{both_families}, std::invalid_argument);
  MirrorSettings narrow = Settings();
  narrow.receivers[0].mtu = Bytes(36);
  EXPECT_THROW(Mirror{narrow}, std::invalid_argument);
}

}  // namespace
}  // namespace vpcmirror
