#include "analysis/compare/mirror_diff.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <tuple>
#include <vector>

#include "models/scenario/taps.h"
#include "tests/support/rule_corners.h"
#include "tests/unit/compare/mirror_diff_samples.h"

namespace vpcmirror {
namespace {

using Kind = MirroringChange::Kind;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

const Condition kWeb{.protocol = kProtocolTcp, .destination_ports = {443, 443}};

Filter Accepts(std::vector<Condition> conditions) {
  std::vector<FilterRule> rules;
  for (Condition& each : conditions) {
    const auto number = static_cast<std::int64_t>(rules.size());
    rules.push_back({.priority = number, .condition = std::move(each)});
  }
  return Filter::FirstMatch(rules, rules);
}

std::vector<MirroringChange> ChangesBetween(const ValidScenario& before,
                                            const ValidScenario& after) {
  const MirrorDiff diff = DiffMirroring(before, after);
  EXPECT_LE(diff.groups.size(), 1u);
  return diff.groups.empty() ? std::vector<MirroringChange>{} : diff.groups[0].changes;
}

std::vector<MirroringChange> ChangesOf(const MirrorSettings& before, const MirrorSettings& after) {
  return ChangesBetween(SampleScenario({{before}}), SampleScenario({{after}}));
}

TEST(DiffMirroringTest, OneScenarioDiffersInNothing) {
  const ValidScenario scenario = SampleScenario({{SampleSettings("a")}, {SampleSettings("b")}});
  const MirrorDiff diff = DiffMirroring(scenario, scenario);
  EXPECT_THAT(diff.groups, IsEmpty());
  EXPECT_EQ(diff.unchanged_enis, 1u);
}

TEST(DiffMirroringTest, AnotherNameAndTheSameRulesOtherwiseWrittenAreNoChange) {
  const Condition low{.source = Prefix("10.0.0.0/9"), .protocol = kProtocolTcp};
  const Condition high{.source = Prefix("10.128.0.0/9"), .protocol = kProtocolTcp};
  const Condition all{.source = Prefix("10.0.0.0/8"), .protocol = kProtocolTcp};
  EXPECT_THAT(
      ChangesOf(SampleSettings("a", Accepts({low, high})), SampleSettings("b", Accepts({all}))),
      IsEmpty());
}

TEST(DiffMirroringTest, WiderRuleStartsWhatItDidNotHold) {
  Condition wider = kWeb;
  wider.destination_ports = {443, 444};
  const std::vector<MirroringChange> changes =
      ChangesOf(SampleSettings("a", Accepts({kWeb})), SampleSettings("a", Accepts({wider})));
  ASSERT_THAT(changes, SizeIs(2));
  EXPECT_EQ(changes[0].kind, Kind::kStarts);
  EXPECT_EQ(changes[0].direction, Direction::kIngress);
  EXPECT_EQ(changes[1].direction, Direction::kEgress);
  EXPECT_THAT(changes[0].before, IsEmpty());
  EXPECT_THAT(changes[0].after, ElementsAre(0u));
  ASSERT_TRUE(changes[0].witness);
  EXPECT_EQ(changes[0].witness->destination_port, 444);
  // Of the ENI's own packets, as it gets and sends them.
  EXPECT_EQ(changes[0].witness->destination, Address("10.0.0.5"));
  EXPECT_EQ(changes[1].witness->source, Address("10.0.0.5"));
}

TEST(DiffMirroringTest, StoppedMirrorStopsArpToo) {
  MirrorSettings stopped = SampleSettings("a");
  stopped.state = MirrorState::kStopped;
  stopped.receivers = SampleSettings("a").receivers;
  const std::vector<MirroringChange> changes = ChangesOf(SampleSettings("a"), stopped);
  ASSERT_THAT(changes, SizeIs(4));
  EXPECT_EQ(changes[0].kind, Kind::kStops);
  EXPECT_THAT(changes[0].ether_types, IsEmpty());
  EXPECT_THAT(changes[1].ether_types, ElementsAre(kEtherTypeArp, kAnyOtherEtherType));
}

// Mirrors of dense rules, whose flows by who copies them are more than can be followed.
std::vector<SampleMirror> DenseMirrors(std::uint32_t vni, std::uint32_t rules,
                                       std::uint32_t moved = 0) {
  std::vector<SampleMirror> mirrors;
  for (std::uint32_t i = 0; i < 6; ++i) {
    std::vector<Condition> conditions;
    for (std::uint32_t rule = 0; rule < rules; ++rule) {
      const auto low = static_cast<std::uint16_t>(100 * rule + 7 * i + 1 + moved);
      conditions.push_back({.source = IpPrefix(IpAddress::V4((10u << 24) | (rule << 16)), 16),
                            .destination = IpPrefix(IpAddress::V4((10u << 24) | (i << 20)), 12),
                            .source_ports = {low, static_cast<std::uint16_t>(low + 30'000)},
                            .destination_ports = {low, static_cast<std::uint16_t>(low + 20'000)}});
    }
    MirrorSettings settings = SampleSettings("m" + std::to_string(i), Accepts(conditions));
    settings.number = i;
    settings.tunnel.vni = vni;
    mirrors.push_back({settings});
  }
  return mirrors;
}

TEST(DiffMirroringTest, VniOfEveryDenseMirrorIsALineEach) {
  const TapRules one_copy{.at_most_one_copy = true};
  for (const TapRules& rules : {TapRules{}, one_copy}) {
    const MirrorDiff diff = DiffMirroring(SampleScenario(DenseMirrors(1, 60), rules),
                                          SampleScenario(DenseMirrors(2, 60), rules));
    EXPECT_FALSE(diff.gave_up());
    ASSERT_THAT(diff.groups, SizeIs(1));
    ASSERT_THAT(diff.groups[0].changes, SizeIs(12));  // of 6 mirrors, by direction
    for (const MirroringChange& each : diff.groups[0].changes) {
      EXPECT_TRUE(each.is_whole_mirror);
      EXPECT_EQ(each.kind, Kind::kAltered);
      EXPECT_THAT(each.traits, ElementsAre(TraitChange{"VNI", "1", "2"}));
      EXPECT_TRUE(each.witness);
    }
  }
}

// Every rule of every mirror moved, where one copy ends it: too many overlaps to follow. What
// the mirrors' VNI does is told all the same.
TEST(DiffMirroringTest, WhatCannotBeFollowedIsNamedAndTheRestTold) {
  const TapRules one_copy{.at_most_one_copy = true, .reject_stops_later = true};
  const MirrorDiff diff = DiffMirroring(SampleScenario(DenseMirrors(1, 200), one_copy),
                                        SampleScenario(DenseMirrors(2, 200, 50), one_copy));
  ASSERT_TRUE(diff.gave_up());
  ASSERT_THAT(diff.groups, SizeIs(1));
  const MirroringGroup& group = diff.groups[0];
  for (const std::size_t direction : {0, 1}) {
    EXPECT_TRUE(group.gave_up[direction]);
    EXPECT_THAT(group.not_compared[direction].before, ElementsAre(0u, 1u, 2u, 3u, 4u, 5u));
    EXPECT_THAT(group.not_compared[direction].after, ElementsAre(0u, 1u, 2u, 3u, 4u, 5u));
  }
  ASSERT_FALSE(group.changes.empty());
  for (const MirroringChange& each : group.changes) {
    EXPECT_THAT(each.traits, ElementsAre(TraitChange{"VNI", "1", "2"}));
  }
}

TEST(DiffMirroringTest, ReceiverFormAndShareAreToldApart) {
  const MirrorSettings base = SampleSettings("a", Accepts({kWeb}));
  MirrorSettings vni = base;
  vni.tunnel.vni = 7;
  EXPECT_EQ(ChangesOf(base, vni).at(0).kind, Kind::kAltered);
  EXPECT_THAT(ChangesOf(base, vni).at(0).traits, ElementsAre(TraitChange{"VNI", "0", "7"}));
  MirrorSettings cut = base;
  cut.packet_length[0] = Bytes(100);
  const auto cut_changes = ChangesOf(base, cut);
  ASSERT_THAT(cut_changes, SizeIs(1));
  EXPECT_EQ(cut_changes[0].kind, Kind::kAltered);
  EXPECT_EQ(cut_changes[0].direction, Direction::kIngress);
  MirrorSettings sampled = base;
  sampled.sampling = {.keep = 1, .of = 10};
  const auto sampled_changes = ChangesOf(base, sampled);
  EXPECT_EQ(sampled_changes.at(0).kind, Kind::kOtherShare);
  EXPECT_TRUE(sampled_changes.at(0).witness);
  MirrorSettings two = base;
  two.receivers.push_back({.address = Address("10.0.9.10"), .mtu = Bytes(8500)});
  two.choice = ReceiverChoice::kByFlow;
  EXPECT_EQ(ChangesOf(base, two).at(0).kind, Kind::kOtherReceivers);
  EXPECT_FALSE(ChangesOf(base, two).at(0).is_also_altered);
}

// A second mirror where each copies: other receivers of what the first has, a start of the rest.
TEST(DiffMirroringTest, SecondMirrorIsToldFromTheFirst) {
  MirrorSettings second = SampleSettings("b");
  second.number = 1;
  second.directions = DirectionSet::kEgress;
  const SampleMirror first{SampleSettings("a", Accepts({kWeb}))};
  std::vector<MirroringChange> changes =
      ChangesBetween(SampleScenario({first}), SampleScenario({first, {second}}));
  ASSERT_THAT(changes, SizeIs(3));
  EXPECT_EQ(changes[0].kind, Kind::kStarts);
  EXPECT_EQ(changes[1].kind, Kind::kOtherReceivers);
  EXPECT_THAT(changes[1].after, ElementsAre(0u, 1u));
  EXPECT_THAT(changes[2].ether_types, SizeIs(2));
  // Where the first copy ends it, what the first has stays as it was.
  const TapRules one_copy{.at_most_one_copy = true};
  changes = ChangesBetween(SampleScenario({first}, one_copy),
                           SampleScenario({first, {second}}, one_copy));
  ASSERT_THAT(changes, SizeIs(2));
  EXPECT_EQ(changes[0].kind, Kind::kStarts);
  EXPECT_FALSE(changes[0].flows.Meets(FlowSet(kWeb)));
}

TEST(DiffMirroringTest, RejectInFrontTakesFromLaterSessionsWhereTheCloudSaysSo) {
  const auto rejecting = [](Action action) {
    const FilterRule rule{.action = action, .condition = kWeb};
    return SampleSettings("a", Filter::FirstMatch({rule}, {rule}));
  };
  MirrorSettings rest = SampleSettings("b");
  rest.number = 1;
  rest.receivers[0].address = Address("10.0.9.10");
  const TapRules rules{.at_most_one_copy = true, .reject_stops_later = true};
  const std::vector<MirroringChange> changes =
      ChangesBetween(SampleScenario({{rest}, {rejecting(Action::kAccept)}}, rules),
                     SampleScenario({{rest}, {rejecting(Action::kReject)}}, rules));
  ASSERT_THAT(changes, SizeIs(2));
  EXPECT_EQ(changes[0].kind, Kind::kStops);
  EXPECT_THAT(changes[0].before, ElementsAre(1u));
}

TEST(DiffMirroringTest, NewReceiverTakesItsMirrorPortOut) {
  MirrorSettings second = SampleSettings("b", Accepts({kWeb}));
  second.receivers[0].address = Address("10.0.9.10");
  second.directions = DirectionSet::kIngress;
  const SampleMirror all{SampleSettings("a")};
  const MirrorDiff diff =
      DiffMirroring(SampleScenario({all}), SampleScenario({all, {second, {1}}}));
  ASSERT_THAT(diff.groups, SizeIs(2));
  const std::vector<MirroringChange>& changes = diff.groups[0].changes;
  ASSERT_THAT(changes, SizeIs(2));
  EXPECT_TRUE(changes[0].is_to_mirror_port);
  EXPECT_EQ(changes[0].kind, Kind::kStops);
  ASSERT_TRUE(changes[1].witness);
  EXPECT_EQ(changes[1].direction, Direction::kEgress);
  EXPECT_EQ(changes[1].witness->destination, Address("10.0.9.10"));
  EXPECT_EQ(changes[1].witness->destination_port, 4789);
}

TEST(DiffMirroringTest, NeverMirroredTrafficIsNoChange) {
  TapRules rules;
  rules.never_mirrored = {{.name = "web", .protocol = kProtocolTcp, .ports = {443}},
                          {.name = "ARP", .ether_type = kEtherTypeArp}};
  EXPECT_THAT(ChangesBetween(SampleScenario({}, rules),
                             SampleScenario({{SampleSettings("a", Accepts({kWeb}))}}, rules)),
              IsEmpty());
  const auto changes = ChangesBetween(SampleScenario({{SampleSettings("a")}}),
                                      SampleScenario({{SampleSettings("a")}}, rules));
  ASSERT_THAT(changes, SizeIs(4));
  EXPECT_EQ(changes[0].kind, Kind::kStops);
  EXPECT_THAT(changes[1].ether_types, ElementsAre(kEtherTypeArp));
}

TEST(DiffMirroringTest, RouteOfANatGatewayIsNamed) {
  const auto changes =
      ChangesOf(SampleSettings("a"), SampleSettings("a", Filter::NextHopIsNatGateway(0)));
  ASSERT_FALSE(changes.empty());
  EXPECT_EQ(changes[0].kind, Kind::kOtherShare);
  EXPECT_TRUE(changes[0].witness);
  EXPECT_FALSE(changes[0].nat_gateway);  // without that route it stops
  const auto starts = ChangesBetween(
      SampleScenario({}), SampleScenario({{SampleSettings("a", Filter::NextHopIsNatGateway(0))}}));
  EXPECT_EQ(starts.at(0).nat_gateway, "nat-1");
}

TEST(DiffMirroringTest, EnisThatChangeAlikeAreOneGroup) {
  const ValidScenario before = SampleScenario({{SampleSettings("a"), {0, 1, 2}}}, {}, 3);
  const ValidScenario after = SampleScenario({{SampleSettings("a"), {1, 2, 3}}}, {}, 4);
  const MirrorDiff diff = DiffMirroring(before, after);
  EXPECT_EQ(diff.unchanged_enis, 2u);
  ASSERT_THAT(diff.groups, SizeIs(2));
  EXPECT_THAT(diff.groups[0].enis, ElementsAre("web[0]/eni0"));
  EXPECT_EQ(diff.groups[0].presence, MirroringGroup::Presence::kBoth);
  EXPECT_THAT(diff.groups[1].enis, ElementsAre("web[3]/eni0"));
  EXPECT_EQ(diff.groups[1].presence, MirroringGroup::Presence::kOnlyAfter);
}

TEST(DiffMirroringTest, MirroringOfDropsIsNamed) {
  TapRules rules;
  rules.mirrors_outbound_drops = true;
  const MirrorDiff diff = DiffMirroring(SampleScenario({{SampleSettings("a")}}),
                                        SampleScenario({{SampleSettings("a")}}, rules));
  ASSERT_THAT(diff.groups, SizeIs(1));
  EXPECT_THAT(diff.groups[0].changes, IsEmpty());
  EXPECT_THAT(diff.groups[0].drops_differ, ElementsAre(false, true));
}

// Random mirrors and edits of them.
class RandomMirrors {
 public:
  RandomMirrors(Dice& dice, std::vector<Condition>& conditions)
      : dice_(dice), conditions_(conditions) {}

  std::vector<SampleMirror> Draw() {
    std::vector<SampleMirror> mirrors;
    for (std::uint32_t i = dice_.Below(4); i > 0; --i) mirrors.push_back({New()});
    return mirrors;
  }

  void Edit(std::vector<SampleMirror>& mirrors) {
    if (mirrors.empty() || dice_.OneIn(6)) {
      mirrors.push_back({New()});
      return;
    }
    const std::size_t at = dice_.Below(mirrors.size());
    MirrorSettings& settings = mirrors[at].settings;
    switch (dice_.Below(9)) {
      case 0:
        mirrors.erase(mirrors.begin() + static_cast<std::ptrdiff_t>(at));
        break;
      case 1:
        settings.receivers = Receivers();
        break;
      case 2:
        settings.tunnel.vni = dice_.Below(2);
        break;
      case 3:
        settings.number = dice_.Below(5);
        break;
      case 4:
        settings.packet_length[dice_.Below(2)] = Bytes(100 + dice_.Below(2));
        break;
      case 5:
        settings.sampling = {.keep = 1, .of = 1 + dice_.Below(3)};
        break;
      case 6:
        settings.state = dice_.OneIn(2) ? MirrorState::kRunning : MirrorState::kStopped;
        settings.directions = static_cast<DirectionSet>(1 + dice_.Below(3));
        break;
      default:
        settings.filter = RandomFilter();
    }
  }

  TapRules Rules() {
    TapRules rules{.at_most_one_copy = !dice_.OneIn(3), .reject_stops_later = dice_.OneIn(2)};
    if (dice_.OneIn(2)) {
      rules.never_mirrored.push_back({.name = "web", .protocol = kProtocolTcp, .ports = {443}});
    }
    if (dice_.OneIn(2)) {
      rules.never_mirrored.push_back({.name = "service",
                                      .service = Prefix("10.1.2.0/24"),
                                      .ports = {80, 81},
                                      .both_ports = dice_.OneIn(2)});
    }
    if (dice_.OneIn(3)) {
      rules.never_mirrored.push_back({.name = "v6", .ether_type = kEtherTypeIpv6});
    }
    return rules;
  }

 private:
  std::vector<ReceiverAddress> Receivers() {
    std::vector<ReceiverAddress> receivers;
    for (std::uint32_t i = dice_.Below(2); i < 2; ++i) {
      receivers.push_back({.address = IpAddress::V4(Address("10.1.2.3").v4() + dice_.Below(2)),
                           .mtu = Bytes(1500 + 1000 * dice_.Below(2)),
                           .weight = 1 + dice_.Below(2)});
    }
    return receivers;
  }

  Filter RandomFilter() {
    std::vector<FilterRule> rules;
    for (std::uint32_t i = dice_.Below(5); i > 0; --i) {
      conditions_.push_back(RandomCondition(dice_));
      rules.push_back({.priority = i,
                       .action = dice_.OneIn(3) ? Action::kReject : Action::kAccept,
                       .condition = conditions_.back()});
    }
    if (rules.empty()) return {};
    return Filter::FirstMatch(rules, rules, dice_.OneIn(4) ? Action::kAccept : Action::kReject);
  }

  MirrorSettings New() {
    MirrorSettings settings = SampleSettings("m" + std::to_string(++made_), RandomFilter());
    settings.number = dice_.Below(5);
    settings.receivers = Receivers();
    settings.choice = dice_.OneIn(2) ? ReceiverChoice::kByFlow : ReceiverChoice::kBySourceEni;
    if (dice_.OneIn(4)) settings.sampling = {.keep = 1, .of = 2};
    return settings;
  }

  Dice& dice_;
  std::vector<Condition>& conditions_;
  int made_ = 0;
};

using Copy =
    std::tuple<IpAddress, std::uint32_t, MtuAction, std::int64_t, std::int64_t, std::uint64_t>;

// What the core makes of a long frame, at the first ENI.
std::vector<Copy> Copies(const MirrorTap& tap, const FlowKey& flow, Direction direction) {
  FrameInfo info = WitnessFrame(flow);
  info.wire_length = info.captured = Bytes(8000);
  std::vector<Copy> copies;
  const Decision decision = tap.OnFrame({.info = info, .direction = direction});
  for (const Outcome& each : decision.outcomes()) {
    if (each.refusal != Refusal::kNone) continue;
    const MirrorSettings& settings = tap.session(each.session).settings();
    copies.emplace_back(settings.receivers[each.plan.receiver].address, settings.tunnel.vni,
                        each.plan.mtu_action, each.plan.kept.count(), each.plan.room.count(),
                        each.plan.entropy);
  }
  std::sort(copies.begin(), copies.end());
  return copies;
}

MirrorTap TapOf(const ValidScenario& scenario) {
  return MakeTap(scenario, 0, MirrorsByEni(scenario)[0]);
}

struct Tally {
  int in_a_change = 0;
  int alike_outside = 0;
  int witnesses = 0;
  int without_witness = 0;
  std::array<int, 5> kinds{};
};

// Whether the mirror of that index copies the flow, at the first ENI.
bool IsCopiedBy(const ValidScenario& scenario, std::size_t mirror, const FlowKey& flow,
                Direction direction) {
  const std::vector<std::size_t> watching = MirrorsByEni(scenario)[0];
  const MirrorTap tap = MakeTap(scenario, 0, watching);
  const FrameInfo info = WitnessFrame(flow);
  const Decision decision = tap.OnFrame({.info = info, .direction = direction});
  for (const Outcome& each : decision.outcomes()) {
    const bool is_it = watching[tap.given_position(each.session)] == mirror;
    if (is_it && each.refusal == Refusal::kNone) return true;
  }
  return false;
}

// A change of sampling may be about flows that only one of both copies.
bool IsAbout(const ValidScenario& before, const ValidScenario& after, const MirroringChange& change,
             const FlowKey& flow) {
  return IsCopiedBy(before, change.before.at(0), flow, change.direction) ||
         IsCopiedBy(after, change.after.at(0), flow, change.direction);
}

// What a change says of its packets, asked of the core.
void CheckChange(const ValidScenario& before, const ValidScenario& after,
                 const MirroringChange& change, Tally& tally) {
  ++tally.kinds[static_cast<std::size_t>(change.kind)];
  if (!change.ether_types.empty() && !change.is_whole_mirror) return;
  ASSERT_EQ(change.flows.IsEmpty(), change.is_whole_mirror);
  if (!change.witness) {
    ++tally.without_witness;
    return;
  }
  ++tally.witnesses;
  ASSERT_TRUE(change.is_whole_mirror || change.flows.Contains(*change.witness));
  const auto was = Copies(TapOf(before), *change.witness, change.direction);
  const auto is = Copies(TapOf(after), *change.witness, change.direction);
  ASSERT_NE(was, is) << ToString(change.kind);
  ASSERT_TRUE(change.kind != Kind::kStarts || (was.empty() && !is.empty()));
  ASSERT_TRUE(change.kind != Kind::kStops || (is.empty() && !was.empty()));
}

// The core is asked about flows at every corner: what no change names is treated alike.
TEST(DiffMirroringProperty, NamesWhatTheCoreTreatsOtherwise) {
  Dice dice(7);
  Tally tally;
  for (int round = 0; round < 400; ++round) {
    std::vector<Condition> conditions = {{.destination = Prefix("10.1.2.3/32"),
                                          .protocol = kProtocolUdp,
                                          .destination_ports = {4789, 4789}},
                                         {.source_ports = {80, 80}, .destination_ports = {81, 81}}};
    RandomMirrors random(dice, conditions);
    std::vector<SampleMirror> mirrors = random.Draw();
    const TapRules rules = random.Rules();
    const ValidScenario before = SampleScenario(mirrors, rules);
    for (std::uint32_t edits = 1 + dice.Below(3); edits > 0; --edits) random.Edit(mirrors);
    const ValidScenario after = SampleScenario(mirrors, dice.OneIn(6) ? random.Rules() : rules);
    const MirrorDiff diff = DiffMirroring(before, after);
    ASSERT_FALSE(diff.gave_up());
    std::vector<MirroringChange> changes;
    if (!diff.groups.empty()) changes = diff.groups[0].changes;
    for (const MirroringChange& each : changes) CheckChange(before, after, each, tally);
    if (testing::Test::HasFatalFailure()) FAIL() << "in round " << round;

    const Corners corners(conditions);
    const MirrorTap tap_before = TapOf(before);
    const MirrorTap tap_after = TapOf(after);
    for (int i = 0; i < 250; ++i) {
      const FlowKey flow = corners.Draw(dice);
      const Direction direction = dice.OneIn(2) ? Direction::kIngress : Direction::kEgress;
      int holding = 0;
      bool is_told = false;
      for (const MirroringChange& each : changes) {
        if (each.direction != direction) continue;
        holding += each.flows.Contains(flow) ? 1 : 0;
        is_told = is_told || (each.is_whole_mirror && IsAbout(before, after, each, flow));
      }
      ASSERT_LE(holding, 1);
      is_told = is_told || holding > 0;
      tally.in_a_change += is_told ? 1 : 0;
      if (is_told) continue;
      const auto was = Copies(tap_before, flow, direction);
      ASSERT_EQ(was, Copies(tap_after, flow, direction)) << "in round " << round;
      tally.alike_outside += was.empty() ? 0 : 1;
    }
  }
  // The test is about something: of 100,000 flows and 400 pairs.
  EXPECT_GT(tally.in_a_change, 10'000);
  EXPECT_GT(tally.alike_outside, 10'000);
  EXPECT_GT(tally.witnesses, 400);
  EXPECT_LT(tally.without_witness, tally.witnesses / 20);
  for (const int count : tally.kinds) EXPECT_GT(count, 20);
}

}  // namespace
}  // namespace vpcmirror
