// Flows that take what they get. 1,448 bytes of data are a frame of 1,514 in a packet of 1,500,
// and each second one is acknowledged.
#include <gtest/gtest.h>

#include <string>

#include "tests/unit/fluid/fluid.h"

namespace vpcmirror::sim {
namespace {

constexpr double kGoodputShare = 1448.0 / 1514.0;
constexpr double kNearMbps = 1e-3;  // Mbps

struct Flows {
  std::string tcp;  // of the first workload, in braces
  int flows = 1;
  std::string more_workloads;  // each with a comma before it
  std::string congestion = "shared_random";
  std::string direction;  // of a mirror of client; empty: there is none
  std::string client = R"("bandwidth": "100 Mbps", "model": "per_direction")";
  std::string server;  // its limits
};

RunResult FluidOfFlows(const Flows& of) {
  const std::string mirror = of.direction.empty()
                                 ? ""
                                 : fmt::format(R"({{"CollectorSrcs": ["client"], "Direction": "{}",
                                              "CollectorTarget": {{"TargetIps": ["ids"]}}}})",
                                               of.direction);
  return Fluid(fmt::format(
      R"({{"duration": "100 s",
          "hosts": {{"client": {{"limits": {{{}}}}}, "server": {{"limits": {{{}}}}}, "ids": {{}}}},
          "workloads": {{"flow": {{"from": "client", "to": "server", "flows": {}, "tcp": {{{}}}}}{}}},
          "mirrors": [{}],
          "assumptions": {{"encapsulation": "none", "fabric_delay": "1 ms", "congestion": "{}"}}}})",
      of.client, of.server, of.flows, of.tcp, of.more_workloads, mirror, of.congestion));
}

double Goodput(const RunResult& result, const std::string& workload) {
  return static_cast<double>(ById(result.tcp, workload).goodput.count()) / 1e6;
}

TEST(FluidTcpTest, AFlowFillsItsLink) {
  const RunResult result = FluidOfFlows({});
  EXPECT_NEAR(Goodput(result, "flow"), 100 * kGoodputShare, kNearMbps);
  EXPECT_NEAR(Mbps(EniOf(result, "client").out), 100, kNearMbps);
  EXPECT_EQ(TotalFrames(EniOf(result, "client").dropped), 0);
  // An acknowledgement of 66 bytes for each second segment.
  EXPECT_NEAR(static_cast<double>(EniOf(result, "server").out.frames),
              static_cast<double>(EniOf(result, "client").out.frames) / 2, 1);
  EXPECT_NEAR(Mbps(EniOf(result, "server").out), 100.0 / 2 * 66 / 1514, kNearMbps);
}

TEST(FluidTcpTest, FlowsShareALimit) {
  const RunResult result = FluidOfFlows(
      {.flows = 3,
       .more_workloads = R"(, "other": {"from": "client", "to": "server", "tcp": {}})"});
  EXPECT_NEAR(Goodput(result, "flow"), 75 * kGoodputShare, kNearMbps);
  EXPECT_NEAR(Goodput(result, "other"), 25 * kGoodputShare, kNearMbps);
}

// 8 KiB in 2 ms are 32.768 Mbps of data, in frames 34.26; the other flow has what that leaves.
TEST(FluidTcpTest, AWindowLimitsAFlow) {
  const RunResult result = FluidOfFlows(
      {.tcp = R"("buffer": "8 KiB")",
       .more_workloads = R"(, "other": {"from": "client", "to": "server", "tcp": {}})"});
  const double first = 8192 * 8 / 0.002 / 1e6;
  EXPECT_NEAR(Goodput(result, "flow"), first, kNearMbps);
  EXPECT_NEAR(Goodput(result, "other"), (100 - first / kGoodputShare) * kGoodputShare, kNearMbps);
}

// What does not react takes what it asks for first.
TEST(FluidTcpTest, AFlowHasWhatAnOpenLoopLeaves) {
  const RunResult result = FluidOfFlows(
      {.more_workloads = R"(, "open": {"from": "client", "to": "server", "rate": "40 Mbps"})"});
  EXPECT_NEAR(Goodput(result, "flow"), 60 * kGoodputShare, kNearMbps);
  EXPECT_EQ(TotalFrames(EniOf(result, "client").dropped), 0);
}

TEST(FluidTcpTest, TheNarrowestPlaceDecides) {
  const RunResult result =
      FluidOfFlows({.server = R"("bandwidth": "20 Mbps", "model": "per_direction")"});
  EXPECT_NEAR(Goodput(result, "flow"), 20 * kGoodputShare, kNearMbps);
}

