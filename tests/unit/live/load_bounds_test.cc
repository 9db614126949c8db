#include "sim/live/load_bounds.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <stdexcept>

#include "models/wire/hash.h"

namespace vpcmirror::sim {
namespace {

constexpr std::int64_t kMillisecond = 1'000'000;
constexpr std::int64_t kWholeSecond = 1'000'000'000;
constexpr BitsPerSecond kGigabit{1'000'000'000};

TEST(RateBucketTest, HasATenthOfASecondAtOnceOrALongCopy) {
  EXPECT_EQ(RateBucket::BurstOf(kGigabit), Bytes(12'500'000));
  EXPECT_EQ(RateBucket::BurstOf(BitsPerSecond(400'000'000'000)), Bytes(5'000'000'000));
  EXPECT_EQ(RateBucket::BurstOf(BitsPerSecond(1'000'000)), Bytes(131'072));
}

// 1 Gbit/s is 1/8 byte a nanosecond: 333 ns are 41 bytes and a rest that must not be lost.
TEST(RateBucketTest, LosesNothingOfShortSteps) {
  RateBucket bucket(kGigabit, Bytes(1'000'000), 0);
  bucket.Take(bucket.level());
  Bytes taken{};
  for (std::int64_t now = 333; now <= 333 * 1'000'000; now += 333) {
    bucket.Advance(now);
    taken += bucket.level();
    bucket.Take(bucket.level());
  }
  EXPECT_EQ(taken, Bytes(41'625'000));
}

TEST(RateBucketTest, IsNeverFullerThanItsBurst) {
  RateBucket bucket(kGigabit, Bytes(1'000'000), 0);
  bucket.Advance(3600 * kWholeSecond);
  EXPECT_EQ(bucket.level(), Bytes(1'000'000));
}

TEST(RateBucketTest, MakesUpForWhatWasTakenInAdvance) {
  RateBucket bucket(kGigabit, Bytes(1'000'000), 0);
  bucket.Take(Bytes(1'000'000 + 125'000));
  bucket.Advance(kMillisecond);  // 125,000 bytes
  EXPECT_EQ(bucket.level(), Bytes(0));
  bucket.Advance(0);
  EXPECT_EQ(bucket.level(), Bytes(0)) << "a clock that runs backwards";
}

TEST(CpuWindowTest, HasWhatWasTakenInTheLastSecond) {
  CpuWindow window;
  std::int64_t used = 0;
  for (std::int64_t now = 0; now <= 3 * kWholeSecond; now += 10 * kMillisecond) {
    used = window.Advance({.now_ns = now, .cpu_ns = now * 3 / 10});
  }
  EXPECT_EQ(used, 300 * kMillisecond);
}

TEST(CpuWindowTest, CountsAllFromTheBeginningOn) {
  CpuWindow window;
  window.Advance({.now_ns = 0, .cpu_ns = 7 * kWholeSecond});
  EXPECT_EQ(window.Advance({.now_ns = 5 * kMillisecond, .cpu_ns = 7 * kWholeSecond + 5}), 5);
}

TEST(CpuWindowTest, ForgetsAfterASecondWithManyCallsOrFew) {
  for (const std::int64_t step : {kMillisecond, 25 * kMillisecond, 400 * kMillisecond}) {
    CpuWindow window;
    window.Advance({.now_ns = 0, .cpu_ns = 0});
    std::int64_t used = 0;
    for (std::int64_t now = step; now <= 2 * kWholeSecond; now += step) {
      used = window.Advance({.now_ns = now, .cpu_ns = kWholeSecond});
    }
    EXPECT_EQ(used, 0) << step;
  }
}

TEST(FlowThresholdTest, FallsByWhatIsTooMuch) {
  FlowThreshold threshold;
  threshold.Adapt({.permille = 1500, .is_over = true}, 0);
  EXPECT_EQ(threshold.keep_below(), FlowThreshold::kAll * 1000 / 1500);
}

TEST(FlowThresholdTest, FallsByHalfAtMostAndByASixteenthAtLeast) {
  FlowThreshold threshold;
  threshold.Adapt({.permille = 1'000'000, .is_over = true}, 0);
  EXPECT_EQ(threshold.keep_below(), FlowThreshold::kAll / 2);
  threshold.Adapt({.permille = 10, .is_over = true}, 0);
  EXPECT_NEAR(static_cast<double>(threshold.keep_below()) / FlowThreshold::kAll, 0.5 * 15 / 16,
              0.001);
}

TEST(FlowThresholdTest, NeverLeavesOutAll) {
  FlowThreshold threshold;
  for (int i = 0; i < 100; ++i) threshold.Adapt({.permille = 5000, .is_over = true}, i);
  EXPECT_EQ(threshold.keep_below(), 65'536u);  // of 2^32
}

TEST(FlowThresholdTest, RisesSlowlyAndOnlyWhereThereIsRoom) {
  FlowThreshold threshold;
  threshold.Adapt({.permille = 2000, .is_over = true}, 0);
  threshold.Adapt({.permille = 500}, kWholeSecond - 1);
  EXPECT_EQ(threshold.keep_below(), FlowThreshold::kAll / 2) << "too soon";
  // An eighth more of 0.84 would be 0.945, of 15/16.
  threshold.Adapt({.permille = 840}, kWholeSecond);
  EXPECT_EQ(threshold.keep_below(), FlowThreshold::kAll / 2) << "too close";
  threshold.Adapt({.permille = 500}, kWholeSecond);
  EXPECT_EQ(threshold.keep_below(), FlowThreshold::kAll / 2 * 9 / 8);
  threshold.Adapt({.permille = 500}, kWholeSecond + 1);
  EXPECT_EQ(threshold.keep_below(), FlowThreshold::kAll / 2 * 9 / 8) << "too soon again";
  for (int i = 2; i < 9; ++i) threshold.Adapt({}, i * kWholeSecond);
  EXPECT_EQ(threshold.keep_below(), FlowThreshold::kAll);
}

// 100,000 flows of which a quarter is wanted: a standard deviation is 137.
TEST(FlowThresholdTest, KeepsTheShareThatItSaysAndFewerOfTheSame) {
  int kept = 0;
  for (std::uint64_t flow = 1; flow <= 100'000; ++flow) {
    const std::uint64_t entropy = MixBits(flow);
    const bool is_kept = FlowThreshold::Keeps(entropy, FlowThreshold::kAll / 4);
    if (is_kept) ++kept;
    EXPECT_TRUE(!is_kept || FlowThreshold::Keeps(entropy, FlowThreshold::kAll / 2));
    EXPECT_TRUE(FlowThreshold::Keeps(entropy, FlowThreshold::kAll));
  }
  EXPECT_NEAR(kept, 25'000, 700);
}

TEST(FlowThresholdTest, KeepsFramesWithoutAFlow) {
  EXPECT_TRUE(FlowThreshold::Keeps(0, FlowThreshold::kFewest));
}

TEST(LoadBoundsTest, RefusesLimitsThatLetNothingPass) {
  EXPECT_THROW(LoadBounds({.rate = BitsPerSecond(7)}, {}), std::invalid_argument);
  EXPECT_THROW(LoadBounds({.cpu_permille = 0}, {}), std::invalid_argument);
}

TEST(LoadBoundsTest, GivesOutNoMoreThanThereIs) {
  LoadBounds bounds({.rate = BitsPerSecond(8'000'000)}, {});  // 131,072 bytes at once
  EXPECT_TRUE(bounds.Begin({}).has_rate);
  EXPECT_EQ(bounds.Draw(Bytes(100'000)), Bytes(100'000));
  EXPECT_EQ(bounds.Draw(Bytes(100'000)), Bytes(31'072));
  EXPECT_EQ(bounds.Draw(Bytes(1)), Bytes(0));
  bounds.End({.left = Bytes(5)});
  EXPECT_EQ(bounds.Draw(Bytes(100)), Bytes(5));
}

}  // namespace
}  // namespace vpcmirror::sim
