#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "sim/cli/exit_code.h"
#include "tests/unit/cli/fake_engine.h"

namespace vpcmirror::sim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> LinesOf(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

// The first cells of each row.
std::vector<std::string> Begins(const std::string& csv, int cells) {
  std::vector<std::string> begins;
  for (const std::string& line : LinesOf(csv)) {
    std::size_t end = 0;
    for (int i = 0; i < cells; ++i) end = line.find(',', i == 0 ? 0 : end + 1);
    begins.push_back(line.substr(0, end));
  }
  return begins;
}

class SweepCommandTest : public testing::Test {
 protected:
  SweepCommandTest() : file_(program_.Write("small.json", kSmallest)) {}

  Ran Sweep(std::vector<std::string> options) const {
    std::vector<std::string> all = {"sweep", file_, "--out", program_.InFolder("out")};
    all.insert(all.end(), options.begin(), options.end());
    return program_(all);
  }
  std::string Csv() const { return program_.Read("out/sweep.csv"); }

  Program program_;
  std::string file_;
};

TEST_F(SweepCommandTest, MakesARowOfEachPointAndReplication) {
  const Ran ran = Sweep({"--vary", "/mirrors/0/Direction=ALL,EGRESS", "--vary",
                         "/hosts/*/count=1..2:2", "--runs", "2", "--jobs", "3"});
  EXPECT_EQ(ran.exit_code, kFine) << ran.err;
  EXPECT_THAT(
      Begins(Csv(), 6),
      ElementsAre("/mirrors/0/Direction,/hosts/*/count,replication,seed,engine,status",
                  "ALL,1,1,1,packet,done", "ALL,1,2,1,packet,done", "ALL,2,1,1,packet,done",
                  "ALL,2,2,1,packet,done", "EGRESS,1,1,1,packet,done", "EGRESS,1,2,1,packet,done",
                  "EGRESS,2,1,1,packet,done", "EGRESS,2,2,1,packet,done"));
  EXPECT_THAT(
      ran.err,
      HasSubstr("4 points x 2 replications = 8 runs: under 1 s on 3 processes\nEngine: packet\n"));
  EXPECT_THAT(ran.out, HasSubstr("8 runs: 8 FITS\nTable: "));
  EXPECT_THAT(program_.List("out"),
              ElementsAre("sweep.csv", "sweep.html", "sweep.json", "sweep.sqlite"));
}

TEST_F(SweepCommandTest, GivesTheEngineWhatIsVaried) {
  program_.script = [](const ValidScenario& scenario, const RunControl& control,
                       RunResult& result) {
    // The seed and the replication come back as figures that nobody works out.
    result.delivered.bandwidth =
        BitsPerSecond(static_cast<std::int64_t>(control.seed * 1000 + control.replication * 100) +
                      static_cast<std::int64_t>(scenario.deployment->enis.size()));
  };
  ASSERT_EQ(Sweep({"--vary", "/hosts/web/count=1,4", "--runs", "2", "--seed", "7"}).exit_code,
            kFine);
  const auto json = nlohmann::json::parse(program_.Read("out/sweep.json"));
  std::vector<int> goodputs;
  for (const auto& run : json.at("runs")) goodputs.push_back(run.at("goodput_bps"));
  // 1 or 4 web servers, and a sensor.
  EXPECT_THAT(goodputs, ElementsAre(7102, 7202, 7105, 7205));
  EXPECT_EQ(json.at("varied").at(0).at("values"), (nlohmann::json{"1", "4"}));
}

TEST_F(SweepCommandTest, AFailedPointIsARowAndNotTheEnd) {
  program_.script = [](const ValidScenario& scenario, const RunControl&, RunResult&) {
    if (scenario.deployment->enis.size() == 3) throw std::runtime_error("no, \"three\"");
  };
  const Ran ran = Sweep({"--vary", "/hosts/web/count=1,2,3"});
  EXPECT_EQ(ran.exit_code, kFindings) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("3 runs: 2 FITS, 1 failed\n"));
  const std::vector<std::string> lines = LinesOf(Csv());
  ASSERT_EQ(lines.size(), 4u);
  EXPECT_THAT(lines[2], testing::StartsWith("2,1,1,packet,failed,,"));
  EXPECT_THAT(lines[2], testing::EndsWith(",\"no, \"\"three\"\"\""));
  const Ran resumed = Sweep({"--vary", "/hosts/web/count=1,2,3", "--resume"});
  EXPECT_EQ(resumed.exit_code, kFindings);
  EXPECT_THAT(resumed.err, HasSubstr("3 runs, 3 of them known"));
}

