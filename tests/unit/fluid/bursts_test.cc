#include "sim/fluid/bursts.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace vpcmirror::sim {
namespace {

double MeanOf(const std::vector<LoadLevel>& levels) {
  double mean = 0;
  for (const LoadLevel& level : levels) mean += level.share * level.factor;
  return mean;
}

double VarianceOf(const std::vector<LoadLevel>& levels) {
  double variance = 0;
  for (const LoadLevel& level : levels) variance += level.share * std::pow(level.factor - 1, 2);
  return variance;
}

// Silent for three quarters of the time, and at four times its mean for the rest.
TEST(BurstsTest, OneSourceIsSilentOrAtItsPeak) {
  BurstyLoad load;
  load.Add({.mean = 10e6, .on_share = 0.25, .burst_seconds = 0.1});
  const std::vector<LoadLevel> levels = LevelsOf(load, 10e6);
  ASSERT_EQ(levels.size(), 2u);
  EXPECT_NEAR(levels[0].share, 0.75, 1e-9);
  EXPECT_NEAR(levels[0].factor, 0, 1e-9);
  EXPECT_NEAR(levels[1].share, 0.25, 1e-9);
  EXPECT_NEAR(levels[1].factor, 4, 1e-9);
}

// Beside as much that is steady: half of the load doubles at most by half.
TEST(BurstsTest, WhatIsSteadyDoesNotBurst) {
  BurstyLoad load;
  load.Add({.mean = 10e6, .on_share = 0.5, .burst_seconds = 0.1});
  const std::vector<LoadLevel> levels = LevelsOf(load, 20e6);
  EXPECT_NEAR(levels.back().factor, 1.5, 1e-9);
  EXPECT_NEAR(levels.front().factor, 0.5, 1e-9);
}

// n sources of p: variance of K / (n p) is (1 - p) / (n p), by the binomial and where it is normal.
TEST(BurstsTest, ManySourcesHaveTheVarianceOfTheirSum) {
  for (const int sources : {3, 20, 64, 200}) {
    BurstyLoad load;
    for (int i = 0; i < sources; ++i) {
      load.Add({.mean = 1e6, .on_share = 0.25, .burst_seconds = 0.1});
    }
    const std::vector<LoadLevel> levels = LevelsOf(load, load.mean());
    EXPECT_NEAR(MeanOf(levels), 1, 1e-9) << sources;
    EXPECT_NEAR(VarianceOf(levels), 3.0 / sources, 0.01 * 3.0 / sources) << sources;
  }
}

TEST(BurstsTest, NothingThatBurstsIsOneLevel) {
  const std::vector<LoadLevel> levels = LevelsOf({}, 1e9);
  ASSERT_EQ(levels.size(), 1u);
  EXPECT_EQ(levels[0].factor, 1);
}

// Two sources that are on half of the time, each 20 Mbps at its peak in bursts of 100 ms, at a
// limit of 30 Mbps: c = 1.5, r = 1, n = (2 - 2 / 1.5) / (1 - 0.75) = 8 / 3 of a burst of 2 Mb.
TEST(BurstsTest, AQueueTakesShortExcesses) {
  BurstyLoad load;
  for (int i = 0; i < 2; ++i) {
    load.Add({.mean = 10e6, .on_share = 0.5, .burst_seconds = 0.1, .burst_variation = 1});
  }
  EXPECT_NEAR(load.LostBeside(0, 30e6), 1, 1e-12);
  EXPECT_NEAR(load.LostBeside(2e6, 30e6), std::exp(-8.0 / 3), 1e-9);
  EXPECT_EQ(load.LostBeside(2e6, 15e6), 1);  // less than the mean
}

// No queue holds bursts whose lengths have no variance.
TEST(BurstsTest, AQueueIsNoHelpAgainstHeavyTails) {
  BurstyLoad load;
  load.Add({.mean = 10e6,
            .on_share = 0.5,
            .burst_seconds = 0.1,
            .burst_variation = std::numeric_limits<double>::infinity()});
  EXPECT_EQ(load.LostBeside(1e9, 15e6), 1);
}

}  // namespace
}  // namespace vpcmirror::sim
