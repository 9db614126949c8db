#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "analysis/report/result_diff_json.h"
#include "analysis/report/result_diff_text.h"
#include "tests/unit/report/sample_result.h"
#include "tests/unit/report/schema_complaints.h"

namespace vpcmirror {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

HostResult HostWith(const std::string& id, double margin) {
  HostResult host;
  host.id = id;
  host.type = "S5.4XLARGE32";
  host.margin = margin;
  return host;
}

// 13 figures of the run and 11 of each of three hosts are compared, and where an ENI has the same
// name 7 of that.
// Web servers of a margin that falls from 30 % to 10 % and 12 %; loss begins; an ENI of another
// name; a seed that differs.
struct Changed {
  RunResult before;
  RunResult after;

  Changed() {
    before.scenario_name = "shop";
    before.because = "web[0] needs 4.2 Gbps of a combined 6 Gbps";
    before.hosts = {HostWith("web[0]", 0.3), HostWith("web[1]", 0.3), HostWith("db", 0.5)};
    before.enis = {{.id = "web[0]/eni0"}};
    before.assertions = {{.text = "mirror_loss < 0.1%", .held = true}};
    after = before;
    after.seed = 2;
    after.verdict = Verdict::kDoesNotFit;
    after.because = "50 of 1,000 copies (5 %) are lost";
    after.mirror_loss = 0.05;
    after.hosts = {HostWith("web[0]", 0.1), HostWith("web[1]", 0.12), HostWith("db", 0.75)};
    after.hosts[2].type = "S6.8XLARGE64";
    after.enis = {{.id = "app/eni0"}};
    after.assertions[0].held = false;
  }

  ResultDiffReport Report() const {
    return {.version = "0.1.0",
            .before = "a/result.json",
            .after = "b/result.json",
            .result_before = &before,
            .result_after = &after,
            .diff = DiffResults(before, after, 0.01)};
  }
};

TEST(ResultDiffTextTest, TellsInputsFirstThenTheVerdictThenEachChange) {
  const Changed changed;
  EXPECT_EQ(ResultDiffText(changed.Report(), {.width = 80}),
            R"(a/result.json -> b/result.json

The two runs are not of the same; what differs below may be so because of this:
  seed: 1 -> 2

Verdict: FITS -> DOES NOT FIT
  before: web[0] needs 4.2 Gbps of a combined 6 Gbps
  after:  50 of 1,000 copies (5 %) are lost

Assertions
  mirror_loss < 0.1%: met -> MISSED

Worse
! run: mirror_loss 0 % -> 5 % (+5 points)
! hosts web[0-1]: margin 30 % -> 10 % to 12 % (at most -20 points)

Better
  hosts db: margin 50 % -> 75 % (+25 points)

Otherwise
  hosts db: type S5.4XLARGE32 -> S6.8XLARGE64

New
  enis app/eni0

Gone
  enis web[0]/eni0

5 of 46 figures differ; 5 regressions.
)");
}

TEST(ResultDiffTextTest, SaysThatNothingDiffers) {
  const Changed changed;
  const ResultDiffReport same{.before = "a",
                              .after = "b",
                              .result_before = &changed.before,
                              .result_after = &changed.before,
                              .diff = DiffResults(changed.before, changed.before, 0.01)};
  const std::string text = ResultDiffText(same, {.width = 80});
  EXPECT_THAT(text, HasSubstr("Same scenario, seed, engine, assumptions and version"));
  EXPECT_THAT(text, HasSubstr("Verdict: FITS, before and after\n"));
  EXPECT_THAT(text, HasSubstr("0 of 53 figures differ; no regression.\n"));
  EXPECT_THAT(text, Not(HasSubstr("Worse")));
}

// Names from a file neither steer the terminal nor break the width.
TEST(ResultDiffTextTest, StaysWithinTheWidthWhateverTheNames) {
  Changed changed;
  const std::string name = "x\x1b[31m" + std::string(200, 'y') + "\n|";
  changed.before.hosts[2].id = name;
  changed.after.hosts[2].id = name;
  changed.after.assertions[0].text = name;
  const std::string text = ResultDiffText(changed.Report(), {.width = 80});
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80u) << line;
}

