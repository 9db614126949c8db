#include "analysis/report/replications.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

namespace vpcmirror {
namespace {

std::vector<std::string> PathsOf(const Replications& replications) {
  std::vector<std::string> paths;
  for (const ReplicatedFigure& figure : replications.figures) paths.push_back(figure.path);
  return paths;
}

Replications ReplicateFigures(const std::vector<std::string>& results) {
  std::vector<AssertionResult> none;
  return Replicate(results, 0.95, none);
}

// What runs with these values of `x`, each of which held or not, say of an assertion.
ReplicatedAssertion Decided(const std::vector<std::string>& values, Comparison comparison,
                            Figure bound, int held) {
  std::vector<std::string> results;
  for (std::size_t i = 0; i < values.size(); ++i) {
    results.push_back(fmt::format(R"({{"asserts": [{{"value": {}, "held": {}}}]}})", values[i],
                                  static_cast<int>(i) < held));
  }
  std::vector<AssertionResult> assertions = {
      {.text = "x", .comparison = comparison, .bound = bound}};
  Replicate(results, 0.95, assertions);
  return assertions.at(0).replicated.value();
}

TEST(ReplicationsTest, TellsOfWhatDiffers) {
  const std::vector<std::string> results = {
      R"({"seed": 1, "mirror_loss": 0.1, "events": 5, "verdict": "FITS",
          "hosts": [{"id": "web[0]", "used_bps": 10, "cpu": {"cores": 1.5}}, {"id": "db"}],
          "series": {"bins": 1}})",
      R"({"seed": 2, "mirror_loss": 0.3, "events": 5, "verdict": "AT RISK",
          "hosts": [{"id": "web[0]", "used_bps": 30, "cpu": {"cores": 1.5}}, {"id": "db"}],
          "series": {"bins": 2}})"};
  const Replications replications = ReplicateFigures(results);
  EXPECT_EQ(replications.runs, 2);
  EXPECT_EQ(replications.verdicts,
            (std::map<Verdict, int>{{Verdict::kFits, 1}, {Verdict::kAtRisk, 1}}));
  EXPECT_EQ(PathsOf(replications),
            (std::vector<std::string>{"mirror_loss", "hosts[web[0]].used_bps"}));
  const ReplicatedFigure& used = replications.figures.at(1);
  EXPECT_DOUBLE_EQ(used.mean, 20);
  EXPECT_DOUBLE_EQ(used.smallest, 10);
  EXPECT_DOUBLE_EQ(used.largest, 30);
  // Standard error 10, t of one degree of freedom 12.706 (NIST).
  EXPECT_NEAR(used.half_width.value(), 127.06, 0.01);
}

// The margin of a run that nothing limits is null, and a mean of the others alone would
// be of a choice of runs.
TEST(ReplicationsTest, LeavesOutWhatSomeRunsDoNotHave) {
  const std::vector<std::string> results = {R"({"margin": 0.1, "events": 1})",
                                            R"({"margin": null, "events": 2})",
                                            R"({"margin": 0.3, "events": 3})"};
  EXPECT_EQ(PathsOf(ReplicateFigures(results)), std::vector<std::string>{"events"});
}

TEST(ReplicationsTest, OfOneRunNothingDiffers) {
  const std::vector<std::string> results = {R"({"margin": 0.1})"};
  EXPECT_EQ(ReplicateFigures(results).runs, 1);
  EXPECT_TRUE(ReplicateFigures(results).figures.empty());
}

// Mean 2, standard error 1/sqrt(3), t of two degrees of freedom 4.3027 (NIST): -0.484 to 4.484.
TEST(ReplicationsTest, AnAssertionIsDecidedByTheIntervalOfItsMean) {
  const std::vector<std::string> values = {"1", "2", "3"};
  const auto outcome = [&](Comparison comparison, double bound) {
    return Decided(values, comparison, bound, 1).outcome;
  };
  using enum AssertionOutcome;
  EXPECT_EQ(outcome(Comparison::kLess, 4.5), kMet);
  EXPECT_EQ(outcome(Comparison::kLess, 4.4), kUndecided);
  EXPECT_EQ(outcome(Comparison::kLess, -0.5), kMissed);
  EXPECT_EQ(outcome(Comparison::kAtMost, 4.5), kMet);
  EXPECT_EQ(outcome(Comparison::kAtMost, 2), kUndecided);
  EXPECT_EQ(outcome(Comparison::kAtLeast, -0.5), kMet);
  EXPECT_EQ(outcome(Comparison::kAtLeast, 4.5), kMissed);
  EXPECT_EQ(outcome(Comparison::kMore, 2), kUndecided);
  EXPECT_EQ(outcome(Comparison::kEqual, 2), kUndecided);
  EXPECT_EQ(outcome(Comparison::kEqual, 5), kMissed);
  EXPECT_EQ(outcome(Comparison::kUnequal, 5), kMet);
  const ReplicatedAssertion all = Decided(values, Comparison::kLess, 4.5, 2);
  EXPECT_EQ(all.runs, 3);
  EXPECT_EQ(all.held, 2);
  EXPECT_DOUBLE_EQ(all.mean.value(), 2);
  EXPECT_NEAR(all.half_width.value(), 2.484, 0.001);
}

TEST(ReplicationsTest, RunsThatAgreeLeaveNothingUndecided) {
  const std::vector<std::string> zeros = {"0", "0", "0"};
  EXPECT_EQ(Decided(zeros, Comparison::kEqual, std::int64_t{0}, 3).outcome, AssertionOutcome::kMet);
  EXPECT_EQ(Decided(zeros, Comparison::kUnequal, std::int64_t{0}, 0).outcome,
            AssertionOutcome::kMissed);
  EXPECT_EQ(Decided(zeros, Comparison::kMore, std::int64_t{0}, 0).outcome,
            AssertionOutcome::kMissed);
  // The sum of three times 0.1 is no multiple of it.
  EXPECT_EQ(Decided({"0.1", "0.1", "0.1"}, Comparison::kAtMost, 0.1, 3).outcome,
            AssertionOutcome::kMet);
}

TEST(ReplicationsTest, AnAssertionOfAWordHasToHoldInEachRun) {
  const std::vector<std::string> words = {R"("FITS")", R"("FITS")"};
  const Figure fits = std::string("FITS");
  EXPECT_EQ(Decided(words, Comparison::kEqual, fits, 2).outcome, AssertionOutcome::kMet);
  EXPECT_EQ(Decided(words, Comparison::kEqual, fits, 1).outcome, AssertionOutcome::kUndecided);
  EXPECT_EQ(Decided(words, Comparison::kEqual, fits, 0).outcome, AssertionOutcome::kMissed);
  EXPECT_FALSE(Decided(words, Comparison::kEqual, fits, 2).mean);
}

// A mean of the other runs alone would be of a choice of runs.
TEST(ReplicationsTest, WhereARunHasNoValueThereIsNoMean) {
  const std::vector<std::string> values = {"1", "null", "3"};
  const ReplicatedAssertion all = Decided(values, Comparison::kLess, 9.0, 2);
  EXPECT_FALSE(all.mean);
  EXPECT_EQ(all.outcome, AssertionOutcome::kUndecided);
}

}  // namespace
}  // namespace vpcmirror
