#include "sim/fluid/max_min.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <stdexcept>
#include <vector>

namespace vpcmirror::sim {
namespace {

constexpr double kAnyRate = std::numeric_limits<double>::infinity();

struct FlowCase {
  double demand = kAnyRate;
  std::vector<ResourceUse> uses;
  double weight = 1;
};

struct MaxMinCase {
  const char* name;
  std::vector<double> capacities;
  std::vector<FlowCase> flows;
  std::vector<double> want;
};

void PrintTo(const MaxMinCase& c, std::ostream* os) { *os << c.name; }

class MaxMinSharesTableTest : public testing::TestWithParam<MaxMinCase> {};

TEST_P(MaxMinSharesTableTest, IsAsTabled) {
  const MaxMinCase& c = GetParam();
  MaxMinShares shares(c.capacities);
  for (const FlowCase& flow : c.flows) shares.AddFlow(flow.demand, flow.uses, flow.weight);
  shares.Solve();
  for (std::uint32_t i = 0; i < c.want.size(); ++i) {
    EXPECT_DOUBLE_EQ(shares.RateOf(i), c.want[i]) << "flow " << i;
  }
}

const MaxMinCase kMaxMinCases[] = {
    {"NoFlow", {10}, {}, {}},
    {"NothingAtAll", {}, {}, {}},
    {"OneFlowTakesAll", {10}, {{.uses = {{0}}}}, {10}},
    {"OneFlowStopsAtItsDemand", {10}, {{.demand = 4, .uses = {{0}}}}, {4}},
    {"WithoutResourcesADemandIsMet", {}, {{.demand = 4}}, {4}},
    {"NoDemandNoRate", {10}, {{.demand = 0, .uses = {{0}}}, {.uses = {{0}}}}, {0, 10}},
    {"DemandOfExactlyTheShare", {10}, {{.demand = 5, .uses = {{0}}}, {.uses = {{0}}}}, {5, 5}},
    {"EqualShares", {12}, {{.uses = {{0}}}, {.uses = {{0}}}, {.uses = {{0}}}}, {4, 4, 4}},
    {"WhatOneLeavesTheOthersShare",
     {12},
     {{.demand = 2, .uses = {{0}}}, {.uses = {{0}}}, {.uses = {{0}}}},
     {2, 5, 5}},
    {"NothingOfNothing",
     {0, 10},
     {{.uses = {{0}}}, {.demand = 3, .uses = {{0}, {1}}}, {.uses = {{1}}}},
     {0, 0, 10}},
    // Bertsekas and Gallager, Data Networks, 2nd edition, 6.5.2: the flow over both links gets
    // half of the narrow one, and the wide link's other flow what that leaves.
    {"TheNarrowLinkDecides",
     {10, 30},
     {{.uses = {{0}}}, {.uses = {{0}, {1}}}, {.uses = {{1}}}},
     {5, 5, 25}},
    // Level x: 1 x + 3 x = 12.
    {"WeightsShareInProportion",
     {12},
     {{.uses = {{0}}, .weight = 1}, {.uses = {{0}}, .weight = 3}},
     {3, 9}},
    // The demand of 4 is met at level 2, the other rises on from there to 8.
    {"WeightedFlowStopsAtItsDemand",
     {12},
     {{.demand = 4, .uses = {{0}}, .weight = 2}, {.uses = {{0}}}},
     {4, 8}},
    // At equal rates x the first spends 2 x and the second x: 3 x = 12.
    {"RatesAreEqualNotUses", {12}, {{.uses = {{0, 2}}}, {.uses = {{0, 1}}}}, {4, 4}},
    {"UsesOfOneResourceAddUp", {12}, {{.uses = {{0}, {0}}}, {.uses = {{0}}}}, {4, 4}},
    // Bits and frames: 64-byte frames spend 1/512 frame a bit, and 1,000 frames/s are spent at
    // 512,000 bit/s; the link of 1,000,000 leaves the other flow 488,000.
    {"TheSecondResourceBinds",
     {1e6, 1e3},
     {{.uses = {{0}, {1, 1.0 / 512}}}, {.uses = {{0}}}},
     {500'000, 500'000}},
    {"TheSecondResourceBindsFirst",
     {2e6, 1e3},
     {{.uses = {{0}, {1, 1.0 / 512}}}, {.uses = {{0}}}},
     {512'000, 1'488'000}},
    // 1e20 + 1 is 1e20 in 53 bits: once the first has stopped, nothing is left of the second's 1.
    {"ASmallWeightBesideAHugeOne",
     {11},
     {{.demand = 1, .uses = {{0}}, .weight = 1e20}, {.uses = {{0}}}},
     {1, 10}},
};

INSTANTIATE_TEST_SUITE_P(Table, MaxMinSharesTableTest, testing::ValuesIn(kMaxMinCases),
                         [](const auto& param) { return param.param.name; });

TEST(MaxMinSharesTest, RefusesWhatIsNoProblem) {
  EXPECT_THROW(MaxMinShares({-1}), std::invalid_argument);
  EXPECT_THROW(MaxMinShares({kAnyRate}), std::invalid_argument);
  MaxMinShares shares({10});
  const std::vector<ResourceUse> link = {{0}};
  EXPECT_THROW(shares.AddFlow(kAnyRate, {}), std::invalid_argument);
  EXPECT_THROW(shares.AddFlow(-1, link), std::invalid_argument);
  EXPECT_THROW(shares.AddFlow(std::numeric_limits<double>::quiet_NaN(), link),
               std::invalid_argument);
  EXPECT_THROW(shares.AddFlow(1, link, 0), std::invalid_argument);
  EXPECT_THROW(shares.AddFlow(1, std::vector<ResourceUse>{{0, 0}}), std::invalid_argument);
  EXPECT_THROW(shares.AddFlow(1, std::vector<ResourceUse>{{1}}), std::invalid_argument);
}

// Three flows share it. While there is nothing, and before, none could have had 30.
TEST(MaxMinSharesTest, CapacityMayGoAndComeBackAsMore) {
  MaxMinShares shares({3});
  for (int i = 0; i < 3; ++i) shares.AddFlow(kAnyRate, std::vector<ResourceUse>{{0}});
  shares.Solve();
  EXPECT_DOUBLE_EQ(shares.RateOf(0), 1);
  shares.SetCapacity(0, 0);
  shares.Solve();
  EXPECT_EQ(shares.RateOf(0), 0);
  shares.SetCapacity(0, 90);
  shares.Solve();
  EXPECT_DOUBLE_EQ(shares.RateOf(0), 30);
}

// 5e-4 - 2e-4. The difference of the two capacities has a rounding error of 3e-11.
TEST(MaxMinSharesTest, CapacityMayFallByNineOrders) {
  MaxMinShares shares({3e5});
  shares.AddFlow(2e-4, std::vector<ResourceUse>{{0}});
  shares.AddFlow(kAnyRate, std::vector<ResourceUse>{{0}});
  shares.Solve();
  shares.SetCapacity(0, 5e-4);
  shares.Solve();
  EXPECT_DOUBLE_EQ(shares.RateOf(1), 3e-4);
}

TEST(MaxMinSharesTest, RemovedFlowsLeaveTheirShareAndTheirNumber) {
  MaxMinShares shares({12});
  const std::vector<ResourceUse> link = {{0}};
  for (int i = 0; i < 3; ++i) shares.AddFlow(kAnyRate, link);
  shares.Solve();
  EXPECT_DOUBLE_EQ(shares.RateOf(2), 4);
  shares.RemoveFlow(1);
  shares.Solve();
  EXPECT_DOUBLE_EQ(shares.RateOf(2), 6);
  EXPECT_EQ(shares.AddFlow(2, link), 1);
  shares.Solve();
  EXPECT_DOUBLE_EQ(shares.RateOf(2), 5);
}

// A hundred times as many flows come and go as there are at a time.
TEST(MaxMinSharesTest, ManyFlowsMayComeAndGo) {
  MaxMinShares shares({12, 30});
  const std::vector<ResourceUse> links = {{0}, {1}};
  std::uint32_t flow = shares.AddFlow(kAnyRate, links);
  shares.AddFlow(kAnyRate, std::vector<ResourceUse>{{1}});
  for (int i = 0; i < 200; ++i) {
    shares.Solve();
    EXPECT_DOUBLE_EQ(shares.RateOf(flow), 12);
    shares.RemoveFlow(flow);
    flow = shares.AddFlow(kAnyRate, links);
    if (i % 10 == 0) shares.SolveAnew();
  }
  EXPECT_EQ(flow, 0);
}

TEST(MaxMinSharesTest, TellsWhereAResourceIsSpent) {
  MaxMinShares shares({10, 10});
  shares.AddFlow(kAnyRate, std::vector<ResourceUse>{{0}});
  shares.AddFlow(2, std::vector<ResourceUse>{{0}, {1}});
  shares.Solve();
  EXPECT_DOUBLE_EQ(shares.LevelOfResource(0), 8);
  EXPECT_EQ(shares.LevelOfResource(1), kAnyRate);
}

}  // namespace
}  // namespace vpcmirror::sim
