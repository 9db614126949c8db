#include "models/mirror/copied_flows.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "tests/unit/mirror/mirror_samples.h"
#include "tests/support/rule_corners.h"

namespace vpcmirror {
namespace {

constexpr std::array<Direction, 2> kWays{Direction::kIngress, Direction::kEgress};

FrameInfo FrameOf(const FlowKey& flow) { return {.has_flow = true, .flow = flow}; }

struct Drawn {
  Filter filter;
  std::vector<Condition> conditions;
};

std::vector<FilterRule> RandomRules(Dice& dice, std::vector<Condition>& conditions) {
  std::vector<FilterRule> rules;
  const std::uint32_t count = dice.Below(9);
  for (std::uint32_t i = 0; i < count; ++i) {
    conditions.push_back(RandomCondition(dice));
    // Not in the order in which they are asked.
    rules.push_back(
        Rule((i * 7) % 9, dice.OneIn(2) ? Action::kAccept : Action::kReject, conditions.back()));
  }
  return rules;
}

Drawn RandomFilter(Dice& dice) {
  Drawn drawn;
  switch (dice.Below(4)) {
    case 0: {
      std::vector<Condition> all;
      for (std::uint32_t i = 0; i < 1 + dice.Below(3); ++i) all.push_back(RandomCondition(dice));
      drawn.conditions = all;
      drawn.filter = Filter::AllOf(all);
      break;
    }
    case 1: {
      std::vector<IpPrefix> peers;
      std::vector<std::uint8_t> protocols;
      for (int i = 0; i < 3; ++i) {
        const Condition condition = RandomCondition(dice);
        if (condition.source) peers.push_back(*condition.source);
        if (condition.protocol) protocols.push_back(*condition.protocol);
        drawn.conditions.push_back(condition);
      }
      drawn.filter = Filter::PeerAndProtocol(peers, protocols);
      break;
    }
    default: {
      auto in = RandomRules(dice, drawn.conditions);
      auto out = RandomRules(dice, drawn.conditions);
      drawn.filter = Filter::FirstMatch(std::move(in), std::move(out),
                                        dice.OneIn(3) ? Action::kAccept : Action::kReject);
      if (dice.OneIn(3)) {
        const std::vector<NetworkService> services = {
            {.name = "dns", .traffic = {RandomCondition(dice)}},
            {.name = "ntp", .traffic = {RandomCondition(dice)}}};
        for (const auto& each : services) drawn.conditions.push_back(each.traffic[0]);
        const std::vector<std::string> enabled = {"ntp"};
        drawn.filter.SetServices(services, enabled);
      }
    }
  }
  return drawn;
}

// Every model of filter, at every corner of its rules: the set and the core agree.
TEST(CopiedFlowsProperty, HoldWhatTheFilterCopies) {
  Dice dice(42);
  int copied_flows = 0;
  int rejected_flows = 0;
  int empty_sets = 0;
  for (int round = 0; round < 500; ++round) {
    const Drawn drawn = RandomFilter(dice);
    const Corners corners(drawn.conditions);
    for (const Direction direction : kWays) {
      const CopiedFlows copied = CopiedBy(drawn.filter, direction);
      const FlowSet rejected = RejectedByRule(drawn.filter, direction);
      ASSERT_FALSE(copied.flows.gave_up() || copied.asks_next_hop);
      const auto refusal = [&](const FlowKey& flow) {
        return drawn.filter.Decide(FrameOf(flow), direction).refusal;
      };
      ASSERT_EQ(copied.without_flow,
                drawn.filter.Decide(FrameInfo{}, direction).refusal == Refusal::kNone);
      for (int i = 0; i < 100; ++i) {
        const FlowKey flow = corners.Draw(dice);
        const Refusal said = refusal(flow);
        ASSERT_EQ(copied.flows.Contains(flow), said == Refusal::kNone);
        ASSERT_EQ(rejected.Contains(flow), said == Refusal::kRule);
        copied_flows += said == Refusal::kNone ? 1 : 0;
        rejected_flows += said == Refusal::kRule ? 1 : 0;
      }
      empty_sets += copied.flows.IsEmpty() ? 1 : 0;
      for (std::uint64_t turn = 0; turn < 10 && !copied.flows.IsEmpty(); ++turn) {
        ASSERT_EQ(refusal(copied.flows.PickWitness(turn).value()), Refusal::kNone);
      }
    }
  }
  EXPECT_GT(copied_flows, 20'000);  // of 100,000
  EXPECT_GT(rejected_flows, 2'000);
  EXPECT_GT(empty_sets, 20);
  EXPECT_LT(empty_sets, 500);
}

// A control for the above: were the flows drawn far from the rules, nothing would be tested.
TEST(CopiedFlowsProperty, CornersLieInsideAndOutside) {
  Dice dice(43);
  const std::vector<Condition> conditions = {
      {.source = Prefix("10.0.0.0/8"), .protocol = kProtocolTcp, .destination_ports = {80, 443}},
      {.family = IpFamily::kV4, .source_ports = {0, 65535}, .destination_ports = {0, 65535}},
      {.protocol = kProtocolUdp}};
  const Filter filter = Filter::FirstMatch(
      {Rule(1, Action::kReject, conditions[0]), Rule(2, Action::kAccept, conditions[1]),
       Rule(3, Action::kAccept, conditions[2])},
      {});
  const FlowSet copied = CopiedBy(filter, Direction::kIngress).flows;
  const Corners corners(conditions);
  int inside = 0;
  for (int i = 0; i < 10'000; ++i) inside += copied.Contains(corners.Draw(dice)) ? 1 : 0;
  EXPECT_GT(inside, 5000);
  EXPECT_LT(inside, 8000);
}

// Whatever the rules are, a reject of everything in front of them leaves nothing.
TEST(CopiedFlowsProperty, ContradictionsLeaveNothing) {
  Dice dice(44);
  for (int round = 0; round < 300; ++round) {
    const Condition condition = RandomCondition(dice);
    Condition never = condition;
    never.protocol = kProtocolTcp;
    never.destination_ports = {80, 80};
    Condition other = condition;
    other.protocol = kProtocolTcp;
    other.destination_ports = {81, 81};
    EXPECT_TRUE(CopiedBy(Filter::AllOf({never, other}), Direction::kEgress).flows.IsEmpty());
    const Filter hidden = Filter::FirstMatch(
        {Rule(1, Action::kReject, condition), Rule(2, Action::kAccept, condition)}, {});
    EXPECT_TRUE(CopiedBy(hidden, Direction::kIngress).flows.IsEmpty());
    const FlowSet rejected = RejectedByRule(hidden, Direction::kIngress);
    EXPECT_EQ(rejected.IsEmpty(), FlowSet(condition).IsEmpty());
  }
}

TEST(CopiedFlowsTest, OfANatGatewayHangOnTheRoute) {
  const CopiedFlows copied = CopiedBy(Filter::NextHopIsNatGateway(3), Direction::kEgress);
  EXPECT_TRUE(copied.asks_next_hop);
  EXPECT_TRUE(copied.without_flow);
  EXPECT_FALSE(copied.flows.IsEmpty());
}

TEST(CopiedFlowsTest, OfNoConditionsAreAll) {
  const CopiedFlows copied = CopiedBy(Filter(), Direction::kEgress);
  FlowSet left = FlowSet::All();
  left.Subtract(copied.flows);
  EXPECT_TRUE(left.IsEmpty());
  EXPECT_TRUE(copied.without_flow);
  EXPECT_FALSE(copied.asks_next_hop);
}

}  // namespace
}  // namespace vpcmirror
