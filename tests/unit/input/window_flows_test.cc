#include "sim/input/window_flows.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "models/scenario/observed_flows.h"
#include "tests/support/load_scenario.h"
#include "tests/support/packed_file.h"

namespace vpcmirror::sim {
namespace {

using testing::SizeIs;

// web[0] is 10.0.0.2, web[1] 10.0.0.3. Frames over 1,450 bytes do not fit their copies' way whole.
constexpr char kWatchedWeb[] = R"({
  "provider": "tencent",
  "hosts": {"web": {"count": 2, "type": "S5.2XLARGE32"},
            "ids": {"count": 2, "type": "S5.4XLARGE32", "receiver": "suricata"}},
  "mirrors": [{"TrafficMirrorName": "m", "CollectorSrcs": ["web"],
               "CollectorNormalFilters": [{"Protocol": "TCP", "DstPort": "443"}],
               "CollectorTarget": {"TargetIps": ["ids[*]"], "AlgHash": "FIVE_TUPLE_FLOW"}}]
})";
constexpr std::int64_t kNoon = 1'760'011'200;  // 2025-10-09 12:00:00 UTC

std::string Record(int host, int client, int port, int packets, int bytes, std::int64_t start) {
  return fmt::format("2 1 web[{}]/eni0 192.0.2.1 10.0.0.{} {} {} 6 {} {} {} {} ACCEPT OK\n", host,
                     2 + host, client, port, packets, bytes, start, start + 60);
}

class WindowFlowsTest : public testing::Test {
 protected:
  void Write(const std::string& text) { options_.files = {WriteTestFile("flows.log", text)}; }
  std::vector<WindowFlows> FlowsAt(const std::vector<std::int64_t>& starts) {
    return ReadWindowFlows(scenario_, options_, ReadLoggedTraffic(scenario_, options_), starts);
  }

  const ValidScenario scenario_ = Load(kWatchedWeb);
  LoggedTrafficOptions options_;
};

// 100 packets of 1000 bytes, twice, and as much in the next window: 14 bytes of Ethernet each.
TEST_F(WindowFlowsTest, AFlowAtAnEniIsThereOnceInEachWindow) {
  Write(Record(0, 50'000, 443, 100, 100'000, kNoon) + Record(0, 50'000, 443, 100, 100'000, kNoon) +
        Record(1, 50'000, 443, 100, 100'000, kNoon) +
        Record(0, 50'000, 443, 100, 100'000, kNoon + 60));
  const std::vector<WindowFlows> windows = FlowsAt({kNoon + 60, kNoon});
  ASSERT_THAT(windows, SizeIs(2));
  EXPECT_EQ(windows[0].start, kNoon + 60);
  ASSERT_THAT(windows[0].flows, SizeIs(1));
  ASSERT_THAT(windows[1].flows, SizeIs(2));
  EXPECT_EQ(windows[1].flows[0].eni, 0u);
  EXPECT_EQ(windows[1].flows[1].eni, 1u);
  EXPECT_DOUBLE_EQ(windows[1].flows[0].frames_per_second, 200 / 60.0);
  EXPECT_DOUBLE_EQ(windows[1].flows[0].bits_per_second, 2 * 101'400 * 8 / 60.0);
}

// The flows as a workload ask of every ENI, mirror and receiver what the reader of logs sums up
// record by record.
TEST_F(WindowFlowsTest, TheFlowsAreTheTrafficOfTheirWindow) {
  std::mt19937_64 random(7);
  std::string log;
  for (int i = 0; i < 300; ++i) {
    const auto at_most = [&](int most) { return static_cast<int>(random() % most) + 1; };
    const int packets = at_most(1'000);
    log += Record(at_most(2) - 1, 1'024 + at_most(60'000), i % 3 == 0 ? 22 : 443, packets,
                  packets * (40 + at_most(1'400)), kNoon);
  }
  Write(log);
  const LoggedTraffic logged = ReadLoggedTraffic(scenario_, options_);
  const SteadyTraffic summed = ReadWindow(scenario_, options_, logged, kNoon).traffic;
  ValidScenario replaced = scenario_;
  ReplaceWorkloads(FlowsAt({kNoon}).front().flows, replaced);
  const SteadyTraffic asked = SteadyTrafficOf(replaced);
  constexpr double kSums = 1e-9;  // of sums in another order
  const auto expect_same = [](const Flux& a, const Flux& b) {
    EXPECT_NEAR(a.bits_per_second, b.bits_per_second, kSums * b.bits_per_second);
    EXPECT_NEAR(a.frames_per_second, b.frames_per_second, kSums * b.frames_per_second);
  };
  for (std::size_t i = 0; i < summed.enis.size(); ++i) {
    expect_same(asked.enis[i].in, summed.enis[i].in);
    expect_same(asked.enis[i].copies_out, summed.enis[i].copies_out);
    expect_same(asked.enis[i].copies_in, summed.enis[i].copies_in);
  }
  EXPECT_GT(summed.mirrors[0].mirrored.bits_per_second, 0);
  expect_same(asked.mirrors[0].offered, summed.mirrors[0].offered);
  expect_same(asked.mirrors[0].mirrored, summed.mirrors[0].mirrored);
}

}  // namespace
}  // namespace vpcmirror::sim
