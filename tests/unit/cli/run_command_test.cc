#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "models/scenario/error.h"
#include "sim/cli/exit_code.h"
#include "tests/unit/cli/fake_engine.h"

namespace vpcmirror::sim {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

// One host that was offered 7 Gbps of its 6.
void Overload(const ValidScenario&, const RunControl&, RunResult& result) {
  HostResult host;
  host.id = "web[0]";
  host.limit_bandwidth = BitsPerSecond(6'000'000'000);
  host.used_out.bandwidth = BitsPerSecond(7'000'000'000);
  result.hosts = {host};
}

class RunCommandTest : public testing::Test {
 protected:
  Ran Run(std::vector<std::string> more) {
    std::vector<std::string> arguments = {"run", scenario_, "--out", out_};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return program_(arguments);
  }

  Program program_;
  std::string scenario_ = program_.Write("small.json", kSmallest);
  std::string out_ = program_.InFolder("out");
};

TEST_F(RunCommandTest, WritesTheResultAndSaysWhere) {
  const Ran ran = Run({});
  EXPECT_EQ(ran.exit_code, kFine) << ran.err;
  EXPECT_THAT(ran.out, StartsWith("FITS: "));
  EXPECT_THAT(ran.out, testing::EndsWith("\nResult: " + out_ + "/result.json\nReport: " + out_ +
                                         "/report.html\n"));
  EXPECT_EQ(ran.err, "");
  EXPECT_THAT(program_.List("out"), ElementsAre("report.html", "result.json"));
  EXPECT_EQ(json::parse(program_.Read("out/result.json"))["scenario"]["name"], "small");
}

// Where it is written is no part of it: the same run has the same page.
TEST_F(RunCommandTest, SaysInItsPageWhatWasTyped) {
  EXPECT_EQ(Run({"--margin", "10%", "--quiet"}).exit_code, kFine);
  const std::string page = program_.Read("out/report.html");
  EXPECT_THAT(page, HasSubstr(" --margin 10% --quiet</pre>"));
  EXPECT_THAT(page, testing::Not(HasSubstr("--out ")));
}

TEST_F(RunCommandTest, KeepsTheResultBefore) {
  Run({"--seed", "5"});
  const std::string before = program_.Read("out/result.json");
  Run({"--seed", "6"});
  EXPECT_EQ(program_.Read("out/previous.json"), before);
  EXPECT_EQ(json::parse(before)["seed"], 5);
  EXPECT_EQ(json::parse(program_.Read("out/result.json"))["seed"], 6);
  EXPECT_THAT(program_.List("out"), ElementsAre("previous.json", "report.html", "result.json"));
}

TEST_F(RunCommandTest, PrintsExactlyTheResultFileAsJson) {
  const Ran ran = Run({"--format", "json"});
  EXPECT_EQ(ran.out, program_.Read("out/result.json"));
  EXPECT_EQ(ran.err, "Result: " + out_ + "/result.json\n");
  EXPECT_EQ(Run({"--format", "json", "--quiet"}).err, "");
}

TEST_F(RunCommandTest, SaysNothingWhenQuiet) {
  program_.progress = true;
  const Ran ran = Run({"--quiet"});
  EXPECT_EQ(ran.out, "");
  EXPECT_EQ(ran.err, "");
}

TEST_F(RunCommandTest, SaysWhatRunsWhenVerbose) {
  const Ran ran = Run({"--verbose", "--set", "/hosts/web/count=5"});
  EXPECT_THAT(ran.err, HasSubstr("hosts 6, ENIs 6, mirrors 1, workloads 1\n"));
  EXPECT_THAT(ran.err, HasSubstr("vpcmirror: packet engine, "));
  EXPECT_THAT(ran.err, HasSubstr("vpcmirror: simulated 1 s with "));
  EXPECT_EQ(Run({"--verbose", "--quiet"}).exit_code, kBadInput);
}

TEST_F(RunCommandTest, DrawsProgressOnATerminalAndWipesIt) {
  program_.progress = true;
  program_.script = [](const ValidScenario& scenario, const RunControl& control, RunResult&) {
    control.progress(scenario.duration / 2);
  };
  const Ran ran = Run({});
  EXPECT_THAT(ran.err, HasSubstr(" 50 % [##########..........] 500 ms of 1 s"));
  EXPECT_THAT(ran.err, testing::EndsWith("\r\x1b[K"));
  program_.progress = false;
  program_.script = [](const ValidScenario&, const RunControl& control, RunResult&) {
    EXPECT_FALSE(control.progress);
  };
  EXPECT_EQ(Run({}).err, "");
}

TEST_F(RunCommandTest, TakesChangesFromTheCommandLine) {
  program_.script = [](const ValidScenario& scenario, const RunControl&, RunResult&) {
    EXPECT_EQ(scenario.deployment->cvms.size(), 6u);  // 5 and the receiver
    EXPECT_EQ(scenario.duration, Picoseconds(2 * kPicosecondsPerSecond));
  };
  const Ran ran = Run({"--set", "/hosts/web/count=5", "--set", "/duration=\"2 s\""});
  EXPECT_EQ(ran.exit_code, kFine) << ran.err;
}

TEST_F(RunCommandTest, RefusesAChangeThatNamesNothing) {
  const Ran ran = Run({"--set", "/hosts/web/cuont=5"});
  EXPECT_EQ(ran.exit_code, kBadInput);
  EXPECT_THAT(ran.err, HasSubstr("count"));
  EXPECT_THAT(program_.List("out"), IsEmpty());
}

TEST_F(RunCommandTest, ExitsWithThreeWhenAnAssertionIsMissed) {
  program_.script = Overload;
  const Ran ran = Run({"--assert", "margin >= 10%", "--assert", "production_loss == 0"});
  EXPECT_EQ(ran.exit_code, kAssertionMissed) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("MISSED  margin >= 10%  (it is -16.7 %)"));  // (6 - 7) / 6
  EXPECT_THAT(ran.out, HasSubstr("met     production_loss == 0  (it is 0 %)"));
  const Ran quiet = Run({"--quiet", "--assert", "margin >= 10%"});
  EXPECT_EQ(quiet.exit_code, kAssertionMissed);
  EXPECT_EQ(quiet.err, "vpcmirror: assertion missed: margin >= 10% (it is -16.7 %)\n");
}

TEST_F(RunCommandTest, AssertsOverAnyFigureOfTheResult) {
  program_.script = Overload;
  const Ran ran = Run({"--assert", "hosts[web[0]].used_bps == 7 Gbps", "--assert",
                       "hosts[*].limit_bps > 8 Gbps", "--assert", "verdict == FITS"});
  EXPECT_EQ(ran.exit_code, kAssertionMissed) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("met     hosts[web[0]].used_bps == 7 Gbps  (it is 7 Gbps)\n"));
  EXPECT_THAT(ran.out, HasSubstr("MISSED  hosts[*].limit_bps > 8 Gbps  (it is 6 Gbps, of "
                                 "hosts[web[0]])\n"));
  EXPECT_THAT(ran.out, HasSubstr("MISSED  verdict == FITS  (it is DOES NOT FIT)\n"));
  const json asserts = json::parse(program_.Read("out/result.json"))["asserts"];
  EXPECT_EQ(asserts[0]["value"], 7'000'000'000);
  EXPECT_EQ(asserts[1]["of"], "hosts[web[0]]");
  EXPECT_EQ(asserts[2]["held"], false);
}

TEST_F(RunCommandTest, AssertsOverABaselineThatIsAskedForOnTheCommandLine) {
  const std::vector<std::string> asks = {"--assert", "baseline.difference.lost_frames == 0"};
  const Ran without = Run(asks);
  EXPECT_EQ(without.exit_code, kBadInput);
  EXPECT_EQ(without.err,
            "--assert baseline.difference.lost_frames == 0: this run has no baseline\n"
            "  accepted: \"baseline\": true in the scenario, or run --baseline\n");
  EXPECT_EQ(Run({asks[0], asks[1], "--baseline"}).exit_code, kFine);
}

TEST_F(RunCommandTest, ExitsWithNothingWrongWhenAVerdictIsBad) {
  program_.script = Overload;
  const Ran ran = Run({});
  EXPECT_EQ(ran.exit_code, kFine);
  EXPECT_THAT(ran.out, StartsWith("DOES NOT FIT: web[0] needs 7 Gbps of a combined 6 Gbps"));
}

TEST_F(RunCommandTest, TakesTheMarginThatShouldStayFree) {
  program_.script = [](const ValidScenario&, const RunControl&, RunResult& result) {
    Overload({}, {}, result);
    result.hosts[0].used_out.bandwidth = BitsPerSecond(5'400'000'000);  // 90 %
  };
  EXPECT_THAT(Run({}).out, StartsWith("AT RISK: "));
  EXPECT_THAT(Run({"--margin", "10%"}).out, StartsWith("FITS: "));
  EXPECT_EQ(Run({"--margin", "120%"}).exit_code, kBadInput);
  EXPECT_EQ(Run({"--margin", "little"}).exit_code, kBadInput);
}

TEST_F(RunCommandTest, PlacesEveryErrorOfAScenario) {
  program_.Write("small.json", R"({
  "hosts": {"web": {"type": "S5.2XLARGE32", "colour": 1}},
  "duration": 5
})");
  const Ran ran = Run({});
  EXPECT_EQ(ran.exit_code, kBadInput);
  EXPECT_THAT(ran.err, HasSubstr(scenario_ + ":2:"));
  EXPECT_THAT(ran.err, HasSubstr("(at /hosts/web/colour)\n"));
  EXPECT_THAT(ran.err, HasSubstr(scenario_ + ":3:"));
  EXPECT_THAT(ran.err, HasSubstr("(at /duration)\n  accepted: "));
  EXPECT_EQ(ran.out, "");
  EXPECT_THAT(program_.List("out"), IsEmpty());
}

TEST_F(RunCommandTest, RefusesAFileThatIsNotThere) {
  const Ran ran = program_({"run", program_.InFolder("none.json")});
  EXPECT_EQ(ran.exit_code, kBadInput);
  EXPECT_THAT(ran.err, HasSubstr("none.json"));
}

TEST_F(RunCommandTest, RefusesABadAssertion) {
  const Ran ran = Run({"--assert", "latency < 1"});
  EXPECT_EQ(ran.exit_code, kBadInput);
  EXPECT_THAT(ran.err, StartsWith("--assert latency < 1: "));
  EXPECT_THAT(ran.err, HasSubstr("result.json has no \"latency\""));
}

TEST_F(RunCommandTest, TellsOfABadAssertionTogetherWithAllThatIsWrongInTheFile) {
  program_.Write("small.json", R"({
  "hosts": {"web": {"type": "S5.NOSUCH"}},
  "durations": "1 s",
  "workloads": {"www": {"at": "nobody", "in": 500}}
})");
  const std::string without = Run({}).err;
  const Ran ran = Run({"--assert", "latency < 1"});
  EXPECT_EQ(ran.exit_code, kBadInput);
  EXPECT_THAT(ran.err, StartsWith(without));
  EXPECT_THAT(ran.err.substr(without.size()), StartsWith("--assert latency < 1: "));
  EXPECT_EQ(Run({"--assert", "margin < 1"}).err, without);
}

TEST_F(RunCommandTest, TellsOfABadAssertionTogetherWithBadFlags) {
  const Ran ran = program_({"run", "--type", "S5.NOSUCH", "--in", "1 Gbps", "--out-dir", out_,
                            "--assert", "latency < 1"});
  EXPECT_EQ(ran.exit_code, kBadInput);
  EXPECT_THAT(ran.err, StartsWith("--type: "));
  EXPECT_THAT(ran.err, HasSubstr("\n--assert latency < 1: "));
}

TEST_F(RunCommandTest, SaysThatABugIsABug) {
  program_.script = [](const ValidScenario&, const RunControl&, RunResult&) {
    throw std::logic_error("the ledger does not add up");
  };
  const Ran ran = Run({});
  EXPECT_EQ(ran.exit_code, kOurBug);
  EXPECT_EQ(ran.err, "vpcmirror: this is a bug in vpcmirror: the ledger does not add up\n");
  EXPECT_THAT(program_.List("out"), IsEmpty());
}

TEST_F(RunCommandTest, LeavesTheOldResultWhenTheEngineRefuses) {
  Run({});
  const std::string before = program_.Read("out/result.json");
  program_.script = [](const ValidScenario&, const RunControl&, RunResult&) {
    const ScenarioError error{.message = "12 billion events are too many",
                              .accepted = "a shorter duration"};
    throw ScenarioException(std::vector<ScenarioError>{error});
  };
  const Ran ran = Run({});
  EXPECT_EQ(ran.exit_code, kBadInput);
  EXPECT_EQ(ran.err, "vpcmirror: 12 billion events are too many\n  accepted: a shorter duration\n");
  EXPECT_EQ(program_.Read("out/result.json"), before);
  EXPECT_THAT(program_.List("out"), ElementsAre("report.html", "result.json"));
}

TEST_F(RunCommandTest, WritesWhatIsKnownWhenStopped) {
  std::stop_source source;
  source.request_stop();
  program_.stop = source.get_token();
  program_.script = [](const ValidScenario&, const RunControl& control, RunResult& result) {
    result.complete = !control.stop.stop_requested();
    result.duration = Picoseconds(kPicosecondsPerSecond / 4);
  };
  const Ran ran = Run({"--assert", "margin < 0"});
  EXPECT_EQ(ran.exit_code, kStopped);
  EXPECT_THAT(ran.err, HasSubstr("stopped by a signal after 250 ms of 1 s"));
  EXPECT_THAT(ran.out, HasSubstr("\nStopped by a signal after 250 ms of 1 s"));
  EXPECT_EQ(json::parse(program_.Read("out/result.json"))["complete"], false);
}

TEST_F(RunCommandTest, CallsARunWholeThatWasOverWhenTheSignalCame) {
  std::stop_source source;
  program_.stop = source.get_token();
  program_.script = [&source](const ValidScenario&, const RunControl&, RunResult&) {
    source.request_stop();
  };
  const Ran ran = Run({});
  EXPECT_EQ(ran.exit_code, kFine);
  EXPECT_EQ(ran.err, "");
  EXPECT_EQ(json::parse(program_.Read("out/result.json"))["complete"], true);
}

// An engine that writes the captures of the scenario, whole or not.
void WriteCaptures(const ValidScenario& scenario, const RunControl& control, RunResult&) {
  for (const PcapOutput& pcap : scenario.pcaps) {
    std::ofstream(control.output_folder + "/" + pcap.file) << "capture";
  }
}

constexpr char kPcap[] = R"(/output={"pcap": {"ids": "ids.pcap"}})";

TEST_F(RunCommandTest, KeepsCapturesOfAWholeRun) {
  program_.script = WriteCaptures;
  const Ran ran = Run({"--set", kPcap});
  ASSERT_EQ(ran.exit_code, kFine) << ran.err;
  EXPECT_THAT(program_.List("out"), ElementsAre("ids.pcap", "report.html", "result.json"));
}

TEST_F(RunCommandTest, DropsCapturesOfAStoppedRun) {
  program_.script = [](const ValidScenario& scenario, const RunControl& control,
                       RunResult& result) {
    WriteCaptures(scenario, control, result);
    result.complete = false;
  };
  const Ran ran = Run({"--set", kPcap});
  EXPECT_EQ(ran.exit_code, kStopped) << ran.err;
  EXPECT_THAT(program_.List("out"), ElementsAre("report.html", "result.json"));
}

TEST_F(RunCommandTest, AsksForNoCapturesThatNobodyWants) {
  program_.script = [](const ValidScenario&, const RunControl& control, RunResult&) {
    EXPECT_EQ(control.output_folder, "");
  };
  EXPECT_EQ(Run({}).exit_code, kFine);
}

TEST_F(RunCommandTest, RefusesACaptureThatWouldTakeTheResultsName) {
  for (const char* name : {"result.json", "Previous.JSON"}) {
    const Ran ran = Run({"--set", std::string("/output={\"pcap\": {\"ids\": \"") + name + "\"}}"});
    EXPECT_EQ(ran.exit_code, kBadInput);
    EXPECT_THAT(ran.err, HasSubstr("such as \"ids.pcap\"")) << name;
  }
}

// Linux takes names of at most 255 bytes.
TEST_F(RunCommandTest, RefusesAFolderThatCannotBeLookedUpBeforeItRuns) {
  const std::string folder = program_.InFolder(std::string(300, 'x'));
  const Ran ran = program_({"run", scenario_, "--out", folder});
  EXPECT_EQ(ran.exit_code, kBadInput);
  EXPECT_THAT(ran.err, StartsWith("vpcmirror: cannot write " + folder));
}

TEST_F(RunCommandTest, RefusesAFolderThatIsAFileBeforeItRuns) {
  program_.Write("taken", "");
  program_.script = [](const ValidScenario&, const RunControl&, RunResult&) {
    ADD_FAILURE() << "it ran";
  };
  const Ran ran = program_({"run", scenario_, "--out", program_.InFolder("taken")});
  EXPECT_EQ(ran.exit_code, kBadInput);
  EXPECT_THAT(ran.err, StartsWith("vpcmirror: cannot write " + program_.InFolder("taken")));
}

TEST_F(RunCommandTest, TakesOutDirAsTheSameWithAFile) {
  EXPECT_EQ(program_({"run", scenario_, "--out-dir", out_}).exit_code, kFine);
  EXPECT_THAT(program_.List("out"), ElementsAre("report.html", "result.json"));
  EXPECT_EQ(Run({"--out-dir", out_}).exit_code, kBadInput);
}

TEST_F(RunCommandTest, RunsTheCommonestQuestionWithoutAFile) {
  program_.script = [](const ValidScenario& scenario, const RunControl&, RunResult&) {
    EXPECT_EQ(scenario.deployment->cvms.size(), 41u);
    EXPECT_EQ(scenario.deployment->cvms[0].type, "S5.4XLARGE32");
    ASSERT_EQ(scenario.workloads.size(), 1u);
    ASSERT_EQ(scenario.workloads[0].streams.size(), 80u);  // in and out of 40
    EXPECT_EQ(scenario.workloads[0].streams[0].rate, BitsPerSecond(1'000'000'000));
    ASSERT_EQ(scenario.mirrors.size(), 1u);
    EXPECT_EQ(scenario.mirrors[0].sources.size(), 40u);
  };
  const Ran ran = program_({"run", "--provider", "tencent", "--type", "S5.4XLARGE32", "--in",
                            "1 Gbps", "--out", "1 Gbps", "--count", "40", "--out-dir", out_});
  EXPECT_EQ(ran.exit_code, kFine) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("40 x S5.4XLARGE32, each with 1 Gbps in and 1 Gbps out"));
  EXPECT_THAT(program_.List("out"), ElementsAre("report.html", "result.json"));
}

TEST_F(RunCommandTest, PrintsAScenarioThatRunsAndDoesNotRunIt) {
  program_.script = [](const ValidScenario&, const RunControl&, RunResult&) {
    ADD_FAILURE() << "it ran";
  };
  const Ran printed =
      program_({"run", "--type", "S5.4XLARGE32", "--out", "1 Gbps", "--receivers", "2",
                "--receiver-type", "S5.2XLARGE32", "--receiver", "zeek", "--print-scenario"});
  EXPECT_EQ(printed.exit_code, kFine) << printed.err;
  EXPECT_EQ(printed.err, "");
  program_.Write("small.json", printed.out);
  program_.script = [](const ValidScenario& scenario, const RunControl&, RunResult&) {
    EXPECT_EQ(scenario.deployment->cvms.size(), 3u);
    EXPECT_EQ(scenario.deployment->cvms[1].type, "S5.2XLARGE32");
    ASSERT_TRUE(scenario.deployment->cvms[1].receiver);
    EXPECT_EQ(scenario.deployment->cvms[1].receiver->name, "zeek");
  };
  const Ran ran = Run({});
  EXPECT_EQ(ran.exit_code, kFine) << ran.err;
}

TEST_F(RunCommandTest, ComplainsOfFlagsByTheirNames) {
  const Ran ran = program_({"run", "--type", "S5.4XLARGE23", "--in", "1 Gibps", "--out-dir", out_});
  EXPECT_EQ(ran.exit_code, kBadInput);
  EXPECT_THAT(ran.err, HasSubstr("--in: "));
  const Ran type = program_({"run", "--type", "S5.4XLARGE23", "--in", "1 Gbps", "--out-dir", out_});
  EXPECT_EQ(type.exit_code, kBadInput);
  EXPECT_THAT(type.err, StartsWith("--type: "));
  EXPECT_THAT(type.err, HasSubstr("S5.4XLARGE32"));
  EXPECT_THAT(program_.List("out"), IsEmpty());
}

TEST_F(RunCommandTest, ExplainsOutWhenItIsNoRate) {
  const Ran ran = program_({"run", "--type", "S5.4XLARGE32", "--out", "results"});
  EXPECT_EQ(ran.exit_code, kBadInput);
  EXPECT_THAT(ran.err, HasSubstr("the folder of the result is --out-dir"));
}

TEST_F(RunCommandTest, RefusesAFileAndFlagsTogether) {
  const Ran ran = Run({"--type", "S5.4XLARGE32"});
  EXPECT_EQ(ran.exit_code, kBadInput);
  EXPECT_THAT(ran.err, HasSubstr("--type"));
  EXPECT_THAT(ran.err, HasSubstr("--set"));
}

TEST_F(RunCommandTest, RefusesToPrintAScenarioThatIsNotTheOneThatWouldRun) {
  const Ran ran = program_({"run", "--type", "S5.4XLARGE32", "--in", "1 Gbps", "--print-scenario",
                            "--set", "/duration=\"1 s\""});
  EXPECT_EQ(ran.exit_code, kBadInput);
  EXPECT_EQ(ran.out, "");
}

TEST_F(RunCommandTest, WantsAFileOrATypeWithTraffic) {
  EXPECT_EQ(program_({"run"}).exit_code, kBadInput);
  EXPECT_EQ(program_({"run", "--type", "S5.4XLARGE32"}).exit_code, kBadInput);
}

}  // namespace
}  // namespace vpcmirror::sim
