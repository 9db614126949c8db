#include "analysis/report/sparkline.h"

#include <gtest/gtest.h>

#include <cmath>

namespace vpcmirror {
namespace {

TEST(SparklineTest, RisesInEightSteps) {
  EXPECT_EQ(Sparkline({0, 1, 2, 3, 4, 5, 6, 7}, 8),
            "\u2581\u2582\u2583\u2584\u2585\u2586\u2587\u2588");
}

TEST(SparklineTest, IsFlatAtTheBottomWhereAllIsAlike) {
  EXPECT_EQ(Sparkline({5, 5, 5}, 8), "\u2581\u2581\u2581");
}

// Means of two: 1, 5 and the last alone, 9.
TEST(SparklineTest, TakesMeansWhereColumnsAreFew) {
  EXPECT_EQ(Sparkline({0, 2, 4, 6, 9}, 3), "\u2581\u2585\u2588");
}

TEST(SparklineTest, LeavesAGapWhereThereIsNoValue) {
  EXPECT_EQ(Sparkline({0, NAN, 7}, 3), "\u2581 \u2588");
  EXPECT_EQ(Sparkline({}, 3), "");
}

}  // namespace
}  // namespace vpcmirror
