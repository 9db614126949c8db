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

// A tenth of the speed for a quarter of the second: 0.75 + 0.25 / 10.
TEST(SpeedChangesTest, TheMeanWeighsEachSpeedByItsTime) {
  const SpeedChanges changes(
      {{{.at = kSecond / 4}, {ReceiverChange{.cvm = 3, .is_up = true, .speed = 0.1}}},
       {{.at = kSecond / 2}, {ReceiverChange{.cvm = 3, .is_up = true, .speed = 1}}}});
  EXPECT_DOUBLE_EQ(changes.Mean(3, Picoseconds(0), kSecond), 0.775);
  EXPECT_DOUBLE_EQ(changes.Mean(3, kSecond / 4, kSecond / 2), 0.1);
  EXPECT_DOUBLE_EQ(changes.Mean(2, Picoseconds(0), kSecond), 1);
}

}  // namespace
}  // namespace vpcmirror
