#include "analysis/compare/mean_interval.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

namespace vpcmirror {
namespace {

// Quantiles of Student's t as NIST prints them (Engineering Statistics Handbook,
// 1.3.6.7.2): 0.975 with 4 degrees of freedom is 2.776, 0.95 with 9 is 1.833.
TEST(MeanIntervalTest, IsStudentsOfTheSamplesOwnVariance) {
  // Mean 3, variance 10 / 4, standard error sqrt(2.5 / 5).
  const std::vector<double> five = {1, 2, 3, 4, 5};
  const MeanInterval of_five = IntervalOf(five, 0.95);
  EXPECT_DOUBLE_EQ(of_five.mean, 3);
  ASSERT_TRUE(of_five.half_width);
  EXPECT_NEAR(*of_five.half_width, 2.776 * std::sqrt(0.5), 0.0005);

  // Nine of 0 and one of 10: mean 1, variance (9 * 1 + 81) / 9 = 10, standard error 1.
  const std::vector<double> ten = {0, 0, 0, 0, 0, 0, 0, 0, 0, 10};
  const MeanInterval of_ten = IntervalOf(ten, 0.90);
  EXPECT_DOUBLE_EQ(of_ten.mean, 1);
  EXPECT_NEAR(of_ten.half_width.value(), 1.833, 0.0005);
}

TEST(MeanIntervalTest, OfOneSampleThereIsNone) {
  const std::vector<double> one = {7};
  EXPECT_DOUBLE_EQ(IntervalOf(one, 0.95).mean, 7);
  EXPECT_FALSE(IntervalOf(one, 0.95).half_width);
}

TEST(MeanIntervalTest, OfSamplesThatAreAlikeHasNoWidth) {
  const std::vector<double> alike = {0.25, 0.25, 0.25};
  EXPECT_DOUBLE_EQ(IntervalOf(alike, 0.95).half_width.value(), 0);
}

// What an interval is for: of 4,000 experiments of 6 normal samples 90 % hold the true
// mean, within four standard errors of that share, sqrt(0.9 * 0.1 / 4,000).
TEST(MeanIntervalTest, HoldsTheTrueMeanAsOftenAsItSays) {
  std::mt19937_64 random(1);
  std::normal_distribution<double> draw(5, 2);
  constexpr int kExperiments = 4000;
  int held = 0;
  for (int i = 0; i < kExperiments; ++i) {
    std::vector<double> samples(6);
    for (double& sample : samples) sample = draw(random);
    const MeanInterval interval = IntervalOf(samples, 0.90);
    held += std::abs(interval.mean - 5) <= *interval.half_width ? 1 : 0;
  }
  EXPECT_NEAR(static_cast<double>(held) / kExperiments, 0.90,
              4 * std::sqrt(0.9 * 0.1 / kExperiments));
}

}  // namespace
}  // namespace vpcmirror
