// plan --flowlog: for the traffic of a window of flow logs.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <numeric>
#include <random>
#include <sstream>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "sim/cli/engines.h"
#include "sim/cli/exit_code.h"
#include "tests/unit/cli/fake_engine.h"
#include "tests/unit/report/schema_complaints.h"

namespace vpcmirror::sim {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

// web/eni0 is 10.0.0.2, and may use 199 Mbps in and out together.
constexpr char kWatchedHost[] = R"({"name": "logged", "provider": "tencent",
  "hosts": {"web": {"limits": {"bandwidth": "199 Mbps"}}, "ids": {"receiver": "generic"}},
  "workloads": {"www": {"at": "web", "in": "90 Gbps"}},
  "mirrors": [{"TrafficMirrorName": "m", "CollectorSrcs": ["web"],
               "CollectorTarget": {"TargetIps": ["ids"]}}],
  "assumptions": {"encapsulation": "none"}})";

constexpr std::int64_t kTen = 1'760'004'000;  // 2025-10-09 10:00:00 UTC

// So many Mbps of frames of 1000 bytes, 125 a second for each: packets of 986 behind 14 of
// Ethernet.
std::string MinuteOf(int minute, int mbps, const std::string& interface = "web/eni0") {
  const std::int64_t start = kTen + minute * 60;
  const int packets = mbps * 125 * 60;
  return fmt::format("2 1 {} 10.0.0.2 192.0.2.1 443 50000 6 {} {} {} {} ACCEPT OK\n", interface,
                     packets, packets * 986LL, start, start + 60);
}

// Minutes of 1 to 100 Mbps, in an order that is not theirs; `minutes` has that of each.
std::string HundredMinutes(std::vector<int>& minutes) {
  std::vector<int> mbps(100);
  std::iota(mbps.begin(), mbps.end(), 1);
  std::shuffle(mbps.begin(), mbps.end(), std::mt19937_64(1));
  minutes.assign(101, 0);
  std::string log;
  for (int i = 0; i < 100; ++i) {
    minutes[static_cast<std::size_t>(mbps[static_cast<std::size_t>(i)])] = i;
    log += MinuteOf(i, mbps[static_cast<std::size_t>(i)]);
  }
  return log;
}

class PlanLogTest : public testing::Test {
 protected:
  Ran Plan(const std::string& log, std::vector<std::string> more = {},
           const std::string& scenario = kWatchedHost) {
    std::ostringstream out;
    std::ostringstream err;
    const Surroundings around{.out = out,
                              .err = err,
                              .make_engine = MakeEngine,
                              .seconds = [] { return 0.0; },
                              .today = "2026-11-30"};
    std::vector<std::string> arguments = {"plan", program_.Write("logged.json", scenario), "--out",
                                          program_.InFolder("out")};
    if (!log.empty()) {
      arguments.insert(arguments.end(), {"--flowlog", program_.Write("flow.log", log)});
    }
    arguments.insert(arguments.end(), more.begin(), more.end());
    Ran ran;
    ran.exit_code = RunProgram(arguments, around);
    ran.out = out.str();
    ran.err = err.str();
    return ran;
  }

  Program program_;
};

// Of 100 windows of 1 to 100 Mbps, p99 is that of 99: 99 and a copy of them are 198 of 199 Mbps.
// The busiest asks for 200.
TEST_F(PlanLogTest, TheWindowOfThePercentileIsPlannedFor) {
  std::vector<int> minutes;
  const std::string log = HundredMinutes(minutes);
  const Ran ran = Plan(log, {"--size-at", "p99", "--per", "1min", "--format", "json"});
  ASSERT_EQ(ran.exit_code, kFine) << ran.err;
  const json plan = json::parse(ran.out);
  EXPECT_EQ(testing_report::Complaints(
                testing_report::ReadSchema("scenarios/schema/plan.schema.json"), plan),
            "");
  EXPECT_EQ(plan["verdict"], "AT RISK");
  EXPECT_NEAR(plan["margin"].get<double>(), 1 / 199.0, 1e-6);
  const json& window = plan["log"]["sized_at"];
  EXPECT_EQ(window["at"], "p99");
  EXPECT_EQ(window["rank"], 99);
  EXPECT_EQ(window["start"], kTen + minutes[99] * 60);
  EXPECT_EQ(window["end"], kTen + minutes[99] * 60 + 60);
  EXPECT_NEAR(window["out_bps"].get<double>(), 99e6, 1);
  EXPECT_NEAR(window["copies_bps"].get<double>(), 99e6, 1);
  EXPECT_NEAR(window["copies_pps"].get<double>(), 99 * 125, 1e-6);
  EXPECT_EQ(plan["log"]["windows"], 100);
  EXPECT_EQ(plan["log"]["peak_to_mean"], 1);
  EXPECT_NEAR(plan["headroom"]["without_loss"]["at"].get<double>(), 199 / 198.0, 0.01);
  // p50, p95, p99, max.
  const json& compared = plan["log"]["compared"];
  ASSERT_EQ(compared.size(), 4u);
  const int of_mbps[] = {50, 95, 99, 100};
  const char* const verdicts[] = {"FITS", "AT RISK", "AT RISK", "DOES NOT FIT"};
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(compared[i]["rank"], of_mbps[i]);
    EXPECT_EQ(compared[i]["then"]["verdict"], verdicts[i]);
    EXPECT_NEAR(compared[i]["then"]["margin"].get<double>(), 1 - 2 * of_mbps[i] / 199.0, 1e-6);
  }
}

