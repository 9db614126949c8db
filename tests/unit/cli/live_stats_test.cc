#include "sim/cli/live_stats.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <sstream>
#include <string>

#include "tests/support/addresses.h"

namespace vpcmirror::sim {
namespace {

using testing::HasSubstr;

// Ten frames of 100 bytes from the ENI, of which the filter left out three: 7 copies, of 136 bytes
// from the outer IP header on and 150 with the Ethernet header in front of it.
LiveStats SomeStats() {
  LiveStats stats;
  LiveReport& report = stats.reports.emplace_back();
  report.scenario = "web.json";
  report.eni = "web[0]";
  report.address = "10.0.1.1";
  report.source = "eth0";
  report.sink = "receivers";
  report.capture = {.frames = 10, .bytes = Bytes(1000), .kernel_dropped = 2};
  report.account.passed[static_cast<std::size_t>(Direction::kEgress)] = {10, Bytes(1000)};
  MirrorAccount mirror{.id = "imgf-\"1\""};
  mirror.ledger.offered = {10, Bytes(1000)};
  mirror.ledger.rejected[static_cast<std::size_t>(Refusal::kFilter)] = {3, Bytes(300)};
  mirror.ledger.mirrored = {7, Bytes(700)};
  mirror.ledger.wire_datagrams = 7;
  mirror.ledger.wire_bytes = Bytes(1050);
  mirror.receivers = {{.eni = "ids[0]",
                       .address = Address("10.0.9.1"),
                       .mirrored = {7, Bytes(700)},
                       .wire_datagrams = 7,
                       .wire_bytes = Bytes(1050),
                       .shed = {.by_rate = {2, Bytes(272)}, .by_cpu = {}},
                       .moved = 6}};
  report.account.mirrors = {mirror};
  report.send = {.taken = 7,
                 .sent = 4,
                 .sent_bytes = Bytes(544),
                 .refused = {{ECONNREFUSED, 1}},
                 .shed = {.by_rate = {2, Bytes(272)}, .by_cpu = {}}};
  report.receivers = {
      {.receiver = Address("10.0.9.1"),
       .send = {.taken = 5, .sent = 4, .sent_bytes = Bytes(544), .refused = {{ECONNREFUSED, 1}}},
       .reported = {{EHOSTUNREACH, 3}}}};
  report.up = {Address("10.0.9.2")};
  report.down = {Address("10.0.9.1")};
  report.is_captured = false;
  stats.time_ns = 1'700'000'000'000'000'000;
  stats.uptime_ns = 1'500'000'000;
  stats.reloads = 2;
  return stats;
}

TEST(LiveStatsTest, IsOneLineOfJsonWithTheKeysOfTheReport) {
  const std::string line = StatsLine(SomeStats());
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  const auto json = nlohmann::json::parse(line);
  EXPECT_EQ(json["time_ns"], 1'700'000'000'000'000'000);
  EXPECT_EQ(json["uptime_s"], 1.5);
  EXPECT_EQ(json["reloads"], 2);
  EXPECT_EQ(json["mirrors"][0]["mirrored_frames"], 7);
  EXPECT_EQ(json["capture"]["kernel_dropped"], 2);
  EXPECT_EQ(json["send"]["sent"], 4);
  EXPECT_EQ(json["send"]["shed"]["rate"]["packets"], 2);
  EXPECT_EQ(json["send"]["shed"]["rate"]["bytes"], 272);
  EXPECT_EQ(json["send"]["shed"]["cpu"]["packets"], 0);
  EXPECT_EQ(json["send"]["receivers"][0]["up"], false);
  const auto& receiver = json["mirrors"][0]["by_receiver"][0];
  EXPECT_EQ(receiver["shed"]["rate"]["packets"], 2);
  EXPECT_EQ(receiver["shed"]["rate"]["bytes"], 272);
  EXPECT_EQ(receiver["shed"]["cpu"]["packets"], 0);
}

TEST(LiveStatsTest, SaysInWordsWhatWasShedAndToWhom) {
  const std::string text = LiveText(SomeStats().reports[0], {.width = 80});
  EXPECT_THAT(text, HasSubstr("\n  shed by --max-rate:       2 packets, 272 bytes\n"));
  EXPECT_THAT(text, HasSubstr("\n    of it, shed by --max-rate:       2 packets, 272 bytes\n"));
  EXPECT_LT(text.find("to 10.0.9.1"), text.find("of it, shed"));
  EXPECT_EQ(text.find("--max-cpu"), std::string::npos);
}

TEST(LiveStatsTest, HasAListOfSeveralEnis) {
  LiveStats stats = SomeStats();
  stats.reports.push_back({.eni = "db[0]"});
  const auto json = nlohmann::json::parse(StatsLine(stats));
  EXPECT_EQ(json["workers"], 1);
  ASSERT_EQ(json["enis"].size(), 2u);
  EXPECT_EQ(json["enis"][0]["eni"], "web[0]");
  EXPECT_EQ(json["enis"][1]["eni"], "db[0]");
  const std::string text = StatsPrometheus(stats);
  EXPECT_THAT(text, HasSubstr("passed_frames_total{eni=\"web[0]\",direction=\"out\"} 10\n"));
  EXPECT_THAT(text, HasSubstr("passed_frames_total{eni=\"db[0]\",direction=\"out\"} 0\n"));
}

TEST(LiveStatsTest, SaysEachFigureToPrometheus) {
  const std::string text = '\n' + StatsPrometheus(SomeStats());
  for (
      const char* line : {
          R"(vpcmirror_live_info{scenario="web.json",eni="web[0]",source="eth0",sink="receivers"} 1)",
          R"(vpcmirror_live_uptime_seconds 1.5)",
          R"(vpcmirror_live_reloads_total{result="taken"} 2)",
          R"(vpcmirror_live_reloads_total{result="refused"} 0)",
          R"(vpcmirror_live_captured_frames_total{interface="eth0"} 10)",
          R"(vpcmirror_live_captured_bytes_total{interface="eth0"} 1000)",
          R"(vpcmirror_live_kernel_dropped_frames_total{interface="eth0"} 2)",
          R"(vpcmirror_live_passed_frames_total{eni="web[0]",direction="out"} 10)",
          R"(vpcmirror_live_passed_frames_total{eni="web[0]",direction="in"} 0)",
          R"(vpcmirror_live_offered_frames_total{eni="web[0]",mirror="imgf-\"1\""} 10)",
          R"(vpcmirror_live_rejected_frames_total{eni="web[0]",mirror="imgf-\"1\"",reason="filter"} 3)",
          R"(vpcmirror_live_rejected_bytes_total{eni="web[0]",mirror="imgf-\"1\"",reason="filter"} 300)",
          R"(vpcmirror_live_dropped_frames_total{eni="web[0]",mirror="imgf-\"1\"",reason="mtu"} 0)",
          R"(vpcmirror_live_mirrored_frames_total{eni="web[0]",mirror="imgf-\"1\"",receiver="10.0.9.1"} 7)",
          R"(vpcmirror_live_wire_packets_total{eni="web[0]",mirror="imgf-\"1\"",receiver="10.0.9.1"} 7)",
          R"(vpcmirror_live_wire_bytes_total{eni="web[0]",mirror="imgf-\"1\"",receiver="10.0.9.1"} 1050)",
          R"(vpcmirror_live_taken_packets_total 7)",
          R"(vpcmirror_live_sent_packets_total 4)",
          R"(vpcmirror_live_sent_bytes_total 544)",
          R"(vpcmirror_live_refused_packets_total{error="ECONNREFUSED"} 1)",
          R"(vpcmirror_live_shed_packets_total{limit="rate"} 2)",
          R"(vpcmirror_live_shed_bytes_total{limit="rate"} 272)",
          R"(vpcmirror_live_shed_packets_total{limit="cpu"} 0)",
          R"(vpcmirror_live_receiver_shed_packets_total{eni="web[0]",mirror="imgf-\"1\"",receiver="10.0.9.1",limit="rate"} 2)",
          R"(vpcmirror_live_receiver_shed_bytes_total{eni="web[0]",mirror="imgf-\"1\"",receiver="10.0.9.1",limit="rate"} 272)",
          R"(vpcmirror_live_receiver_shed_packets_total{eni="web[0]",mirror="imgf-\"1\"",receiver="10.0.9.1",limit="cpu"} 0)",
          R"(vpcmirror_live_waiting_packets 0)",
          R"(vpcmirror_live_receiver_up{receiver="10.0.9.1"} 0)",
          R"(vpcmirror_live_receiver_up{receiver="10.0.9.2"} 1)",
          R"(vpcmirror_live_interface_up{interface="eth0"} 0)",
          R"(vpcmirror_live_moved_frames_total{eni="web[0]",mirror="imgf-\"1\"",receiver="10.0.9.1"} 6)",
          R"(vpcmirror_live_receiver_reported_packets_total{receiver="10.0.9.1",error="EHOSTUNREACH"} 3)",
      }) {
    EXPECT_THAT(text, HasSubstr('\n' + std::string(line) + '\n'));
  }
}

