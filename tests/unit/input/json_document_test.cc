#include "sim/input/json_document.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/input/errors.h"

namespace vpcmirror::sim {
namespace {

using testing::ElementsAre;

std::vector<std::string> JsonErrors(const std::string& text) {
  return ErrorsOf([&] { ParseJson(text, "f.json"); });
}

TextPosition ValueAt(const JsonDocument& document, const std::string& pointer) {
  return NearestPlace(document.place, pointer).value;
}
TextPosition KeyAt(const JsonDocument& document, const std::string& pointer) {
  return NearestPlace(document.place, pointer).key;
}

// Columns are counted by hand in this text; the ruler counts tens.
//                      1         2         3
//             123456789012345678901234567890123456
constexpr char kText[] =
    "// a comment\n"
    "{ \"a\": -1.5e3, /* , : */ \"b c\": [true,\n"
    "\t\"x, \\\"y\\\": {\" , null, {\"d/e\":{}}],\n"
    "  \"f\"  :\n"
    "    \"g\" }\n";

TEST(JsonDocumentTest, FindsTheFirstByteOfEveryValue) {
  const JsonDocument document = ParseJson(kText, "f.json");
  EXPECT_EQ(ValueAt(document, ""), (TextPosition{2, 1}));
  EXPECT_EQ(ValueAt(document, "/a"), (TextPosition{2, 8}));
  EXPECT_EQ(ValueAt(document, "/b c"), (TextPosition{2, 33}));
  EXPECT_EQ(ValueAt(document, "/b c/0"), (TextPosition{2, 34}));
  EXPECT_EQ(ValueAt(document, "/b c/1"), (TextPosition{3, 2}));
  EXPECT_EQ(ValueAt(document, "/b c/2"), (TextPosition{3, 18}));
  EXPECT_EQ(ValueAt(document, "/b c/3"), (TextPosition{3, 24}));
  EXPECT_EQ(ValueAt(document, "/b c/3/d~1e"), (TextPosition{3, 31}));
  EXPECT_EQ(ValueAt(document, "/f"), (TextPosition{5, 5}));
}

TEST(JsonDocumentTest, FindsTheFirstByteOfEveryKey) {
  const JsonDocument document = ParseJson(kText, "f.json");
  EXPECT_EQ(KeyAt(document, "/a"), (TextPosition{2, 3}));
  EXPECT_EQ(KeyAt(document, "/b c"), (TextPosition{2, 26}));
  EXPECT_EQ(KeyAt(document, "/b c/3/d~1e"), (TextPosition{3, 25}));
  EXPECT_EQ(KeyAt(document, "/f"), (TextPosition{4, 3}));
}

TEST(JsonDocumentTest, FindsTheNearestAncestorOfWhatIsNotThere) {
  const JsonDocument document = ParseJson(kText, "f.json");
  EXPECT_EQ(ValueAt(document, "/b c/1/h"), (TextPosition{3, 2}));
  EXPECT_EQ(ValueAt(document, "/b c/4"), (TextPosition{2, 33}));
  EXPECT_EQ(ValueAt(document, "/nothing"), (TextPosition{2, 1}));
}

TEST(JsonDocumentTest, ReadsTheSameValuesAsTheLibrary) {
  EXPECT_EQ(ParseJson(kText, "f.json").root,
            nlohmann::json::parse(kText, nullptr, /*allow_exceptions=*/true,
                                  /*ignore_comments=*/true));
}

TEST(JsonDocumentTest, DoesNotCountTheByteOrderMark) {
  const JsonDocument document = ParseJson("\xef\xbb\xbf{\"a\":1}", "f.json");
  EXPECT_EQ(ValueAt(document, ""), (TextPosition{1, 1}));
  EXPECT_EQ(ValueAt(document, "/a"), (TextPosition{1, 6}));
}

TEST(JsonDocumentTest, CountsBytesAndNotCharacters) {
  // Two bytes for the letter, so the value stands one column further.
  EXPECT_EQ(ValueAt(ParseJson("{\"\xc3\xa4\":1}", "f.json"), "/\xc3\xa4"), (TextPosition{1, 7}));
}

struct SyntaxCase {
  const char* name;
  std::string text;
  std::string want;
};

void PrintTo(const SyntaxCase& c, std::ostream* os) { *os << c.name; }

class JsonSyntaxTest : public testing::TestWithParam<SyntaxCase> {};

TEST_P(JsonSyntaxTest, IsToldInPlainWords) {
  EXPECT_THAT(JsonErrors(GetParam().text), ElementsAre(GetParam().want));
}

constexpr char kValueAccepted[] =
    "a string in double quotes, a number, true, false, an object or an array";

const SyntaxCase kSyntaxCases[] = {
    {"Nothing", "", "1:1 : the file is empty | a JSON object in braces"},
    {"OnlyAComment", "  // nothing\n\n", "1:1 : the file is empty | a JSON object in braces"},
    {"OpenObject", "\n {",
     "2:3 : the file ends where a key should be; the object opened at line 2, column 2 is not "
     "closed | a closing \"}\""},
    {"OpenArray", "{\"a\":[1",
     "1:8 : the file ends too early; the array opened at line 1, column 6 is not closed | a "
     "closing \"]\""},
    {"CommaBeforeBrace", "{\"a\":1,\n}",
     "2:1 : a comma before \"}\" | no comma behind the last element"},
    {"CommaBeforeBracket", "[1, ]",
     "1:5 : a comma before \"]\" | no comma behind the last element"},
    {"NoComma", "{\"a\":1 \"b\":2}",
     "1:8 : found \"b\" behind a value | \",\" and the next element, or \"}\""},
    {"NoColon", "{\"a\" 1}", "1:6 : found 1 behind a key | \":\" and a value"},
    {"BareKey", "{hosts:1}", "1:2 : found hosts where a key should be | a key in double quotes"},
    {"SingleQuotes", "{\"a\":'b'}", "1:6 : a string in single quotes | double quotes"},
    {"BareQuantity", "{\"in\": 10Gbps}",
     "1:8 : 10Gbps is not a JSON number | a decimal number, or a quantity in quotes such as \"10 "
     "Gbps\""},
    {"LeadingZero", "[01]",
     "1:2 : 01 is not a JSON number | a decimal number, or a quantity in quotes such as \"10 "
     "Gbps\""},
    {"LeadingPoint", "[.5]",
     "1:2 : .5 is not a JSON number | a number without a leading + or point"},
    {"TooLargeNumber", "[1e999]",
     "1:2 : 1e999 is not a JSON number | a decimal number, or a quantity in quotes such as \"10 "
     "Gbps\""},
    {"BrokenWord", "[tru]", std::string("1:2 : tru is not a JSON value | ") + kValueAccepted},
    {"LineBreakInString", "{\"a\":\"b\nc\"}",
     "1:6 : the string that begins here has no closing \" on its line | \\n for a line break "
     "inside "
     "a string"},
    {"TabInString", "[\"a\tb\"]",
     "1:4 : a control character (0x09) in a string | \\u0009, or \\t for a tab"},
    {"UnknownEscape", "[\"\\q\"]",
     "1:3 : a backslash that JSON does not know | one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t, or \\u "
     "and four hexadecimal digits"},
    // U+D800 to U+DFFF stand for characters in pairs alone (RFC 8259, 7).
    {"LoneFirstSurrogate", "[\"\\ud800\"]",
     "1:3 : \\ud800 is half of a character (a lone surrogate) | both halves, \\ud800 to \\udbff "
     "and "
     "then \\udc00 to \\udfff, or the character itself"},
    {"LoneSecondSurrogate", "[\"\\uDC00\\ud800\"]",
     "1:3 : \\uDC00 is half of a character (a lone surrogate) | both halves, \\ud800 to \\udbff "
     "and "
     "then \\udc00 to \\udfff, or the character itself"},
    {"FaultBehindAPairOfSurrogates", "[\"\\ud83d\\ude00\\q\"]",
     "1:15 : a backslash that JSON does not know | one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t, or "
     "\\u and four hexadecimal digits"},
    {"NulBehindTheDocument", std::string("{\"a\":1}\0 x", 10),
     "1:8 : a NUL byte (0x00) | a text without NUL bytes, saved as UTF-8"},
    {"NulInAString", std::string("[\n\"a\0\"]", 7),
     "2:3 : a NUL byte (0x00) | a text without NUL bytes, saved as UTF-8"},
    {"OpenString", "{\"a\": \"x",
     "1:7 : the file ends inside a string; the object opened at line 1, column 1 is not closed | a "
     "closing \""},
    {"OpenComment", "[1, /* x ]",
     "1:5 : the comment that begins here is not closed | a closing */"},
    {"TwoDocuments", "{} x",
     "1:4 : found x behind the end of the document | one JSON object and nothing behind it"},
    {"WrongBracket", "{\"a\":1]",
     "1:7 : found ] behind a value | \",\" and the next element, or \"}\""},
    {"NotUtf8", "{\"a\":\"\xff\"}",
     "1:7 : the byte 0xff is not UTF-8 text | a file saved as UTF-8"},
    {"OverlongUtf8", "[\"\xc0\xaf\"]",
     "1:3 : the byte 0xc0 is not UTF-8 text | a file saved as UTF-8"},
};

INSTANTIATE_TEST_SUITE_P(Table, JsonSyntaxTest, testing::ValuesIn(kSyntaxCases),
                         [](const auto& param) { return std::string(param.param.name); });

TEST(JsonDocumentTest, NamesBothPlacesOfEveryDuplicateKey) {
  EXPECT_THAT(JsonErrors("{\"a\": {\"b\": 1,\n        \"b\": 2},\n \"a\": 3}"),
              ElementsAre("2:9 /a/b: the key \"b\" is here for the second time | one of the two: "
                          "the first is at line 1, column 8",
                          "3:2 /a: the key \"a\" is here for the second time | one of the two: the "
                          "first is at line 1, column 2"));
}

TEST(JsonDocumentTest, AcceptsAsMuchNestingAsItSays) {
  const std::string open(kMaxJsonDepth, '[');
  const std::string close(kMaxJsonDepth, ']');
  EXPECT_TRUE(JsonErrors(open + close).empty());
  EXPECT_THAT(JsonErrors("[" + open + close + "]"),
              ElementsAre("1:65 : more than 64 objects and arrays inside each other | "));
  EXPECT_EQ(JsonErrors(std::string(1'000'000, '[')).size(), 1u);
}

TEST(JsonDocumentTest, BoundsTheNumberOfValues) {
  std::string text = "[0";
  for (std::size_t i = 1; i < kMaxJsonValues; ++i) text += ",0";
  EXPECT_EQ(JsonErrors(text + "]").size(), 1u);  // the array itself is one too many
}

TEST(JsonDocumentTest, BoundsTheLengthOfStringsAndKeys) {
  EXPECT_TRUE(JsonErrors("[\"" + std::string(65'536, 'a') + "\"]").empty());
  EXPECT_THAT(JsonErrors("[ \"" + std::string(65'537, 'a') + "\"]"),
              ElementsAre("1:3 : a string of 65537 bytes | strings of at most 65536 bytes"));
  EXPECT_THAT(JsonErrors("{\"" + std::string(257, 'a') + "\": 1}"),
              ElementsAre("1:2 : a key of 257 bytes | keys of at most 256 bytes"));
}

TEST(JsonDocumentTest, SaysThatAFileIsMissing) {
  EXPECT_THAT(ErrorsOf([] { ReadJsonFile("/nonexistent/f.json"); }),
              ElementsAre("0:0 : there is no such file | the path of a file"));
  EXPECT_THAT(ErrorsOf([] { ReadJsonFile("/"); }),
              ElementsAre("0:0 : this is a folder | the path of a file"));
  EXPECT_THAT(ErrorsOf([] { ReadJsonFile(""); }),
              ElementsAre("0:0 : no file was named (the path is empty) | the path of a file"));
}

// Nothing lies at address 0, where reading this file begins (proc(5)).
TEST(JsonDocumentTest, SaysWhyAFileCannotBeRead) {
  EXPECT_THAT(ErrorsOf([] { ReadJsonFile("/proc/self/mem"); }),
              ElementsAre("0:0 : the file cannot be read: Input/output error | a file that you may "
                          "read"));
  EXPECT_THAT(ErrorsOf([] { ReadJsonFile("/" + std::string(300, 'a')); }),
              ElementsAre("0:0 : the file cannot be read: File name too long | a file that you "
                          "may read"));
}

TEST(JsonPointerTest, EscapesAndSplitsAsTheRfcSays) {
  // RFC 6901, 3 and 5.
  EXPECT_EQ(EscapePointer("a/b~c"), "a~1b~0c");
  EXPECT_THAT(PointerSteps("/a~1b/m~0n//7"), ElementsAre("a/b", "m~n", "", "7"));
  EXPECT_TRUE(PointerSteps("").empty());
  EXPECT_THAT(PointerSteps("/~01"), ElementsAre("~1"));
}

}  // namespace
}  // namespace vpcmirror::sim