TEST_F(SweepCommandTest, TellsAllThatIsWrongBeforeTheFirstRun) {
  const Ran ran = Sweep({"--vary", "/hosts/web/count=1,none", "--vary", "/hosts/wbe/count=3"});
  EXPECT_EQ(ran.exit_code, kBadInput);
  EXPECT_THAT(ran.err, HasSubstr("there is no \"/hosts/wbe\""));
  EXPECT_THAT(Sweep({"--vary", "/hosts/web/count=1,none", "--vary", "/seed=1,x"}).err,
              testing::AllOf(HasSubstr("--vary /hosts/web/count=none: found the string \"none\""),
                             HasSubstr("--vary /seed=x: found the string \"x\"")));
  EXPECT_THAT(Sweep({"--vary", "/seed=1,2", "--vary", "/seed=3"}).err,
              HasSubstr("\"/seed\" is varied twice"));
  EXPECT_THAT(program_.List("out"), IsEmpty());
}

TEST_F(SweepCommandTest, DryRunRunsNothing) {
  const Ran ran = Sweep({"--vary", "/seed=1..5:5", "--dry-run"});
  EXPECT_EQ(ran.exit_code, kFine);
  EXPECT_THAT(ran.err, HasSubstr("5 points x 1 replication = 5 runs: "));
  EXPECT_THAT(program_.List("out"), IsEmpty());
}

TEST_F(SweepCommandTest, SamplesALatinHypercube) {
  const std::vector<std::string> varied = {
      "--vary", "/hosts/web/count=1..10:10", "--vary", "/seed=1..10:10", "--sample", "latin:10"};
  EXPECT_EQ(Sweep(varied).exit_code, kFine);
  EXPECT_EQ(LinesOf(Csv()).size(), 11u);
  EXPECT_THAT(Sweep({"--vary", "/seed=1,2", "--sample", "latin:3"}).err,
              HasSubstr("3 samples of a grid of 2 points"));
  for (const char* bad : {"latin:0", "latin:", "latin:x", "random"}) {
    EXPECT_EQ(Sweep({"--vary", "/seed=1,2", "--sample", bad}).exit_code, kBadInput) << bad;
  }
}

// 10,000 values of seed and as many of count are 10^8 points.
TEST_F(SweepCommandTest, RefusesMoreRunsThanATableHolds) {
  EXPECT_THAT(
      Sweep({"--vary", "/seed=1..10000:10000", "--vary", "/hosts/web/count=1..10000:10000"}).err,
      HasSubstr("--vary: 100,000,000 points of 1 run each are too many"));
}

// 10^20 points; 2^63 is about 9 * 10^18.
TEST_F(SweepCommandTest, AGridBeyondCountingIsRefusedInWords) {
  std::vector<std::string> options;
  for (const char* path :
       {"/seed", "/hosts/web/count", "/hosts/ids/count", "/workloads/www/flows", "/duration"}) {
    options.insert(options.end(), {"--vary", std::string(path) + "=1..10000:10000"});
  }
  const Ran ran = Sweep(options);
  EXPECT_EQ(ran.exit_code, kBadInput);
  EXPECT_THAT(ran.err, testing::StartsWith("--vary: over 10^15 points of 1 run each are too many\n"
                                           "  accepted: at most 1,000,000 runs: fewer values"));
}

// A source that gets the copies is an error of the source, whatever the seed.
TEST_F(SweepCommandTest, AnErrorOfThePointNamesTheValuesItComesFrom) {
  const Ran ran = Sweep({"--vary", R"(/mirrors/0/CollectorTarget/TargetIps=["ids"],["web[1]"])",
                         "--vary", "/seed=1,2"});
  EXPECT_EQ(ran.exit_code, kBadInput);
  EXPECT_THAT(ran.err,
              HasSubstr(R"((with --vary /mirrors/0/CollectorTarget/TargetIps=["web[1]"]))"));
  EXPECT_THAT(ran.err, testing::Not(HasSubstr("seed=")));
}

