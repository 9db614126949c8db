// TCP flows that react, through the packet engine.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "tests/support/load_scenario.h"
#include "tests/unit/packet/simulate.h"

namespace vpcmirror::sim {
namespace {

struct Case {
  std::string limits = R"("bandwidth": "20 Mbps", "model": "per_direction")";  // of the client
  std::string server;                                                          // its host
  std::string tcp;                                                             // in braces
  std::string beside;                                                          // of the workload
  std::string workloads;  // other ones, each with a comma before it
  std::string mirrors;    // in brackets
  std::string congestion = R"("congestion": "fifo", "copy_order": "before")";
  std::string fabric_delay = "10 us";
  int seconds = 2;
};

RunResult SimulateCase(const Case& of) {
  return Simulate(Load(fmt::format(
      R"({{"duration": "{} s",
          "hosts": {{"client": {{"limits": {{{}}}, "queue": "100 frames"}},
                    "server": {{{}}}, "ids": {{"mtu": "9000 B"}}}},
          "workloads": {{"flow": {{"from": "client", "to": "server", "tcp": {{{}}}{}}}{}}},
          "mirrors": [{}],
          "assumptions": {{"encapsulation": "none", "fabric_delay": "{}", {}}}}})",
      of.seconds, of.limits, of.server, of.tcp, of.beside, of.workloads, of.mirrors,
      of.fabric_delay, of.congestion)));
}

constexpr const char* kEgress =
    R"({"CollectorSrcs": ["client"], "Direction": "EGRESS", "CollectorTarget": {"TargetIps": ["ids"]}})";

// 1,448 bytes of data in a frame of 1,514: 14 of Ethernet, 20 of IP, 20 and 12 of TCP.
constexpr double kGoodputShare = 1448.0 / 1514.0;

double Mbps(const TcpResult& tcp) { return static_cast<double>(tcp.goodput.count()) / 1e6; }

TEST(TcpTest, AGreedyFlowFillsItsLinkAndLosesNothing) {
  const RunResult result = SimulateCase({});
  const TcpResult& tcp = result.tcp.at(0);
  EXPECT_EQ(tcp.id, "flow");
  EXPECT_EQ(tcp.variant, "cubic");
  EXPECT_EQ(tcp.connections, 1);
  EXPECT_NEAR(Mbps(tcp), 20 * kGoodputShare, 0.3);
  EXPECT_EQ(tcp.retransmitted, 0);
  for (const EniResult& eni : result.enis) {
    for (const auto& [reason, count] : eni.dropped) EXPECT_EQ(count.frames, 0) << reason;
  }
}

// Each frame leaves with a copy of the same length beside it.
TEST(TcpTest, AMirrorOfItsEgressHalvesAGreedyFlow) {
  const RunResult result = SimulateCase({.mirrors = kEgress});
  EXPECT_NEAR(Mbps(result.tcp.at(0)), 10 * kGoodputShare, 0.15);
  EXPECT_EQ(result.tcp.at(0).retransmitted, 0);
  const Ledger& ledger = result.mirrors.at(0).ledger;
  EXPECT_EQ(ledger.TotalDropped().frames, 0);
  EXPECT_TRUE(ledger.AddsUp());
}

TEST(TcpTest, WithProductionFirstItKeepsItsRateAndTheCopiesAreLost) {
  const RunResult result =
      SimulateCase({.mirrors = kEgress, .congestion = R"("congestion": "production_first")"});
  EXPECT_NEAR(Mbps(result.tcp.at(0)), 20 * kGoodputShare, 0.3);
  const Ledger& ledger = result.mirrors.at(0).ledger;
  const auto lost = static_cast<double>(ledger.TotalDropped().frames);
  EXPECT_GT(lost, 0.98 * (lost + static_cast<double>(ledger.mirrored.frames)));
}

// Ten clients ask, wait 2 ms for the answer and think for 10 ms: 10 / 12 ms = 833 a second.
// Thinking times of a coefficient of variation of 1 leave 10/12 / sqrt(1,667) = 2 %.
TEST(TcpTest, ClientsAskAgainWhenTheyHaveThought) {
  const RunResult result =
      SimulateCase({.limits = R"("bandwidth": "100 Gbps", "model": "per_direction")",
                    .tcp = R"("request": "100 B", "response": "1000 B", "think": "10 ms")",
                    .beside = R"(, "flows": 10)",
                    .fabric_delay = "1 ms"});
  const TcpResult& tcp = result.tcp.at(0);
  EXPECT_EQ(tcp.connections, 10);
  EXPECT_NEAR(static_cast<double>(tcp.exchange.frames), 1667, 4 * 0.02 * 1667);
  EXPECT_NEAR(Seconds(tcp.exchange.p50), 0.002, 0.002 * 0.01);
  EXPECT_GE(tcp.delivered.count(), tcp.exchange.frames * 1100);
  EXPECT_LE(tcp.delivered.count(), (tcp.exchange.frames + 10) * 1100);
}