// 2 x 80 of 199 Mbps are the first beyond 80 %, so that the twenty windows of 80 to 99 are at
// risk, and that of 100 does not fit.
TEST_F(PlanLogTest, EveryWindowIsRunWhereThatIsAskedFor) {
  std::vector<int> minutes;
  const std::string log = HundredMinutes(minutes);
  const Ran ran =
      Plan(log, {"--size-at", "max", "--per", "1min", "--every-window", "--format", "json"});
  ASSERT_EQ(ran.exit_code, kFine) << ran.err;
  const json plan = json::parse(ran.out);
  EXPECT_EQ(testing_report::Complaints(
                testing_report::ReadSchema("scenarios/schema/plan.schema.json"), plan),
            "");
  const json& every = plan["log"]["every_window"];
  EXPECT_EQ(every["windows"], 100);
  EXPECT_EQ(every["does_not_fit"], 1);
  EXPECT_EQ(every["at_risk"], 20);
  EXPECT_EQ(every["loses_production"], 1);
  EXPECT_EQ(every["loses_copies"], 1);
  // The same as the plan of that window alone.
  EXPECT_EQ(every["worst"]["start"], kTen + minutes[100] * 60);
  EXPECT_EQ(every["worst"]["then"], plan["log"]["compared"][3]["then"]);

  std::vector<int> bad(minutes.begin() + 80, minutes.end());
  std::ranges::sort(bad);
  ASSERT_EQ(every["told"].size(), bad.size());
  for (std::size_t i = 0; i < bad.size(); ++i) {
    EXPECT_EQ(every["told"][i]["start"], kTen + bad[i] * 60);
  }
}

TEST_F(PlanLogTest, WindowsAreTheSameNewestFirst) {
  std::string forwards;
  std::string backwards;
  for (int i = 0; i < 200; ++i) {
    const std::string line = MinuteOf(i, i % 50 == 49 ? 100 : 10);
    forwards += line;
    backwards.insert(0, line);
  }
  const auto every = [&](const std::string& log) {
    const Ran ran = Plan(log, {"--every-window", "--format", "json"});
    EXPECT_EQ(ran.exit_code, kFine) << ran.err;
    return json::parse(ran.out)["log"]["every_window"];
  };
  const json of_forwards = every(forwards);
  EXPECT_EQ(of_forwards["does_not_fit"], 4);  // 49, 99, 149, 199
  EXPECT_EQ(of_forwards, every(backwards));
}

TEST_F(PlanLogTest, EveryWindowIsTold) {
  const std::string fits = MinuteOf(0, 10) + MinuteOf(1, 20) + MinuteOf(3, 30);
  EXPECT_THAT(Plan(fits, {"--every-window"}).out, HasSubstr("Every window fits: 3."));
  const Ran ran = Plan(fits + MinuteOf(4, 100), {"--every-window"});
  EXPECT_THAT(ran.out, HasSubstr("Of 4 windows, those that do not fit are 1 and"));
  EXPECT_THAT(ran.out, HasSubstr("2025-10-09 10:04:00"));
}

// The text without its line breaks.
std::string OneLine(const std::string& text) {
  std::string words;
  std::istringstream in(text);
  for (std::string word; in >> word;) words += word + " ";
  return words;
}

// Two of five minutes ask for more than 199 Mbps: 100 and a copy are 200, and 150 and a copy 300.
// Of 60 and a copy, 120 of 199, over a fifth is free.
std::string FiveMinutes() {
  return MinuteOf(0, 60) + MinuteOf(1, 100) + MinuteOf(2, 60) + MinuteOf(3, 150) + MinuteOf(4, 60);
}

