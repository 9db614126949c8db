#include "sim/fluid/bursts.h"

#include <gtest/gtest.h>

#include <cmath>
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
  load.Add(10e6, 0.25, 0.1);
  const std::vector<LoadLevel> levels = LevelsOf(load, 10e6);
  ASSERT_EQ(levels.size(), 2u);
  EXPECT_NEAR(levels[0].share, 0.75, 1e-9);
  EXPECT_NEAR(levels[0].factor, 0, 1e-9);
  EXPECT_NEAR(levels[1].share, 0.25, 1e-9);
  EXPECT_NEAR(levels[1].factor, 4, 1e-9);
  EXPECT_NEAR(levels[1].falls, 10, 1e-9);  // a burst of 100 ms
}

// Beside as much that is steady: half of the load doubles at most by half.
TEST(BurstsTest, WhatIsSteadyDoesNotBurst) {
  BurstyLoad load;
  load.Add(10e6, 0.5, 0.1);
  const std::vector<LoadLevel> levels = LevelsOf(load, 20e6);
  EXPECT_NEAR(levels.back().factor, 1.5, 1e-9);
  EXPECT_NEAR(levels.front().factor, 0.5, 1e-9);
}

// n sources of p: variance of K / (n p) is (1 - p) / (n p), by the binomial and where it is normal.
TEST(BurstsTest, ManySourcesHaveTheVarianceOfTheirSum) {
  for (const int sources : {3, 20, 64, 200}) {
    BurstyLoad load;
    for (int i = 0; i < sources; ++i) load.Add(1e6, 0.25, 0.1);
    const std::vector<LoadLevel> levels = LevelsOf(load, load.mean);
    EXPECT_NEAR(MeanOf(levels), 1, 1e-9) << sources;
    EXPECT_NEAR(VarianceOf(levels), 3.0 / sources, 0.01 * 3.0 / sources) << sources;
  }
}

TEST(BurstsTest, NothingThatBurstsIsOneLevel) {
  const std::vector<LoadLevel> levels = LevelsOf({}, 1e9);
  ASSERT_EQ(levels.size(), 1u);
  EXPECT_EQ(levels[0].factor, 1);
}

// 20 Mbps too much for 100 ms at a time are 2 Mb: room for as much leaves exp(-1) of it lost.
TEST(BurstsTest, AQueueTakesShortExcesses) {
  BurstExcess excess;
  EXPECT_EQ(excess.LostBeside(0), 0);
  excess.Add({.factor = 0, .share = 0.75, .falls = 0}, 0);
  excess.Add({.factor = 4, .share = 0.25, .falls = 10}, 20e6);
  EXPECT_NEAR(excess.LostBeside(0), 1, 1e-12);
  EXPECT_NEAR(excess.LostBeside(2e6), std::exp(-1), 1e-12);
}

}  // namespace
}  // namespace vpcmirror::sim