// The grammar of Prometheus' exposition formats: each figure's HELP, TYPE and samples stand
// together and once; a counter's name ends in _total.
TEST(LiveStatsTest, IsWellFormedForPrometheus) {
  const std::regex sample(
      R"re(([a-z_]+)(\{[a-z]+="(\\.|[^"\\])*"(,[a-z]+="(\\.|[^"\\])*")*\})? [0-9]+(\.[0-9]+)?)re");
  std::istringstream lines(StatsPrometheus(SomeStats()));
  std::set<std::string> names;
  std::string name;
  for (std::string line; std::getline(lines, line);) {
    std::smatch parts;
    if (line.starts_with("# HELP ")) {
      name = line.substr(7, line.find(' ', 7) - 7);
      EXPECT_TRUE(names.insert(name).second) << name << " is there twice";
      std::getline(lines, line);
      const bool is_counter = name.ends_with("_total");
      EXPECT_EQ(line, "# TYPE " + name + (is_counter ? " counter" : " gauge"));
    } else {
      ASSERT_TRUE(std::regex_match(line, parts, sample)) << line;
      EXPECT_EQ(parts[1], name);
    }
  }
  EXPECT_GT(names.size(), 30u);
}

TEST(LiveStatsTest, KeepsStrangeNamesInOneLine) {
  LiveStats stats = SomeStats();
  stats.reports[0].scenario = "a\nb\\c\"\xff.json";
  const std::string text = StatsPrometheus(stats);
  EXPECT_EQ(text.find("\nb"), std::string::npos);
  EXPECT_THAT(text, HasSubstr("\\\\c\\\""));
  EXPECT_EQ(StatsLine(stats).find('\n'), StatsLine(stats).size() - 1);
}

}  // namespace
}  // namespace vpcmirror::sim
