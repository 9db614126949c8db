#include "tests/support/hex_diff.h"

#include <gtest/gtest.h>

namespace vpcmirror {
namespace {

TEST(HexDiffTest, IsEmptyForEqualBytes) {
  EXPECT_EQ(HexDiff(Octets({1, 2}), Octets({1, 2})), "");
  EXPECT_EQ(HexDiff({}, {}), "");
}

TEST(HexDiffTest, ShowsTheRowOfTheFirstDifference) {
  std::vector<std::byte> expected(18);
  std::vector<std::byte> actual(18);
  actual[17] = std::byte{0xff};
  EXPECT_EQ(HexDiff(expected, actual),
            "first difference at offset 17 (0x11) of 18 expected and 18 actual bytes\n"
            "  offset    10 11 12 13 14 15 16 17 18 19 1a 1b 1c 1d 1e 1f\n"
            "  expected  00 00 -- -- -- -- -- -- -- -- -- -- -- -- -- --\n"
            "  actual    00 ff -- -- -- -- -- -- -- -- -- -- -- -- -- --");
}

TEST(HexDiffTest, TakesAMissingByteForADifference) {
  EXPECT_NE(HexDiff(Octets({1, 2}), Octets({1})), "");
  EXPECT_NE(HexDiff(Octets({1}), Octets({1, 2})), "");
}

TEST(BytesAreTest, MatchesEqualBytesOnly) {
  EXPECT_THAT(Octets({1, 2}), BytesAre(Octets({1, 2})));
  EXPECT_THAT(Octets({1, 3}), testing::Not(BytesAre(Octets({1, 2}))));
}

}  // namespace
}  // namespace vpcmirror
