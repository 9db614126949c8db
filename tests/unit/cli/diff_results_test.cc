#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "sim/cli/exit_code.h"
#include "tests/unit/cli/fake_engine.h"

namespace vpcmirror::sim {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

// Runs that are made of what a host of 10 Gbps is asked for; results in out/<name>.
class DiffResultsTest : public testing::Test {
 protected:
  std::string Run(const std::string& folder, std::int64_t gigabits,
                  std::vector<std::string> more = {}) {
    program_.script = [gigabits](const ValidScenario&, const RunControl&, RunResult& result) {
      HostResult host;
      host.id = "web[0]";
      host.limit_bandwidth = BitsPerSecond(10'000'000'000);
      host.used_out.bandwidth = BitsPerSecond(gigabits * 1'000'000'000);
      result.hosts = {host};
    };
    std::vector<std::string> arguments = {"run", scenario_, "--out", program_.InFolder(folder)};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Ran ran = program_(arguments);
    EXPECT_NE(ran.exit_code, kBadInput) << ran.err;
    return program_.InFolder(folder) + "/result.json";
  }

  Ran Diff(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "diff");
    return program_(arguments);
  }

  Program program_;
  std::string scenario_ = program_.Write("small.json", kSmallest);
};

// 4 of 10 Gbps leave a margin of 60 %, 7 of them 30 %: 30 points less, and nothing else.
TEST_F(DiffResultsTest, ComparesTwoResults) {
  const std::string before = Run("a", 4);
  const std::string after = Run("b", 7);
  const Ran ran = Diff({before, after});
  EXPECT_EQ(ran.exit_code, kFine) << ran.err;
  EXPECT_EQ(ran.err, "");
  EXPECT_THAT(ran.out, StartsWith(before + " ->"));
  EXPECT_THAT(ran.out, HasSubstr("Same scenario, seed, engine, assumptions and version"));
  EXPECT_THAT(ran.out, HasSubstr("! run: margin 60 % -> 30 % (-30 points)\n"));
  EXPECT_THAT(ran.out, HasSubstr("! hosts web[0]: margin 60 % -> 30 % (-30 points)\n"));
  EXPECT_THAT(ran.out, HasSubstr("  hosts web[0]: used_bps 4 Gbps -> 7 Gbps (+75 %)\n"));
}

TEST_F(DiffResultsTest, FailsOnWhatItIsToldToFailOn) {
  const std::string before = Run("a", 4);
  const std::string after = Run("b", 7);
  EXPECT_EQ(Diff({before, after, "--fail-on", "regression"}).exit_code, kFindings);
  EXPECT_EQ(Diff({after, before, "--fail-on", "regression"}).exit_code, kFine);
  EXPECT_EQ(Diff({after, before, "--fail-on", "difference"}).exit_code, kFindings);
  EXPECT_EQ(Diff({before, before, "--fail-on", "difference"}).exit_code, kFine);
  EXPECT_EQ(Diff({before, after, "--fail-on", "weather"}).exit_code, kBadInput);
}

// From 4 to 5 of 10 Gbps: 10 points of the limit, a fifth of the rate.
TEST_F(DiffResultsTest, NoiseHidesSmallChanges) {
  const std::string before = Run("a", 4);
  const std::string after = Run("b", 5);
  const Ran told = Diff({before, after, "--noise", "15%"});
  EXPECT_THAT(told.out, Not(HasSubstr("margin 60 %")));
  EXPECT_THAT(told.out, HasSubstr("used_bps 4 Gbps -> 5 Gbps"));
  EXPECT_EQ(Diff({before, after, "--noise", "15%", "--fail-on", "regression"}).exit_code, kFine);
  EXPECT_EQ(Diff({before, after, "--noise", "9%", "--fail-on", "regression"}).exit_code, kFindings);
  const Ran hidden = Diff({before, after, "--noise", "25%"});
  EXPECT_THAT(hidden.out, HasSubstr("0 of "));
  EXPECT_THAT(hidden.out, HasSubstr("3 within noise of 25 % not told; no regression."));
  for (const char* bad : {"-1%", "101%", "much"}) {
    EXPECT_EQ(Diff({before, after, "--noise", bad}).exit_code, kBadInput) << bad;
  }
}

TEST_F(DiffResultsTest, WritesEveryFormat) {
  const std::string before = Run("a", 4);
  const std::string after = Run("b", 11, {"--seed", "9"});
  const json document = json::parse(Diff({before, after, "--format", "json"}).out);
  EXPECT_EQ(document["schema"], "vpcmirror.result-diff/1");
  EXPECT_EQ(document["inputs"][0]["name"], "seed");
  EXPECT_EQ(document["summary"]["verdict_is_worse"], true);
  const Ran markdown = Diff({before, after, "--format", "markdown"});
  EXPECT_THAT(markdown.out, StartsWith("**FITS -> DOES NOT FIT**: "));
}

TEST_F(DiffResultsTest, TakesAFolderForItsResult) {
  Run("a", 4);
  Run("b", 7);
  const Ran ran = Diff({program_.InFolder("a"), program_.InFolder("b") + "/"});
  EXPECT_EQ(ran.exit_code, kFine) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("margin 60 % -> 30 %"));
}

TEST_F(DiffResultsTest, AFolderWithoutAResultIsRefusedWithWhatIsExpected) {
  Run("a", 4);
  fs::create_directory(program_.InFolder("empty"));
  program_.Write("empty/notes.txt", "none");
  fs::create_directory(program_.InFolder("plan"));
  program_.Write("plan/plan.json", "{\"schema\": \"vpcmirror.plan/1\"}");
  for (const std::vector<std::string>& named :
       std::vector<std::vector<std::string>>{{"empty"}, {"a", "empty"}, {"empty", "empty"}}) {
    std::vector<std::string> folders;
    for (const std::string& each : named) folders.push_back(program_.InFolder(each));
    const Ran ran = Diff(folders);
    EXPECT_EQ(ran.exit_code, kBadInput);
    EXPECT_THAT(ran.err, HasSubstr("empty is a folder without result.json or any .json file"));
  }
  EXPECT_THAT(Diff({program_.InFolder("a"), program_.InFolder("plan")}).err,
              HasSubstr("plan/plan.json is a document of another kind (vpcmirror.plan/1)"));
}

TEST_F(DiffResultsTest, ComparesOneResultWithTheOneThatItReplaced) {
  Run("a", 4);
  const Ran alone = Diff({program_.InFolder("a")});
  EXPECT_EQ(alone.exit_code, kBadInput);
  EXPECT_EQ(alone.err, "vpcmirror: " + program_.InFolder("a") +
                           "/result.json has taken the place of no other result: run the scenario "
                           "again after the change (the result before is kept beside it as "
                           "previous.json), or name another result to compare it with\n");
  const std::string result = Run("a", 7);
  for (const std::string& named : {program_.InFolder("a"), result}) {
    const Ran ran = Diff({named, "--fail-on", "regression"});
    EXPECT_EQ(ran.exit_code, kFindings) << ran.err;
    EXPECT_THAT(ran.out, StartsWith(program_.InFolder("a") + "/previous.json ->"));
    EXPECT_THAT(ran.out, HasSubstr("margin 60 % -> 30 %"));
  }
}

// A working folder for as long as it lives.
class InFolder {
 public:
  explicit InFolder(const std::string& folder) : before_(fs::current_path()) {
    fs::current_path(folder);
  }
  ~InFolder() { fs::current_path(before_); }
  InFolder(const InFolder&) = delete;
  InFolder& operator=(const InFolder&) = delete;