// A connection of its own for each: 2 ms to open it and 2 ms to ask.
TEST(TcpTest, AnExchangeAConnectionOpensItFirst) {
  const RunResult result =
      SimulateCase({.limits = R"("bandwidth": "100 Gbps", "model": "per_direction")",
                    .tcp = R"("request": "100 B", "response": "1000 B", "exchanges": 1)",
                    .fabric_delay = "1 ms"});
  const TcpResult& tcp = result.tcp.at(0);
  EXPECT_NEAR(Seconds(tcp.exchange.p50), 0.004, 0.004 * 0.01);
  EXPECT_NEAR(static_cast<double>(tcp.exchange.frames), 500, 2);  // 2 s of 4 ms each
  EXPECT_GE(tcp.connections, tcp.exchange.frames);
  EXPECT_LE(tcp.connections, tcp.exchange.frames + 1);
  EXPECT_EQ(tcp.failed, 0);
}

TEST(TcpTest, WhatIsSentOnceArrivesWhole) {
  const RunResult result = SimulateCase({.tcp = R"("send": "1 MB")", .beside = R"(, "flows": 3)"});
  EXPECT_EQ(result.tcp.at(0).delivered, Bytes(3'000'000));
  EXPECT_EQ(result.tcp.at(0).connections, 3);
}

// A narrow server: TCP is told of it by losses, sends again and does not give up.
TEST(TcpTest, LossBehindTheSenderIsMadeGood) {
  const RunResult result = SimulateCase(
      {.server =
           R"("limits": {"bandwidth": "5 Mbps", "model": "per_direction"}, "queue": "20 frames")",
       .seconds = 6});
  const TcpResult& tcp = result.tcp.at(0);
  EXPECT_GT(tcp.retransmitted, 0);
  EXPECT_GT(Mbps(tcp), 4);
  EXPECT_LE(Mbps(tcp), 5 * kGoodputShare);
}

// `flow`: what the workload of `web` has beside `at`.
RunResult SimulateOutside(const std::string& flow, const std::string& mirrors = "",
                          const std::string& web = R"("bandwidth": "20 Mbps")") {
  return Simulate(Load(fmt::format(
      R"({{"duration": "4 s",
          "hosts": {{"web": {{"limits": {{{}, "model": "per_direction"}}, "mtu": "9000 B",
                              "queue": "100 frames"}},
                    "ids": {{"mtu": "9000 B"}}}},
          "workloads": {{"flow": {{"at": "web", {}}}}},
          "mirrors": [{}],
          "assumptions": {{"encapsulation": "none", "congestion": "fifo",
                           "copy_order": "before"}}}})",
      web, flow, mirrors)));
}

// Ten clients outside, 1 ms away, as ClientsAskAgainWhenTheyHaveThought has them inside: 833 a
// second, of which chance makes 10/12 / sqrt(3,333) = 1.4 %.
TEST(TcpOutsideTest, ClientsOutsideAskAHost) {
  const RunResult result = SimulateOutside(
      R"("flows": 10, "tcp": {"request": "100 B", "response": "1000 B", "think": "10 ms",
                              "delay": "1 ms"})",
      "", R"("bandwidth": "100 Gbps")");
  const TcpResult& tcp = result.tcp.at(0);
  EXPECT_EQ(tcp.connections, 10);
  EXPECT_NEAR(static_cast<double>(tcp.exchange.frames), 3333, 4 * 0.014 * 3333);
  EXPECT_NEAR(Seconds(tcp.exchange.p50), 0.002, 0.002 * 0.01);
  // Production is on its way in the deployment alone: from where it comes in.
  EXPECT_LT(Seconds(result.production_delay.largest), 1e-6);
}

// In frames of 1,514 bytes, whatever the ENI's own MTU. Copies have a link of their own, and
// take the half of it that the mirror's 1,514 bytes beside each 1,514 leave.
TEST(TcpOutsideTest, AHostSendsWhatItsLimitsLetItAndAMirrorHalvesIt) {
  constexpr const char* kUpload = R"("tcp": {"client": "host", "delay": "1 ms"})";
  const RunResult alone = SimulateOutside(kUpload);
  EXPECT_NEAR(Mbps(alone.tcp.at(0)), 20 * kGoodputShare, 0.3);
  const EniResult& web = alone.enis.at(0);
  EXPECT_EQ(web.offered_out.bytes.count() / web.offered_out.frames, 1513);  // and one of a SYN
  const RunResult mirrored = SimulateOutside(
      kUpload,
      R"({"CollectorSrcs": ["web"], "Direction": "EGRESS", "CollectorTarget": {"TargetIps": ["ids"]}})");
  EXPECT_NEAR(Mbps(mirrored.tcp.at(0)), 10 * kGoodputShare, 0.3);
}