// Of 30 hosts that share no name, 19 rows and how many more.
TEST(ResultDiffTextTest, CutsALongList) {
  RunResult before;
  RunResult after;
  for (int i = 0; i < 30; ++i) {
    const std::string id = "h" + std::to_string(i);
    before.hosts.push_back(HostWith(id, 0.5));
    after.hosts.push_back(HostWith(id, 0.4));
  }
  const ResultDiffReport report{.before = "a",
                                .after = "b",
                                .result_before = &before,
                                .result_after = &after,
                                .diff = DiffResults(before, after, 0.01)};
  const std::string text = ResultDiffText(report, {.width = 80});
  EXPECT_THAT(text, HasSubstr("! hosts h18: margin"));
  EXPECT_THAT(text, Not(HasSubstr("! hosts h19: margin")));
  EXPECT_THAT(text, HasSubstr("  11 more (--format json has all)\n"));
}

// 1 Gbps and a bit more, which four digits do not tell apart.
TEST(ResultDiffTextTest, GivesDigitsUntilTheTwoDiffer) {
  RunResult before;
  before.enis = {{.id = "e"}};
  before.enis[0].out.bandwidth = BitsPerSecond(1'000'000'000);
  RunResult after = before;
  after.enis[0].out.bandwidth = BitsPerSecond(1'000'001'000);
  const ResultDiffReport report{.before = "a",
                                .after = "b",
                                .result_before = &before,
                                .result_after = &after,
                                .diff = DiffResults(before, after, 0)};
  EXPECT_THAT(ResultDiffText(report, {.width = 80}),
              HasSubstr("  enis e: out_bps 1 Gbps -> 1.000001 Gbps (+0.0001 %)\n"));
}

TEST(ResultDiffMarkdownTest, IsATableForAPullRequest) {
  const Changed changed;
  const std::string text = ResultDiffMarkdown(changed.Report());
  EXPECT_THAT(text, HasSubstr("**FITS -> DOES NOT FIT**: a/result.json to b/result.json\n\n"
                              "5 of 46 figures differ; 5 regressions.\n"));
  EXPECT_THAT(text,
              HasSubstr("| input | before | after |\n| --- | --- | --- |\n| seed | 1 | 2 |\n"));
  EXPECT_THAT(text,
              HasSubstr("| **regression** worse | run: mirror\\_loss | 0 % | 5 % | +5 points |\n"));
  EXPECT_THAT(text, HasSubstr("| better | hosts db: margin | 50 % | 75 % | +25 points |\n"));
  EXPECT_THAT(text, HasSubstr("\nNew: enis app/eni0\n"));
}

TEST(ResultDiffJsonTest, HoldsToItsPublishedSchema) {
  const Changed changed;
  const json schema = testing_report::ReadSchema("scenarios/schema/result-diff.schema.json");
  const json document = json::parse(ResultDiffJson(changed.Report()));
  EXPECT_EQ(testing_report::Complaints(schema, document), "");
  EXPECT_EQ(document["schema"], "vpcmirror.result-diff/1");
  EXPECT_EQ(document["summary"], json::parse(R"({"regressions": 5, "verdict_is_worse": true,
      "worse": 3, "better": 1, "neither": 1, "compared": 46, "within_noise": 0,
      "within_intervals": 0})"));
  json change = document["changes"][0];
  EXPECT_NEAR(change["effect"].get<double>(), 100, 1e-9);  // 0.05 of a loss of which 0.0005 is 1 %
  change.erase("effect");
  EXPECT_EQ(change, json::parse(R"({"part": "run", "id": null, "figure": "mirror_loss",
      "unit": "share", "before": 0.0, "after": 0.05, "sense": "worse", "regression": true})"));
  EXPECT_EQ(document["asserts"], json::parse(R"([{"text": "mirror_loss < 0.1%", "before": "met",
      "after": "missed", "regression": true}])"));
  EXPECT_EQ(document["gone"], json::parse(R"([{"part": "enis", "id": "web[0]/eni0"}])"));
  json unknown = document;
  unknown["changes"][0]["colour"] = "red";
  EXPECT_NE(testing_report::Complaints(schema, unknown), "");
}

}  // namespace
}  // namespace vpcmirror
