#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "sim/cli/exit_code.h"
#include "tests/unit/cli/fake_engine.h"
#include "tests/unit/report/schema_complaints.h"

namespace vpcmirror::sim {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;

const std::string kEstate = VPCMIRROR_SOURCE_DIR "/scenarios/aws-two-tools.json";
constexpr std::int64_t kTenOClock = 1'760'004'000;  // 2025-10-09 10:00:00 UTC

// web/eni0 is 10.0.0.3, and its TCP is copied to ids, the rest to recorder. A copy has 50 bytes
// more than its frame, which has 14 more than its packet.
std::string Minute(int minute, int packets) {
  const std::int64_t start = kTenOClock + minute * 60;
  return fmt::format("2 1 web/eni0 10.0.0.3 192.0.2.1 443 50000 6 {} {} {} {} ACCEPT OK\n", packets,
                     packets * 1'000, start, start + 60);
}

class TrafficCommandTest : public testing::Test {
 protected:
  Ran Traffic(const std::string& log, std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {"traffic", kEstate, program_.Write("flow.log", log)};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return program_(arguments);
  }

  Program program_;
};

TEST_F(TrafficCommandTest, NamesTheWindowThatSizesTheFleet) {
  // 6000 packets of 1000 bytes in a minute: 100 copies/s of 1064 bytes, 851.2 kbps.
  const Ran ran =
      Traffic(Minute(0, 600) + Minute(1, 6'000) + Minute(2, 60'000), {"--size-at", "p50"});
  EXPECT_EQ(ran.exit_code, kFine) << ran.err;
  EXPECT_THAT(
      ran.out,
      AllOf(HasSubstr("Copies: 851.2 kbps, 100 pps in the window that sizes the fleet (p50): 60 s"),
            HasSubstr("2025-10-09 10:01:00 UTC, one of 3."),
            HasSubstr("At most: 8.512 Mbps, 1 kpps, from 2025-10-09 10:02:00 UTC."),
            HasSubstr("Records: 3 (66.6 MB) of traffic at ENIs of the scenario."),
            HasSubstr("Flow logs leave out what clouds do not log")));
  std::istringstream lines(ran.out);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80u) << line;
}

TEST_F(TrafficCommandTest, BurstsAreAnAssumptionThatIsSaid) {
  const Ran ran = Traffic(Minute(0, 6'000), {"--burst", "peak-to-mean=3"});
  EXPECT_THAT(ran.out, AllOf(HasSubstr("Copies: 851.2 kbps"),
                             HasSubstr("Bursts, assumed: 3 times the mean inside a window "
                                       "(--burst)"),
                             HasSubstr("2.554 Mbps")));  // 3 * 851.2 = 2553.6
}

TEST_F(TrafficCommandTest, JsonIsAsItsSchemaSays) {
  const Ran ran = Traffic(Minute(0, 6'000) + "nothing\n" + Minute(1, 600), {"--format", "json"});
  ASSERT_EQ(ran.exit_code, kFine) << ran.err;
  const json document = json::parse(ran.out);
  EXPECT_EQ(testing_report::Complaints(
                testing_report::ReadSchema("scenarios/schema/traffic.schema.json"), document),
            "");
  EXPECT_EQ(document["records"]["counted"]["records"], 2);
  EXPECT_EQ(document["records"]["bad_lines"], 1);
  EXPECT_EQ(document["sizing"]["at"], "p99");
  EXPECT_EQ(document["sizing"]["start"], kTenOClock);
  EXPECT_NEAR(document["sizing"]["copies_bps"].get<double>(), 851'200, 1e-6);
  EXPECT_EQ(document["windows"].size(), 2u);
  EXPECT_EQ(document["mirrors"][0]["id"], "tms-0ids");
  // 6600 copies of 1064 bytes.
  EXPECT_NEAR(document["mirrors"][0]["wire"]["bytes"].get<double>(), 6'600 * 1'064, 1e-3);
}

TEST_F(TrafficCommandTest, AnEmptyLogIsJsonByTheSchemaToo) {
  const Ran ran = Traffic("2 1 web/eni0 - - - - - - - 1 2 - NODATA\n", {"--format", "json"});
  ASSERT_EQ(ran.exit_code, kFine) << ran.err;
  const json document = json::parse(ran.out);
  EXPECT_EQ(testing_report::Complaints(
                testing_report::ReadSchema("scenarios/schema/traffic.schema.json"), document),
            "");
  EXPECT_TRUE(document["sizing"].is_null());
  EXPECT_THAT(Traffic("2 1 web/eni0 - - - - - - - 1 2 - NODATA\n").out,
              HasSubstr("No traffic at the scenario's ENIs is in the logs."));
}

TEST_F(TrafficCommandTest, CsvHasARowForEachWindow) {
  const Ran ran = Traffic(Minute(0, 6'000) + Minute(1, 600), {"--format", "csv"});
  EXPECT_EQ(ran.out,
            "window_start,window_seconds,in_bps,in_pps,out_bps,out_pps,copies_bps,copies_pps,"
            "sizes\n" +
                fmt::format("{},60,0,0,811200,100,851200,100,true\n", kTenOClock) +
                fmt::format("{},60,0,0,81120,10,85120,10,false\n", kTenOClock + 60));
}

TEST_F(TrafficCommandTest, StrictRefusesABrokenLineByItsNumber) {
  const Ran ran = Traffic(Minute(0, 6'000) + "nothing\n", {"--strict"});
  EXPECT_EQ(ran.exit_code, kBadInput);
  EXPECT_THAT(ran.err, HasSubstr("flow.log:2:1: 1 value, where 14 are expected"));
  EXPECT_EQ(ran.out, "");
}

TEST_F(TrafficCommandTest, WhatIsNotInTheScenarioIsListedWithItsBytes) {
  const std::string log =
      "2 1 eni-\033[31m 198.51.100.7 192.0.2.1 443 50000 6 10 5000 1 2 ACCEPT OK\n" + Minute(0, 1);
  EXPECT_THAT(Traffic(log).out,
              HasSubstr("Not in the scenario: eni-?[31m (5 kB, 1 record). --map ID=HOST says"));
  const Ran mapped = Traffic("2 1 eni-a 10.0.0.3 192.0.2.1 443 50000 6 10 5000 1 2 ACCEPT OK\n",
                             {"--map", "eni-a=web"});
  EXPECT_THAT(mapped.out, HasSubstr("Interface: eni-a is web/eni0, by --map."));
}

// One of each, and two.
TEST_F(TrafficCommandTest, CountsAreInTheRightNumber) {
  const std::string backwards =
      fmt::format("2 1 web/eni0 10.0.0.3 192.0.2.1 443 50000 6 1 1000 {} {} ACCEPT OK\n",
                  kTenOClock + 60, kTenOClock);
  const std::string uncounted =
      fmt::format("2 1 web/eni0 10.0.0.3 192.0.2.1 443 50000 6 - 1000 {} {} ACCEPT OK\n",
                  kTenOClock, kTenOClock + 60);
  EXPECT_THAT(Traffic(backwards + uncounted).out,
              AllOf(HasSubstr("1 record ends before it starts; it is taken to pass at its start."),
                    HasSubstr("1 record does not say how many; packets of 500 bytes")));
  EXPECT_THAT(
      Traffic(backwards + backwards + uncounted + uncounted).out,
      AllOf(HasSubstr("2 records end before they start; they are taken to pass at their start."),
            HasSubstr("2 records do not say how many; packets of 500 bytes")));
  EXPECT_THAT(Traffic(Minute(0, 1) + "2 1 web/eni0 - - - - - - - 1 2 - NODATA\n").out,
              HasSubstr("Records: 2 in all: 1 (1 kB) of traffic at ENIs of the scenario; 1 "
                        "without data."));
}

// 90 minutes, the last first: half an hour of them is open at a time.
std::string NewestFirst() {
  std::string log;
  for (int minute = 89; minute >= 0; --minute) log += Minute(minute, 600);
  return log;
}

TEST_F(TrafficCommandTest, OfALogThatIsNewestFirstNothingIsLost) {
  const Ran ran = Traffic(NewestFirst(), {"--strict"});
  EXPECT_EQ(ran.exit_code, kFine) << ran.err;
  EXPECT_THAT(ran.out, AllOf(HasSubstr("one of 90."),
                             HasSubstr("Records: 90 (54 MB) of traffic at ENIs of the scenario."),
                             HasSubstr("Order: The logs are newest first, and were read so.")));
}

// 11:29 and 11:28, and then 10:00 to 12:29 without them: either way some come too late.
TEST_F(TrafficCommandTest, WhatIsLostIsSaidFirst) {
  std::string log = Minute(89, 600) + Minute(88, 600);
  for (int minute = 0; minute < 150; ++minute) {
    if (minute != 88 && minute != 89) log += Minute(minute, 600);
  }
  const Ran ran = Traffic(log);
  EXPECT_EQ(ran.exit_code, kFine) << ran.err;
  EXPECT_THAT(ran.out, testing::StartsWith("Incomplete: "));
  const Ran strict = Traffic(log, {"--strict"});
  EXPECT_EQ(strict.exit_code, kBadInput);
  EXPECT_THAT(strict.err,
              AllOf(HasSubstr("flow.log:3:1: this record is over 1800 s older than others"),
                    HasSubstr("accepted: logs sorted by time, or no --strict")));
}

TEST_F(TrafficCommandTest, ALogOrAnInterfaceThatIsNamedTwiceIsRefused) {
  const std::string log = program_.Write("flow.log", Minute(0, 1));
  const Ran twice = program_({"traffic", kEstate, log, program_.InFolder("./flow.log")});
  EXPECT_EQ(twice.exit_code, kBadInput);
  EXPECT_THAT(twice.err, HasSubstr("this log is named twice, and would count twice"));
  const Ran mapped = Traffic(Minute(0, 1), {"--map", "eni-a=web/eni0", "--map", "eni-a=ids/eni0"});
  EXPECT_EQ(mapped.exit_code, kBadInput);
  EXPECT_THAT(mapped.err, HasSubstr("\"eni-a\" is mapped more than once"));
}

TEST_F(TrafficCommandTest, ARuleOfWhichNoRecordIsIsSaid) {
  const Ran ran = Traffic(Minute(0, 1), {"--map", "eni-a=web/eni0"});
  EXPECT_EQ(ran.exit_code, kFine) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("Interface: --map names eni-a, and no record is of it."));
  const json document =
      json::parse(Traffic(Minute(0, 1), {"--map", "eni-a=web/eni0", "--format", "json"}).out);
  EXPECT_EQ(document["unused_rules"], json::array({"eni-a"}));
}

TEST_F(TrafficCommandTest, AFolderIsNoLog) {
  const Ran ran = program_({"traffic", kEstate, program_.InFolder("")});
  EXPECT_EQ(ran.exit_code, kBadInput);
  EXPECT_THAT(ran.err, HasSubstr("this is a folder"));
}

TEST_F(TrafficCommandTest, OptionsThatMeanNothingAreRefused) {
  for (const std::vector<std::string>& wrong :
       std::vector<std::vector<std::string>>{{"--size-at", "p0"},
                                             {"--size-at", "p101"},
                                             {"--size-at", "most"},
                                             {"--per", "1500 ms"},
                                             {"--per", "0 s"},
                                             {"--per", "2 d"},
                                             {"--burst", "3"},
                                             {"--burst", "peak-to-mean=0.5"},
                                             {"--map", "eni-1"},
                                             {"--map", "=web"},
                                             {"--format", "yaml"}}) {
    const Ran ran = Traffic(Minute(0, 1), wrong);
    EXPECT_EQ(ran.exit_code, kBadInput) << wrong[0] << " " << wrong[1];
    EXPECT_THAT(ran.err, HasSubstr(wrong[0]));
  }
  EXPECT_EQ(program_({"traffic", kEstate, "/nowhere.log"}).exit_code, kBadInput);
}

}  // namespace
}  // namespace vpcmirror::sim
