#include "models/scenario/steady_walk.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "tests/support/load_scenario.h"

namespace vpcmirror {
namespace {

// A passing in words, "web out", "gate in last", and its rate.
struct Seen {
  std::vector<std::string> way;
  std::map<std::string, Flux> flux;  // by host and direction
};

Seen SeenOf(const ValidScenario& scenario) {
  Seen seen;
  WalkSteadyFlows(scenario, [&](const SteadyPassing& passing) {
    const Deployment& deployment = *scenario.deployment;
    const std::string where = deployment.cvms[deployment.enis[passing.eni].cvm].id +
                              (passing.direction == Direction::kEgress ? " out" : " in");
    seen.way.push_back(where + (passing.is_last ? " last" : "") +
                       (passing.is_first ? " first" : ""));
    seen.flux[where] += passing.flux;
  });
  return seen;
}

// What web sends to db goes by way of gate.
constexpr const char* kByWayOfGate = R"({
    "vpcs": {"v": {"cidr": "10.0.0.0/16",
      "subnets": {"web": {"cidr": "10.0.1.0/24", "route_table": "by-gate"}, "db": {"cidr": "10.0.2.0/24", "route_table": "plain"}},
      "route_tables": {"plain": [], "by-gate": [{"to": "10.0.2.0/24", "via": "gate"}]}}},
    "hosts": {"web": {"subnet": "web"}, "gate": {"subnet": "db"}, "db": {"subnet": "db"}},
    "workloads": {"sql": {"from": "web", "to": "db", "rate": "100 Mbps", "sizes": "1250 B",
                          "flows": 1}}})";

TEST(SteadyWalkTest, ANextHopCvmSendsOnWhatComesToIt) {
  const Seen seen = SeenOf(sim::Load(kByWayOfGate));
  const std::vector<std::string> way = {"web out first", "gate in", "gate out", "db in last"};
  EXPECT_EQ(seen.way, way);
  for (const auto& [where, flux] : seen.flux) {
    EXPECT_NEAR(flux.bits_per_second, 1e8, 1) << where;
    EXPECT_NEAR(flux.frames_per_second, 1e4, 1e-4) << where;
  }
}

TEST(SteadyWalkTest, TheOutsideIsNoEni) {
  const Seen seen = SeenOf(sim::Load(R"({"hosts": {"web": {}},
      "workloads": {"www": {"at": "web", "in": "1 Mbps", "out": "2 Mbps", "sizes": "1250 B",
                            "flows": 4}}})"));
  EXPECT_EQ(seen.way.size(), 8u);
  EXPECT_NEAR(seen.flux.at("web in").bits_per_second, 1e6, 1e-3);
  EXPECT_NEAR(seen.flux.at("web out").bits_per_second, 2e6, 1e-3);
  EXPECT_EQ(seen.way.front(), "web in last first");  // who opens a flow sends first
}

// 7, 4 and 1 of 60, 590 and 1,514 bytes: 12 frames of 4,294 bytes.
TEST(SteadyWalkTest, EachSizeIsShownWithItsShare) {
  std::map<std::int64_t, double> frames;
  WalkSteadyFlows(sim::Load(R"({"hosts": {"web": {}},
      "workloads": {"www": {"at": "web", "out": "34352 bps", "sizes": "imix", "flows": 1}}})"),
                  [&](const SteadyPassing& passing) {
                    frames[passing.frame.wire_length.count()] += passing.flux.frames_per_second;
                  });
  ASSERT_EQ(frames.size(), 3u);
  EXPECT_NEAR(frames[60], 7, 1e-9);
  EXPECT_NEAR(frames[590], 4, 1e-9);
  EXPECT_NEAR(frames[1514], 1, 1e-9);
}

// 100 a second, each of one frame that is answered by 3,000 bytes in several.
TEST(SteadyWalkTest, AnAnswerIsAStreamBehindItsRequest) {
  std::vector<std::size_t> streams;
  double asked = 0;
  WalkSteadyFlows(sim::Load(R"({"hosts": {"client": {}, "server": {}},
      "workloads": {"w": {"from": "client", "to": "server", "flows": 1,
          "requests": {"rate": "100/s", "request": "200 B", "response": "3000 B"}}}})"),
                  [&](const SteadyPassing& passing) {
                    EXPECT_EQ(passing.is_answer, passing.stream == 1);
                    if (!passing.is_answer && passing.is_last) {
                      asked += passing.flux.frames_per_second;
                    }
                    if (streams.empty() || streams.back() != passing.stream) {
                      streams.push_back(passing.stream);
                    }
                  });
  EXPECT_EQ(streams, (std::vector<std::size_t>{0, 1}));
  EXPECT_NEAR(asked, 100, 1e-9);
}

// A segment of 1,448 bytes in 1,514, and half an acknowledgement of 66.
TEST(SteadyWalkTest, ATcpFlowIsAUnitOfOneSegment) {
  std::map<std::int64_t, double> frames;
  WalkSteadyFlows(sim::Load(R"({"hosts": {"a": {}, "b": {}},
      "workloads": {"w": {"from": "a", "to": "b", "tcp": {}}}})"),
                  [&](const SteadyPassing& passing) {
                    EXPECT_TRUE(passing.is_elastic);
                    if (!passing.is_last) return;
                    frames[passing.frame.wire_length.count()] += passing.flux.frames_per_second;
                  });
  ASSERT_EQ(frames.size(), 2u);
  EXPECT_NEAR(frames[1514], 1, 1e-9);
  EXPECT_NEAR(frames[66], 0.5, 1e-9);
}

}  // namespace
}  // namespace vpcmirror