TEST_F(PlanLogTest, TheFirstAndTheWorstWindowAreTold) {
  const std::string words = OneLine(Plan(FiveMinutes(), {"--every-window"}).out);
  EXPECT_THAT(words,
              HasSubstr("Of 5 windows, those that do not fit are 2 and those at risk 0; production "
                        "is lost in 2, copies in 2. The first begins at 2025-10-09 10:01:00 UTC "
                        "(DOES NOT FIT: web needs 200 Mbps of a combined 199 Mbps;"));
  EXPECT_THAT(words, HasSubstr("the worst at 2025-10-09 10:03:00 UTC (DOES NOT FIT: web needs 300 "
                               "Mbps of a combined 199 Mbps;"));
  const std::string same = OneLine(
      Plan(MinuteOf(0, 150) + MinuteOf(1, 100), {"--every-window", "--size-at", "p50"}).out);
  EXPECT_THAT(same, HasSubstr("The first, which is the worst, begins at 2025-10-09 10:00:00 UTC "));
}

// 60 and a copy are 120 of 199 Mbps: 39.7 % is free. 150 and a copy are 300, 50.8 % too many.
TEST_F(PlanLogTest, TheBusiestWindowIsToldWhetherItFitsOrNot) {
  const std::string fits =
      OneLine(Plan(MinuteOf(0, 10) + MinuteOf(2, 60) + MinuteOf(4, 60), {"--every-window"}).out);
  EXPECT_THAT(fits, HasSubstr("Every window fits: 3. The most copies (60 Mbps) are in that of "
                              "2025-10-09 10:02:00 UTC: FITS, margin 39.7 %."));
  EXPECT_THAT(OneLine(Plan(FiveMinutes(), {"--every-window"}).out),
              HasSubstr("The most copies (150 Mbps) are in that of 2025-10-09 10:03:00 UTC: DOES "
                        "NOT FIT, margin -50.8 %."));
}

// 190 Mbps come in at another host, of which no copy is made, and need more than its 180: that is
// the worst, while 90 Mbps and a copy, 180 of 199, are the busiest.
TEST_F(PlanLogTest, TheBusiestWindowNeedNotBeTheWorst) {
  std::string scenario = kWatchedHost;
  scenario.replace(scenario.find(R"("ids":)"), 0,
                   R"("db": {"limits": {"bandwidth": "180 Mbps"}}, )");
  std::string of_db = MinuteOf(1, 190, "db/eni0");
  of_db.replace(of_db.find("10.0.0.2"), 8, "10.0.0.3");
  const Ran ran = Plan(MinuteOf(0, 90) + of_db, {"--every-window", "--format", "json"}, scenario);
  ASSERT_EQ(ran.exit_code, kFine) << ran.err;
  const json every = json::parse(ran.out)["log"]["every_window"];
  EXPECT_EQ(every["worst"]["start"], kTen + 60);
  EXPECT_EQ(every["busiest"]["start"], kTen);
  EXPECT_EQ(every["busiest"]["then"]["verdict"], "AT RISK");
  EXPECT_NEAR(every["busiest"]["copies_bps"].get<double>(), 90e6, 1);
  EXPECT_EQ(every["loses_production"], 1);
  EXPECT_EQ(every["loses_copies"], 0);
  EXPECT_EQ(every["not_told"], 0);
}

// The runs of windows are the last that a plan makes, so that the last but one of all is theirs.
TEST_F(PlanLogTest, AStopAmongItsWindowsLeavesNoPlan) {
  std::ostringstream out;
  std::ostringstream err;
  const auto run = [&](int stopped_at) {
    std::stop_source stop;
    int runs = 0;
    const Surroundings around{.out = out,
                              .err = err,
                              .make_engine =
                                  [&](EngineKind kind) {
                                    if (++runs == stopped_at) stop.request_stop();
                                    return MakeEngine(kind);
                                  },
                              .stop = stop.get_token(),
                              .seconds = [] { return 0.0; }};
    const int code = RunProgram(
        {"plan", program_.Write("logged.json", kWatchedHost), "--out", program_.InFolder("out"),
         "--flowlog", program_.Write("flow.log", FiveMinutes()), "--every-window"},
        around);
    return std::pair(code, runs);
  };
  const auto [fine, all] = run(0);
  EXPECT_EQ(fine, kFine) << err.str();
  ASSERT_TRUE(std::filesystem::remove(program_.InFolder("out/plan.json")));
  const auto [code, made] = run(all - 1);
  EXPECT_EQ(code, kStopped);
  EXPECT_EQ(made, all - 1);
  EXPECT_THAT(err.str(), HasSubstr("stopped: there is no plan"));
  EXPECT_FALSE(std::filesystem::exists(program_.InFolder("out/plan.json")));
}

