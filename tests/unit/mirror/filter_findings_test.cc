#include "models/mirror/filter_findings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <ostream>
#include <string>
#include <vector>

#include "tests/support/addresses.h"
#include "tests/unit/mirror/mirror_samples.h"

namespace vpcmirror {
namespace {

using Kind = FilterFinding::Kind;
using testing::ElementsAre;
using testing::IsEmpty;

const Condition kWeb{.protocol = kProtocolTcp, .destination_ports = {443, 443}};

TEST(FindIneffectiveTest, ConditionsThatCannotBothHoldContradict) {
  const Condition http{.protocol = kProtocolTcp, .destination_ports = {80, 80}};
  const std::vector<FilterFinding> found = FindIneffective(Filter::AllOf({http, kWeb}));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].kind, Kind::kContradiction);
  EXPECT_EQ(found[0].rule, 1u);
  EXPECT_THAT(found[0].others, ElementsAre(0u));
  EXPECT_EQ(found[0].field, Mismatch::kDestinationPort);
}

TEST(FindIneffectiveTest, EachFieldCanContradict) {
  const auto field = [](Condition a, Condition b) {
    return FindIneffective(Filter::AllOf({a, b})).at(0).field;
  };
  EXPECT_EQ(field(kTcp, kUdp), Mismatch::kProtocol);
  EXPECT_EQ(field({.source = Prefix("10.0.0.0/8")}, {.source = Prefix("11.0.0.0/8")}),
            Mismatch::kSource);
  EXPECT_EQ(field({.destination = Prefix("10.0.0.0/9")}, {.destination = Prefix("10.128.0.0/9")}),
            Mismatch::kDestination);
  EXPECT_EQ(field({.source_ports = {1, 100}}, {.source_ports = {101, 200}}), Mismatch::kSourcePort);
  EXPECT_EQ(field({.source = Prefix("10.0.0.0/8")}, {.destination = Prefix("2001:db8::/32")}),
            Mismatch::kFamily);
}

// ICMP has no ports, whichever of the conditions says which.
TEST(FindIneffectiveTest, PortOfAProtocolWithoutPortsContradicts) {
  const Condition icmp{.protocol = kProtocolIcmp};
  const Condition port{.destination_ports = {80, 80}};
  const Condition both{.protocol = kProtocolIcmp, .destination_ports = {80, 80}};
  EXPECT_EQ(FindIneffective(Filter::AllOf({port, icmp})).at(0).field, Mismatch::kProtocol);
  const std::vector<FilterFinding> alone = FindIneffective(Filter::AllOf({both}));
  ASSERT_EQ(alone.size(), 1u);
  EXPECT_EQ(alone[0].rule, alone[0].others[0]);
}

// Vector TC-7: a destination range and TCP port 22 can both hold.
TEST(FindIneffectiveTest, CompatibleConditionsAreNoFinding) {
  const Condition ssh{.protocol = kProtocolTcp, .destination_ports = {22, 22}};
  EXPECT_THAT(FindIneffective(Filter::AllOf({{.destination = Prefix("10.0.0.0/8")}, ssh})),
              IsEmpty());
}

TEST(FindIneffectiveTest, RuleBehindACoveringOneIsShadowed) {
  const Filter filter =
      Filter::FirstMatch({Rule(10, Action::kAccept, kTcp), Rule(20, Action::kReject, kWeb)},
                         {Rule(10, Action::kReject, kWeb), Rule(20, Action::kAccept, kTcp)});
  const std::vector<FilterFinding> found = FindIneffective(filter);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].kind, Kind::kShadowed);
  EXPECT_EQ(found[0].direction, Direction::kIngress);
  EXPECT_EQ(found[0].rule, 1u);
  EXPECT_THAT(found[0].others, ElementsAre(0u));
}

TEST(FindIneffectiveTest, RuleCoveredBySeveralTogetherIsShadowed) {
  const auto halves = [](bool whole) {
    std::vector<FilterRule> rules = {Rule(1, Action::kReject, {.source = Prefix("10.0.0.0/9")}),
                                     Rule(2, Action::kReject, {.source = Prefix("10.128.0.0/10")}),
                                     Rule(4, Action::kAccept, {.source = Prefix("10.0.0.0/8")})};
    if (whole) rules.push_back(Rule(3, Action::kReject, {.source = Prefix("10.192.0.0/10")}));
    return Filter::FirstMatch(rules, {Rule(1, Action::kAccept, kTcp)});
  };
  EXPECT_THAT(FindIneffective(halves(false)), IsEmpty());
  const std::vector<FilterFinding> found = FindIneffective(halves(true));
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].rule, 3u);
  EXPECT_THAT(found[0].others, ElementsAre(0u, 1u, 2u));
  EXPECT_EQ(found[1].kind, Kind::kCopiesNothing);
}

// Vector AW-1f: no outbound rules, nothing outbound.
TEST(FindIneffectiveTest, DirectionWithoutAnAcceptCopiesNothing) {
  const std::vector<FilterFinding> found =
      FindIneffective(Filter::FirstMatch({Rule(1, Action::kAccept, kTcp)}, {}));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].kind, Kind::kCopiesNothing);
  EXPECT_EQ(found[0].direction, Direction::kEgress);
}

