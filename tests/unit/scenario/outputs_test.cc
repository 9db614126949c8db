#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/scenario/scenario_samples.h"

namespace vpcmirror {
namespace {

using namespace testing_samples;  // NOLINT: the world of these tests
using testing::ElementsAre;

struct AssertionCase {
  const char* name;
  const char* text;
  Measure measure;
  Comparison comparison;
  double bound;
};

void PrintTo(const AssertionCase& c, std::ostream* os) { *os << c.name; }

class AssertionTest : public testing::TestWithParam<AssertionCase> {};

TEST_P(AssertionTest, IsReadAsTabled) {
  const AssertionCase& c = GetParam();
  Scenario scenario = Smallest();
  scenario.assertions = {{"/assert/0", c.text}};
  const ValidScenario valid = Validate(scenario, SmallLibrary());
  ASSERT_EQ(valid.assertions.size(), 1u);
  EXPECT_EQ(valid.assertions[0].text, c.text);
  EXPECT_EQ(valid.assertions[0].measure, c.measure);
  EXPECT_EQ(valid.assertions[0].comparison, c.comparison);
  EXPECT_DOUBLE_EQ(valid.assertions[0].bound, c.bound);
}

INSTANTIATE_TEST_SUITE_P(
    Table, AssertionTest,
    testing::Values(
        AssertionCase{"Percentage", "mirror_loss < 0.1%", Measure::kMirrorLoss, Comparison::kLess,
                      0.001},
        AssertionCase{"Exactly", "production_loss == 0", Measure::kProductionLoss,
                      Comparison::kEqual, 0},
        AssertionCase{"WithoutSpaces", "margin>=0.2", Measure::kMargin, Comparison::kAtLeast, 0.2},
        AssertionCase{"WithManySpaces", "  margin  >  20 % ", Measure::kMargin, Comparison::kMore,
                      0.2},
        AssertionCase{"BelowZero", "margin <= -10%", Measure::kMargin, Comparison::kAtMost, -0.1}),
    [](const auto& tested) { return tested.param.name; });

struct BadAssertion {
  const char* name;
  const char* text;
  const char* complaint;
};

void PrintTo(const BadAssertion& c, std::ostream* os) { *os << c.name; }

class BadAssertionTest : public testing::TestWithParam<BadAssertion> {};

TEST_P(BadAssertionTest, IsRefused) {
  Scenario scenario = Smallest();
  scenario.assertions = {{"/assert/0", GetParam().text}};
  EXPECT_THAT(ErrorsOf(scenario), ElementsAre(GetParam().complaint));
}

INSTANTIATE_TEST_SUITE_P(
    Table, BadAssertionTest,
    testing::Values(
        BadAssertion{"UnknownMeasure", "miror_loss < 1%",
                     "/assert/0: \"miror_loss < 1%\" asserts about \"miror_loss\" | "
                     "\"mirror_loss\" (nearest), or \"production_loss\", \"margin\""},
        BadAssertion{"Nothing", "",
                     "/assert/0: \"\" asserts about \"\" | mirror_loss, production_loss or margin, "
                     "then <, <=, ==, >= or >, then a number or a percentage: \"mirror_loss < "
                     "0.1%\""},
        BadAssertion{"UnknownSign", "margin => 0.2",
                     "/assert/0: \"margin => 0.2\" compares with \"=>\" | <, <=, ==, >= or >"},
        BadAssertion{"NoNumber", "margin > lots",
                     "/assert/0: \"margin > lots\" does not end in a number | a number or a "
                     "percentage, such as 0.001 or 0.1%"},
        BadAssertion{"SomethingBehind", "margin > 0.2 or so",
                     "/assert/0: \"margin > 0.2 or so\" does not end in a number | a number or a "
                     "percentage, such as 0.001 or 0.1%"},
        BadAssertion{"NotANumber", "margin > nan",
                     "/assert/0: \"margin > nan\" does not end in a number | a number or a "
                     "percentage, such as 0.001 or 0.1%"}),
    [](const auto& tested) { return tested.param.name; });

std::vector<std::string> FilesOf(const std::vector<PcapOutputSpec>& pcaps) {
  Scenario scenario = Smallest();
  scenario.pcaps = pcaps;
  std::vector<std::string> files;
  for (const PcapOutput& pcap : Validate(scenario, SmallLibrary()).pcaps) {
    files.push_back(pcap.file);
  }
  return files;
}

TEST(PcapOutputTest, OneEniKeepsTheName) {
  EXPECT_THAT(FilesOf({{"/p", "ids", "ids.pcap"}}), ElementsAre("ids.pcap"));
}

TEST(PcapOutputTest, SeveralEnisGetFilesOfTheirOwn) {
  EXPECT_THAT(FilesOf({{"/p", "web", "seen/web.pcap"}}),
              ElementsAre("seen/web-web-0-eni0.pcap", "seen/web-web-1-eni0.pcap"));
  EXPECT_THAT(FilesOf({{"/p", "web", "a.b/web"}}),
              ElementsAre("a.b/web-web-0-eni0", "a.b/web-web-1-eni0"));
}

TEST(PcapOutputTest, RefusesTwoCapturesInOneFile) {
  Scenario scenario = Smallest();
  scenario.pcaps = {{"/p/0", "ids", "x.pcap"}, {"/p/1", "web[0]", "x.pcap"}};
  EXPECT_THAT(ErrorsOf(scenario),
              ElementsAre("/p/1: two captures would be written to \"x.pcap\" | a file of its own"));
}

TEST(PcapOutputTest, RefusesFilesOutsideTheResultsFolder) {
  for (const char* file : {"/etc/x.pcap", "../x.pcap", "a/../../x.pcap", ""}) {
    Scenario scenario = Smallest();
    scenario.pcaps = {{"/p", "ids", file}};
    EXPECT_THAT(ErrorsOf(scenario),
                ElementsAre("/p: the file name \"" + std::string(file) +
                            "\" | a name inside the result's folder, such as \"ids.pcap\""));
  }
}

}  // namespace
}  // namespace vpcmirror
