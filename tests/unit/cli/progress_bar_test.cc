#include "sim/cli/progress_bar.h"

#include <gtest/gtest.h>

#include <sstream>

#include "models/units/rates.h"

namespace vpcmirror::sim {
namespace {

constexpr Picoseconds kSecond(kPicosecondsPerSecond);

// One run, `done` of a second of it.
Progress Done(Picoseconds done) {
  return {.done = done, .total = kSecond, .share = Seconds(done) / Seconds(kSecond)};
}

// A quarter of a second of one took 3 s: 0.083 s a second, 9 s more.
TEST(ProgressLineTest, TellsRateAndTimeLeft) {
  EXPECT_EQ(ProgressLine(Done(kSecond / 4), 3),
            " 25 % [#####...............] 250 ms of 1 s, 0.083 s a second, 9 s left");
}

// The first of two runs took three quarters of the work, and half of the second
// is done: 7/8 in 14 s, so 2 s are left.
TEST(ProgressLineTest, TellsOfAllRunsWhatIsLeft) {
  EXPECT_EQ(ProgressLine(
                {.done = kSecond / 2, .total = kSecond, .share = 0.875, .run = 2, .runs = 2}, 14),
            " 87 % [#################...] run 2 of 2: 500 ms of 1 s, 2 s left");
}

TEST(ProgressLineTest, EstimatesNothingFromNothing) {
  EXPECT_EQ(ProgressLine(Done(Picoseconds(0)), 0), "  0 % [....................] 0 s of 1 s");
  EXPECT_EQ(ProgressLine(Done(kSecond), 0.1), "100 % [####################] 1 s of 1 s");
}

TEST(ProgressLineTest, NeverSaysAllBeforeTheEnd) {
  EXPECT_EQ(ProgressLine(Done(kSecond - Picoseconds(1)), 0).substr(0, 5), " 99 %");
}

// A quarter was there before; another took 10 s, so that the half that is left takes 20 s.
TEST(RunsLineTest, TellsHowManyRunsThereAreAndWhatIsLeft) {
  EXPECT_EQ(RunsLine({.share = 0.5,
                      .share_then = 0.25,
                      .done = 100,
                      .total = 200,
                      .failed = 3,
                      .under_way = 2},
                     10),
            " 50 % [##########..........] 100 of 200 runs, 3 failed, 2 under way, 20 s left");
  EXPECT_EQ(RunsLine({.share = 0, .done = 0, .total = 200, .under_way = 2}, 10),
            "  0 % [....................] 0 of 200 runs, 2 under way");
}

TEST(ProgressBarTest, DrawsAtMostTenTimesASecond) {
  std::ostringstream terminal;
  double now = 0;
  ProgressBar bar(terminal, [&now] { return now; });
  bar.Show(Done(kSecond / 4));
  const std::string first = terminal.str();
  EXPECT_NE(first, "");
  now = 0.05;
  bar.Show(Done(kSecond / 3));
  EXPECT_EQ(terminal.str(), first);
  now = 0.11;
  bar.Show(Done(kSecond / 2));
  EXPECT_NE(terminal.str(), first);
}

TEST(ProgressBarTest, LeavesNoTraceWhenNeverShown) {
  std::ostringstream terminal;
  {
    const ProgressBar bar(terminal, [] { return 0.0; });
  }
  EXPECT_EQ(terminal.str(), "");
}

}  // namespace
}  // namespace vpcmirror::sim