// Every frame is produced once and delivered once, from either side.
TEST(TcpOutsideTest, WhatIsSentInArrivesWhole) {
  const RunResult result =
      SimulateOutside(R"("flows": 3, "tcp": {"send": "500 kB", "delay": "5 ms"})", "",
                      R"("bandwidth": "100 Gbps")");
  EXPECT_EQ(result.tcp.at(0).delivered, Bytes(1'500'000));
  EXPECT_EQ(result.produced->frames, result.delivered.frames);
  EXPECT_EQ(result.produced->bytes, result.delivered.bytes);
  const EniResult& web = result.enis.at(0);
  EXPECT_EQ(result.produced->frames, web.offered_in.frames + web.offered_out.frames);
}

// ns-3's stack would answer frames of connections that it does not know with a RST each.
TEST(TcpTest, OpenLoopTrafficBesideItIsNotItsMatter) {
  const Case beside{.workloads =
                        R"(, "open": {"from": "client", "to": "server", "rate": "4 Mbps"})"};
  const RunResult result = SimulateCase(beside);
  EXPECT_NEAR(Mbps(result.tcp.at(0)), 16 * kGoodputShare, 0.3);
  const EniResult& server = result.enis.at(1);
  EXPECT_EQ(server.host, "server");
  // An acknowledgement for every second segment or for each, and nothing else.
  EXPECT_LE(server.out.frames, result.tcp.at(0).segments + 2);
}

// The second of two seconds is its own: 20 Mbps of frames for one of them.
TEST(TcpTest, AnEniThatComesLaterOpensItsFlowsThen) {
  const RunResult result = Simulate(Load(R"({"duration": "2 s",
      "hosts": {"client": {"limits": {"bandwidth": "20 Mbps", "model": "per_direction"}},
                "server": {}},
      "workloads": {"flow": {"from": "client", "to": "server", "tcp": {}}},
      "timeline": [{"at": "1 s", "attach_eni": "client"}]})"));
  const TcpResult& tcp = result.tcp.at(0);
  EXPECT_EQ(tcp.connections, 1);
  EXPECT_EQ(tcp.failed, 0);
  EXPECT_NEAR(static_cast<double>(tcp.delivered.count()) * 8 / 1e6, 20 * kGoodputShare, 0.4);
  for (const EniResult& eni : result.enis) {
    for (const auto& [reason, count] : eni.dropped) EXPECT_EQ(count.frames, 0) << reason;
  }
}

// Three flows of one exchange each, on three ports that stay taken for 0.2 s.
TEST(TcpTest, WaitsForAPortAndSaysSo) {
  const RunResult result =
      SimulateCase({.limits = R"("bandwidth": "100 Gbps", "model": "per_direction")",
                    .tcp = R"("request": "100 B", "response": "1000 B", "exchanges": 1)",
                    .beside = R"(, "flows": 3, "ports": {"client": "40000-40002"})"});
  const TcpResult& tcp = result.tcp.at(0);
  EXPECT_EQ(tcp.failed, 0);
  EXPECT_GT(tcp.without_port, 0);
  EXPECT_GE(tcp.connections, 3 * 6);  // every 0.3 s at the latest, in 2 s
  EXPECT_LE(tcp.connections, 3 * 10);
}

TEST(TcpTest, TheSameSeedGivesTheSameRun) {
  const Case of{.tcp = R"("request": "1 KiB", "response": "100 KiB", "think": "3 ms")",
                .beside = R"(, "flows": 5)",
                .mirrors = kEgress};
  const RunResult first = SimulateCase(of);
  const RunResult second = SimulateCase(of);
  EXPECT_EQ(first.events, second.events);
  EXPECT_EQ(first.tcp.at(0).delivered, second.tcp.at(0).delivered);
  EXPECT_EQ(first.tcp.at(0).exchange, second.tcp.at(0).exchange);
  EXPECT_EQ(first.mirrors.at(0).ledger, second.mirrors.at(0).ledger);
}

class TcpVariantTest : public testing::TestWithParam<int> {};

TEST_P(TcpVariantTest, MovesData) {
  const auto variant = std::string(ToString(static_cast<TcpVariant>(GetParam())));
  const RunResult result =
      SimulateCase({.tcp = fmt::format(R"("variant": "{}")", variant), .seconds = 1});
  EXPECT_EQ(result.tcp.at(0).variant, variant);
  EXPECT_GT(Mbps(result.tcp.at(0)), 10);
  EXPECT_LE(Mbps(result.tcp.at(0)), 20.1 * kGoodputShare);
}

INSTANTIATE_TEST_SUITE_P(All, TcpVariantTest, testing::Range(0, static_cast<int>(kTcpVariants)),
                         [](const auto& info) {
                           return std::string(ToString(static_cast<TcpVariant>(info.param)));
                         });

}  // namespace
}  // namespace vpcmirror::sim
