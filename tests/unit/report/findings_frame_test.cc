#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>
#include <string>

#include "analysis/report/characters.h"
#include "analysis/report/source_frame.h"

namespace vpcmirror {
namespace {

struct FrameCase {
  const char* name;
  const char* line;
  int column;
  int width;
  const char* want;
};

void PrintTo(const FrameCase& c, std::ostream* os) { *os << c.name; }

class SourceFrameTest : public testing::TestWithParam<FrameCase> {};

TEST_P(SourceFrameTest, IsAsTabled) {
  const FrameCase& c = GetParam();
  EXPECT_EQ(SourceFrame(c.line, 7, c.column, {.width = c.width}), c.want);
}

// Bytes of UTF-8 and columns by hand: U+00E9 has 2 bytes and 1 column, U+6D4B 3 bytes and 2
// columns, U+0301 2 bytes and none. The least that is shown of a line is 20 columns.
const FrameCase kFrameCases[] = {
    {"First", "abc", 1, 80, "    7 | abc\n      | ^\n"},
    {"Last", "abc", 3, 80, "    7 | abc\n      |   ^\n"},
    {"BehindTheLast", "abc", 99, 80, "    7 | abc\n      |    ^\n"},
    {"ColumnUnknown", "abc", 0, 80, "    7 | abc\n      | ^\n"},
    {"TabsAreTwoSpaces", "\t\tabc", 3, 80, "    7 |     abc\n      |     ^\n"},
    {"ControlCharacter", "\x1b[2Jx", 5, 80, "    7 | ?[2Jx\n      |     ^\n"},
    {"NoUtf8", "\xff\xc3x", 3, 80, "    7 | ??x\n      |   ^\n"},
    {"NarrowOfTwoBytes", "\xc3\xa9x", 3, 80, "    7 | \xc3\xa9x\n      |  ^\n"},
    {"WithinACharacter", "\xc3\xa9x", 2, 80, "    7 | \xc3\xa9x\n      | ^\n"},
    {"WideOfThreeBytes", "\xe6\xb5\x8bx", 4, 80, "    7 | \xe6\xb5\x8bx\n      |   ^\n"},
    {"Combining", "e\xcc\x81x", 4, 80, "    7 | e\xcc\x81x\n      |  ^\n"},
    {"CutBehind", "0123456789abcdefghijklmnop", 1, 28, "    7 | 0123456789abc...\n      | ^\n"},
    {"CutBefore", "0123456789abcdefghijklmnop", 26, 28,
     "    7 | ...defghijklmnop\n      |                ^\n"},
    {"CutOnBothSides", "0123456789abcdefghijklmnopqrstuvwxyz", 20, 28,
     "    7 | ...defghijklmnop...\n      |          ^\n"},
};

INSTANTIATE_TEST_SUITE_P(Table, SourceFrameTest, testing::ValuesIn(kFrameCases),
                         [](const auto& param) { return param.param.name; });

TEST(SourceFrameTest, TakesNoTimeOverALineOfMegabytes) {
  const std::string line(10'000'000, 'x');
  for (int i = 0; i < 200; ++i) {
    ASSERT_LE(SourceFrame(line, 1, i * 50'000 + 1, {}).size(), 200u);
  }
}

TEST(SourceLinesTest, KnowsLinesWhateverEndsThem) {
  const SourceLines lines("a\r\nbc\n\nd");
  EXPECT_EQ(lines.Line(1), "a");
  EXPECT_EQ(lines.Line(2), "bc");
  EXPECT_EQ(lines.Line(3), "");
  EXPECT_EQ(lines.Line(4), "d");
  EXPECT_EQ(lines.Line(5), "");
  EXPECT_EQ(lines.Line(0), "");
  EXPECT_EQ(SourceLines("").Line(1), "");
}

TEST(CharacterColumnTest, CountsCharactersBeforeTheByte) {
  EXPECT_EQ(CharacterColumn("abc", 3), 3);
  EXPECT_EQ(CharacterColumn("\xc3\xa9x", 1), 1);
  EXPECT_EQ(CharacterColumn("\xc3\xa9x", 2), 1);
  EXPECT_EQ(CharacterColumn("\xc3\xa9x", 3), 2);
  EXPECT_EQ(CharacterColumn("\xff\xffx", 3), 3);
  EXPECT_EQ(CharacterColumn("abc", 9), 9);
}

struct Utf8Case {
  const char* name;
  const char* text;
  const char* want;
};

void PrintTo(const Utf8Case& c, std::ostream* os) { *os << c.name; }

class Utf8TextTest : public testing::TestWithParam<Utf8Case> {};

TEST_P(Utf8TextTest, IsAsTabled) { EXPECT_EQ(Utf8Text(GetParam().text), GetParam().want); }

// RFC 3629, 3 and 10. U+FFFD is EF BF BD.
const Utf8Case kUtf8Cases[] = {
    {"Ascii", "ab", "ab"},
    {"FourBytes", "\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80"},
    {"ContinuationAlone", "a\x80z", "a\xef\xbf\xbdz"},
    {"CutShort", "\xe6\xb5", "\xef\xbf\xbd\xef\xbf\xbd"},
    {"Overlong", "\xc0\xaf", "\xef\xbf\xbd\xef\xbf\xbd"},
    {"Surrogate", "\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
    {"BeyondTheLast", "\xf4\x90\x80\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
};

INSTANTIATE_TEST_SUITE_P(Table, Utf8TextTest, testing::ValuesIn(kUtf8Cases),
                         [](const auto& param) { return param.param.name; });

}  // namespace
}  // namespace vpcmirror