// All five together are 430 in five minutes: 86 and a copy are 172 of 199, of which 13.6 % is free.
TEST_F(PlanLogTest, LongerWindowsHideWhatShorterOnesTell) {
  const json every =
      json::parse(Plan(FiveMinutes(), {"--every-window", "--per", "5min", "--format", "json"})
                      .out)["log"]["every_window"];
  EXPECT_EQ(every["windows"], 1);
  EXPECT_EQ(every["does_not_fit"], 0);
  EXPECT_EQ(every["at_risk"], 1);
  EXPECT_EQ(every["loses_production"], 0);
  EXPECT_NEAR(every["worst"]["then"]["margin"].get<double>(), 1 - 172 / 199.0, 1e-6);
}

// At twice the rates each minute of 60 asks for 240 of 199 Mbps.
TEST_F(PlanLogTest, EveryWindowIsRunAtItsAssumedPeak) {
  const json every = json::parse(
      Plan(FiveMinutes(), {"--every-window", "--burst", "peak-to-mean=2", "--format", "json"})
          .out)["log"]["every_window"];
  EXPECT_EQ(every["does_not_fit"], 5);
  EXPECT_EQ(every["told"][0]["start"], kTen);
}

// Whatever window sizes the fleet, its losses are those of a plan of its minute alone.
TEST_F(PlanLogTest, AWindowLosesWhatThePlanOfItAloneLoses) {
  const json every = json::parse(
      Plan(FiveMinutes(), {"--every-window", "--format", "json"}).out)["log"]["every_window"];
  const json alone = json::parse(Plan(MinuteOf(3, 150), {"--format", "json"}).out);
  for (const char* each : {"verdict", "because", "margin", "production", "copies"}) {
    EXPECT_EQ(every["worst"]["then"][each], alone[each]) << each;
  }
  EXPECT_GT(alone["production"]["lost_frames"], 0);
}

// A minute of empty records is a window in which nothing is lost; one without records, with a line
// that is none, or with NODATA alone is no window.
TEST_F(PlanLogTest, WindowsWithoutTrafficLoseNothing) {
  const std::string log =
      MinuteOf(0, 60) + MinuteOf(1, 0) + "no record\n" +
      fmt::format("2 1 web/eni0 - - - - - - - {} {} - NODATA\n", kTen + 180, kTen + 240) +
      MinuteOf(6, 100);
  const json told = json::parse(Plan(log, {"--every-window", "--format", "json"}).out)["log"];
  EXPECT_EQ(told["records"]["bad_lines"], 1);
  EXPECT_EQ(told["every_window"]["windows"], 3);
  EXPECT_EQ(told["every_window"]["does_not_fit"], 1);
  EXPECT_EQ(told["every_window"]["worst"]["start"], kTen + 360);
}

// 150 Mbps and a copy, at no time.
TEST_F(PlanLogTest, AMatrixHasOneWindowOfNoTime) {
  const std::string matrix = "source,destination,rate\nweb,192.0.2.9,150 Mbps\n";
  const std::string words = OneLine(Plan(matrix, {"--every-window"}).out);
  EXPECT_THAT(words, HasSubstr("Of 1 window, those that do not fit are 1 and"));
  EXPECT_THAT(words, testing::Not(HasSubstr("1970")));
}

TEST_F(PlanLogTest, NoMoreThanAHundredWindowsAreListed) {
  std::string log;
  for (int i = 0; i < 101; ++i) log += MinuteOf(i, 100);
  const json every =
      json::parse(Plan(log, {"--every-window", "--format", "json"}).out)["log"]["every_window"];
  EXPECT_EQ(every["does_not_fit"], 101);
  ASSERT_EQ(every["told"].size(), 100u);
  EXPECT_EQ(every["not_told"], 1);
  EXPECT_EQ(every["told"][99]["start"], kTen + 99 * 60);
}

