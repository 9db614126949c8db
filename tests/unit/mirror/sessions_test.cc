// Several sessions on one ENI, and what a session may ask beyond its filter.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <ostream>
#include <set>
#include <string>
#include <vector>

#include "models/mirror/mirror_tap.h"
#include "tests/support/packet_builder.h"
#include "tests/support/parsed.h"
#include "tests/unit/mirror/mirror_samples.h"

namespace vpcmirror {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::Gt;
using testing::Lt;

const Condition kAny{};

PacketBuilder Ipv4() { return PacketBuilder().Ethernet().Ipv4("10.0.0.5", "10.0.1.1"); }
PacketBuilder Tcp(std::uint16_t port = 443) { return Ipv4().Tcp(40000, port); }
PacketBuilder Udp(std::uint16_t port = 53) { return Ipv4().Udp(40000, port); }

MirrorSettings Session(std::int64_t number, Filter filter = {}) {
  return {.id = "session " + std::to_string(number),
          .number = number,
          .filter = std::move(filter),
          .receivers = {{.address = *ParseIpAddress("10.0.9.9"), .mtu = Bytes(9001)}}};
}

Filter Rules(std::vector<std::pair<Action, Condition>> ingress) {
  std::vector<FilterRule> rules;
  for (const auto& [action, condition] : ingress) {
    const auto number = static_cast<std::int64_t>(rules.size() + 1);
    rules.push_back({.priority = number, .action = action, .condition = condition});
  }
  return Filter::FirstMatch(rules, {});
}

Filter Accepts(const Condition& condition) { return Rules({{Action::kAccept, condition}}); }

MirrorTap TapOf(const TapRules& rules, const std::vector<MirrorSettings>& sessions,
                Bytes source_mtu = Bytes(9001)) {
  std::vector<std::shared_ptr<const Mirror>> mirrors;
  for (const MirrorSettings& each : sessions) {
    mirrors.push_back(std::make_shared<const Mirror>(each));
  }
  return MirrorTap({.eni_id = "eni-a", .mtu = source_mtu}, std::make_shared<const TapRules>(rules),
                   mirrors);
}

std::vector<Refusal> RefusalsOf(const MirrorTap& tap, const PacketBuilder& packet,
                                Direction direction = Direction::kIngress) {
  const FrameInfo info = Parsed(packet);
  std::vector<Refusal> refusals;
  const Decision decision = tap.OnFrame({.info = info, .direction = direction});
  for (const Outcome& outcome : decision.outcomes()) refusals.push_back(outcome.refusal);
  return refusals;
}

constexpr TapRules kOneCopy() { return {.at_most_one_copy = true, .reject_stops_later = true}; }

// Vectors AW-4a, AW-4b and AW-4c: two sessions split the traffic between them.
TEST(SessionsTest, SplitTrafficBetweenTheirTargets) {
  const MirrorTap tap = TapOf(kOneCopy(), {Session(1, Accepts(kTcp)), Session(2, Accepts(kUdp))});
  EXPECT_THAT(RefusalsOf(tap, Tcp()), ElementsAre(Refusal::kNone, Refusal::kEarlierSession));
  EXPECT_THAT(RefusalsOf(tap, Udp()), ElementsAre(Refusal::kFilter, Refusal::kNone));
  EXPECT_THAT(RefusalsOf(tap, Ipv4().Icmp()), ElementsAre(Refusal::kFilter, Refusal::kFilter));
}

// Vector HW-3: the first session that matches decides, the second is not asked.
TEST(SessionsTest, AreAskedByNumberWhateverTheirOrder) {
  const MirrorTap tap = TapOf(kOneCopy(), {Session(20), Session(10)});
  EXPECT_EQ(tap.session(0).settings().number, 10);
  EXPECT_EQ(tap.given_position(0), 1u);
  EXPECT_EQ(tap.given_position(1), 0u);
  EXPECT_THAT(RefusalsOf(tap, Tcp()), ElementsAre(Refusal::kNone, Refusal::kEarlierSession));
}

TEST(SessionsTest, RejectEndsItForLaterSessionsWhereTheCloudSaysSo) {
  const std::vector<MirrorSettings> sessions = {
      Session(1, Rules({{Action::kReject, kTcp}, {Action::kAccept, kUdp}})), Session(2)};
  TapRules rules = kOneCopy();
  EXPECT_THAT(RefusalsOf(TapOf(rules, sessions), Tcp()),
              ElementsAre(Refusal::kRule, Refusal::kEarlierSession));
  rules.reject_stops_later = false;
  EXPECT_THAT(RefusalsOf(TapOf(rules, sessions), Tcp()),
              ElementsAre(Refusal::kRule, Refusal::kNone));
}

// No rule matched: nothing was decided, and the next session is asked.
TEST(SessionsTest, WhatNoRuleMatchesFallsToTheNext) {
  const MirrorTap tap = TapOf(kOneCopy(), {Session(1, Accepts(kUdp)), Session(2)});
  EXPECT_THAT(RefusalsOf(tap, Tcp()), ElementsAre(Refusal::kFilter, Refusal::kNone));
}

TEST(SessionsTest, StoppedSessionDecidesNothing) {
  MirrorSettings stopped = Session(1);
  stopped.state = MirrorState::kStopped;
  EXPECT_THAT(RefusalsOf(TapOf(kOneCopy(), {stopped, Session(2)}), Tcp()),
              ElementsAre(Refusal::kStopped, Refusal::kNone));
}

TEST(SessionsTest, EachCopiesWhereTheCloudAllowsSeveralCopies) {
  EXPECT_THAT(RefusalsOf(TapOf({}, {Session(1), Session(2)}), Tcp()),
              ElementsAre(Refusal::kNone, Refusal::kNone));
}

// AWS: the DNS of the VPC is copied when the filter names the service, whatever its rules.
TEST(NetworkServiceTest, IsCopiedOnlyWhenNamed) {
  const std::vector<NetworkService> services = {
      {.name = "amazon-dns",
       .traffic = {{.destination = ParseIpPrefix("10.0.1.1/32"),
                    .protocol = kProtocolUdp,
                    .destination_ports = {53, 53}}}}};
  const std::vector<std::string> named = {"amazon-dns"};
  Filter with = Accepts(kTcp);
  with.SetServices(services, named);
  Filter without = Accepts(kAny);
  without.SetServices(services, {});
  for (const Direction direction : {Direction::kIngress, Direction::kEgress}) {
    EXPECT_THAT(RefusalsOf(TapOf({}, {Session(1, with)}), Udp(), direction),
                ElementsAre(Refusal::kNone));
    EXPECT_THAT(RefusalsOf(TapOf({}, {Session(1, without)}), Udp(), direction),
                ElementsAre(Refusal::kNetworkService));
  }
  EXPECT_THAT(RefusalsOf(TapOf({}, {Session(1, without)}), Udp(54)), ElementsAre(Refusal::kNone));
}

// AWS documents that a filter which enables the service copies all of it, so that an
// earlier session that does not enable it cannot take it away; a rule's reject of the
// same traffic can (an assumption, as with Alibaba Cloud and Huawei Cloud).
TEST(NetworkServiceTest, IsLeftToALaterSessionThatNamesIt) {
  const Condition dns{.protocol = kProtocolUdp, .destination_ports = {53, 53}};
  const std::vector<NetworkService> services = {{.name = "amazon-dns", .traffic = {dns}}};
  const std::vector<std::string> named = {"amazon-dns"};
  Filter with = Accepts(kTcp);
  with.SetServices(services, named);
  Filter without = Accepts(kAny);
  without.SetServices(services, {});
  EXPECT_THAT(RefusalsOf(TapOf(kOneCopy(), {Session(1, without), Session(2, with)}), Udp()),
              ElementsAre(Refusal::kNetworkService, Refusal::kNone));
  EXPECT_THAT(RefusalsOf(TapOf(kOneCopy(), {Session(1, with), Session(2, without)}), Udp()),
              ElementsAre(Refusal::kNone, Refusal::kEarlierSession));
  const Filter rejects = Rules({{Action::kReject, dns}});
  EXPECT_THAT(RefusalsOf(TapOf(kOneCopy(), {Session(1, rejects), Session(2, with)}), Udp()),
              ElementsAre(Refusal::kRule, Refusal::kEarlierSession));
}

// Whatever the largest priority is, and frames that are not IP included.
TEST(FirstMatchTest, WhatNoRuleMatchesIsCopiedWhereTheDefaultSaysSo) {
  const FilterRule last{.priority = INT64_MAX, .action = Action::kReject, .condition = kTcp};
  const MirrorTap tap = TapOf({}, {Session(1, Filter::FirstMatch({last}, {}, Action::kAccept))});
  EXPECT_THAT(RefusalsOf(tap, Tcp()), ElementsAre(Refusal::kRule));
  EXPECT_THAT(RefusalsOf(tap, Udp()), ElementsAre(Refusal::kNone));
  EXPECT_THAT(RefusalsOf(tap, PacketBuilder().Ethernet().Arp()), ElementsAre(Refusal::kNone));
}

// Google Cloud: the CIDR is compared with the source of ingress, the destination of egress.
TEST(PeerAndProtocolTest, PeerIsTheOtherEnd) {
  const MirrorTap tap =
      TapOf({}, {Session(1, Filter::PeerAndProtocol({*ParseIpPrefix("10.0.1.0/24")},
                                                    {kProtocolTcp, kProtocolUdp}))});
  EXPECT_THAT(RefusalsOf(tap, Tcp(), Direction::kEgress), ElementsAre(Refusal::kNone));
  EXPECT_THAT(RefusalsOf(tap, Tcp(), Direction::kIngress), ElementsAre(Refusal::kFilter));
  EXPECT_THAT(RefusalsOf(tap, Ipv4().Icmp(), Direction::kEgress), ElementsAre(Refusal::kFilter));
}

TEST(PeerAndProtocolTest, EmptyHoldsAllIpvFour) {
  const MirrorTap tap = TapOf({}, {Session(1, Filter::PeerAndProtocol({}, {}))});
  EXPECT_THAT(RefusalsOf(tap, Ipv4().Icmp()), ElementsAre(Refusal::kNone));
  const PacketBuilder v6 = PacketBuilder().Ethernet().Ipv6("2001:db8::1", "2001:db8::2").Tcp(1, 2);
  EXPECT_THAT(RefusalsOf(tap, v6), ElementsAre(Refusal::kFilter));
}

bool IsKept(const MirrorTap& tap, const PacketBuilder& packet) {
  return RefusalsOf(tap, packet)[0] == Refusal::kNone;
}

// 5,000 flows, one in ten: binomial with mean 500 and deviation 21.2; 390 to 610
// is more than five deviations to either side.
TEST(SamplingTest, KeepsItsShareOfFlowsAndBothDirectionsOfEach) {
  MirrorSettings settings = Session(1);
  settings.sampling = {.keep = 1, .of = 10};
  const MirrorTap tap = TapOf({}, {settings});
  int kept = 0;
  for (std::uint16_t port = 1; port <= 5000; ++port) {
    const bool there = IsKept(tap, Ipv4().Udp(port, 53));
    const PacketBuilder back =
        PacketBuilder().Ethernet().Ipv4("10.0.1.1", "10.0.0.5").Udp(53, port);
    ASSERT_EQ(there, IsKept(tap, back)) << port;
    kept += there ? 1 : 0;
  }
  EXPECT_GT(kept, 390);
  EXPECT_LT(kept, 610);
}

MirrorSettings Sampled(std::int64_t number, Sampling sampling) {
  MirrorSettings settings = Session(number);
  settings.sampling = sampling;
  return settings;
}

constexpr int kFlows = 100'000;

// Of kFlows flows, those that the first session alone copies, the second alone, both.
struct Shares {
  int first = 0;
  int second = 0;
  int both = 0;
};

Shares SharesOf(const MirrorTap& tap) {
  FrameInfo info = Parsed(Udp());
  Shares shares;
  for (int i = 0; i < kFlows; ++i) {
    info.flow.source = IpAddress::V4(0x0a070000 + static_cast<std::uint32_t>(i / 1000));
    info.flow.source_port = static_cast<std::uint16_t>(1024 + i % 1000);
    const Decision decision = tap.OnFrame({.info = info, .direction = Direction::kIngress});
    const bool first = decision.outcomes()[0].refusal == Refusal::kNone;
    const bool second = decision.outcomes()[1].refusal == Refusal::kNone;
    shares.first += first && !second ? 1 : 0;
    shares.second += second && !first ? 1 : 0;
    shares.both += first && second ? 1 : 0;
  }
  return shares;
}

// Independent samples of 1/10 have 1/100 of all flows in common: binomial with mean
// 1000 and deviation sqrt(100,000 x 0.01 x 0.99) = 31.5; 811 to 1189 is six to either
// side. Each alone has 9/100: mean 9000, deviation 90.5, 8457 to 9543.
TEST(SamplingTest, OfTwoSessionsIsIndependent) {
  const Shares shares = SharesOf(TapOf({}, {Sampled(1, {1, 10}), Sampled(2, {1, 10})}));
  EXPECT_THAT(shares.both, AllOf(Gt(811), Lt(1189)));
  EXPECT_THAT(shares.first, AllOf(Gt(8457), Lt(9543)));
  EXPECT_THAT(shares.second, AllOf(Gt(8457), Lt(9543)));
}

// One copy at most: the first session has its tenth (mean 10,000, deviation 94.9), the
// second a tenth of the rest (mean 9000, deviation 90.5); six deviations to either side.
TEST(SamplingTest, LeavesTheLaterSessionItsShareOfTheRest) {
  const Shares shares = SharesOf(TapOf(kOneCopy(), {Sampled(1, {1, 10}), Sampled(2, {1, 10})}));
  EXPECT_EQ(shares.both, 0);
  EXPECT_THAT(shares.first, AllOf(Gt(9430), Lt(10570)));
  EXPECT_THAT(shares.second, AllOf(Gt(8457), Lt(9543)));
}

// TCP from 10.0.0.5:40000 to ports 1 to 16 of 10.0.1.1, worked out in Python by the
// formulas beside FlowHash, HashText and Mirror::Keeps: the same on every machine.
TEST(SamplingTest, IsTheOneOfItsFormula) {
  const MirrorTap tap = TapOf({}, {Sampled(1, {1, 2}), Sampled(2, {1, 2})});
  std::string first;
  std::string second;
  for (std::uint16_t port = 1; port <= 16; ++port) {
    const std::vector<Refusal> refusals = RefusalsOf(tap, Tcp(port));
    first += refusals[0] == Refusal::kNone ? '1' : '0';
    second += refusals[1] == Refusal::kNone ? '1' : '0';
  }
  EXPECT_EQ(first, "0111011111000110");
  EXPECT_EQ(second, "0111000101000101");
}

// The first fragment has ports, the later ones have none: they stay together all the same.
TEST(SamplingTest, KeepsTheFragmentsOfADatagramTogether) {
  MirrorSettings settings = Session(1);
  settings.sampling = {.keep = 1, .of = 2};
  settings.receivers.push_back({.address = *ParseIpAddress("10.0.9.10"), .mtu = Bytes(9001)});
  settings.choice = ReceiverChoice::kByFlow;
  const MirrorTap tap = TapOf({}, {settings});
  const auto fragment = [](std::uint16_t port, std::uint16_t offset) {
    const std::string source =
        "10.1." + std::to_string(port / 250) + "." + std::to_string(port % 250);
    const PacketBuilder ip = PacketBuilder().Ethernet().Ipv4(
        source, "10.0.1.1",
        {.more_fragments = offset == 0, .fragment_offset = offset, .protocol = kProtocolUdp});
    return Parsed(offset == 0 ? PacketBuilder(ip).Udp(port, 53, 2000).Payload(64)
                              : PacketBuilder(ip).Payload(64));
  };
  for (std::uint16_t port = 1; port < 500; ++port) {
    FlowCache cache(4096);
    const FrameInfo first = fragment(port, 0);
    const FrameInfo later = fragment(port, 9);
    const Decision a = tap.OnFrame({.info = first}, &cache);
    const Decision b = tap.OnFrame({.info = later}, &cache);
    ASSERT_EQ(a.outcomes()[0].refusal, b.outcomes()[0].refusal) << port;
    ASSERT_EQ(a.outcomes()[0].plan.receiver, b.outcomes()[0].plan.receiver) << port;
  }
}

// A receiver's mirror port is in the first fragment only (TC-12, fragmented).
TEST(LoopGuardTest, LaterFragmentsForAReceiverAreNotCollected) {
  const TapRules rules{.mirror_ports = {{*ParseIpAddress("10.0.9.9"), kProtocolUdp, kVxlanPort}}};
  const MirrorTap tap = TapOf(rules, {Session(1)});
  const auto later = [](std::string_view destination, std::uint8_t protocol) {
    return PacketBuilder()
        .Ethernet()
        .Ipv4("10.0.0.5", destination, {.fragment_offset = 180, .protocol = protocol})
        .Payload(64);
  };
  EXPECT_THAT(RefusalsOf(tap, later("10.0.9.9", kProtocolUdp)),
              ElementsAre(Refusal::kMirrorTraffic));
  EXPECT_THAT(RefusalsOf(tap, later("10.0.9.9", kProtocolTcp)), ElementsAre(Refusal::kNone));
  EXPECT_THAT(RefusalsOf(tap, later("10.0.9.8", kProtocolUdp)), ElementsAre(Refusal::kNone));
}

// Of 64 source ports and 2 receivers, each receiver is to see about all: a port
// misses one of 2,000 / 2 flows with probability (63/64)^1000, about 1 in 7 million.
TEST(WeightsTest, ReceiversSeeAllOuterSourcePorts) {
  MirrorSettings settings = Session(1);
  settings.choice = ReceiverChoice::kByFlow;
  settings.receivers.push_back({.address = *ParseIpAddress("10.0.9.10"), .mtu = Bytes(9001)});
  const MirrorTap tap = TapOf({}, {settings});
  std::array<std::set<std::uint16_t>, 2> ports;
  for (std::uint16_t port = 1; port <= 2000; ++port) {
    const FrameInfo info = Parsed(Ipv4().Udp(port, 53));
    const Decision decision = tap.OnFrame({.info = info});
    const CopyPlan& plan = decision.outcomes()[0].plan;
    ports[plan.receiver].insert(tap.session(0).encapsulation().SourcePort(plan.entropy));
  }
  EXPECT_EQ(ports[0].size(), 64u);
  EXPECT_EQ(ports[1].size(), 64u);
}

// 4,000 flows in shares of 1, 3 and 4 eighths: deviations are 20.9, 30.6 and
// 31.6 flows, and the bounds are five of them or more to either side.
TEST(WeightsTest, GiveEachReceiverItsShareOfFlows) {
  MirrorSettings settings = Session(1);
  settings.choice = ReceiverChoice::kByFlow;
  settings.receivers.clear();
  for (const std::uint32_t weight : {1u, 3u, 4u}) {
    settings.receivers.push_back(
        {.address = IpAddress::V4(0x0a000900 + weight), .mtu = Bytes(9001), .weight = weight});
  }
  const MirrorTap tap = TapOf({}, {settings});
  std::array<int, 3> flows{};
  for (std::uint16_t port = 1; port <= 4000; ++port) {
    const FrameInfo info = Parsed(Ipv4().Udp(port, 53));
    ++flows[tap.OnFrame({.info = info}).outcomes()[0].plan.receiver];
  }
  EXPECT_NEAR(flows[0], 500, 110);
  EXPECT_NEAR(flows[1], 1500, 160);
  EXPECT_NEAR(flows[2], 2000, 160);
}

CopyPlan PlanOf(const MirrorTap& tap, Bytes frame, Direction direction = Direction::kIngress) {
  const FrameInfo info = Parsed(Tcp().PadTo(static_cast<std::size_t>(frame.count())));
  return tap.OnFrame({.info = info, .direction = direction}).outcomes()[0].plan;
}

// Vector AW-7: the first 100 bytes behind the VXLAN header.
TEST(PacketLengthTest, KeepsTheFirstBytesOfItsDirection) {
  MirrorSettings settings = Session(1);
  settings.packet_length = {Bytes(100), std::nullopt};
  const MirrorTap tap = TapOf({}, {settings});
  EXPECT_EQ(PlanOf(tap, Bytes(1500), Direction::kIngress).kept, Bytes(100));
  EXPECT_EQ(PlanOf(tap, Bytes(1500), Direction::kIngress).mtu_action, MtuAction::kTruncate);
  EXPECT_EQ(PlanOf(tap, Bytes(1500), Direction::kEgress).kept, Bytes(1500));
  EXPECT_EQ(PlanOf(tap, Bytes(100), Direction::kIngress).mtu_action, MtuAction::kWhole);
}

struct MtuCase {
  const char* name;
  MtuRule rule;
  std::int64_t source_mtu;
  std::int64_t receiver_mtu;
  std::int64_t packet;     // inner IP packet
  std::int64_t want_kept;  // of it
};

void PrintTo(const MtuCase& c, std::ostream* os) { *os << c.name; }

class MtuRuleTest : public testing::TestWithParam<MtuCase> {};

TEST_P(MtuRuleTest, IsAsTabled) {
  const MtuCase& c = GetParam();
  MirrorSettings settings = Session(1);
  settings.mtu = c.rule;
  settings.receivers[0].mtu = Bytes(c.receiver_mtu);
  const MirrorTap tap = TapOf({}, {settings}, Bytes(c.source_mtu));
  EXPECT_EQ(PlanOf(tap, Bytes(c.packet + 14)).kept, Bytes(c.want_kept + 14));
}

// VXLAN over IPv4: the outer packet is 36 bytes longer than the frame, 50 longer
// than the packet in it. AWS counts 54 (vectors AW-8a and AW-8b).
const MtuRule kAws{.basis = MtuBasis::kReceiver, .counted_overhead_v4 = Bytes(54)};
const MtuRule kReceiverMtu{.basis = MtuBasis::kReceiver};
const MtuRule kFixed{.basis = MtuBasis::kFixed, .fixed = Bytes(1500)};
const MtuRule kSource{.basis = MtuBasis::kSource};
const MtuCase kMtuCases[] = {
    {"AwsCutsAtTheTargetLessItsOverhead", kAws, 9001, 9001, 8996, 8947},
    {"AwsLargestUntruncatedIsWhole", kAws, 9001, 9001, 8947, 8947},
    {"SmallPacketIsWhole", kReceiverMtu, 1500, 1500, 500, 500},
    {"TargetOfFifteenHundredKeepsFourteenFifty", kReceiverMtu, 1500, 1500, 1500, 1450},
    {"JumboTargetTakesItWhole", kReceiverMtu, 1500, 8500, 1500, 1500},
    {"FixedMtuCutsWhateverTheTargetTakes", kFixed, 8500, 8500, 1500, 1450},
    {"SourceMtuCounts", kSource, 1500, 8500, 1500, 1450},
    {"SourceMtuAloneCounts", kSource, 8500, 1500, 1500, 1500},
    {"PathIsTheSmallerOfBoth", {}, 8500, 1500, 1500, 1450},
};

INSTANTIATE_TEST_SUITE_P(Table, MtuRuleTest, testing::ValuesIn(kMtuCases),
                         [](const auto& param) { return param.param.name; });

TEST(CarriedTest, GreWithoutEthernetBeginsAtTheIpHeader) {
  MirrorSettings settings = Session(1);
  settings.tunnel.kind = EncapsulationKind::kGreIp;
  const MirrorTap tap = TapOf({}, {settings});
  const FrameInfo tagged =
      Parsed(PacketBuilder().Ethernet().Vlan(7).Ipv4("10.0.0.5", "10.0.1.1").Tcp(1, 2));
  const CopyPlan plan = tap.OnFrame({.info = tagged}).outcomes()[0].plan;
  EXPECT_EQ(plan.offset, Bytes(18));  // 14 of Ethernet and 4 of the tag
  EXPECT_EQ(plan.kept, tagged.wire_length - Bytes(18));
  EXPECT_THAT(RefusalsOf(tap, PacketBuilder().Ethernet().Arp()), ElementsAre(Refusal::kNotIp));
}

// Stages in the order in which the tap asks; the rule that decided comes last of its kind.
TEST(TrailTest, KeepsEveryStepOfTheDecision) {
  const MirrorTap tap = TapOf(
      {.never_mirrored = {{.name = "arp", .ether_type = kEtherTypeArp}}},
      {Session(
          1, Rules({{Action::kReject, kUdp}, {Action::kAccept, kTcp}, {Action::kAccept, kAny}}))});
  const FrameInfo info = Parsed(Tcp());
  Trail trail;
  const Decision decision = tap.Explain({.info = info, .direction = Direction::kIngress}, trail);
  EXPECT_EQ(decision.outcomes()[0].refusal, Refusal::kNone);
  std::vector<Stage> stages;
  for (const TrailStep& step : trail.steps) stages.push_back(step.stage);
  EXPECT_THAT(stages, ElementsAre(Stage::kNeverMirrored, Stage::kMirrorTraffic, Stage::kAdmission,
                                  Stage::kState, Stage::kDirection, Stage::kRule, Stage::kRule,
                                  Stage::kReceiver, Stage::kMtu));
  EXPECT_EQ(trail.steps[5].mismatch, Mismatch::kProtocol);
  EXPECT_TRUE(trail.steps[6].holds);
}

}  // namespace
}  // namespace vpcmirror
