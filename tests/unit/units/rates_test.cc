#include "models/units/rates.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace vpcmirror {
namespace {

constexpr BitsPerSecond Gbps(std::int64_t count) { return BitsPerSecond(count * 1'000'000'000); }

// Expected: bytes * 8 / rate by hand, in picoseconds.
TEST(SerialisationDelayTest, IsExactWhereTheRateDividesTheBits) {
  EXPECT_EQ(SerialisationDelay(Bytes(64), Gbps(400)), Picoseconds(1'280));  // 512 b / 0.4 b/ps
  EXPECT_EQ(SerialisationDelay(Bytes(64), Gbps(200)), Picoseconds(2'560));
  EXPECT_EQ(SerialisationDelay(Bytes(64), Gbps(100)), Picoseconds(5'120));
  EXPECT_EQ(SerialisationDelay(Bytes(1500), Gbps(1)), Picoseconds(12'000'000));
  EXPECT_EQ(SerialisationDelay(Bytes(1), BitsPerSecond(1)), Picoseconds(8'000'000'000'000));
  EXPECT_EQ(SerialisationDelay(Bytes(0), Gbps(1)), Picoseconds(0));
}

// 8 bits at 3 Gbit/s take 2666.67 ps.
TEST(SerialisationDelayTest, RoundsUp) {
  EXPECT_EQ(SerialisationDelay(Bytes(1), Gbps(3)), Picoseconds(2'667));
}

// 10^15 bytes * 8 * 10^12 = 8 * 10^27 needs 93 bits; at 10 Tbit/s it is 800 s.
TEST(SerialisationDelayTest, HoldsAnIntermediateResultAboveSixtyFourBits) {
  EXPECT_EQ(SerialisationDelay(Bytes(1'000'000'000'000'000), Gbps(10'000)),
            Picoseconds(800 * kPicosecondsPerSecond));
}

TEST(SerialisationDelayTest, HalvesWhenTheRateDoubles) {
  for (std::int64_t bytes = 64; bytes <= 65'549; ++bytes) {
    ASSERT_EQ(SerialisationDelay(Bytes(bytes), Gbps(1)).count(),
              2 * SerialisationDelay(Bytes(bytes), Gbps(2)).count())
        << bytes << " bytes";
  }
}

// Delays of single frames, each rounded up, exceed the delay of their sum by less than 1 ps each.
TEST(SerialisationDelayTest, OfPartsIsThatOfTheWholeButForRounding) {
  constexpr std::int64_t kFrames = 1'000;
  const Picoseconds one = SerialisationDelay(Bytes(61), Gbps(7));
  const Picoseconds all = SerialisationDelay(Bytes(61 * kFrames), Gbps(7));
  EXPECT_GE(one * kFrames, all);
  EXPECT_LT(one * kFrames, all + Picoseconds(kFrames));
}

TEST(PacketIntervalTest, RoundsUp) {
  EXPECT_EQ(PacketInterval(PacketsPerSecond(1'000'000)), Picoseconds(1'000'000));
  EXPECT_EQ(PacketInterval(PacketsPerSecond(3)), Picoseconds(333'333'333'334));
}

TEST(MeanRateTest, IsBitsOverTimeRoundedDown) {
  EXPECT_EQ(MeanRate(Bytes(125'000'000), Picoseconds(kPicosecondsPerSecond)), Gbps(1));
  EXPECT_EQ(MeanRate(Bytes(1), Picoseconds(3 * kPicosecondsPerSecond)), BitsPerSecond(2));  // 8/3
  EXPECT_EQ(MeanRate(Bytes(64), Picoseconds(1'280)), Gbps(400));
}

TEST(MeanRateTest, OverNoTimeIsZero) {
  EXPECT_EQ(MeanRate(Bytes(1), Picoseconds(0)), BitsPerSecond(0));
  EXPECT_EQ(MeanRate(Bytes(1), Picoseconds(-1)), BitsPerSecond(0));
  EXPECT_EQ(MeanPacketRate(1, Picoseconds(0)), PacketsPerSecond(0));
}

// 10^9 packets in 100 days (8.64 * 10^6 s): 115.7 a second; 10^9 * 10^12 needs 70 bits.
TEST(MeanPacketRateTest, HoldsAHundredDays) {
  EXPECT_EQ(MeanPacketRate(1'000'000'000, Picoseconds(8'640'000 * kPicosecondsPerSecond)),
            PacketsPerSecond(115));
}

TEST(SecondsTest, IsThePicosecondsOverTenToTheTwelve) {
  EXPECT_DOUBLE_EQ(Seconds(Picoseconds(1'500'000'000'000)), 1.5);
}

}  // namespace
}  // namespace vpcmirror