 private:
  fs::path before_;
};

TEST_F(DiffResultsTest, ComparesTheLastResultWithTheOneBefore) {
  const InFolder here(program_.InFolder(""));
  const Ran nothing = Diff({});
  EXPECT_EQ(nothing.exit_code, kBadInput);
  EXPECT_THAT(nothing.err,
              StartsWith("vpcmirror: there is no result in out/ here: run a scenario"));
  Run("out/new", 4);
  Run("out/new", 7);
  Run("out/old", 2);
  Run("out/old", 3);
  const auto now = fs::last_write_time("out/new/result.json");
  fs::last_write_time("out/old/result.json", now - std::chrono::hours(1));
  const Ran ran = Diff({});
  EXPECT_EQ(ran.exit_code, kFine) << ran.err;
  EXPECT_THAT(ran.out, StartsWith("out/new/previous.json -> out/new/result.json\n"));
  fs::last_write_time("out/old/result.json", now + std::chrono::hours(1));
  EXPECT_THAT(Diff({}).out, StartsWith("out/old/previous.json -> out/old/result.json\n"));
}

// What a run that is killed between two renames leaves: the previous result is the result itself.
TEST_F(DiffResultsTest, ARunThatWasKilledWhileItReplacedLeavesNoDifference) {
  const std::string result = Run("a", 4);
  fs::create_hard_link(result, program_.InFolder("a") + "/previous.json");
  program_.Write("a/result.json.tmp-1", "{\"schema\": \"vpcm");
  const Ran ran = Diff({program_.InFolder("a")});
  EXPECT_EQ(ran.exit_code, kFine) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("\n0 of "));
}

