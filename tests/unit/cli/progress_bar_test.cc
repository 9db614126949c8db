#include "sim/cli/progress_bar.h"

#include <gtest/gtest.h>

#include <sstream>

namespace vpcmirror::sim {
namespace {

constexpr Picoseconds kSecond(kPicosecondsPerSecond);

// A quarter of a second of one took 3 s: 0.083 s a second, 9 s more.
TEST(ProgressLineTest, TellsRateAndTimeLeft) {
  EXPECT_EQ(ProgressLine(kSecond / 4, kSecond, 3),
            " 25 % [#####...............] 250 ms of 1 s, 0.083 s a second, 9 s left");
}

TEST(ProgressLineTest, EstimatesNothingFromNothing) {
  EXPECT_EQ(ProgressLine(Picoseconds(0), kSecond, 0), "  0 % [....................] 0 s of 1 s");
  EXPECT_EQ(ProgressLine(kSecond, kSecond, 0.1), "100 % [####################] 1 s of 1 s");
}

TEST(ProgressLineTest, NeverSaysAllBeforeTheEnd) {
  EXPECT_EQ(ProgressLine(kSecond - Picoseconds(1), kSecond, 0).substr(0, 5), " 99 %");
}

TEST(ProgressBarTest, DrawsAtMostTenTimesASecond) {
  std::ostringstream terminal;
  double now = 0;
  ProgressBar bar(terminal, kSecond, [&now] { return now; });
  bar.Show(kSecond / 4);
  const std::string first = terminal.str();
  EXPECT_NE(first, "");
  now = 0.05;
  bar.Show(kSecond / 3);
  EXPECT_EQ(terminal.str(), first);
  now = 0.11;
  bar.Show(kSecond / 2);
  EXPECT_NE(terminal.str(), first);
}

TEST(ProgressBarTest, LeavesNoTraceWhenNeverShown) {
  std::ostringstream terminal;
  {
    const ProgressBar bar(terminal, kSecond, [] { return 0.0; });
  }
  EXPECT_EQ(terminal.str(), "");
}

}  // namespace
}  // namespace vpcmirror::sim
