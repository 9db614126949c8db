#include "models/wire/checksum.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "tests/support/hex_diff.h"

namespace vpcmirror {
namespace {

// RFC 1071, 3: these words sum to 2ddf0, folded to ddf2, complemented to 220d.
TEST(ChecksumTest, EqualsTheExampleOfItsRfc) {
  const auto octets = Octets({0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7});
  EXPECT_EQ(SumWords(octets), 0x2ddf0u);
  EXPECT_EQ(FoldChecksum(SumWords(octets)), 0x220d);
}

TEST(ChecksumTest, PadsAnOddOctetWithZero) {
  EXPECT_EQ(SumWords(Octets({0x12, 0x34, 0x56})), 0x1234u + 0x5600u);
  EXPECT_EQ(SumWords({}), 0u);
}

// ffff + 1 folds to 1 0000, and that once more to 1.
TEST(ChecksumTest, FoldsACarryThatFoldingMakes) {
  EXPECT_EQ(FoldChecksum(0x0001ffff), 0xfffe);
  EXPECT_EQ(FoldChecksum(0xffffffff), 0x0000);
  EXPECT_EQ(FoldChecksum(0), 0xffff);
}

// 65536 words of ffff are ffff0000, the most that 32 bits can be asked to hold.
TEST(ChecksumTest, SumsTheMostOctetsThatItPromises) {
  EXPECT_EQ(SumWords(std::vector<std::byte>(128 * 1024, std::byte{0xff})), 0xffff0000u);
}

}  // namespace
}  // namespace vpcmirror