TEST_F(PlanLogTest, TextNamesTheWindowAndWhatIsAssumedOfBursts) {
  std::vector<int> minutes;
  const std::string log = HundredMinutes(minutes);
  const Ran ran = Plan(log, {"--size-at", "max"});
  EXPECT_EQ(ran.exit_code, kFine) << ran.err;
  std::string words;
  std::istringstream in(ran.out);
  for (std::string word; in >> word;) words += word + " ";
  const int at = minutes[100];
  EXPECT_THAT(words, StartsWith("DOES NOT FIT, because web needs 200 Mbps of a combined 199 Mbps"));
  EXPECT_THAT(
      words,
      AllOf(HasSubstr(fmt::format("(max) is that of rank 100 among 100 by the rate of copies: 60 "
                                  "s, from 2025-10-09 {:02}:{:02}:00 to",
                                  10 + at / 60, at % 60)),
            HasSubstr("100 Mbps, 12.5 kpps of copies"), HasSubstr("Bursts: assumed to be none."),
            HasSubstr("p95 95 2025-10-09"), HasSubstr("95 Mbps AT RISK 4.52 %")));
  std::istringstream lines(ran.out.substr(0, ran.out.find("\nPlan: ")));
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80u) << line;
  EXPECT_THAT(Plan(log, {"--format", "md"}).out, HasSubstr("| p95 | 95 | 2025-10-09"));
}

// 60 Mbps and a copy are 120 of 199; at twice that, 240.
TEST_F(PlanLogTest, AnAssumedPeakIsPlannedFor) {
  EXPECT_EQ(json::parse(Plan(MinuteOf(0, 60), {"--format", "json"}).out)["verdict"], "FITS");
  const Ran ran = Plan(MinuteOf(0, 60), {"--burst", "peak-to-mean=2"});
  EXPECT_THAT(ran.out, StartsWith("DOES NOT FIT, because web needs 240 Mbps"));
  EXPECT_THAT(ran.out, HasSubstr("rates peak at 2 times their mean"));
}

constexpr char kStrangers[] =
    "2 1 eni-9 172.16.0.1 172.16.0.2 443 50000 6 10 1000 1760004000 1760004060 ACCEPT OK\n"
    "2 1 eni-9 172.16.0.1 172.16.0.3 443 50000 6 10 1000 1760004000 1760004060 ACCEPT OK\n";

TEST_F(PlanLogTest, InterfacesAreMappedOrListed) {
  const Ran ran =
      Plan(MinuteOf(0, 50, "eni-a1") + kStrangers, {"--map", "eni-a1=web", "--format", "json"});
  ASSERT_EQ(ran.exit_code, kFine) << ran.err;
  const json log = json::parse(ran.out)["log"];
  EXPECT_EQ(log["found"][0]["id"], "eni-a1");
  EXPECT_EQ(log["found"][0]["eni"], "web/eni0");
  EXPECT_EQ(log["found"][0]["by"], "rule");
  EXPECT_EQ(log["unknown"][0]["id"], "eni-9");
  EXPECT_EQ(log["records"]["unknown"], 2);
}

TEST_F(PlanLogTest, LogsOfStrangersSayWhatToDo) {
  const Ran ran = Plan(kStrangers);
  EXPECT_EQ(ran.exit_code, kBadInput);
  EXPECT_THAT(ran.err, AllOf(HasSubstr("none of 2 records tells of traffic at an ENI"),
                             HasSubstr("--map ID=HOST"), HasSubstr("eni-9")));
}

TEST_F(PlanLogTest, OptionsOfLogsWantALog) {
  for (const std::vector<std::string>& option : std::vector<std::vector<std::string>>{
           {"--size-at", "p99"}, {"--per", "1min"}, {"--map", "eni-1=web"}, {"--strict"}}) {
    const Ran ran = Plan("", option);
    EXPECT_EQ(ran.exit_code, kBadInput);
    EXPECT_THAT(ran.err, AllOf(HasSubstr(option.front()), HasSubstr("--flowlog LOG")));
  }
}

TEST_F(PlanLogTest, WhatALogHasNoAnswerToIsRefused) {
  const std::string log = MinuteOf(0, 50);
  const auto refused = [&](const std::vector<std::string>& options, const std::string& what) {
    const Ran ran = Plan(log, options);
    EXPECT_EQ(ran.exit_code, kBadInput);
    EXPECT_THAT(ran.err, HasSubstr(what));
  };
  refused({"--engine", "packet"}, "a log has rates and no packets");
  refused({"--whatif", "/workloads/www/in=x2"}, "the logs' traffic takes the workloads' place");
  const std::string timed = std::string(kWatchedHost, sizeof kWatchedHost - 2) +
                            R"(, "timeline": [{"at": "1 ms", "change": "web", "mtu": "1400 B"}]})";
  EXPECT_THAT(Plan(log, {}, timed).err, HasSubstr("--set '/timeline=[]'"));
  EXPECT_EQ(Plan(log, {"--set", "/timeline=[]"}, timed).exit_code, kFine);
}

}  // namespace
}  // namespace vpcmirror::sim
