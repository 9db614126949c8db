#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "sim/cli/exit_code.h"
#include "tests/unit/cli/fake_engine.h"
#include "tests/unit/report/schema_complaints.h"

namespace vpcmirror::sim {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;

const std::string kTwoTools = VPCMIRROR_SOURCE_DIR "/scenarios/aws-two-tools.json";

// web/eni0 is 10.0.0.3. TCP goes to one tool, the rest to another; NTP to the service address
// is never mirrored.
constexpr char kLog[] =
    "2 1 web/eni0 10.0.0.3 192.0.2.1 443 50000 6 1 1000 1 2 ACCEPT OK\n"
    "2 1 web/eni0 192.0.2.1 10.0.0.3 50000 514 17 1 500 1 2 ACCEPT OK\n"
    "2 1 web/eni0 10.0.0.3 169.254.169.123 50000 123 17 1 100 1 2 ACCEPT OK\n"
    "2 1 web/eni0 192.0.2.1 10.0.0.3 50000 22 6 1 700 1 2 REJECT OK\n"
    "2 1 web/eni0 - - - - - - - 1 2 - NODATA\n"
    "2 1 web/eni0 192.0.2.1 192.0.2.2 1 2 6 1 60 1 2 ACCEPT OK\n"
    "2 1 eni-0ff 192.0.2.1 10.0.0.9 1 2 6 1 60 1 2 ACCEPT OK\n"
    "2 1 web/eni0 192.0.2.1\n";

class CoverageCommandTest : public testing::Test {
 protected:
  Ran Check(std::vector<std::string> more, const std::string& file = kTwoTools) {
    std::vector<std::string> arguments = {"check", file};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return program_(arguments);
  }

  Program program_;
};

TEST_F(CoverageCommandTest, LogIsShownToTheTapsOfItsEnis) {
  const std::string log = program_.Write("flow.log", kLog);
  const Ran ran = Check({"--coverage", "--flowlog", log, "--format", "json"});
  ASSERT_EQ(ran.exit_code, kFine) << ran.err;
  const json document = json::parse(ran.out);
  EXPECT_EQ(testing_report::Complaints(
                testing_report::ReadSchema("scenarios/schema/coverage.schema.json"), document),
            "");
  const json& web = document["enis"][0];
  EXPECT_EQ(web["id"], "web/eni0");
  EXPECT_EQ(web["passing_bytes"], 1600.0);
  EXPECT_EQ(web["seen_bytes"], 1500.0);
  EXPECT_EQ(web["unseen_bytes"], json({{"never_mirrored", 100.0}}));
  EXPECT_EQ(document["coverage"]["bytes"], 1500.0 / 1600);
  const json& tally = document["flow_logs"][0];
  EXPECT_EQ(tally["records"], 7);
  EXPECT_EQ(tally["observed"], 3);
  EXPECT_EQ(tally["rejected"], 1);
  EXPECT_EQ(tally["no_data"], 1);
  EXPECT_EQ(tally["elsewhere"], 1);
  EXPECT_EQ(tally["unknown_interfaces"], json({"eni-0ff"}));
  EXPECT_EQ(tally["bad_lines"], 1);
  EXPECT_EQ(tally["told_lines"][0], log + ":8: 4 values, where 14 are expected");
}

TEST_F(CoverageCommandTest, ARejectThatStopsLaterSessionsIsNamed) {
  const std::string log = program_.Write("flow.log", kLog);
  const Ran ran = Check({"--coverage", "--flowlog", log, "--format", "json", "--set",
                         "/mirrors/TrafficMirrorFilters/0/EgressFilterRules/0/RuleAction=reject"});
  const json document = json::parse(ran.out);
  EXPECT_EQ(document["enis"][0]["seen_bytes"], 500.0);
  EXPECT_EQ(document["enis"][0]["unseen_bytes"],
            json({{"never_mirrored", 100.0}, {"earlier_session", 1000.0}}));
}

TEST_F(CoverageCommandTest, TextGroupsWhatIsAlikeAndKeepsToEightyColumns) {
  const Ran ran = Check({"--coverage"}, program_.Write("small.json", kSmallest));
  EXPECT_EQ(ran.exit_code, kFine) << ran.err;
  EXPECT_THAT(ran.out,
              AllOf(HasSubstr("web[0-1]/eni0 (2 ENIs): covered by mirror-1\n"),
                    HasSubstr("ids/eni0: receives copies: not counted\n"),
                    HasSubstr("ENIs covered: 2 of 2 (100 %)\n"), HasSubstr("Never mirrored by ")));
  std::istringstream lines(ran.out);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80u) << line;
}

TEST_F(CoverageCommandTest, CsvHasARowForEachEni) {
  const Ran ran = Check({"--coverage", "--format", "csv"}, program_.Write("small.json", kSmallest));
  std::istringstream lines(ran.out);
  std::string line;
  std::getline(lines, line);
  EXPECT_THAT(line, HasSubstr("eni,host,subnet,receiver,covered,because,mirrors,passing_bytes"));
  int rows = 0;
  while (std::getline(lines, line)) ++rows;
  EXPECT_EQ(rows, 3);
}

TEST_F(CoverageCommandTest, AssertionsAboutCoverageAreHeldWithAndWithoutTheTable) {
  const std::string file = program_.Write("small.json", kSmallest);
  EXPECT_EQ(Check({"--assert", "coverage.enis >= 95%", "--fail-on", "error"}, file).exit_code,
            kFine);
  const std::vector<std::string> missed = {"--assert", "coverage.bytes < 50%"};
  const Ran plain = Check(missed, file);
  EXPECT_EQ(plain.exit_code, kAssertionMissed) << plain.err;
  EXPECT_THAT(plain.err, HasSubstr("assertion missed: coverage.bytes < 50% (it is 100 %)"));
  const Ran table = Check({"--coverage", "--assert", "coverage.unseen.filter > 1%"}, file);
  EXPECT_EQ(table.exit_code, kAssertionMissed);
  EXPECT_THAT(table.out, HasSubstr("assertion missed: coverage.unseen.filter > 1% (it is 0 %)"));
}

TEST_F(CoverageCommandTest, RunHoldsToTheSameAssertions) {
  const std::string file = program_.Write("small.json", kSmallest);
  const std::string out = program_.InFolder("out");
  const Ran met = program_({"run", file, "--out", out, "--assert", "coverage.enis >= 95%"});
  EXPECT_EQ(met.exit_code, kFine) << met.err;
  const Ran missed = program_({"run", file, "--out", out, "--assert", "coverage.bytes < 50%"});
  EXPECT_EQ(missed.exit_code, kAssertionMissed) << missed.err;
  EXPECT_EQ(json::parse(program_.Read("out/result.json"))["coverage"]["covered_enis"], 2);
}

TEST_F(CoverageCommandTest, WhatDoesNotGoTogetherIsSaid) {
  EXPECT_EQ(Check({"--format", "csv"}).exit_code, kBadInput);
  EXPECT_EQ(Check({"--flowlog", "x"}).exit_code, kBadInput);
  EXPECT_EQ(Check({"--coverage", "--format", "sarif"}).exit_code, kBadInput);
  const Ran other = Check({"--assert", "mirror_loss < 1%"});
  EXPECT_EQ(other.exit_code, kBadInput);
  EXPECT_THAT(other.err, HasSubstr("only a run can tell whether it holds"));
}

}  // namespace
}  // namespace vpcmirror::sim