TEST_F(DiffResultsTest, RefusesAResultAndAScenario) {
  const std::string result = Run("a", 4);
  const std::string refusal = "vpcmirror: " + result + " is a result and " + scenario_ +
                              " is not: diff takes two results (result.json of vpcmirror run), or "
                              "two scenarios\n";
  for (const auto& sides : {std::vector{result, scenario_}, std::vector{scenario_, result}}) {
    const Ran ran = Diff(sides);
    EXPECT_EQ(ran.exit_code, kBadInput);
    EXPECT_EQ(ran.err, refusal);
  }
}

TEST_F(DiffResultsTest, RefusesWhatIsNeither) {
  const std::string result = Run("a", 4);
  const std::string findings =
      program_.Write("findings.json", R"({"schema": "vpcmirror.findings/1"})");
  const Ran other = Diff({result, findings});
  EXPECT_EQ(other.exit_code, kBadInput);
  EXPECT_EQ(other.err, "vpcmirror: " + findings +
                           " is a document of another kind (vpcmirror.findings/1): diff takes two "
                           "results (result.json of vpcmirror run), or two scenarios\n");
  const Ran nowhere = Diff({result, "/nowhere.json"});
  EXPECT_EQ(nowhere.exit_code, kBadInput);
  EXPECT_EQ(nowhere.err, "vpcmirror: cannot read /nowhere.json: No such file or directory\n");
  const Ran scenario = Diff({scenario_});
  EXPECT_EQ(scenario.exit_code, kBadInput);
  EXPECT_EQ(scenario.err, "vpcmirror: " + scenario_ +
                              " is no result of a run, so that nothing before it is kept: name "
                              "what to compare it with\n");
  EXPECT_EQ(Diff({"/nowhere.json"}).err, "vpcmirror: there is no /nowhere.json that can be read\n");
}

TEST_F(DiffResultsTest, SaysWhatIsWrongWithAResult) {
  const std::string result = Run("a", 4);
  const std::string text = program_.Read("a/result.json");
  const std::string cut = program_.Write("cut.json", text.substr(0, text.size() / 2));
  const Ran half = Diff({result, cut});
  EXPECT_EQ(half.exit_code, kBadInput);
  EXPECT_THAT(half.err, StartsWith("vpcmirror: " + cut + ": the result is cut short: it ends at"));
  json newer = json::parse(text);
  newer["schema"] = "vpcmirror.result/2";
  const std::string file = program_.Write("newer.json", newer.dump());
  const Ran of_newer = Diff({file, result});
  EXPECT_EQ(of_newer.exit_code, kBadInput);
  EXPECT_THAT(of_newer.err, HasSubstr("newer.json: /schema is vpcmirror.result/2, and this version "
                                      "reads vpcmirror.result/1"));
}

TEST_F(DiffResultsTest, RefusesOptionsOfTheOtherKind) {
  const std::string result = Run("a", 4);
  const Ran set = Diff({result, result, "--set", "/seed=2"});
  EXPECT_EQ(set.exit_code, kBadInput);
  EXPECT_THAT(set.err, HasSubstr("--set: is about scenarios, and these are results of runs"));
  const Ran noise = Diff({scenario_, scenario_, "--noise", "2%"});
  EXPECT_EQ(noise.exit_code, kBadInput);
  EXPECT_THAT(noise.err, HasSubstr("--noise: is about results of runs, and these are scenarios"));
}

}  // namespace
}  // namespace vpcmirror::sim
