#include "models/mirror/classifier.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "models/mirror/compare_lanes.h"
#include "models/mirror/packed_flow.h"
#include "models/mirror/tuple_tables.h"
#include "tests/support/addresses.h"

namespace vpcmirror {
namespace {

using Random = std::mt19937_64;  // the same on every machine, unlike the distributions of std

std::uint64_t Below(Random& random, std::uint64_t end) { return random() % end; }

std::vector<ClassifierForm> AllForms() {
  std::vector<ClassifierForm> forms;
  for (const Lanes lanes : {Lanes::kPlain, Lanes::kSse42, Lanes::kAvx2, Lanes::kAvx512}) {
    if (!CanRun(lanes)) continue;
    for (const Shape shape : {Shape::kByCost, Shape::kCompareAll, Shape::kTables}) {
      forms.push_back({.lanes = lanes, .shape = shape});
    }
  }
  return forms;
}

// Few addresses, so that conditions overlap, repeat and cover one another.
IpAddress DrawAddress(Random& random, IpFamily family) {
  const auto low =
      static_cast<std::uint32_t>(Below(random, 4) << 24 | Below(random, 4) << 8 | Below(random, 4));
  if (family == IpFamily::kV4) return IpAddress::V4(0x0a000000 + low);
  std::array<std::byte, 16> octets{};
  octets[0] = std::byte{0x20};
  for (const std::size_t at : {3, 7, 8, 15}) octets[at] = static_cast<std::byte>(random() & 3);
  return IpAddress::V6(octets);
}

int DrawLength(Random& random, IpFamily family) {
  const int bits = family == IpFamily::kV4 ? 32 : 128;
  switch (Below(random, 4)) {
    case 0:
      return bits;
    case 1:
      return bits / 2;
    default:
      return static_cast<int>(Below(random, static_cast<std::uint64_t>(bits) + 1));
  }
}

PortRange DrawPorts(Random& random) {
  switch (Below(random, 6)) {
    case 0:
      return {.first = 0, .last = 65535};
    case 1: {
      const auto port = static_cast<std::uint16_t>(Below(random, 3) * 32767);
      return {.first = port, .last = port};
    }
    case 2: {
      const auto first = static_cast<std::uint16_t>(Below(random, 4));
      return {.first = first, .last = static_cast<std::uint16_t>(first + Below(random, 4))};
    }
    case 3:
      return {.first = 1024, .last = 65535};
    default:
      return {};
  }
}

IpFamily DrawFamily(Random& random) {
  return Below(random, 3) == 0 ? IpFamily::kV6 : IpFamily::kV4;
}

Condition DrawCondition(Random& random) {
  const IpFamily family = DrawFamily(random);
  Condition condition;
  if (Below(random, 8) == 0) condition.family = DrawFamily(random);
  if (Below(random, 6) != 0) {
    condition.source = IpPrefix(DrawAddress(random, family), DrawLength(random, family));
  }
  if (Below(random, 6) != 0) {
    condition.destination = IpPrefix(DrawAddress(random, family), DrawLength(random, family));
  }
  if (Below(random, 2) == 0) condition.protocol = Below(random, 2) == 0 ? 6 : 17;
  condition.source_ports = DrawPorts(random);
  condition.destination_ports = DrawPorts(random);
  return condition;
}

// 3,000 of the first kind leave nothing to the last, because broad ones come early.
Condition DrawNarrowCondition(Random& random) {
  Condition condition = DrawCondition(random);
  const IpFamily family = DrawFamily(random);
  condition.family.reset();
  condition.source = IpPrefix(DrawAddress(random, family), family == IpFamily::kV4 ? 32 : 128);
  condition.destination = IpPrefix(DrawAddress(random, family), DrawLength(random, family));
  return condition;
}

std::vector<Condition> DrawConditions(Random& random, std::size_t count) {
  std::vector<Condition> conditions;
  const bool narrow = Below(random, 2) == 0;
  while (conditions.size() < count) {
    if (!conditions.empty() && Below(random, 10) == 0) {
      conditions.push_back(conditions[Below(random, conditions.size())]);
    } else {
      conditions.push_back(narrow ? DrawNarrowCondition(random) : DrawCondition(random));
    }
  }
  return conditions;
}

std::uint16_t PortNear(Random& random, const PortRange& range) {
  const std::uint16_t edge = Below(random, 2) == 0 ? range.first : range.last;
  return static_cast<std::uint16_t>(edge + Below(random, 3) - 1);
}

IpAddress AddressNear(Random& random, const std::optional<IpPrefix>& prefix, IpFamily family) {
  if (!prefix || Below(random, 8) == 0) return DrawAddress(random, family);
  const std::span<const std::byte> octets = prefix->address().octets();
  std::vector<std::byte> near(octets.begin(), octets.end());
  if (Below(random, 2) == 0) {  // one bit off: inside or outside, as the length has it
    const std::uint64_t bit = Below(random, 8 * near.size());
    near[bit / 8] ^= std::byte{0x80} >> (bit % 8);
  }
  if (near.size() == 16) return IpAddress::V6(std::span<const std::byte, 16>(near));
  std::uint32_t value = 0;
  for (const std::byte octet : near) value = value << 8 | std::to_integer<std::uint32_t>(octet);
  return IpAddress::V4(value);
}

// A flow at the edges of some condition.
FlowKey FlowNear(Random& random, const std::vector<Condition>& conditions) {
  const Condition any;
  const Condition& near = conditions.empty() ? any : conditions[Below(random, conditions.size())];
  const IpFamily family = DrawFamily(random);
  FlowKey flow{.source = AddressNear(random, near.source, family),
               .destination = AddressNear(random, near.destination, family),
               .protocol = near.protocol.value_or(static_cast<std::uint8_t>(random())),
               .ports = static_cast<Ports>(Below(random, 2) * Below(random, 4))};
  if (flow.ports == Ports::kKnown) {
    flow.source_port = PortNear(random, near.source_ports);
    flow.destination_port = PortNear(random, near.destination_ports);
  }
  return flow;
}

std::vector<FlowKey> FlowsNear(Random& random, const std::vector<Condition>& conditions,
                               std::size_t count) {
  std::vector<FlowKey> flows;
  for (std::size_t i = 0; i < count; ++i) flows.push_back(FlowNear(random, conditions));
  return flows;
}

std::string Name(const ClassifierForm& form) {
  return "lanes " + std::to_string(static_cast<int>(form.lanes)) + ", shape " +
         std::to_string(static_cast<int>(form.shape));
}

void ExpectEveryFormAgrees(const std::vector<Condition>& conditions,
                           const std::vector<FlowKey>& flows) {
  std::vector<std::uint32_t> want;
  for (const FlowKey& flow : flows) want.push_back(FindFirst(conditions, flow));
  for (const ClassifierForm& form : AllForms()) {
    const Classifier classifier(conditions, form);
    std::vector<std::uint32_t> each(flows.size());
    classifier.FindEach(flows, each);
    std::vector<std::uint32_t> one;
    for (const FlowKey& flow : flows) one.push_back(classifier.Find(flow));
    ASSERT_EQ(each, want) << Name(form);
    ASSERT_EQ(one, want) << Name(form);
  }
}

void DrawAndExpectEveryFormAgrees(std::size_t most_conditions) {
  Random random(*rc::gen::arbitrary<std::uint64_t>());
  const auto conditions = DrawConditions(random, Below(random, most_conditions + 1));
  const auto flows = FlowsNear(random, conditions, Below(random, 200));
  ExpectEveryFormAgrees(conditions, flows);
  RC_ASSERT(!testing::Test::HasFatalFailure());
}

RC_GTEST_PROP(ClassifierProperty, FindsTheFirstOfFewConditions, ()) {
  DrawAndExpectEveryFormAgrees(40);
}

RC_GTEST_PROP(ClassifierProperty, FindsTheFirstOfSomeConditions, ()) {
  DrawAndExpectEveryFormAgrees(200);
}

TEST(ClassifierTest, FindsTheFirstOfThousandsOfConditions) {
  for (const std::uint64_t seed : {1U, 2U}) {
    Random random(seed);
    const auto conditions = DrawConditions(random, 3000);
    ExpectEveryFormAgrees(conditions, FlowsNear(random, conditions, 500));
  }
}

TEST(ClassifierTest, FindsNothingInNothing) {
  Random random(1);
  ExpectEveryFormAgrees({}, FlowsNear(random, {}, 100));
  Classifier({}).FindEach({}, {});
}

// No frame has them, a FlowKey may.
TEST(ClassifierTest, FindsFlowsWithAddressesOfTwoFamilies) {
  const std::vector<Condition> conditions = {
      {.family = IpFamily::kV6, .destination = Prefix("2001:db8::/32")},
      {.source = Prefix("10.0.0.0/8"), .destination = Prefix("2001:db8::/32")},
      {.source = Prefix("10.0.0.0/8")},
      {}};
  const FlowKey flow{.source = Address("10.0.0.1"), .destination = Address("2001:db8::1")};
  EXPECT_EQ(Classifier(conditions).Find(flow), 1U);
  ExpectEveryFormAgrees(conditions, {flow, Reversed(flow)});
}

// No cloud writes one, but a range whose ends are exchanged holds no port, not all.
TEST(ClassifierTest, FindsNothingInARangeThatIsEmpty) {
  const std::vector<Condition> conditions = {{.destination_ports = {80, 79}},
                                             {.source_ports = {65535, 0}}};
  for (const int number : {0, 1, 79, 80, 65535}) {
    const auto port = static_cast<std::uint16_t>(number);
    const FlowKey flow{.source_port = port, .destination_port = port, .ports = Ports::kKnown};
    EXPECT_EQ(Classifier(conditions).Find(flow), kNoCondition);
    ExpectEveryFormAgrees(conditions, {flow});
  }
}

// Flows of both families and of none in one batch, longer than what is looked at together.
TEST(ClassifierTest, FindsEachOfALongMixedBatch) {
  Random random(9);
  const auto conditions = DrawConditions(random, 50);
  for (const std::size_t count : {1, 31, 32, 33, 64, 1000}) {
    ExpectEveryFormAgrees(conditions, FlowsNear(random, conditions, count));
  }
}

// --- Changes to the conditions that change no decision.

std::vector<std::uint32_t> Answers(const std::vector<Condition>& conditions,
                                   const std::vector<FlowKey>& flows) {
  std::vector<std::uint32_t> found(flows.size());
  Classifier(conditions).FindEach(flows, found);
  return found;
}

RC_GTEST_PROP(ClassifierProperty, TakesConditionsThatDoNotOverlapInAnyOrder, ()) {
  Random random(*rc::gen::arbitrary<std::uint64_t>());
  std::vector<Condition> conditions;
  for (std::uint32_t i = 0; i < 200; ++i) {
    conditions.push_back({.destination = IpPrefix(IpAddress::V4(0x0a000000 + (i << 6)), 26),
                          .destination_ports = DrawPorts(random)});
  }
  std::vector<std::uint32_t> order(conditions.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
  std::shuffle(order.begin(), order.end(), random);
  std::vector<Condition> permuted;
  for (const std::uint32_t i : order) permuted.push_back(conditions[i]);

  const auto flows = FlowsNear(random, conditions, 200);
  const auto before = Answers(conditions, flows);
  const auto after = Answers(permuted, flows);
  for (std::size_t i = 0; i < flows.size(); ++i) {
    RC_ASSERT((after[i] == kNoCondition ? kNoCondition : order[after[i]]) == before[i]);
  }
}

// The two halves of a prefix, each one bit longer.
std::pair<IpPrefix, IpPrefix> Halves(const IpPrefix& prefix) {
  const std::span<const std::byte> octets = prefix.address().octets();
  std::vector<std::byte> upper(octets.begin(), octets.end());
  const auto bit = static_cast<std::size_t>(prefix.length());
  upper[bit / 8] |= std::byte{0x80} >> (bit % 8);
  const IpAddress middle = upper.size() == 16
                               ? IpAddress::V6(std::span<const std::byte, 16>(upper))
                               : IpAddress::V4(std::to_integer<std::uint32_t>(upper[0]) << 24 |
                                               std::to_integer<std::uint32_t>(upper[1]) << 16 |
                                               std::to_integer<std::uint32_t>(upper[2]) << 8 |
                                               std::to_integer<std::uint32_t>(upper[3]));
  return {IpPrefix(prefix.address(), prefix.length() + 1), IpPrefix(middle, prefix.length() + 1)};
}

RC_GTEST_PROP(ClassifierProperty, TakesTheTwoHalvesOfAPrefixForIt, ()) {
  Random random(*rc::gen::arbitrary<std::uint64_t>());
  const auto conditions = DrawConditions(random, 1 + Below(random, 100));
  std::vector<Condition> split;
  std::vector<std::uint32_t> of;  // which condition a split one came from
  for (std::uint32_t i = 0; i < conditions.size(); ++i) {
    const auto& source = conditions[i].source;
    const bool host = !source || source->length() == (source->address().is_v4() ? 32 : 128);
    for (int half = 0; half < (host ? 1 : 2); ++half) {
      split.push_back(conditions[i]);
      of.push_back(i);
      if (host) continue;
      const auto [lower, upper] = Halves(*source);
      split.back().source = half == 0 ? lower : upper;
    }
  }
  const auto flows = FlowsNear(random, conditions, 200);
  const auto before = Answers(conditions, flows);
  const auto after = Answers(split, flows);
  for (std::size_t i = 0; i < flows.size(); ++i) {
    RC_ASSERT((after[i] == kNoCondition ? kNoCondition : of[after[i]]) == before[i]);
  }
}

RC_GTEST_PROP(ClassifierProperty, NeverAsksWhatStandsBehindACatchAll, ()) {
  Random random(*rc::gen::arbitrary<std::uint64_t>());
  auto conditions = DrawConditions(random, Below(random, 100));
  conditions.push_back({.source_ports = {0, 65535}, .destination_ports = {0, 65535}});
  const auto flows = FlowsNear(random, conditions, 200);
  const auto before = Answers(conditions, flows);
  for (const Condition& more : DrawConditions(random, 50)) conditions.push_back(more);
  RC_ASSERT(Answers(conditions, flows) == before);
}

// --- How much is compared, which time depends on.

CompiledConditions<1> Compiled(const std::vector<Condition>& conditions) {
  std::vector<PackedCondition<1>> packed;
  for (std::uint32_t i = 0; i < conditions.size(); ++i) {
    if (const auto one = Pack<1>(conditions[i], IpFamily::kV4, i)) packed.push_back(*one);
  }
  return Compile(std::move(packed), Shape::kByCost);
}

// Groups of eight conditions that may be compared with a flow.
std::size_t GroupsFor(const TupleTables<1>& tables, const FlowKey& flow) {
  PackedFlows<1> packed;
  packed.Put(0, flow);
  std::size_t groups = tables.loose_groups;
  for (const TupleTable<1>& table : tables.tables) {
    const auto word = [&](int i) { return packed.word[i][0]; };
    std::uint32_t slot = 0;
    FindSlot(table, word, packed.ports[0], slot);
    const Bucket& bucket = tables.slots[table.first_slot + slot];
    if (bucket.best != kNoCondition) groups += 1 + bucket.further();
  }
  return groups;
}

FlowKey TcpFlow(std::uint32_t source, std::uint32_t destination, std::uint16_t port) {
  return {.source = IpAddress::V4(source),
          .destination = IpAddress::V4(destination),
          .source_port = 40000,
          .destination_port = port,
          .protocol = kProtocolTcp,
          .ports = Ports::kKnown};
}

void ExpectFewCompared(const std::vector<Condition>& conditions,
                       const std::vector<FlowKey>& flows) {
  const CompiledConditions<1> compiled = Compiled(conditions);
  ASSERT_NE(compiled.tables, nullptr);
  const TupleTables<1>& tables = *compiled.tables;
  EXPECT_LE(tables.tables.size(), 4U);
  for (const FlowKey& flow : flows) EXPECT_LE(GroupsFor(tables, flow), 4U);
}

constexpr std::uint32_t kVpc = 0x0a000000;  // 10.0.0.0/16
constexpr std::uint32_t kMany = 2000;

TEST(TupleTablesTest, CompareFewHostsOfOneVpc) {
  std::vector<Condition> conditions;
  std::vector<FlowKey> flows;
  for (std::uint32_t i = 0; i < kMany; ++i) {
    conditions.push_back({.source = IpPrefix(IpAddress::V4(kVpc + 7 * i), 32),
                          .destination = Prefix("10.0.0.0/16"),
                          .protocol = kProtocolTcp});
    flows.push_back(TcpFlow(kVpc + 7 * i, kVpc + i, 80));
  }
  ExpectFewCompared(conditions, flows);
}

TEST(TupleTablesTest, CompareFewConditionsThatDifferInOnePort) {
  for (const bool of_source : {false, true}) {
    std::vector<Condition> conditions;
    std::vector<FlowKey> flows;
    for (std::uint32_t i = 0; i < kMany; ++i) {
      const auto port = static_cast<std::uint16_t>(1 + 11 * i);
      Condition condition{.destination = Prefix("10.0.0.0/16"), .protocol = kProtocolTcp};
      (of_source ? condition.source_ports : condition.destination_ports) = {port, port};
      conditions.push_back(condition);
      flows.push_back(TcpFlow(kVpc, kVpc + i, port));
    }
    ExpectFewCompared(conditions, flows);
  }
}

TEST(TupleTablesTest, CompareFewPortRangesSideBySide) {
  std::vector<Condition> conditions;
  std::vector<FlowKey> flows;
  for (std::uint32_t i = 0; i < 1000; ++i) {
    const auto first = static_cast<std::uint16_t>(1024 + 64 * i);
    conditions.push_back({.destination_ports = {first, static_cast<std::uint16_t>(first + 63)}});
    flows.push_back(TcpFlow(kVpc, kVpc, first));
  }
  ExpectFewCompared(conditions, flows);
}

TEST(TupleTablesTest, CompareFewSubnetPairs) {
  std::vector<Condition> conditions;
  std::vector<FlowKey> flows;
  for (std::uint32_t i = 0; i < 40; ++i) {
    for (std::uint32_t j = 0; j < 40; ++j) {
      conditions.push_back({.source = IpPrefix(IpAddress::V4(kVpc + (i << 8)), 24),
                            .destination = IpPrefix(IpAddress::V4(kVpc + (j << 8)), 24)});
      flows.push_back(TcpFlow(kVpc + (i << 8) + 5, kVpc + (j << 8) + 9, 443));
    }
  }
  ExpectFewCompared(conditions, flows);
}

// Half ask for a source, half for a destination, as ingress and egress rules do.
TEST(TupleTablesTest, CompareFewOfTwoKinds) {
  std::vector<Condition> conditions;
  std::vector<FlowKey> flows;
  for (std::uint32_t i = 0; i < kMany / 2; ++i) {
    conditions.push_back({.source = IpPrefix(IpAddress::V4(kVpc + (i << 4)), 28)});
    conditions.push_back({.destination = IpPrefix(IpAddress::V4(kVpc + (i << 4)), 28)});
    flows.push_back(TcpFlow(kVpc + (i << 4), kVpc + (i << 4), 443));
  }
  ExpectFewCompared(conditions, flows);
}

TEST(TupleTablesTest, CompareNothingThatAnEarlierConditionCovers) {
  std::vector<Condition> conditions = {{.protocol = kProtocolTcp}};
  for (std::uint32_t i = 0; i < kMany; ++i) {
    conditions.push_back({.source = IpPrefix(IpAddress::V4(kVpc + i), 32),
                          .protocol = kProtocolTcp,
                          .destination_ports = {443, 443}});
  }
  const CompiledConditions<1> compiled = Compiled(conditions);
  EXPECT_EQ(compiled.few.size(), 1U);
  EXPECT_EQ(compiled.tables, nullptr);
}

// All are of one tuple and hold for the same flows: nothing can tell them apart, and all of
// them still must be asked.
TEST(TupleTablesTest, KeepConditionsThatNoTableSeparates) {
  std::vector<Condition> conditions;
  for (std::uint16_t i = 0; i < 1000; ++i) {
    conditions.push_back({.destination_ports = {static_cast<std::uint16_t>(2000 - i),
                                                static_cast<std::uint16_t>(40000 + i)}});
  }
  for (const ClassifierForm& form : AllForms()) {
    const Classifier classifier(conditions, form);
    EXPECT_EQ(classifier.Find(TcpFlow(1, 2, 2000)), 0U);
    EXPECT_EQ(classifier.Find(TcpFlow(1, 2, 1500)), 500U);
    EXPECT_EQ(classifier.Find(TcpFlow(1, 2, 1001)), 999U);
    EXPECT_EQ(classifier.Find(TcpFlow(1, 2, 1000)), kNoCondition);
  }
}

// What is compiled of few conditions, beside the conditions themselves and what an empty
// classifier takes: two views where no address is asked for, one of IPv6 up to 64 bits.
TEST(ClassifierTest, TakesAtMostSixtyFourBytesForEachOfFewConditions) {
  const auto compiled = [](const std::vector<Condition>& conditions) {
    return Classifier(conditions).bytes() - Classifier({}).bytes() -
           conditions.size() * sizeof(Condition);
  };
  for (const std::uint16_t count : std::array<std::uint16_t, 5>{1, 2, 4, 8, 16}) {
    std::vector<Condition> services, subnets, wide;
    for (std::uint16_t i = 1; i <= count; ++i) {
      services.push_back({.protocol = kProtocolTcp, .destination_ports = {i, i}});
      subnets.push_back({.source = IpPrefix(IpAddress::V4(kVpc + (std::uint32_t{i} << 8)), 24),
                         .destination_ports = {i, i}});
      wide.push_back({.source = Prefix("2001:db8::/64"), .destination_ports = {i, i}});
    }
    EXPECT_LE(compiled(services), 64U * count) << count;
    EXPECT_LE(compiled(subnets), 64U * count) << count;
    EXPECT_LE(compiled(wide), 64U * count) << count;
  }
}

}  // namespace
}  // namespace vpcmirror
