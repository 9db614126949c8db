#include "sim/sweep/points.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace vpcmirror::sim {
namespace {

SweepAxis Axis(std::size_t values) {
  SweepAxis axis{"/a", {}};
  for (std::size_t i = 0; i < values; ++i) axis.values.push_back(std::to_string(i));
  return axis;
}

TEST(GridPointsTest, AreAllCombinationsWithTheLastAxisFastest) {
  EXPECT_EQ(GridPoints({Axis(2), Axis(3)}),
            (std::vector<SweepPoint>{{0, 0}, {0, 1}, {0, 2}, {1, 0}, {1, 1}, {1, 2}}));
  EXPECT_EQ(GridPoints({}), (std::vector<SweepPoint>{{}}));
}

TEST(GridPointsTest, HaveASizeThatDoesNotOverflow) {
  EXPECT_EQ(GridSize({Axis(2), Axis(3), Axis(7)}), 42u);
  EXPECT_EQ(GridSize({}), 1u);
  EXPECT_EQ(GridSize(std::vector<SweepAxis>(64, Axis(10))), std::uint64_t{1} << 63);
}

std::map<std::size_t, int> TimesTaken(const std::vector<SweepPoint>& points, std::size_t axis) {
  std::map<std::size_t, int> times;
  for (const SweepPoint& point : points) ++times[point[axis]];
  return times;
}

// 20 samples of 10, 3 and 20 values: each twice, six or seven times, and once.
TEST(LatinPointsTest, TakeEveryValueOfAnAxisAsOftenAsAnyOther) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const auto points = LatinPoints({Axis(10), Axis(3), Axis(20)}, 20, seed);
    ASSERT_EQ(points.size(), 20u);
    for (const auto& [value, times] : TimesTaken(points, 0)) EXPECT_EQ(times, 2) << value;
    ASSERT_EQ(TimesTaken(points, 1).size(), 3u);
    for (const auto& [value, times] : TimesTaken(points, 1)) EXPECT_NEAR(times, 6.5, 0.5) << value;
    EXPECT_EQ(TimesTaken(points, 2).size(), 20u);
  }
}

TEST(LatinPointsTest, TakeFewerSamplesThanValuesFromAllOfTheAxis) {
  std::set<std::size_t> fifths;
  for (const SweepPoint& point : LatinPoints({Axis(1000)}, 5, 1)) fifths.insert(point[0] / 200);
  EXPECT_EQ(fifths.size(), 5u);
}

// 50 of a grid of 100: drawn without care, about 12 would be there twice.
TEST(LatinPointsTest, AreNotAlike) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const auto points = LatinPoints({Axis(10), Axis(10)}, 50, seed);
    EXPECT_EQ(std::set<SweepPoint>(points.begin(), points.end()).size(), 50u) << seed;
  }
}

// By a chi-square of 1 degree of freedom, 99.9 % of fair draws stay under 10.8: of 400 designs of
// 2 points, the halves of two axes go together in about 200.
TEST(LatinPointsTest, PutAxesTogetherAtRandom) {
  int together = 0;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    const auto points = LatinPoints({Axis(2), Axis(2)}, 2, seed);
    together += points[0][0] == points[0][1] ? 1 : 0;
  }
  const double off = together - 200;
  EXPECT_LT(off * off / 100, 10.8) << together;
}

TEST(LatinPointsTest, AreTheSameForTheSameSeed) {
  const std::vector<SweepAxis> axes = {Axis(10), Axis(10)};
  EXPECT_EQ(LatinPoints(axes, 30, 7), LatinPoints(axes, 30, 7));
  EXPECT_NE(LatinPoints(axes, 30, 7), LatinPoints(axes, 30, 8));
}

TEST(LatinPointsTest, MayBeAllOfTheGrid) {
  const auto points = LatinPoints({Axis(1), Axis(1)}, 1, 1);
  EXPECT_EQ(points, (std::vector<SweepPoint>{{0, 0}}));
}

}  // namespace
}  // namespace vpcmirror::sim