// Each frame leaves with a copy as large beside it.
TEST(FluidTcpTest, AMirrorOfItsEgressHalvesAFlow) {
  for (const char* congestion : {"shared_random", "fifo"}) {
    const RunResult result = FluidOfFlows({.congestion = congestion, .direction = "EGRESS"});
    EXPECT_NEAR(Goodput(result, "flow"), 50 * kGoodputShare, kNearMbps) << congestion;
    EXPECT_EQ(result.mirrors.at(0).ledger.TotalDropped().frames, 0) << congestion;
  }
}

TEST(FluidTcpTest, WithProductionFirstTheCopiesAreLost) {
  const RunResult result = FluidOfFlows({.congestion = "production_first", .direction = "EGRESS"});
  EXPECT_NEAR(Goodput(result, "flow"), 100 * kGoodputShare, kNearMbps);
  const Ledger& ledger = result.mirrors.at(0).ledger;
  EXPECT_LE(ledger.mirrored.frames, ledger.offered.frames / 10'000);
}

// Ten clients ask every 12 ms: 10 of thinking and 2 until the answer.
TEST(FluidTcpTest, ClientsAskAgainWhenTheyHaveThought) {
  const RunResult result =
      FluidOfFlows({.tcp = R"("request": "100 B", "response": "1000 B", "think": "10 ms")",
                    .flows = 10,
                    .client = R"("bandwidth": "100 Gbps")"});
  EXPECT_NEAR(static_cast<double>(result.tcp.at(0).delivered.count()), 100 / 0.012 * 10 * 1100,
              1100);
  EXPECT_EQ(result.tcp.at(0).connections, 10);
}

// Of 2 s of a link of 100 Mbps it is there for the second.
TEST(FluidTcpTest, AnEniThatComesLaterSendsThen) {
  const RunResult result = Fluid(R"({"duration": "2 s",
      "hosts": {"client": {"limits": {"bandwidth": "100 Mbps", "model": "per_direction"}},
                "server": {}},
      "workloads": {"flow": {"from": "client", "to": "server", "tcp": {}}},
      "timeline": [{"at": "1 s", "attach_eni": "client"}]})");
  EXPECT_NEAR(static_cast<double>(result.tcp.at(0).delivered.count()) * 8 / 1e6,
              100 * kGoodputShare, kNearMbps);
}

// What comes in is limited to 100 Mbps and is copied with as many bytes out, where the
// acknowledgements go: a copy or acknowledgement that is lost there slows nothing down.
TEST(FluidTcpTest, CopiesThatAreLostBesideAcknowledgementsSlowNothingDown) {
  const RunResult result = Fluid(R"({"duration": "100 s",
      "hosts": {"web": {"limits": {"bandwidth": "100 Mbps", "model": "per_direction"}}, "ids": {}},
      "workloads": {"down": {"at": "web", "tcp": {"delay": "1 ms"}}},
      "mirrors": [{"CollectorSrcs": ["web"], "Direction": "ALL",
                   "CollectorTarget": {"TargetIps": ["ids"]}}],
      "assumptions": {"encapsulation": "none", "congestion": "fifo"}})");
  EXPECT_NEAR(Mbps(EniOf(result, "web").in), 100, kNearMbps);
  EXPECT_NEAR(Mbps(EniOf(result, "web").out), 100, kNearMbps);
  EXPECT_GT(result.mirrors.at(0).ledger.TotalDropped().frames, 0);
}

// Two clients think for 10 ms, wait 2 ms and take 12 ms to be answered by a link that both have to
// themselves half of the time: of one, an exchange each 24 ms; of two, as ExchangesTest has it,
// 2 / (12 + 18) ms. 100 segments of 1,514 bytes in 12 ms are 100.93 Mbps.
TEST(FluidTcpTest, ClientsThatThinkLeaveALinkIdle) {
  const RunResult result = FluidOfFlows(
      {.tcp = R"("request": "100 B", "response": "144800 B", "think": "10 ms")",
       .flows = 2,
       .client = "",
       .server = R"("bandwidth": "100933333 bps", "model": "per_direction")"});
  EXPECT_NEAR(static_cast<double>(result.tcp.at(0).delivered.count()), 100 * 2 / 0.030 * 144'900,
              0.001 * 100 * 2 / 0.030 * 144'900);
}

}  // namespace
}  // namespace vpcmirror::sim
