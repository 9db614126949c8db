// Provider files as text: where everything stands, and what is refused.
#include "sim/import/document.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/unit/input/errors.h"

namespace vpcmirror::sim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

std::vector<std::string> ErrorsIn(const std::string& text) {
  return ErrorsOf([&] { Document::Parse(text, "a.json"); });
}

TEST(DocumentTest, KnowsThePlaceOfEachValue) {
  // Lines and columns counted by hand.
  const auto document = Document::Parse(
      "{\n"
      "  \"a\": [1, {\"b\": \"x\"}],\n"
      "  \"c/d\": true\n"
      "}",
      "a.json");
  const Value item = document->root().Get("a")->Items()[1];
  const Origin inner = item.Get("b")->origin();
  EXPECT_EQ(*inner.file, "a.json");
  EXPECT_EQ(inner.pointer, "/a/1/b");
  EXPECT_EQ(inner.at, (TextPosition{2, 18}));
  const Origin flag = document->root().Get("c/d")->origin();
  EXPECT_EQ(flag.pointer, "/c~1d");
  EXPECT_EQ(flag.at, (TextPosition{3, 10}));
  EXPECT_EQ(document->root().origin().pointer, "");
}

TEST(DocumentTest, DecodesEscapesAndReadsNumbersInQuotes) {
  const auto document =
      Document::Parse(R"({"a": "x\n\u0041", "n": 1.5, "q": "12", "z": null, "t": "true"})", "a");
  EXPECT_EQ(document->root().Text("a"), "x\nA");
  EXPECT_EQ(document->root().Number("n"), 1.5);
  EXPECT_EQ(document->root().Number("q"), 12.0);
  EXPECT_FALSE(document->root().Get("z"));
  EXPECT_TRUE(document->root().Flag("t"));
  EXPECT_FALSE(document->root().Number("a"));
}

TEST(DocumentTest, TellsWhetherTwoValuesAreTheSame) {
  const auto a = Document::Parse(R"({"x": [1, 2], "y": {"n": 5}})", "a");
  const auto b = Document::Parse(R"({"y": {"n": 6}, "x": [1, 2], "none": null})", "b");
  EXPECT_FALSE(SameJson(a->root(), b->root()));
  constexpr std::string_view kAside[] = {"n"};
  EXPECT_TRUE(SameJson(a->root(), b->root(), kAside));
}

TEST(DocumentTest, SaysWhereATruncatedFileEnds) {
  EXPECT_THAT(ErrorsIn("{\"a\": [1,\n 2"),
              ElementsAre(HasSubstr("the array opened at line 1, column 7 is not closed")));
}

TEST(DocumentTest, NamesEachKeyThatIsThereTwice) {
  EXPECT_THAT(ErrorsIn("{\"a\": {\"b\": 1,\n\"b\": 2, \"c\": 3,\n\"c\": 4}}"),
              ElementsAre(HasSubstr("2:1 /a/b: the key \"b\" is here for the second time | one of "
                                    "the two: the first is at line 1, column 8"),
                          HasSubstr("3:1 /a/c")));
}

TEST(DocumentTest, RefusesTenThousandObjectsInsideEachOther) {
  std::string text;
  for (int i = 0; i < 10'000; ++i) text += "{\"a\":";
  EXPECT_THAT(ErrorsIn(text),
              ElementsAre(HasSubstr("more than 64 objects and arrays inside each other")));
}

// A value takes some 60 bytes of memory: what has a value for each two bytes of text is
// refused before it has taken ten times the file.
TEST(DocumentTest, RefusesMoreValuesThanAnyAnswerHas) {
  std::string text = "[1";
  for (int i = 0; i < 100'000; ++i) text += ",1";
  EXPECT_THAT(ErrorsIn(text + "]"), ElementsAre(HasSubstr("values in a file of 200003 bytes")));
}

TEST(DocumentTest, RefusesWhatIsNoText) {
  EXPECT_THAT(ErrorsIn(""), ElementsAre(HasSubstr("the file is empty")));
  EXPECT_THAT(ErrorsIn("{\"a\": \"\xff\"}"), ElementsAre(HasSubstr("is not UTF-8 text")));
  EXPECT_THAT(ErrorsIn(std::string("{}\0", 3)), ElementsAre(HasSubstr("a NUL byte")));
}

TEST(SecretsTest, AreMaskedWithoutMovingAnything) {
  const std::string text =
      "{\"UserData\": \"c2VjcmV0\", \"Login\": {\"Password\" : \"a\\\"b\"}, \"Name\": \"web\"}";
  const std::string masked = WithoutSecrets(text);
  EXPECT_EQ(
      masked,
      "{\"UserData\": \"********\", \"Login\": {\"Password\" : \"****\"}, \"Name\": \"web\"}");
}

TEST(SecretsTest, AreMaskedInTextThatIsNoJson) {
  EXPECT_EQ(WithoutSecrets("{\"user_data\": \"abc"), "{\"user_data\": \"***");
  EXPECT_EQ(WithoutSecrets("\"Password\":"), "\"Password\":");
}

}  // namespace
}  // namespace vpcmirror::sim
