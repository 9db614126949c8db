#include "models/capacity/delay_histogram.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>

#include "models/units/rates.h"

namespace vpcmirror {
namespace {

constexpr std::int64_t kMicrosecond = 1'000 * kPicosecondsPerNanosecond;

void ExpectWithinTheBound(Picoseconds got, double truth) {
  EXPECT_NEAR(static_cast<double>(got.count()), truth, kDelayError * truth);
}

TEST(DelayHistogramTest, KnowsNothingOfNone) {
  const DelayHistogram none;
  EXPECT_EQ(none.count(), 0);
  EXPECT_EQ(none.Mean(), Picoseconds(0));
  EXPECT_EQ(none.Quantile(9900), Picoseconds(0));
  EXPECT_EQ(none.largest(), Picoseconds(0));
}

// 1 to 10,000 us, each once: the p-th part is p * 10,000 us.
TEST(DelayHistogramTest, FindsTheQuantilesOfAUniformDistribution) {
  DelayHistogram delays;
  for (std::int64_t i = 1; i <= 10'000; ++i) delays.Record(Picoseconds(i * kMicrosecond));
  for (const int part : {1, 100, 5000, 9900, 9990, 9999, 10'000}) {
    SCOPED_TRACE(part);
    ExpectWithinTheBound(delays.Quantile(part), static_cast<double>(part) * kMicrosecond);
  }
  EXPECT_EQ(delays.Mean(), Picoseconds(10'001 * kMicrosecond / 2));
  EXPECT_EQ(delays.largest(), Picoseconds(10'000 * kMicrosecond));
}

// Exponential with a mean of 50 us by its inverse at n equal steps: the q-th
// quantile is -ln(1 - q) times the mean, to a step of the sampling.
TEST(DelayHistogramTest, FindsTheQuantilesOfAnExponentialDistribution) {
  constexpr int kSteps = 1'000'000;
  const double mean = 50.0 * kMicrosecond;
  DelayHistogram delays;
  for (int i = 0; i < kSteps; ++i) {
    delays.Record(RoundedTime(-std::log(1 - (i + 0.5) / kSteps) * mean));
  }
  for (const int part : {1000, 5000, 9000, 9900, 9990, 9999}) {
    SCOPED_TRACE(part);
    const double truth = -std::log(1 - part / 10'000.0) * mean;
    const double step = mean / kSteps / (1 - part / 10'000.0);
    EXPECT_NEAR(static_cast<double>(delays.Quantile(part).count()), truth,
                kDelayError * truth + step);
  }
}

// Every delay around every power of two, alone: the answer is within the bound
// of it, and exact up to 255 ps, where each has a bucket.
TEST(DelayHistogramTest, HoldsItsBoundAtEveryOctave) {
  for (int bit = 0; bit < 63; ++bit) {
    for (const std::int64_t off : {-2, -1, 0, 1, 2}) {
      const std::int64_t delay = (std::int64_t{1} << bit) + off;
      if (delay < 0) continue;
      DelayHistogram delays;
      delays.Record(Picoseconds(delay));
      delays.Record(Picoseconds(std::numeric_limits<std::int64_t>::max()));
      ExpectWithinTheBound(delays.Quantile(5000), static_cast<double>(delay));
      if (delay < 256) {
        EXPECT_EQ(delays.Quantile(5000), Picoseconds(delay));
      }
    }
  }
}

TEST(DelayHistogramTest, TakesTheLongestRunAndTheLongestTime) {
  DelayHistogram delays;
  const Picoseconds hundred_days(100 * 86'400 * kPicosecondsPerSecond);
  delays.Record(hundred_days);
  delays.Record(hundred_days);
  EXPECT_EQ(delays.Mean(), hundred_days);  // though the sum is over 64 bits
  EXPECT_EQ(delays.Quantile(9900), hundred_days);
  delays.Record(Picoseconds(std::numeric_limits<std::int64_t>::max()));
  EXPECT_EQ(delays.Quantile(10'000), Picoseconds(std::numeric_limits<std::int64_t>::max()));
}

// Of 10,001 delays, one of them long: 9,999 of 10,000 parts are rank 10,000, which is short.
TEST(DelayHistogramTest, RanksAsItSays) {
  DelayHistogram delays;
  for (int i = 0; i < 10'000; ++i) delays.Record(Picoseconds(7));
  delays.Record(Picoseconds(kMicrosecond));
  EXPECT_EQ(delays.Quantile(0), Picoseconds(7));
  EXPECT_EQ(delays.Quantile(9999), Picoseconds(7));
  EXPECT_EQ(delays.Quantile(10'000), Picoseconds(kMicrosecond));
}

TEST(DelayHistogramTest, MergesAsIfAllHadBeenRecordedInOne) {
  DelayHistogram odd;
  DelayHistogram even;
  DelayHistogram all;
  for (std::int64_t i = 0; i < 5000; ++i) {
    const Picoseconds delay(i * i * i);
    (i % 2 == 0 ? even : odd).Record(delay);
    all.Record(delay);
  }
  DelayHistogram merged;
  merged += odd;
  merged += even;
  merged += DelayHistogram();
  EXPECT_EQ(merged, all);
  DelayHistogram none;
  none += DelayHistogram();
  EXPECT_EQ(none, DelayHistogram());
}

}  // namespace
}  // namespace vpcmirror
