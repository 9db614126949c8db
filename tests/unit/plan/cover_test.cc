#include "analysis/plan/cover.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <vector>

namespace vpcmirror {
namespace {

using testing::ElementsAre;
using testing::Optional;

std::optional<std::vector<std::int64_t>> NumbersOf(const std::vector<CoverItem>& items,
                                                   const CoverNeed& need) {
  const auto cover = CheapestCover(items, need);
  if (!cover) return std::nullopt;
  EXPECT_TRUE(cover->is_exact);
  return cover->numbers;
}

// A need of 1: two of a half cost 10, three of a third 9, and one of each covers no more than
// 5/6. With a spare, three halves (15) leave two; four thirds (12) leave three.
TEST(CoverTest, TakesTheCheapestNumbers) {
  const std::vector<CoverItem> items = {{5, 0.5, 0}, {3, 1.0 / 3, 0}};
  EXPECT_THAT(NumbersOf(items, {}), Optional(ElementsAre(0, 3)));
  EXPECT_THAT(NumbersOf(items, {.without_any = true}), Optional(ElementsAre(0, 4)));
}

// 0.7 costs 10 and 0.4 costs 6: one of each is 1.1 for 16; two of 0.7 are 20, three of 0.4 18.
TEST(CoverTest, MixesWhereThatIsCheaper) {
  EXPECT_THAT(NumbersOf({{10, 0.7, 0}, {6, 0.4, 0}}, {}), Optional(ElementsAre(1, 1)));
}

// Four sources of which each takes one; 18 units of bandwidth take nine things of 2.
TEST(CoverTest, MeetsWhatTheRulesAsk) {
  EXPECT_THAT(NumbersOf({{3, 2, 0, 1}, {5, 9, 0, 1}}, {.sources = 4}),
              Optional(ElementsAre(4, 0)));
  EXPECT_THAT(NumbersOf({{3, 1, 2}}, {.bandwidth = 18}), Optional(ElementsAre(9)));
}

// 110 sources: one of 100 and one of 10 take them, and neither is left over when one is lost.
// Without any one: two of 100 leave 100, so that one of 10 must be beside them (2 x 20 + 3 = 43);
// twelve of 10 leave 110 (36).
TEST(CoverTest, MeetsWhatTheRulesAskWithoutAnyOne) {
  const std::vector<CoverItem> items = {{3, 1, 0, 10}, {20, 1, 0, 100}};
  EXPECT_THAT(NumbersOf(items, {.sources = 110}), Optional(ElementsAre(1, 1)));
  EXPECT_THAT(NumbersOf(items, {.sources = 110, .without_any = true}),
              Optional(ElementsAre(12, 0)));
  const std::vector<CoverItem> dear = {{5, 1, 0, 10}, {20, 1, 0, 100}};
  EXPECT_THAT(NumbersOf(dear, {.sources = 110, .without_any = true}), Optional(ElementsAre(1, 2)));
}

// Fifteen of a fifteenth cost 30; of at most six things, one of ten fifteenths and five of one
// cost 34; of five things, two of ten 48; and one is too few.
TEST(CoverTest, TakesNoMoreThingsThanAreAllowed) {
  const std::vector<CoverItem> items = {{2, 1.0 / 15, 1}, {24, 10.0 / 15, 1}};
  EXPECT_THAT(NumbersOf(items, {}), Optional(ElementsAre(15, 0)));
  EXPECT_THAT(NumbersOf(items, {.most = 6}), Optional(ElementsAre(5, 1)));
  EXPECT_THAT(NumbersOf(items, {.most = 5}), Optional(ElementsAre(0, 2)));
  EXPECT_EQ(NumbersOf(items, {.most = 1}), std::nullopt);
}

// Two for 4 each are as dear as one for 8.
TEST(CoverTest, PrefersFewOfEquallyDear) {
  EXPECT_THAT(NumbersOf({{4, 0.5, 0}, {8, 1, 0}}, {}), Optional(ElementsAre(0, 1)));
}

TEST(CoverTest, SaysThatNoNumberDoes) {
  EXPECT_EQ(NumbersOf({}, {}), std::nullopt);
  EXPECT_EQ(NumbersOf({{1, 0, 5}}, {}), std::nullopt);
  EXPECT_EQ(NumbersOf({{1, 0.5, 0}}, {.bandwidth = 1}), std::nullopt);
}

// Three of 0.35 for 12 are 36, and one of 1 is 37. A third of a thing more than 12 / 0.35 = 34.3
// is the least that may be: whether 35 does takes a look.
TEST(CoverTest, SaysThatItGaveUp) {
  const std::vector<CoverItem> items = {{12, 0.35, 0}, {37, 1.0, 0}};
  const auto without = CheapestCover(items, {}, 0);
  ASSERT_TRUE(without);
  EXPECT_FALSE(without->is_exact);
  EXPECT_THAT(without->numbers, ElementsAre(3, 0));
  EXPECT_TRUE(CheapestCover(items, {})->is_exact);
}

// The least cost among all numbers of up to `most` of each item; nothing clever.
std::optional<std::int64_t> LeastCostByTrial(const std::vector<CoverItem>& items,
                                             const CoverNeed& need, std::int64_t most) {
  std::optional<std::int64_t> least;
  std::vector<std::int64_t> numbers(items.size(), 0);
  for (;;) {
    CoverItem all;
    CoverItem largest;
    std::int64_t count = 0;
    for (std::size_t i = 0; i < items.size(); ++i) {
      const auto number = static_cast<double>(numbers[i]);
      all.cost += numbers[i] * items[i].cost;
      all.share += number * items[i].share;
      all.bandwidth += number * items[i].bandwidth;
      all.sources += number * items[i].sources;
      count += numbers[i];
      if (numbers[i] == 0 || !need.without_any) continue;
      largest.share = std::max(largest.share, items[i].share);
      largest.bandwidth = std::max(largest.bandwidth, items[i].bandwidth);
      largest.sources = std::max(largest.sources, items[i].sources);
    }
    constexpr double kHair = 1e-7;  // shares are hundredths: far from any other sum
    const auto is_met = [&](double sum, double of_one, double asked) {
      return asked == 0 || sum - of_one > asked - kHair;
    };
    if (is_met(all.share, largest.share, 1) &&
        is_met(all.bandwidth, largest.bandwidth, need.bandwidth) &&
        is_met(all.sources, largest.sources, need.sources) &&
        (need.most == 0 || count <= need.most) && (!least || all.cost < *least)) {
      least = all.cost;
    }
    std::size_t i = 0;
    while (i < numbers.size() && ++numbers[i] > most) numbers[i++] = 0;
    if (i == numbers.size()) return least;
  }
}

// Shares of a fifth at least, and needs of at most 6: no fleet of the cheapest kind has more than
// 7 of one item, with the spare one.
RC_GTEST_PROP(CoverPropertyTest, AgreesWithTryingAllNumbers, ()) {
  const auto size = *rc::gen::inRange<std::size_t>(1, 5);
  const auto items = *rc::gen::container<std::vector<CoverItem>>(
      size, rc::gen::map(rc::gen::tuple(rc::gen::inRange(1, 40), rc::gen::inRange(20, 140),
                                        rc::gen::inRange(1, 10), rc::gen::inRange(1, 4)),
                         [](const std::tuple<int, int, int, int>& drawn) {
                           return CoverItem{std::get<0>(drawn), std::get<1>(drawn) / 100.0,
                                            static_cast<double>(std::get<2>(drawn)),
                                            static_cast<double>(std::get<3>(drawn))};
                         }));
  CoverNeed need;
  need.sources = *rc::gen::inRange(0, 5);
  need.bandwidth = *rc::gen::inRange(0, 7);
  need.without_any = *rc::gen::arbitrary<bool>();
  need.most = *rc::gen::element(0, 3, 8);
  const auto numbers = NumbersOf(items, need);
  if (!numbers) {
    RC_ASSERT(need.most > 0);
    RC_ASSERT(!LeastCostByTrial(items, need, need.most).has_value());
    return;
  }
  std::int64_t cost = 0;
  for (std::size_t i = 0; i < items.size(); ++i) cost += (*numbers)[i] * items[i].cost;
  constexpr std::int64_t kMost = 7;
  const auto least = LeastCostByTrial(items, need, kMost);
  RC_ASSERT(least.has_value());
  RC_ASSERT(cost == *least);
}

}  // namespace
}  // namespace vpcmirror
