// The runs that one `vpcmirror run` is made of.
#include "sim/cli/experiment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <vector>

#include "models/scenario/series.h"
#include "sim/cli/exit_code.h"
#include "tests/unit/cli/fake_engine.h"

namespace vpcmirror::sim {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// One frame of a hundred lost at the source's egress, as an ENI counts it.
void LoseAFrame(RunResult& result) {
  EniResult eni;
  eni.offered_out.frames = 100;
  eni.dropped["egress_bandwidth"] = {1, Bytes(1500)};
  result.enis = {eni};
}

class ExperimentTest : public testing::Test {
 protected:
  ExperimentTest() {
    program_.script = [this](const ValidScenario& scenario, const RunControl& control,
                             RunResult& result) {
      runs_.push_back((scenario.mirrors.empty() ? "alone, " : "mirrored, ") +
                      std::string(ToString(scenario.providers.at(0).congestion)));
      seeds_.push_back(control.seed);
      result.produced = Count{100, Bytes(150'000)};
      result.delivered.frames = 99;  // of those that nothing loses, one is under way
      result.complete = !control.stop.stop_requested();
      if (then_) then_(scenario, control, result);
      if (control.stop.stop_requested()) result.complete = false;
    };
  }

  Ran Run(std::vector<std::string> more) {
    std::vector<std::string> arguments = {"run", scenario_, "--out", program_.InFolder("out")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return program_(arguments);
  }
  json Result() { return json::parse(program_.Read("out/result.json")); }

  Program program_;
  std::string scenario_ = program_.Write("small.json", kSmallest);
  FakeEngine::Script then_;
  std::vector<std::string> runs_;
  std::vector<std::uint64_t> seeds_;
};

TEST_F(ExperimentTest, RunsOnceWhenNothingIsLost) {
  EXPECT_EQ(Run({}).exit_code, kFine);
  EXPECT_THAT(runs_, ElementsAre("mirrored, shared_random"));
  EXPECT_TRUE(Result()["baseline"].is_null());
  EXPECT_THAT(Result()["disciplines"], IsEmpty());
}

TEST_F(ExperimentTest, RunsWithoutTheMirrorOnTheSameStreams) {
  const Ran ran = Run({"--baseline", "--seed", "9"});
  EXPECT_EQ(ran.exit_code, kFine) << ran.err;
  EXPECT_THAT(runs_, ElementsAre("mirrored, shared_random", "alone, shared_random"));
  EXPECT_THAT(seeds_, ElementsAre(9u, 9u));
  EXPECT_THAT(ran.out, HasSubstr("What mirroring costs production"));
  EXPECT_EQ(Result()["baseline"]["produced_frames"], 100);
}

TEST_F(ExperimentTest, RunsWithoutTheMirrorWhereTheScenarioAsksForIt) {
  EXPECT_EQ(Run({"--set", "/baseline=true"}).exit_code, kFine);
  EXPECT_THAT(runs_, SizeIs(2));
  EXPECT_EQ(Run({"--set", "/baseline=1"}).exit_code, kBadInput);
}

TEST_F(ExperimentTest, SaysThatThereIsNoMirrorToDoWithout) {
  EXPECT_EQ(Run({"--baseline", "--set", "/mirrors=[]"}).exit_code, kFine);
  EXPECT_THAT(runs_, ElementsAre("alone, shared_random"));
  EXPECT_TRUE(Result()["baseline"].is_null());
  EXPECT_THAT(Result()["notes"].dump(), HasSubstr("There is no mirror"));
}

TEST_F(ExperimentTest, TriesEachOtherDisciplineWhenFramesAreLost) {
  then_ = [](const ValidScenario& scenario, const RunControl&, RunResult& result) {
    if (scenario.providers.at(0).congestion == Congestion::kSharedRandom) LoseAFrame(result);
  };
  const Ran ran = Run({});
  EXPECT_EQ(ran.exit_code, kFine) << ran.err;
  ASSERT_GE(runs_.size(), 2u);
  EXPECT_THAT(runs_, testing::Contains("mirrored, fifo"));
  EXPECT_THAT(Result()["disciplines"], SizeIs(runs_.size()));
  EXPECT_EQ(Result()["disciplines"][0]["congestion"], "shared_random");
  EXPECT_EQ(Result()["disciplines"][0]["production"]["lost_frames"], 1);
  EXPECT_THAT(std::string(Result()["holds"]),
              AllOf(HasSubstr("flips if congestion="),
                    HasSubstr("congestion=fifo with copy_order=before (FITS)")));
  EXPECT_THAT(ran.out, testing::StartsWith("DOES NOT FIT: 1 of 100 production frames (1 %) is "
                                           "lost; flips if\ncongestion="));
}

TEST_F(ExperimentTest, HoldsUnderAllThatLoseAlike) {
  then_ = [](const ValidScenario&, const RunControl&, RunResult& result) { LoseAFrame(result); };
  Run({});
  EXPECT_THAT(std::string(Result()["holds"]),
              testing::StartsWith("under all assumptions tried (congestion=shared_random, "));
}

TEST_F(ExperimentTest, TriesNoDisciplineThatTheUserRuledOut) {
  then_ = [](const ValidScenario&, const RunControl&, RunResult& result) { LoseAFrame(result); };
  Run({"--set", "/assumptions={\"congestion\": \"fifo\"}"});
  EXPECT_THAT(runs_, ElementsAre("mirrored, fifo"));
  EXPECT_TRUE(Result()["holds"].is_null());
}

TEST_F(ExperimentTest, DrawsProgressOfAllRuns) {
  program_.progress = true;
  then_ = [this](const ValidScenario& scenario, const RunControl& control, RunResult&) {
    program_.now += 1;
    control.progress(scenario.duration / 2);
  };
  const std::string drawn = Run({"--baseline"}).err;
  EXPECT_THAT(drawn, HasSubstr("run 1 of 2: 500 ms of 1 s"));
  EXPECT_THAT(drawn, HasSubstr("run 2 of 2: 500 ms of 1 s"));
}

TEST_F(ExperimentTest, KeepsTheResultWhenTheComparisonIsStopped) {
  std::stop_source source;
  program_.stop = source.get_token();
  then_ = [&](const ValidScenario& scenario, const RunControl&, RunResult& result) {
    if (!scenario.mirrors.empty()) return;
    source.request_stop();
    result.duration = Picoseconds(0);
  };
  const Ran ran = Run({"--baseline"});
  EXPECT_EQ(ran.exit_code, kStopped);
  EXPECT_THAT(ran.err, HasSubstr("stopped by a signal while comparing"));
  EXPECT_EQ(Result()["complete"], true);
  EXPECT_EQ(Result()["stopped_by"], "a signal");
  EXPECT_TRUE(Result()["baseline"].is_null());
  EXPECT_THAT(Result()["notes"].dump(), HasSubstr("The run without the mirror was stopped"));
}

TEST_F(ExperimentTest, ComparesNothingWithARunThatWasStopped) {
  std::stop_source source;
  program_.stop = source.get_token();
  then_ = [&](const ValidScenario&, const RunControl&, RunResult&) { source.request_stop(); };
  EXPECT_EQ(Run({"--baseline"}).exit_code, kStopped);
  EXPECT_THAT(runs_, SizeIs(1));
}

// 2 hosts, 41,667 frames a second each way, and a copy of each: about
// 3.3 * 10^5 events: well over a thousandth of a second.
TEST_F(ExperimentTest, RefusesARunThatWouldTakeLongerThanItMay) {
  const Ran ran = Run({"--max-wall", "1 ms"});
  EXPECT_EQ(ran.exit_code, kBadInput);
  EXPECT_THAT(ran.err, AllOf(HasSubstr("small.json: this run would take about "),
                             HasSubstr(" events, "), HasSubstr(" of CPU time and "),
                             HasSubstr(" of memory: more than the 0.001 s of --max-wall"),
                             HasSubstr("accepted: ")));
  EXPECT_THAT(runs_, IsEmpty());
  EXPECT_THAT(program_.List("out"), IsEmpty());
}

TEST_F(ExperimentTest, RefusesARunThatWouldTakeMoreMemoryThanThereIs) {
  program_.memory = Bytes(1 << 20);
  EXPECT_THAT(Run({}).err, HasSubstr("more than 1 MiB of memory"));
  EXPECT_THAT(Run({"--max-memory", "2MiB"}).err, HasSubstr("more than 2 MiB of memory"));
  EXPECT_THAT(runs_, IsEmpty());
  EXPECT_EQ(Run({"--max-memory", "4GiB"}).exit_code, kFine);
}

TEST_F(ExperimentTest, RefusesMoreEventsThanItMay) {
  EXPECT_THAT(Run({"--max-events", "1000"}).err, HasSubstr(": more than 1e+03 events"));
  EXPECT_THAT(runs_, IsEmpty());
}

TEST_F(ExperimentTest, CountsTheRunWithoutTheMirrorAmongWhatARunTakes) {
  const auto events = [&](std::vector<std::string> more) {
    more.insert(more.end(), {"--max-events", "1"});
    const std::string err = Run(more).err;
    return std::stod(err.substr(err.find("about ") + 6));
  };
  EXPECT_GT(events({"--baseline"}), events({}));
}

TEST_F(ExperimentTest, StopsARunThatTakesLongerAllTheSame) {
  then_ = [this](const ValidScenario& scenario, const RunControl& control, RunResult& result) {
    control.progress(scenario.duration / 4);
    EXPECT_FALSE(control.stop.stop_requested());
    program_.now = 601;
    control.progress(scenario.duration / 2);
    EXPECT_TRUE(control.stop.stop_requested());
    result.duration = scenario.duration / 2;
  };
  const Ran ran = Run({"--max-wall", "10min"});
  EXPECT_EQ(ran.exit_code, kStopped);
  EXPECT_THAT(ran.err, HasSubstr("stopped by --max-wall 600 s after 500 ms of 1 s"));
  EXPECT_EQ(Result()["complete"], false);
  EXPECT_EQ(Result()["stopped_by"], "--max-wall 600 s");
}

TEST_F(ExperimentTest, RefusesLimitsThatAreNone) {
  for (const char* text : {"10", "0s", "soon", "-1 min"}) {
    const Ran ran = Run({"--max-wall", text});
    EXPECT_EQ(ran.exit_code, kBadInput) << text;
    EXPECT_THAT(ran.err, HasSubstr("--max-wall")) << text;
  }
  EXPECT_EQ(Run({"--max-memory", "4 Gbps"}).exit_code, kBadInput);
  const Ran none = Run({"--max-events", "0"});
  EXPECT_EQ(none.exit_code, kBadInput);
  EXPECT_THAT(none.err, HasSubstr("--max-events: '0' is not a whole number from 1 to "
                                  "9007199254740991, in decimal digits"));
  EXPECT_THAT(runs_, IsEmpty());
}

// An engine that has 5 frames in its only bin wherever a series is asked for.
void FillSeries(const ValidScenario& scenario, const RunControl&, RunResult& result) {
  if (!scenario.series_bin) return;
  result.series = Series{.bin = *scenario.series_bin, .bins = 1, .objects = {}};
  result.series->objects.push_back({.kind = SeriesKind::kEni,
                                    .id = "web",
                                    .first_bin = 0,
                                    .values = {5, 0, 0, 0, 0, 0},
                                    .dropped = {}});
}

TEST_F(ExperimentTest, WritesASeriesWhereItIsAskedFor) {
  then_ = FillSeries;
  EXPECT_EQ(Run({"--series"}).exit_code, kFine);
  EXPECT_EQ(Result()["series"]["bin_ns"], 100'000'000);
  EXPECT_EQ(program_.Read("out/series.csv"),
            "start_s,kind,id,figure,unit,value\n0.000000000000,eni,web,in_frames,frames,5\n");
  EXPECT_EQ(Run({"--series=10 ms"}).exit_code, kFine);
  EXPECT_EQ(Result()["series"]["bin_ns"], 10'000'000);
  EXPECT_EQ(Run({"--set", "/output={\"series\": \"5 ms\"}"}).exit_code, kFine);
  EXPECT_EQ(Result()["series"]["bin_ns"], 5'000'000);
}

TEST_F(ExperimentTest, LeavesNoSeriesOfAnotherResult) {
  then_ = FillSeries;
  Run({"--series"});
  Run({});
  EXPECT_TRUE(Result()["series"].is_null());
  EXPECT_FALSE(std::filesystem::exists(program_.InFolder("out/series.csv")));
}

TEST_F(ExperimentTest, RefusesABinThatIsNone) {
  const Ran of_nothing = Run({"--series=0 s"});
  EXPECT_EQ(of_nothing.exit_code, kBadInput);
  EXPECT_THAT(of_nothing.err, HasSubstr("--series: '0 s' is not above zero"));
  const Ran of_file = program_({"run", "--series", scenario_});
  EXPECT_EQ(of_file.exit_code, kBadInput);
  EXPECT_THAT(of_file.err, AllOf(HasSubstr("--series"), HasSubstr("small.json")));
  EXPECT_TRUE(runs_.empty());
}

// Replication n delivers n * 100 bps.
void DeliverByReplication(const ValidScenario&, const RunControl& control, RunResult& result) {
  result.delivered.bandwidth = BitsPerSecond(100 * static_cast<std::int64_t>(control.replication));
}

TEST_F(ExperimentTest, RunsReplicationsInProcessesOfTheirOwn) {
  then_ = DeliverByReplication;
  const Ran ran = Run({"--runs", "4", "--jobs", "2", "--ci", "90"});
  EXPECT_EQ(ran.exit_code, kFine) << ran.err;
  // Of 100, 200, 300 and 400: mean 250, variance 50,000 / 3, standard error 64.55; t of
  // three degrees of freedom at 0.95 is 2.353 (NIST).
  const json replications = Result()["replications"];
  EXPECT_EQ(replications["runs"], 4);
  ASSERT_THAT(replications["figures"], SizeIs(1));
  const json figure = replications["figures"][0];
  EXPECT_EQ(figure["path"], "goodput.bps");
  EXPECT_EQ(figure["mean"], 250);
  EXPECT_EQ(figure["smallest"], 100);
  EXPECT_EQ(figure["largest"], 400);
  EXPECT_NEAR(figure["half_width"].get<double>(), 2.353 * 64.55, 0.05);
  // The first is the one that is shown.
  EXPECT_EQ(Result()["goodput"]["bps"], 100);
  EXPECT_THAT(ran.out, AllOf(HasSubstr("4 runs on random streams of their own"),
                             HasSubstr("Intervals of 4 runs rest on what so few differ by")));
  EXPECT_THAT(program_.List("out"), ElementsAre("report.html", "result.json"));
}

TEST_F(ExperimentTest, SaysWhatOneRunCannotTell) {
  const Ran ran = Run({"--ci", "95"});
  EXPECT_EQ(ran.exit_code, kBadInput);
  EXPECT_THAT(ran.err, HasSubstr("--ci: is about several runs, and one has no interval"));
  EXPECT_EQ(Run({"--runs", "2", "--ci", "100"}).exit_code, kBadInput);
  EXPECT_TRUE(runs_.empty());
}

TEST_F(ExperimentTest, SaysThatAReplicationFailed) {
  then_ = [](const ValidScenario&, const RunControl& control, RunResult&) {
    if (control.replication == 2) throw std::runtime_error("broken");
  };
  const Ran ran = Run({"--runs", "2", "--jobs", "2"});
  EXPECT_EQ(ran.exit_code, kOurBug);
  EXPECT_THAT(ran.err, HasSubstr("a process that ran replications ended before its time"));
}

// kill and docker stop reach the parent alone, which must not wait for the others.
TEST_F(ExperimentTest, EndsAllReplicationsWhenItIsStopped) {
  std::stop_source source;
  program_.stop = source.get_token();
  then_ = [&](const ValidScenario&, const RunControl& control, RunResult&) {
    if (control.replication == 1) {
      source.request_stop();
    } else {
      ::sleep(60);  // then it would be finished, and count
    }
  };
  const Ran ran = Run({"--runs", "2", "--jobs", "2"});
  EXPECT_EQ(ran.exit_code, kStopped);
  EXPECT_THAT(ran.out, HasSubstr("Stopped after 0 of 2 replications"));
}

}  // namespace
}  // namespace vpcmirror::sim