// Port ranges that together hold every port leave what has no ports.
TEST(ReachOfTest, FragmentsAreLeftBehindEveryPort) {
  const std::vector<FilterRule> rules = {
      Rule(1, Action::kReject, {.protocol = kProtocolTcp, .destination_ports = {0, 1023}}),
      Rule(2, Action::kReject, {.protocol = kProtocolTcp, .destination_ports = {1024, 65535}}),
      Rule(3, Action::kAccept, {.protocol = kProtocolTcp})};
  const RuleReach reach = ReachOf(rules, 2);
  ASSERT_TRUE(reach.witness);
  EXPECT_EQ(reach.witness->ports, Ports::kLaterFragment);
}

TEST(ReachOfTest, ConditionOfTwoFamiliesCoversNothing) {
  const std::vector<FilterRule> rules = {
      Rule(1, Action::kAccept,
           {.source = Prefix("10.0.0.0/8"), .destination = Prefix("2001:db8::/32")})};
  const RuleReach reach = ReachOf(rules, 0);
  EXPECT_TRUE(reach.is_shadowed());
  EXPECT_THAT(reach.hidden_by, IsEmpty());
}

// Few values of each field, so that rules often meet and cover each other.
rc::Gen<Condition> SmallCondition() {
  return rc::gen::map(
      rc::gen::tuple(rc::gen::inRange(0, 7), rc::gen::inRange(0, 7), rc::gen::inRange(0, 3),
                     rc::gen::inRange(0, 5)),
      [](const auto& drawn) {
        static const std::optional<IpPrefix> kNets[] = {
            std::nullopt,           Prefix("10.0.0.0/8"),  Prefix("10.0.0.0/9"),
            Prefix("10.128.0.0/9"), Prefix("10.0.0.0/31"), Prefix("2001:db8::/32"),
            Prefix("::/0")};
        static const std::optional<std::uint8_t> kProtocols[] = {std::nullopt, kProtocolTcp,
                                                                 kProtocolIcmp};
        static const PortRange kPorts[] = {{}, {0, 65535}, {0, 80}, {81, 65535}, {443, 443}};
        const auto [source, destination, protocol, ports] = drawn;
        return Condition{.source = kNets[source],
                         .destination = kNets[destination],
                         .protocol = kProtocols[protocol],
                         .destination_ports = kPorts[ports]};
      });
}

std::vector<FlowKey> FlowsNearTheEdges() {
  std::vector<FlowKey> flows;
  const char* const addresses[] = {"9.255.255.255",  "10.0.0.0",   "10.0.0.2",
                                   "10.127.255.255", "10.128.0.0", "11.0.0.0"};
  const char* const addresses_v6[] = {"2001:db7::1", "2001:db8::", "2001:db8::1", "::"};
  const auto add = [&](const IpAddress& source, const IpAddress& destination) {
    FlowKey flow{.source = source, .destination = destination};
    for (const std::uint8_t protocol : {kProtocolTcp, kProtocolUdp, kProtocolIcmp}) {
      flow.protocol = protocol;
      flow.ports = protocol == kProtocolIcmp ? Ports::kNotInProtocol : Ports::kLaterFragment;
      flow.destination_port = flow.source_port = 0;
      flows.push_back(flow);
      if (protocol == kProtocolIcmp) continue;
      flow.ports = Ports::kKnown;
      flow.source_port = 1024;
      for (const std::uint16_t port :
           std::initializer_list<std::uint16_t>{0, 1, 80, 81, 443, 65535}) {
        flow.destination_port = port;
        flows.push_back(flow);
      }
    }
  };
  for (const char* a : addresses) {
    for (const char* b : addresses) add(*ParseIpAddress(a), *ParseIpAddress(b));
  }
  for (const char* a : addresses_v6) {
    for (const char* b : addresses_v6) add(*ParseIpAddress(a), *ParseIpAddress(b));
  }
  return flows;
}

// The witness is decided by its rule, and of a shadowed rule no flow is.
RC_GTEST_PROP(ReachOfProperty, SaysWhatTheReferenceScanFinds, ()) {
  const auto conditions = *rc::gen::resize(
      6, rc::gen::nonEmpty(rc::gen::container<std::vector<Condition>>(SmallCondition())));
  std::vector<FilterRule> rules;
  for (const Condition& condition : conditions) {
    rules.push_back(Rule(static_cast<std::int64_t>(rules.size()), Action::kAccept, condition));
  }
  static const std::vector<FlowKey> flows = FlowsNearTheEdges();
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const RuleReach reach = ReachOf(rules, i);
    RC_ASSERT(!reach.gave_up);
    if (reach.witness) {
      RC_ASSERT(FindFirst(conditions, *reach.witness) == i);
      continue;
    }
    for (const FlowKey& flow : flows) RC_ASSERT(FindFirst(conditions, flow) != i);
  }
}

}  // namespace
}  // namespace vpcmirror
