#include "models/mirror/flow_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "tests/support/rule_corners.h"

namespace vpcmirror {
namespace {

using testing::SizeIs;

FlowKey TcpFlow(const char* source, const char* destination, std::uint16_t port) {
  return {.source = Address(source),
          .destination = Address(destination),
          .source_port = 50000,
          .destination_port = port,
          .protocol = kProtocolTcp,
          .ports = Ports::kKnown};
}

TEST(FlowSetTest, EmptyHasNoWitness) {
  EXPECT_TRUE(FlowSet().IsEmpty());
  EXPECT_FALSE(FlowSet().PickWitness());
  EXPECT_FALSE(FlowSet().gave_up());
}

TEST(FlowSetTest, DefaultRangeOfPortsLeavesOutPortZero) {
  const FlowSet any{Condition{}};
  EXPECT_TRUE(any.Contains(TcpFlow("10.0.0.1", "10.0.0.2", 1)));
  EXPECT_FALSE(any.Contains(TcpFlow("10.0.0.1", "10.0.0.2", 0)));
  EXPECT_TRUE(FlowSet::All().Contains(TcpFlow("10.0.0.1", "10.0.0.2", 0)));
}

TEST(FlowSetTest, FragmentIsInARangeThatIsAny) {
  FlowKey fragment = TcpFlow("10.0.0.1", "10.0.0.2", 0);
  fragment.source_port = 0;
  fragment.ports = Ports::kLaterFragment;
  EXPECT_TRUE(FlowSet(Condition{}).Contains(fragment));
  EXPECT_TRUE(FlowSet::WithoutPorts().Contains(fragment));
  EXPECT_FALSE(FlowSet(Condition{.destination_ports = {2, 65535}}).Contains(fragment));
}

TEST(FlowSetTest, ConditionOfTwoFamiliesIsEmpty) {
  EXPECT_TRUE(
      FlowSet(Condition{.source = Prefix("10.0.0.0/8"), .destination = Prefix("2001:db8::/32")})
          .IsEmpty());
  EXPECT_TRUE(
      FlowSet(Condition{.protocol = kProtocolIcmp, .destination_ports = {80, 80}}).IsEmpty());
}

// Every address of both families is left without two halves of each, and none without all.
TEST(FlowSetTest, HalvesMakeAWhole) {
  FlowSet left = FlowSet::All();
  for (const char* half : {"0.0.0.0/1", "128.0.0.0/1", "::/1", "8000::/1"}) {
    EXPECT_FALSE(left.IsEmpty()) << half;
    left.Subtract(FlowSet(Condition{
        .source = Prefix(half), .source_ports = {0, 65535}, .destination_ports = {0, 65535}}));
  }
  EXPECT_TRUE(left.IsEmpty());
}

TEST(FlowSetTest, WitnessIsWhatIsUsual) {
  EXPECT_EQ(FlowSet::All().PickWitness(), TcpFlow("192.0.2.1", "192.0.2.2", 443));
  const FlowSet dns{Condition{
      .source = Prefix("10.0.0.0/8"), .protocol = kProtocolUdp, .destination_ports = {53, 53}}};
  const FlowKey flow = dns.PickWitness().value();
  EXPECT_EQ(flow.source, Address("10.0.0.0"));
  EXPECT_EQ(flow.destination_port, 53);
}

// 300 sources, 300 destinations and 300 ports that are left out are four boxes, not 300^3.
TEST(FlowSetTest, FieldsThatRulesAskAboutOneByOneDoNotMultiply) {
  FlowSet left{Condition{.family = IpFamily::kV4}};
  for (std::uint16_t i = 0; i < 300; ++i) {
    const IpPrefix net(IpAddress::V4(std::uint32_t{2 * i + 1u} << 12), 20);
    left.Subtract(FlowSet(Condition{.source = net}));
    left.Subtract(FlowSet(Condition{.destination = net}));
    const auto port = static_cast<std::uint16_t>(1000 + 2 * i);
    left.Subtract(FlowSet(Condition{.protocol = kProtocolTcp, .destination_ports = {port, port}}));
  }
  left.Simplify();
  EXPECT_FALSE(left.gave_up());
  EXPECT_THAT(left.boxes(), SizeIs(testing::Le(4u)));
}

// Nothing wrong is said of a set that nobody could follow, nor of what is made of it.
TEST(FlowSetTest, GivesUpBeyondItsBoundAndSaysSo) {
  Dice dice(1);
  FlowSet left = FlowSet::All();
  const auto net = [&] {
    return IpPrefix(IpAddress::V4(dice.Below(1u << 31) << 1), static_cast<int>(1 + dice.Below(9)));
  };
  int taken = 0;
  for (; taken < 30'000 && !left.gave_up(); ++taken) {
    const auto port = static_cast<std::uint16_t>(1 + dice.Below(60'000));
    left.Subtract(
        FlowSet(Condition{.source = net(),
                          .destination = IpPrefix(IpAddress::V4(dice.Below(1u << 31)), 32),
                          .source_ports = {port, static_cast<std::uint16_t>(port + 5000)},
                          .destination_ports = {port, 65535}}));
  }
  ASSERT_TRUE(left.gave_up()) << left.boxes().size();
  EXPECT_FALSE(left.IsEmpty());
  EXPECT_FALSE(left.PickWitness());
  EXPECT_TRUE(left.Meets(FlowSet::All()));
  FlowSet more{Condition{}};
  more.Subtract(left);
  EXPECT_TRUE(more.gave_up());
  FlowSet none;
  none.Intersect(left);
  EXPECT_TRUE(none.IsEmpty());
}

FlowSet RandomSet(Dice& dice, std::vector<Condition>& conditions) {
  FlowSet set;
  for (int i = 0; i < 4; ++i) {
    conditions.push_back(RandomCondition(dice));
    const FlowSet other(conditions.back());
    i > 0 && dice.OneIn(3) ? set.Subtract(other) : set.Unite(other);
  }
  return set;
}

// For flows at every corner, each operation is what it is for one flow.
TEST(FlowSetProperty, ArithmeticIsThatOfEachFlow) {
  Dice dice(20260731);
  int in_a = 0;
  int flows = 0;
  for (int round = 0; round < 1000; ++round) {
    std::vector<Condition> conditions;
    const FlowSet a = RandomSet(dice, conditions);
    const FlowSet b = RandomSet(dice, conditions);
    FlowSet both = a;
    both.Intersect(b);
    FlowSet either = a;
    either.Unite(b);
    FlowSet only_a = a;
    only_a.Subtract(b);
    FlowSet simple = either;
    simple.Simplify();
    ASSERT_LE(simple.boxes().size(), either.boxes().size());
    ASSERT_EQ(a.Meets(b), !both.IsEmpty());

    // a = (a and b) or (a without b), and the two have nothing in common.
    FlowSet rest = a;
    rest.Subtract(both);
    rest.Subtract(only_a);
    ASSERT_TRUE(rest.IsEmpty());
    ASSERT_FALSE(both.Meets(only_a));

    const Corners corners(conditions);
    for (int i = 0; i < 100; ++i, ++flows) {
      const FlowKey flow = corners.Draw(dice);
      const bool is_in_a = a.Contains(flow);
      const bool is_in_b = b.Contains(flow);
      in_a += is_in_a ? 1 : 0;
      ASSERT_EQ(both.Contains(flow), is_in_a && is_in_b);
      ASSERT_EQ(either.Contains(flow), is_in_a || is_in_b);
      ASSERT_EQ(simple.Contains(flow), is_in_a || is_in_b);
      ASSERT_EQ(only_a.Contains(flow), is_in_a && !is_in_b);
    }
    for (std::uint64_t turn = 0; turn < 10 && !only_a.IsEmpty(); ++turn) {
      const FlowKey flow = only_a.PickWitness(turn).value();
      ASSERT_TRUE(a.Contains(flow) && !b.Contains(flow));
    }
  }
  EXPECT_GT(in_a, flows / 10);
  EXPECT_LT(in_a, flows * 9 / 10);
}

}  // namespace
}  // namespace vpcmirror
