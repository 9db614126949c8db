#include "sim/input/variation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

#include "tests/unit/input/errors.h"

namespace vpcmirror::sim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Texts = std::vector<std::string>;

Texts ValuesOf(const std::string& values) { return ParseVariation("/a=" + values).values; }

struct ValuesCase {
  const char* name;
  std::string text;
  Texts want;
};

void PrintTo(const ValuesCase& c, std::ostream* os) { *os << c.name; }

class VariationValuesTest : public testing::TestWithParam<ValuesCase> {};

TEST_P(VariationValuesTest, AreAsTabled) { EXPECT_EQ(ValuesOf(GetParam().text), GetParam().want); }

const ValuesCase kValues[] = {
    {"OneIsAList", "ALL", {"ALL"}},
    {"Words", "ALL,EGRESS", {"ALL", "EGRESS"}},
    {"BlanksAroundCommas", " ALL , EGRESS ", {"ALL", "EGRESS"}},
    {"CommaInQuotes", R"("a,b",c)", {R"("a,b")", "c"}},
    {"EscapedQuote", R"("a\",b",c)", {R"("a\",b")", "c"}},
    {"CommaInAList", R"(["web","db"],["web"])", {R"(["web","db"])", R"(["web"])"}},
    {"BracketInQuotes", R"({"a": "],}"},[])", {R"({"a": "],}"})", "[]"}},
    {"CommaInBracketsOfAWord", "ids[0,1],web", {"ids[0,1]", "web"}},
    {"QuoteInsideAWord", R"(5" disk,6)", {R"(5" disk)", "6"}},
    {"Range", "1..3 Gbps:3", {"1 Gbps", "2 Gbps", "3 Gbps"}},
    {"RangeAmongWords", "0,1..3:2,9", {"0", "1", "3", "9"}},
    {"RangeOfFactors", "x1..x2:3", {"x1", "x1.5", "x2"}},
    {"RangeOfFactorsNamedOnce", "x1..2:3", {"x1", "x1.5", "x2"}},
    {"RangeOfSums", "+0..+1 Gbps:3", {"+0 Gbps", "+0.5 Gbps", "+1 Gbps"}},
    {"DotsOfAWord", "../a.pcap,../b.pcap", {"../a.pcap", "../b.pcap"}},
};

INSTANTIATE_TEST_SUITE_P(Table, VariationValuesTest, testing::ValuesIn(kValues),
                         [](const auto& param) { return param.param.name; });

TEST(VariationTest, IsAPathAndValuesThatAnOverrideTakes) {
  const Variation variation = ParseVariation("/workloads/*/in=1..10 Gbps:10");
  EXPECT_EQ(variation.path, "/workloads/*/in");
  ASSERT_EQ(variation.values.size(), 10u);
  EXPECT_EQ(variation.At(9).path, "/workloads/*/in");
  EXPECT_EQ(variation.At(9).value, "10 Gbps");
  EXPECT_EQ(variation.At(9).option, "--vary");
}

TEST(VariationTest, SaysAllThatIsWrongWithIt) {
  EXPECT_THAT(ErrorsOf([] { ParseVariation("/a=,1..2,1 Gbps..2 s:3,3..4:1,web[0"); }),
              ElementsAre(HasSubstr("0:0 /a: there is an empty value | a value between commas"),
                          HasSubstr("the range \"1..2\" does not say of how many values it is | a "
                                    "number from 2 to 10000 behind a colon"),
                          HasSubstr("the range \"1 Gbps..2 s:3\" has no values: \"1 Gbps\" and "
                                    "\"2 s\" do not go together"),
                          HasSubstr("the range \"3..4:1\" does not say of how many"),
                          HasSubstr("\"web[0\" has a quote, bracket or brace that is not closed")));
}

TEST(VariationTest, RefusesAValueThatIsThereTwice) {
  EXPECT_THAT(ErrorsOf([] { ParseVariation("/a=1,1..3:3"); }),
              ElementsAre("0:0 /a: \"1\" is among the values twice | each value once"));
}

TEST(VariationTest, RefusesMoreValuesThanAnybodyWants) {
  EXPECT_THAT(ErrorsOf([] { ParseVariation("/a=1..9999:9999,10001..10002:2"); }),
              ElementsAre("0:0 /a: these are 10001 values | at most 10000"));
}

TEST(VariationTest, IsAPointerAndValues) {
  EXPECT_THAT(ErrorsOf([] { ParseVariation("Direction=ALL"); }),
              ElementsAre(HasSubstr("\"Direction=ALL\" is not PATH=VALUE")));
}

}  // namespace
}  // namespace vpcmirror::sim
