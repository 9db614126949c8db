#include "models/scenario/timeline_means.h"

#include <gtest/gtest.h>

#include <optional>
#include <vector>

namespace vpcmirror {
namespace {

constexpr Picoseconds kSecond{kPicosecondsPerSecond};
constexpr BitsPerSecond kMega{1'000'000};

BandwidthChanges ChangeAt(Picoseconds at, BitsPerSecond bandwidth) {
  return BandwidthChanges({{{.at = at}, {BandwidthChange{.cvm = 3, .bandwidth = bandwidth}}}});
}

// 100 Mbps for a quarter of the second, 200 for the rest: 25 + 150.
TEST(BandwidthChangesTest, TheMeanWeighsEachLimitByItsTime) {
  const BandwidthChanges changes = ChangeAt(kSecond / 4, kMega * 200);
  EXPECT_EQ(changes.Mean(3, kMega * 100, Picoseconds(0), kSecond), kMega * 175);
  EXPECT_EQ(changes.Mean(3, kMega * 100, kSecond / 4, kSecond), kMega * 200);
  EXPECT_EQ(changes.Mean(3, kMega * 100, Picoseconds(0), kSecond / 4), kMega * 100);
  EXPECT_EQ(changes.Mean(2, kMega * 100, Picoseconds(0), kSecond), kMega * 100);
}

TEST(BandwidthChangesTest, TheMeanIsOfTheTimeWithALimit) {
  const BandwidthChanges changes = ChangeAt(kSecond / 4, kMega);
  EXPECT_EQ(changes.Mean(3, std::nullopt, Picoseconds(0), kSecond), kMega);
  EXPECT_EQ(changes.Mean(3, std::nullopt, Picoseconds(0), kSecond / 4), std::nullopt);
  EXPECT_EQ(changes.Mean(2, std::nullopt, Picoseconds(0), kSecond), std::nullopt);
}

}  // namespace
}  // namespace vpcmirror
