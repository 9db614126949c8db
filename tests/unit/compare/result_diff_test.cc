#include "analysis/compare/result_diff.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace vpcmirror {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr double kOnePercent = 0.01;

HostResult HostOf(const std::string& id, double margin) {
  HostResult host;
  host.id = id;
  host.margin = margin;
  return host;
}

EniResult EniOf(const std::string& id, std::int64_t bits_per_second) {
  EniResult eni;
  eni.id = id;
  eni.out.bandwidth = BitsPerSecond(bits_per_second);
  return eni;
}

RunResult WithLoss(double loss) {
  RunResult result;
  result.mirror_loss = loss;
  return result;
}

// "hosts web margin worse!": what a change is about; ! is a regression.
std::vector<std::string> Told(const ResultDiff& diff) {
  std::vector<std::string> told;
  for (const FigureChange& change : diff.changes) {
    std::string words(ToString(change.part));
    if (!change.id.empty()) words += " " + change.id;
    words += " " + std::string(change.figure) + " " + std::string(ToString(change.sense));
    told.push_back(words + (change.is_regression ? "!" : ""));
  }
  return told;
}

TEST(ResultDiffTest, AResultDiffersInNothingFromItself) {
  RunResult result = WithLoss(0.1);
  result.hosts = {HostOf("web", 0.5)};
  result.enis = {EniOf("web/eni0", 1'000)};
  result.assertions = {{.text = "margin > 90%", .held = false}};
  const ResultDiff diff = DiffResults(result, result, 0);
  EXPECT_TRUE(diff.IsEmpty());
  EXPECT_EQ(diff.Regressions(), 0);
  EXPECT_GT(diff.compared, 0);
}

// Of a rate 1 % of the larger is noise: 1,000 to 1,010 is 0.99 % of 1,010, 1,000 to 1,011 is
// 1.088 % of 1,011.
TEST(ResultDiffTest, RatesAreNoiseUpToAShareOfTheLarger) {
  RunResult before;
  before.enis = {EniOf("a", 1'000), EniOf("b", 1'000)};
  RunResult after;
  after.enis = {EniOf("a", 1'010), EniOf("b", 1'011)};
  const ResultDiff diff = DiffResults(before, after, kOnePercent);
  EXPECT_THAT(Told(diff), ElementsAre("enis b out_bps neither"));
  EXPECT_EQ(diff.within_noise, 1);
  EXPECT_NEAR(diff.changes[0].effect, 11 / 10.11, 1e-9);
  EXPECT_EQ(diff.changes[0].before, Figure(std::int64_t{1'000}));
}

struct LossCase {
  const char* name;
  double before;
  double after;
  bool is_told;
};

void PrintTo(const LossCase& c, std::ostream* os) { *os << c.name; }

class LossNoiseTest : public testing::TestWithParam<LossCase> {};

TEST_P(LossNoiseTest, IsAsTabled) {
  const auto& [name, before, after, is_told] = GetParam();
  const ResultDiff diff = DiffResults(WithLoss(before), WithLoss(after), kOnePercent);
  ASSERT_EQ(diff.changes.size(), is_told ? 1u : 0u);
  if (!is_told) return;
  EXPECT_EQ(diff.changes[0].figure, "mirror_loss");
  EXPECT_EQ(diff.changes[0].is_regression, after > before);
  EXPECT_EQ(diff.Regressions(), after > before ? 1 : 0);
}

// At 1 %: 0.01 points, or 1 % of the larger where that is more.
const LossCase kLossCases[] = {{"OneFrameOfAMillionWhereNothingWasLost", 0, 1e-6, true},
                               {"LossEnds", 1e-6, 0, true},
                               {"HalfAHundredthOfAPoint", 1e-5, 6e-5, false},
                               {"TwoHundredthsOfAPoint", 1e-5, 21e-5, true},
                               {"AHundredTimesAsMuch", 1e-4, 1e-2, true},
                               {"NineHundredthsOfAPointOfTen", 0.1, 0.1009, false},
                               {"TwoTenthsOfAPointOfTen", 0.1, 0.102, true},
                               {"FallsByTwoTenths", 0.102, 0.1, true}};

INSTANTIATE_TEST_SUITE_P(Table, LossNoiseTest, testing::ValuesIn(kLossCases),
                         [](const auto& param) { return param.param.name; });

// A margin is a share of the limit: a point is noise, whether 10 % or 0.1 % is used; above the
// limit, 1 % of what is used: of 3.04 limits 0.0304.
TEST(ResultDiffTest, MarginsAreNoiseUpToAPointOfTheLimit) {
  RunResult before;
  before.hosts = {HostOf("idle", 0.999), HostOf("less", 0.5), HostOf("more", 0.5),
                  HostOf("over", -2.0), HostOf("far", -2.0)};
  RunResult after;
  after.hosts = {HostOf("idle", 0.998), HostOf("less", 0.48), HostOf("more", 0.52),
                 HostOf("over", -2.02), HostOf("far", -2.04)};
  EXPECT_THAT(Told(DiffResults(before, after, kOnePercent)),
              ElementsAre("hosts less margin worse!", "hosts far margin worse!",
                          "hosts more margin better"));
}

TEST(ResultDiffTest, NothingThatLimitsLeavesAllFree) {
  RunResult before;
  before.hosts = {HostOf("web", 0.25)};
  before.hosts[0].margin.reset();
  RunResult after;
  after.hosts = {HostOf("web", 0.25)};
  const ResultDiff diff = DiffResults(before, after, kOnePercent);
  EXPECT_THAT(Told(diff), ElementsAre("hosts web margin worse!"));
  EXPECT_EQ(diff.changes[0].before, Figure());
  EXPECT_NEAR(diff.changes[0].effect, 75, 1e-9);
}

// In hundredths: 30 of a margin, 50 of a rate that doubled, a loss of 0.002 twenty times 0.01
// points. Regressions come first, then what is worse, better, and neither.
TEST(ResultDiffTest, IsSortedByEffect) {
  RunResult before = WithLoss(0);
  before.hosts = {HostOf("small", 0.5), HostOf("large", 0.5), HostOf("better", 0.1)};
  before.enis = {EniOf("e", 1'000)};
  before.tcp = {{.id = "t", .goodput = BitsPerSecond(100)}};
  RunResult after = WithLoss(0.002);
  after.hosts = {HostOf("small", 0.4), HostOf("large", 0.2), HostOf("better", 0.9)};
  after.enis = {EniOf("e", 2'000)};
  after.tcp = {{.id = "t", .goodput = BitsPerSecond(1)}};
  const ResultDiff diff = DiffResults(before, after, kOnePercent);
  EXPECT_THAT(Told(diff), ElementsAre("hosts large margin worse!", "run mirror_loss worse!",
                                      "hosts small margin worse!", "tcp t goodput_bps worse",
                                      "hosts better margin better", "enis e out_bps neither"));
  EXPECT_NEAR(diff.changes[0].effect, 30, 1e-9);
  EXPECT_NEAR(diff.changes[1].effect, 20, 1e-9);
  EXPECT_NEAR(diff.changes[5].effect, 50, 1e-9);
}

TEST(ResultDiffTest, MatchesByIdAndTellsWhatIsNewOrGone) {
  RunResult before;
  before.hosts = {HostOf("a", 0.5), HostOf("gone", 0.1), HostOf("b", 0.2)};
  before.mirrors = {{.id = "mirror-0"}};
  RunResult after;
  after.hosts = {HostOf("b", 0.2), HostOf("new", 0.9), HostOf("a", 0.5)};
  const ResultDiff diff = DiffResults(before, after, 0);
  EXPECT_THAT(diff.changes, IsEmpty());
  ASSERT_EQ(diff.appeared.size(), 1u);
  EXPECT_EQ(diff.appeared[0].id, "new");
  ASSERT_EQ(diff.gone.size(), 2u);
  EXPECT_EQ(diff.gone[0].id, "gone");
  EXPECT_EQ(diff.gone[1].part, ResultPart::kMirrors);
  EXPECT_FALSE(diff.IsEmpty());
  EXPECT_EQ(diff.Regressions(), 0);
}

// 1,000 copies are decided on: 900 leave the source, of which 50 are lost behind it; 100 are
// dropped in it. 150 of 1,000.
TEST(ResultDiffTest, LossOfAMirrorIsOfCopiesThatWereDecidedOn) {
  RunResult before;
  before.mirrors = {{.id = "m"}};
  before.mirrors[0].ledger.offered.frames = 2'000;
  before.mirrors[0].ledger.mirrored.frames = 1'000;
  RunResult after = before;
  after.mirrors[0].ledger.mirrored.frames = 900;
  after.mirrors[0].ledger.dropped[0].frames = 100;
  after.mirrors[0].lost_after_source["receiver_ring"].frames = 50;
  const ResultDiff diff = DiffResults(before, after, kOnePercent);
  ASSERT_THAT(Told(diff), ElementsAre("mirrors m loss worse!", "mirrors m mirrored neither"));
  EXPECT_EQ(diff.changes[0].after, Figure(0.15));
  EXPECT_EQ(diff.changes[1].after, Figure(0.45));  // 900 of 2,000
}

// 100 came in of which 20 are copies, and 120 went out: 10 lost of 200. What security refuses is
// no loss.
TEST(ResultDiffTest, LossOfAnEniIsOfProductionAlone) {
  RunResult before;
  before.enis = {EniOf("e", 0)};
  before.enis[0].offered_in.frames = 100;
  before.enis[0].copies_in.frames = 20;
  before.enis[0].offered_out.frames = 120;
  RunResult after = before;
  after.enis[0].dropped["acl"].frames = 70;
  after.enis[0].dropped["egress_bandwidth"].frames = 10;
  const ResultDiff diff = DiffResults(before, after, kOnePercent);
  ASSERT_THAT(Told(diff), ElementsAre("enis e loss worse!"));
  EXPECT_EQ(diff.changes[0].after, Figure(0.05));
}

Replications TenRuns(std::vector<ReplicatedFigure> figures) {
  return {.runs = 10, .confidence = 0.95, .verdicts = {}, .figures = std::move(figures)};
}

// 1.0 +- 0.2 and 1.3 +- 0.2 overlap; 1.0 +- 0.1 and 1.3 +- 0.1 do not.
TEST(ResultDiffTest, HidesWhatIsInsideOverlappingIntervals) {
  RunResult before;
  before.enis = {EniOf("wide", 1'000), EniOf("narrow", 1'000), EniOf("steady", 1'000)};
  before.replications = TenRuns(
      {{"enis[wide].out_bps", 1'000, 200, 0, 0}, {"enis[narrow].out_bps", 1'000, 100, 0, 0}});
  RunResult after;
  after.enis = {EniOf("wide", 9'000), EniOf("narrow", 9'000), EniOf("steady", 1'500)};
  after.replications = TenRuns(
      {{"enis[wide].out_bps", 1'300, 200, 0, 0}, {"enis[narrow].out_bps", 1'300, 100, 0, 0}});
  const ResultDiff diff = DiffResults(before, after, kOnePercent);
  EXPECT_THAT(Told(diff),
              ElementsAre("enis steady out_bps neither", "enis narrow out_bps neither"));
  EXPECT_EQ(diff.within_intervals, 1);
  EXPECT_EQ(diff.changes[1].before, Figure(std::int64_t{1'000}));
  EXPECT_EQ(diff.changes[1].after, Figure(std::int64_t{1'300}));  // the mean, not the first run
  // One side alone has no interval to compare with.
  after.replications.reset();
  EXPECT_EQ(DiffResults(before, after, kOnePercent).within_intervals, 0);
}

// 30 +- 10 lost of 1,000 decided, and 45 +- 10: the shares' intervals are 0.01 wide on either
// side and more, and 0.015 apart; with 60 they are 0.03 apart, and 0.021 or so is covered.
TEST(ResultDiffTest, AddsTheIntervalsThatAShareIsMadeOf) {
  const auto run = [](double lost) {
    RunResult result;
    result.mirrors = {{.id = "m"}};
    result.mirrors[0].ledger.mirrored.frames = 1'000;
    result.mirrors[0].lost_after_source["receiver_ring"].frames = 1;
    result.replications =
        TenRuns({{"mirrors[m].lost_after_source.receiver_ring.frames", lost, 10, 0, 0}});
    return result;
  };
  EXPECT_EQ(DiffResults(run(30), run(45), kOnePercent).within_intervals, 1);
  const ResultDiff diff = DiffResults(run(30), run(60), kOnePercent);
  ASSERT_THAT(Told(diff), ElementsAre("mirrors m loss worse!"));
  EXPECT_EQ(diff.changes[0].before, Figure(0.03));
}

TEST(ResultDiffTest, TellsWhatWasRunDifferently) {
  RunResult before;
  before.scenario_sha256 = std::string(64, 'a');
  before.engine = "packet";
  before.version = "0.1.0";
  before.assumptions = {{.name = "congestion", .value = "fifo"}, {.name = "old", .value = "1"}};
  RunResult after = before;
  EXPECT_THAT(DiffResults(before, after, 0).inputs, IsEmpty());
  after.scenario_sha256 = std::string(64, 'b');
  after.seed = 2;
  after.engine = "fluid";
  after.version = "0.2.0";
  after.assumptions = {{.name = "congestion", .value = "shared_random"},
                       {.name = "new", .value = "x"}};
  std::vector<std::string> inputs;
  for (const InputChange& input : DiffResults(before, after, 0).inputs) {
    inputs.push_back(input.name + ": " + input.before + " -> " + input.after);
  }
  EXPECT_THAT(inputs, ElementsAre("SHA-256 of the file: aaaaaaaaaaaaaaaa -> bbbbbbbbbbbbbbbb",
                                  "seed: 1 -> 2", "engine: packet -> fluid",
                                  "version of vpcmirror: 0.1.0 -> 0.2.0",
                                  "assumption congestion: fifo -> shared_random",
                                  "assumption old: 1 -> ", "assumption new:  -> x"));
}

// What was changed is told, and not the digest alone.
TEST(ResultDiffTest, TellsChangesOfTheScenario) {
  RunResult before;
  before.scenario_sha256 = std::string(64, 'a');
  RunResult after = before;
  after.scenario_sha256 = std::string(64, 'b');
  after.scenario_changes = {"/workloads/www/in=x2", "/seed=3"};
  const std::vector<InputChange> inputs = DiffResults(before, after, 0).inputs;
  ASSERT_THAT(inputs, SizeIs(2));
  EXPECT_EQ(inputs[0].name, "changes (--set)");
  EXPECT_EQ(inputs[0].before, "");
  EXPECT_EQ(inputs[0].after, "/workloads/www/in=x2; /seed=3");
  EXPECT_EQ(inputs[1].name, "SHA-256 of the file with its changes");
}

TEST(ResultDiffTest, AWorseVerdictIsARegression) {
  RunResult fits;
  RunResult at_risk;
  at_risk.verdict = Verdict::kAtRisk;
  EXPECT_EQ(DiffResults(fits, at_risk, 1).Regressions(), 1);
  EXPECT_EQ(DiffResults(at_risk, fits, 1).Regressions(), 0);
  EXPECT_FALSE(DiffResults(at_risk, fits, 1).IsEmpty());
}

struct AssertionCase {
  const char* name;
  std::optional<AssertionOutcome> before;
  std::optional<AssertionOutcome> after;
  std::size_t told;
  std::int64_t regressions;
};

void PrintTo(const AssertionCase& c, std::ostream* os) { *os << c.name; }

class AssertionDiffTest : public testing::TestWithParam<AssertionCase> {};

RunResult Asserting(const std::optional<AssertionOutcome>& outcome) {
  RunResult result;
  if (outcome) {
    result.assertions = {{.text = "margin > 0", .replicated = ReplicatedAssertion{*outcome}}};
  }
  return result;
}

TEST_P(AssertionDiffTest, IsAsTabled) {
  const AssertionCase& c = GetParam();
  const ResultDiff diff = DiffResults(Asserting(c.before), Asserting(c.after), kOnePercent);
  EXPECT_EQ(diff.assertions.size(), c.told);
  EXPECT_EQ(diff.Regressions(), c.regressions);
}

const AssertionCase kAssertionCases[] = {
    {"StaysMet", AssertionOutcome::kMet, AssertionOutcome::kMet, 0, 0},
    {"StaysMissed", AssertionOutcome::kMissed, AssertionOutcome::kMissed, 0, 0},
    {"IsMissed", AssertionOutcome::kMet, AssertionOutcome::kMissed, 1, 1},
    {"IsMissedForCertain", AssertionOutcome::kUndecided, AssertionOutcome::kMissed, 1, 1},
    {"IsNewAndMissed", std::nullopt, AssertionOutcome::kMissed, 1, 1},
    {"IsNewAndMet", std::nullopt, AssertionOutcome::kMet, 1, 0},
    {"IsMet", AssertionOutcome::kMissed, AssertionOutcome::kMet, 1, 0},
    {"IsUndecided", AssertionOutcome::kMet, AssertionOutcome::kUndecided, 1, 0},
    {"IsGone", AssertionOutcome::kMet, std::nullopt, 1, 0}};

INSTANTIATE_TEST_SUITE_P(Table, AssertionDiffTest, testing::ValuesIn(kAssertionCases),
                         [](const auto& param) { return param.param.name; });

// Half a bucket of the histogram is half of 1/128; 0.3 % of a delay says nothing at --noise 0.
TEST(ResultDiffTest, DelaysAreOffByWhatTheHistogramIs) {
  RunResult before;
  before.copy_delay = {.frames = 1, .p99 = Picoseconds(1'000'000)};
  RunResult after = before;
  after.copy_delay.p99 = Picoseconds(1'003'000);
  EXPECT_THAT(Told(DiffResults(before, after, 0)), IsEmpty());
  after.copy_delay.p99 = Picoseconds(1'300'000);
  EXPECT_THAT(Told(DiffResults(before, after, 0)), ElementsAre("run delay.copies.p99_ns worse"));
  after.copy_delay.frames = 0;  // none were timed
  const ResultDiff diff = DiffResults(before, after, 0);
  ASSERT_FALSE(diff.changes.empty());
  EXPECT_EQ(diff.changes[0].after, Figure());
  EXPECT_EQ(diff.changes[0].sense, ChangeSense::kNeither);
}

}  // namespace
}  // namespace vpcmirror
