#include "analysis/report/text_layout.h"

#include <gtest/gtest.h>

#include <initializer_list>

namespace vpcmirror {
namespace {

ValueRange RangeOf(std::initializer_list<double> values) {
  ValueRange range;
  for (const double value : values) range.Add(value);
  return range;
}

TEST(WrappedTest, BreaksBetweenWordsAndIndents) {
  EXPECT_EQ(Wrapped("one two three four", 9, 2), "one two\n  three\n  four");
  EXPECT_EQ(Wrapped("short", 80, 2), "short");
  EXPECT_EQ(Wrapped("", 80, 2), "");
}

TEST(WrappedTest, LeavesALongWordWhole) {
  EXPECT_EQ(Wrapped("a bbbbbbbbbbbbbbb c", 5, 0), "a\nbbbbbbbbbbbbbbb\nc");
}

TEST(CellTextTest, ShowsFourDigitsOfOneValue) {
  const RowUnit gbps = BitRateUnit(3e9);
  EXPECT_EQ(CellText(RangeOf({3.0667e9}), gbps), "3.067");
  EXPECT_EQ(CellText(RangeOf({83.333e9}), gbps), "83.33");
  EXPECT_EQ(CellText(RangeOf({1e6}), gbps), "0.001");
  EXPECT_EQ(CellText(RangeOf({1e5}), gbps), "<0.001");
  EXPECT_EQ(CellText(RangeOf({0}), gbps), "-");
}

TEST(CellTextTest, ShowsTheEndsOfARange) {
  const RowUnit gbps = BitRateUnit(3e9);
  EXPECT_EQ(CellText(RangeOf({1.2e9, 0.9e9, 1.1e9}), gbps), "0.9..1.2");
  EXPECT_EQ(CellText(RangeOf({0, 1e9}), gbps), "0..1");
  EXPECT_EQ(CellText(RangeOf({1e6, 1.016e9}), gbps), "<0.01..1.02");
}

TEST(CellTextTest, TakesNearlyEqualForEqual) {
  EXPECT_EQ(CellText(RangeOf({2.3649e9, 2.3651e9}), BitRateUnit(3e9)), "2.365");
}

TEST(PercentRangeTextTest, ShowsWhenOnlySomeAreOver) {
  EXPECT_EQ(PercentRangeText(RangeOf({0.68})), "68 %");
  EXPECT_EQ(PercentRangeText(RangeOf({0.12, 1.07})), "12..107 %");
  EXPECT_EQ(PercentRangeText(RangeOf({0.9999, 1.0001})), "<100..>100 %");
  EXPECT_EQ(PercentRangeText(RangeOf({0.001, 0.024})), "<1..2.4 %");
  EXPECT_EQ(PercentRangeText(RangeOf({0, 0.5})), "0..50 %");
}

TEST(RowUnitTest, TakesTheLargestThatIsThere) {
  EXPECT_EQ(BitRateUnit(1e9).name, "Gbps");
  EXPECT_EQ(BitRateUnit(999e6).name, "Mbps");
  EXPECT_EQ(BitRateUnit(10).name, "bps");
  EXPECT_EQ(PacketRateUnit(1.5e6).name, "Mpps");
  EXPECT_EQ(PacketRateUnit(999).name, "pps");
}

}  // namespace
}  // namespace vpcmirror