TEST_F(SweepCommandTest, SaysWhichEngineAndHowLong) {
  const Ran ran = Sweep({"--vary", "/seed=1", "--engine", "fluid", "--jobs", "1"});
  EXPECT_EQ(ran.exit_code, kFine) << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("1 point x 1 replication = 1 run: under 1 s on 1 process\n"
                                 "Engine: fluid\n"));
  const auto json = nlohmann::json::parse(program_.Read("out/sweep.json"));
  EXPECT_EQ(json.at("runs").at(0).at("engine"), "fluid");
}

// Of 1 ms and of 100 hours, which is more than 10^8 events.
TEST_F(SweepCommandTest, EachPointHasTheEngineThatAutoTakes) {
  const Ran ran = Sweep({"--vary", "/duration=1 ms,100 h", "--engine", "auto"});
  EXPECT_EQ(ran.exit_code, kFine) << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("Engine: packet of 1 point, fluid of 1\n"));
  EXPECT_THAT(Begins(Csv(), 5), ElementsAre("/duration,replication,seed,engine,status",
                                            "1 ms,1,1,packet,done", "100 h,1,1,fluid,done"));
}

TEST_F(SweepCommandTest, ResumeDoesNotShrinkWhatIsThere) {
  EXPECT_EQ(Sweep({"--vary", "/seed=1,2", "--runs", "3"}).exit_code, kFine);
  const std::string before = Csv();
  const Ran ran = Sweep({"--vary", "/seed=1,2", "--runs", "2", "--resume"});
  EXPECT_EQ(ran.exit_code, kBadInput);
  EXPECT_THAT(ran.err, HasSubstr("sweep.sqlite has points of 3 runs each, and --runs 2 would "
                                 "leave some out of the tables: give --runs 3, or another --out"));
  EXPECT_EQ(Csv(), before);
}

TEST_F(SweepCommandTest, ADamagedFileIsNotSaidToBeKept) {
  EXPECT_EQ(Sweep({"--vary", "/seed=1,2"}).exit_code, kFine);
  program_.Write("out/sweep.sqlite", std::string(5'000, 'x'));
  const Ran ran = Sweep({"--vary", "/seed=1,2", "--resume"});
  EXPECT_EQ(ran.exit_code, kBadInput);
  EXPECT_THAT(ran.err,
              testing::AllOf(HasSubstr("out/sweep.sqlite: it is damaged"),
                             HasSubstr("move it away"), testing::Not(HasSubstr("is kept"))));
}

TEST_F(SweepCommandTest, RefusesOneSeedForRunsThatHaveTheirOwn) {
  const Ran ran = Sweep({"--vary", "/seed=1,2", "--seed", "5"});
  EXPECT_EQ(ran.exit_code, kBadInput);
  EXPECT_THAT(ran.err, HasSubstr("--seed gives all runs one seed"));
}

TEST_F(SweepCommandTest, CountsAssertionsThatAreMissed) {
  EXPECT_EQ(
      Sweep({"--vary", "/seed=1", "--assert", "mirror_loss == 0", "--assert", "mirror_loss > 0.5"})
          .exit_code,
      kFine);
  const auto json = nlohmann::json::parse(program_.Read("out/sweep.json"));
  EXPECT_EQ(json.at("runs").at(0).at("assertions_missed"), 1);
}

TEST_F(SweepCommandTest, UnderMpirunOnOneRankIsAnOrdinarySweep) {
  ::setenv("OMPI_COMM_WORLD_SIZE", "1", 1);
  const Ran ran = Sweep({"--vary", "/seed=1,2"});
  ::unsetenv("OMPI_COMM_WORLD_SIZE");
  EXPECT_EQ(ran.exit_code, kFine) << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("on 1 process\n"));
}

}  // namespace
}  // namespace vpcmirror::sim
