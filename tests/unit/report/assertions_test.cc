#include "analysis/report/assertions.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "analysis/report/verdict.h"
#include "tests/support/assertion_paths.h"
#include "tests/unit/report/sample_result.h"

namespace vpcmirror {
namespace {

using namespace testing_assertions;  // NOLINT: the words of these tests
using testing_report::OneInThreeOut;

using PathSteps = std::vector<PathStep>;

// The sample with a second source, "db", of which 5 of 6 Gbps are used and whose ENI lost
// one production frame of the 400,000 that the two are offered; and with a third host that
// nothing limits.
RunResult ThreeHosts() {
  RunResult result = OneInThreeOut();
  result.hosts.push_back(testing_report::Source("db"));
  result.hosts[1].used_out = testing_report::LoadOf(400'000, 1250);
  result.enis.push_back(testing_report::SourceEni("db"));
  result.enis[1].out = testing_report::LoadOf(400'000, 1250);
  result.enis[1].dropped["egress_bandwidth"] = {1, Bytes(1250)};
  HostResult unlimited;
  unlimited.id = "free";
  result.hosts.push_back(unlimited);
  result.load_balancers = {testing_report::Balancer()};
  result.production_delay = {.frames = 3, .mean = Picoseconds(1'500)};
  return result;
}

AssertionResult OutcomeOf(RunResult result, Assertion assertion) {
  ValidScenario scenario;
  scenario.assertions = {std::move(assertion)};
  Judge(scenario, kDefaultMarginGoal, result);
  CheckAssertions(scenario, result);
  return result.assertions.at(0);
}

struct OutcomeCase {
  const char* name;
  PathSteps path;
  FigureUnit unit;
  Comparison comparison;
  Figure bound;
  bool held;
  const char* text;  // of the outcome
};

void PrintTo(const OutcomeCase& c, std::ostream* os) { *os << c.name; }

class AssertionOutcomeTest : public testing::TestWithParam<OutcomeCase> {};

TEST_P(AssertionOutcomeTest, IsAsTabled) {
  const OutcomeCase& c = GetParam();
  const AssertionResult outcome =
      OutcomeOf(ThreeHosts(), Asserted(c.path, c.unit, c.comparison, c.bound));
  EXPECT_EQ(outcome.held, c.held);
  EXPECT_EQ(OutcomeText(outcome), c.text);
  EXPECT_EQ(outcome.text, "text");
  EXPECT_EQ(outcome.unit, c.unit);
}

constexpr FigureUnit kBps = FigureUnit::kBitsPerSecond;
constexpr FigureUnit kShare = FigureUnit::kShare;
constexpr FigureUnit kCount = FigureUnit::kCount;
constexpr FigureUnit kWord = FigureUnit::kWord;

// 1 of 400,000 is 2.5e-6.
const OutcomeCase kTopLevelCases[] = {
    {"OneLostFrameIsNotNone",
     {Key("production_loss")},
     kShare,
     Comparison::kEqual,
     0.0,
     false,
     "it is 0.00025 %"},
    {"OneLostFrameIsMoreThanNone",
     {Key("production_loss")},
     kShare,
     Comparison::kMore,
     0.0,
     true,
     "it is 0.00025 %"},
    {"OneLostFrameIsLessThanATenthOfAPercent",
     {Key("production_loss")},
     kShare,
     Comparison::kLess,
     0.001,
     true,
     "it is 0.00025 %"},
    {"NoLostCopyIsNone", {Key("mirror_loss")}, kShare, Comparison::kEqual, 0.0, true, "it is 0 %"},
    {"NoneIsNotLessThanNone",
     {Key("mirror_loss")},
     kShare,
     Comparison::kLess,
     0.0,
     false,
     "it is 0 %"},
    {"NoneIsAtMostNone", {Key("mirror_loss")}, kShare, Comparison::kAtMost, 0.0, true, "it is 0 %"},
    {"NoneIsNotUnequalToNone",
     {Key("mirror_loss")},
     kShare,
     Comparison::kUnequal,
     0.0,
     false,
     "it is 0 %"},
    {"Word",
     {Key("verdict")},
     kWord,
     Comparison::kEqual,
     std::string("FITS"),
     false,
     "it is DOES NOT FIT"},
    {"OtherWord",
     {Key("verdict")},
     kWord,
     Comparison::kUnequal,
     std::string("FITS"),
     true,
     "it is DOES NOT FIT"},
    {"Flag", {Key("complete")}, FigureUnit::kFlag, Comparison::kEqual, true, true, "it is true"},
    {"Count",
     {Key("events")},
     kCount,
     Comparison::kAtLeast,
     std::int64_t{1'000'000},
     true,
     "it is 1,000,000"},
    {"Time",
     {Key("delay"), Key("production"), Key("mean_ns")},
     FigureUnit::kNanoseconds,
     Comparison::kEqual,
     1.5,
     true,
     "it is 1.5 ns"},
    {"WholeTime",
     {Key("duration_ns")},
     FigureUnit::kNanoseconds,
     Comparison::kLess,
     std::int64_t{1'000'000'000},
     false,
     "it is 1 s"},
    {"NullIsNothing",
     {Key("stopped_by")},
     kWord,
     Comparison::kEqual,
     std::string("a signal"),
     false,
     "no value"},
    {"NullIsUnequal",
     {Key("stopped_by")},
     kWord,
     Comparison::kUnequal,
     std::string("a signal"),
     true,
     "no value"},
    {"NullIsNull", {Key("stopped_by")}, kWord, Comparison::kEqual, Figure(), true, "no value"},
    {"BehindNull",
     {Key("baseline"), Key("difference"), Key("loss")},
     kShare,
     Comparison::kLess,
     1.0,
     false,
     "no value"},
};

INSTANTIATE_TEST_SUITE_P(TopLevel, AssertionOutcomeTest, testing::ValuesIn(kTopLevelCases),
                         [](const auto& tested) { return std::string(tested.param.name); });

// web uses 4 of 6 Gbps and db 5; the peak of both is 3000 bytes, that of free nothing.
const OutcomeCase kElementCases[] = {
    {"Named",
     {Named("hosts", "db", {"db"}), Key("used_bps")},
     kBps,
     Comparison::kLess,
     std::int64_t{5'000'000'000},
     false,
     "it is 5 Gbps"},
    {"Numbered",
     {Numbered("hosts", 0), Key("used_bps")},
     kBps,
     Comparison::kLess,
     std::int64_t{5'000'000'000},
     true,
     "it is 4 Gbps"},
    {"Inside",
     {Numbered("hosts", 0), Key("cpu"), Key("operations"), Key("clone"), Key("cores")},
     FigureUnit::kNumber,
     Comparison::kAtMost,
     0.25,
     true,
     "it is 0.25"},
    {"LargestOfEach",
     {Each("hosts"), Key("used_bps")},
     kBps,
     Comparison::kAtMost,
     std::int64_t{4'500'000'000},
     false,
     "it is 5 Gbps, of hosts[db]"},
    {"LargestOfEachThatHold",
     {Each("hosts"), Key("used_bps")},
     kBps,
     Comparison::kLess,
     std::int64_t{6'000'000'000},
     true,
     "it is 5 Gbps, of hosts[db]"},
    {"SmallestOfEach",
     {Each("hosts"), Key("memory"), Key("peak_bytes")},
     FigureUnit::kBytes,
     Comparison::kMore,
     std::int64_t{2000},
     false,
     "it is 0 bytes, of hosts[free]"},
    {"FurthestFromEqual",
     {Each("hosts"), Key("used_bps")},
     kBps,
     Comparison::kEqual,
     std::int64_t{4'000'000'000},
     false,
     "it is 0 bps, of hosts[free]"},
    {"TheOneThatIsEqual",
     {Each("hosts"), Key("used_bps")},
     kBps,
     Comparison::kUnequal,
     std::int64_t{5'000'000'000},
     false,
     "it is 5 Gbps, of hosts[db]"},
    {"SomeOfThem",
     {Named("hosts", "web,free", {"web", "free"}), Key("used_bps")},
     kBps,
     Comparison::kLess,
     std::int64_t{5'000'000'000},
     true,
     "it is 4 Gbps, of hosts[web]"},
    {"WordOfEach",
     {Each("hosts"), Key("limit_model")},
     kWord,
     Comparison::kEqual,
     std::string("per_direction"),
     false,
     "it is combined, of hosts[web]"},
    {"MarginWithoutLimitIsAll",
     {Named("hosts", "free", {"free"}), Key("margin")},
     kShare,
     Comparison::kAtLeast,
     1.0,
     true,
     "it is 100 %"},
    {"TightestMargin",
     {Each("hosts"), Key("margin")},
     kShare,
     Comparison::kAtLeast,
     0.2,
     false,
     "it is 16.7 %, of hosts[db]"},
    {"MarginThatIsNull",
     {Named("hosts", "free", {"free"}), Key("margin")},
     kShare,
     Comparison::kEqual,
     Figure(),
     true,
     "no value"},
    {"LimitThatIsNull",
     {Each("hosts"), Key("limit_bps")},
     kBps,
     Comparison::kAtLeast,
     std::int64_t{1},
     false,
     "no value, of hosts[free]"},
    {"Dropped",
     {Each("enis"), Key("dropped"), Key("egress_bandwidth"), Key("frames")},
     kCount,
     Comparison::kEqual,
     std::int64_t{0},
     false,
     "it is 1, of enis[db/eni0]"},
    {"ListInAList",
     {Each("load_balancers"), Each("backends"), Key("out_bps")},
     kBps,
     Comparison::kLess,
     std::int64_t{1'000'000'000},
     false,
     "it is 1.8 Gbps, of load_balancers[copies].backends[ids/eni0]"},
    {"ZoneByName",
     {Named("load_balancers", "copies", {"copies"}), Named("zones", "a", {"a"}, "zone"),
      Key("in_bps")},
     kBps,
     Comparison::kEqual,
     std::int64_t{2'000'000'000},
     true,
     "it is 2 Gbps"},
    {"Source",
     {Numbered("mirrors", 0), Numbered("sources", 0, "")},
     kWord,
     Comparison::kEqual,
     std::string("web/eni0"),
     true,
     "it is web/eni0"},
    {"EachSource",
     {Each("mirrors"), Each("sources", "")},
     kWord,
     Comparison::kEqual,
     std::string("web"),
     false,
     "it is web/eni0, of mirrors[mirror-0].sources[0]"},
    {"NumberBehindTheLast",
     {Numbered("notes", 0, "")},
     kWord,
     Comparison::kEqual,
     std::string("x"),
     false,
     "no value"},
    {"EmptyListBreaksNothing",
     {Each("disciplines", "congestion"), Key("mirror_loss")},
     kShare,
     Comparison::kEqual,
     0.0,
     true,
     "no value, of disciplines"},
    {"NameInAnEmptyList",
     {Named("disciplines", "fifo", {"fifo"}, "congestion"), Key("mirror_loss")},
     kShare,
     Comparison::kEqual,
     0.0,
     false,
     "no value"},
};

INSTANTIATE_TEST_SUITE_P(Elements, AssertionOutcomeTest, testing::ValuesIn(kElementCases),
                         [](const auto& tested) { return std::string(tested.param.name); });

// 80 % of the limit used: the difference of integers leaves the very double that 20 % is.
TEST(CheckAssertionsTest, ComparesAMarginExactly) {
  RunResult result = OneInThreeOut();
  result.hosts[0].limit_bandwidth = BitsPerSecond(5'000'000'000);
  EXPECT_TRUE(OutcomeOf(result, Asserted({Key("margin")}, kShare, Comparison::kEqual, 0.2)).held);
  EXPECT_FALSE(OutcomeOf(result, Asserted({Key("margin")}, kShare, Comparison::kMore, 0.2)).held);
}

TEST(CheckAssertionsTest, TakesAllForFreeWhereNothingLimits) {
  const AssertionResult outcome =
      OutcomeOf({}, Asserted({Key("margin")}, kShare, Comparison::kAtLeast, 0.2));
  EXPECT_TRUE(outcome.held);
  EXPECT_EQ(outcome.value, Figure(1.0));
}

TEST(CheckAssertionsTest, ComparesLargeWholeNumbersExactly) {
  RunResult result;
  result.events = std::int64_t{9'007'199'254'740'993};  // 2^53 + 1, which no double is
  const Figure below = std::int64_t{9'007'199'254'740'992};
  EXPECT_TRUE(OutcomeOf(result, Asserted({Key("events")}, kCount, Comparison::kMore, below)).held);
}

TEST(CheckAssertionsTest, SeesTheDisciplinesThatWereTried) {
  RunResult result = OneInThreeOut();
  result.disciplines = {{"shared_random", {}, {}, Verdict::kFits}, {"fifo", {1, 4}, {}, {}}};
  const AssertionResult outcome =
      OutcomeOf(result, Asserted({Each("disciplines", "congestion"), Key("production_loss")},
                                 kShare, Comparison::kEqual, 0.0));
  EXPECT_FALSE(outcome.held);
  EXPECT_EQ(OutcomeText(outcome), "it is 25 %, of disciplines[fifo]");
}

TEST(CheckAssertionsTest, RunsTwiceToTheSameEnd) {
  ValidScenario scenario;
  scenario.assertions = {Asserted({Key("events")}, kCount, Comparison::kMore, std::int64_t{0})};
  RunResult result = OneInThreeOut();
  CheckAssertions(scenario, result);
  CheckAssertions(scenario, result);
  EXPECT_EQ(result.assertions.size(), 1u);
}

// 3 Gbps and 40 bps are "3 Gbps" in four digits, as its bound is.
TEST(OutcomeTextTest, DiffersFromTheBoundWheneverTheFigureDoes) {
  EXPECT_EQ(OutcomeText({.text = "",
                         .value = std::int64_t{3'000'000'040},
                         .bound = std::int64_t{3'000'000'000},
                         .unit = kBps}),
            "it is 3.00000004 Gbps");
  EXPECT_EQ(OutcomeText({.text = "", .value = 0.10004, .bound = 0.1, .unit = kShare}),
            "it is 10.004 %");
}

}  // namespace
}  // namespace vpcmirror
