#include "analysis/words/quantities.h"

#include <gtest/gtest.h>

namespace vpcmirror {
namespace {

TEST(QuantitiesTest, RatesTakeTheUnitThatReadsBest) {
  EXPECT_EQ(BitRateText(BitsPerSecond(0)), "0 bps");
  EXPECT_EQ(BitRateText(BitsPerSecond(3'066'666'666)), "3.067 Gbps");
  EXPECT_EQ(BitRateText(BitsPerSecond(6'000'000'000)), "6 Gbps");
  EXPECT_EQ(BitRateText(BitsPerSecond(999'949'999)), "999.9 Mbps");
  EXPECT_EQ(BitRateText(BitsPerSecond(400'000'000'000)), "400 Gbps");
  EXPECT_EQ(PacketRateText(PacketsPerSecond(83'333)), "83.33 kpps");
  EXPECT_EQ(PacketRateText(PacketsPerSecond(83'333), 3), "83.3 kpps");
}

TEST(QuantitiesTest, RoundingCarriesIntoTheNextUnit) {
  EXPECT_EQ(BitRateText(BitsPerSecond(999'960'000)), "1 Gbps");
  EXPECT_EQ(PacketRateText(PacketsPerSecond(999'999)), "1 Mpps");
}

TEST(QuantitiesTest, PercentIsNothingOnlyForNothingAndAllOnlyForAll) {
  EXPECT_EQ(PercentText(0), "0 %");
  EXPECT_EQ(PercentText(1), "100 %");
  EXPECT_EQ(PercentText(0.123456), "12.3 %");
  EXPECT_EQ(PercentText(1e-9), "0.0000001 %");
  EXPECT_EQ(PercentText(0.999999), "99.9999 %");
  EXPECT_EQ(PercentText(1.000001), "100.0001 %");
  EXPECT_EQ(PercentText(1.0667), "107 %");
}

TEST(QuantitiesTest, CountsHaveSeparators) {
  EXPECT_EQ(CountText(0), "0");
  EXPECT_EQ(CountText(999), "999");
  EXPECT_EQ(CountText(1000), "1,000");
  EXPECT_EQ(CountText(1234567), "1,234,567");
}

TEST(QuantitiesTest, TimesAndSizesTakeTheUnitThatReadsBest) {
  EXPECT_EQ(TimeText(Picoseconds(0)), "0 s");
  EXPECT_EQ(TimeText(Picoseconds(250'000'000)), "250 us");
  EXPECT_EQ(TimeText(Picoseconds(1'500'000'000'000)), "1.5 s");
  EXPECT_EQ(SizeText(Bytes(999)), "999 bytes");
  EXPECT_EQ(SizeText(Bytes(250'000'600)), "250 MB");
}

TEST(QuantitiesTest, ComparedNumbersDifferInWordsWhenTheyDiffer) {
  const UsedAndLimit close = Compared(BitsPerSecond(6'000'010'000), BitsPerSecond(6'000'000'000));
  EXPECT_EQ(close.used, "6.00001 Gbps");
  EXPECT_EQ(close.limit, "6 Gbps");
  const UsedAndLimit equal = Compared(PacketsPerSecond(1000), PacketsPerSecond(1000));
  EXPECT_EQ(equal.used, "1 kpps");
  EXPECT_EQ(equal.limit, "1 kpps");
}

}  // namespace
}  // namespace vpcmirror
