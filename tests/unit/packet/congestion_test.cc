// What the packet engine loses over a limit, against closed forms.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "models/capacity/steady_load.h"
#include "tests/support/load_scenario.h"
#include "tests/unit/packet/simulate.h"

namespace vpcmirror::sim {
namespace {

// A host that sends `out` Mbit/s by chance, all of it mirrored, under `limits`; the
// receiver has none.
RunResult SimulateSender(int out, const std::string& limits, const std::string& host,
                         const std::string& more, int flows = 16) {
  const std::string text = fmt::format(
      R"({{"duration": "2 s",
          "hosts": {{"web": {{"limits": {{{}}}, "queue": "100 frames"{}}}, "ids": {{}}}},
          "workloads": {{"www": {{"at": "web", "out": "{} Mbps", "sizes": "1500 B",
                                 "flows": {}, "arrivals": "poisson"}}}},
          "mirrors": [{{"CollectorSrcs": ["web"], "CollectorTarget": {{"TargetIps": ["ids"]}}}}],
          "assumptions": {{"encapsulation": "none"{}}}}})",
      limits, host, out, flows, more);
  return Simulate(Load(text));
}

double LossOf(const Count& lost, std::int64_t of) {
  return static_cast<double>(lost.frames) / static_cast<double>(of);
}

struct Losses {
  double production = 0;
  double copies = 0;
};

Losses LossesOf(const RunResult& result, const std::string& reason) {
  const EniResult& eni = result.enis.front();
  const Ledger& ledger = result.mirrors.front().ledger;
  EXPECT_TRUE(ledger.AddsUp());
  Count copies;
  for (const Count& each : ledger.dropped) copies += each;
  return {LossOf(eni.dropped.at(reason), eni.offered_out.frames),
          LossOf(copies, ledger.offered.frames)};
}

struct DisciplineCase {
  std::string congestion;
  std::string order;
  Congestion discipline;
  CopyOrder copies;
};

class DisciplineTest : public testing::TestWithParam<DisciplineCase> {};

// 100 Mbit/s, of which 60 or 90 are wanted and as much again for the copies. The
// queue of 100 frames that is left at the end is 0.6 % of what comes in 2 s.
TEST_P(DisciplineTest, LosesWhatTheClosedFormSays) {
  const auto& [congestion, order, discipline, copies] = GetParam();
  const std::string more =
      fmt::format(R"(, "congestion": "{}", "copy_order": "{}")", congestion, order);
  for (const int out : {40, 60, 90}) {
    const RunResult result =
        SimulateSender(out, R"("bandwidth": "100 Mbps", "model": "per_direction")", "", more);
    const Losses lost = LossesOf(result, "egress_bandwidth");
    // Of what was really sent: chance makes 0.5 % of it.
    const double frames =
        static_cast<double>(result.enis.front().offered_out.frames) / Seconds(result.duration);
    const ClassLoad half{.bits_per_second = frames * 12'000, .frames_per_second = frames};
    const SteadyAnswer answer =
        SteadyLoad({.bandwidth = BitsPerSecond(100'000'000)}, std::nullopt, discipline, copies,
                   {.production = half, .copies = half, .pairs_per_second = frames});
    EXPECT_NEAR(lost.production, answer.production_loss, 0.02) << out;
    EXPECT_NEAR(lost.copies, answer.copy_loss, 0.02) << out;
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, DisciplineTest,
    testing::Values(DisciplineCase{"production_first", "before", Congestion::kProductionFirst,
                                   CopyOrder::kBefore},
                    DisciplineCase{"shared_random", "before", Congestion::kSharedRandom,
                                   CopyOrder::kBefore},
                    DisciplineCase{"fifo", "before", Congestion::kFifo, CopyOrder::kBefore},
                    DisciplineCase{"fifo", "after", Congestion::kFifo, CopyOrder::kAfter}),
    [](const auto& param) { return param.param.congestion + "_" + param.param.order; });

// A vCPU that copies take for 100 us each is busy 1.5 times with 15,000 of them a
// second; production costs nothing and waits for them where all share a queue.
TEST(CpuLimitTest, CopiesThatTheCpuCannotMakeAreLost) {
  const std::string costs =
      R"(, "costs": {"clone": {"per_frame": "100 us", "per_byte": "0 ps"},
                     "production_tx": {"per_frame": "0 ps", "per_byte": "0 ps"}})";
  const RunResult result =
      SimulateSender(180, R"("vcpus": 1)", costs, R"(, "congestion": "production_first")");
  const Losses lost = LossesOf(result, "egress_cpu");
  EXPECT_EQ(lost.production, 0);
  EXPECT_NEAR(lost.copies, 1 - 1 / 1.5, 0.02);
}

// 80 Mbit/s for ever and 1,000,000 bytes at once: of 120 Mbit/s with copies, 40 more
// than that, all passes for 8,000,000 / 40,000,000 = 0.2 s; of 2 s, 1.8 s lose a third.
TEST(BurstTest, CreditsLastAsLongAsTheyAre) {
  const RunResult result =
      SimulateSender(60, R"("bandwidth": "80 Mbps", "model": "per_direction", "burst": "1 MB")", "",
                     R"(, "congestion": "shared_random")");
  const Losses lost = LossesOf(result, "egress_bandwidth");
  EXPECT_NEAR(lost.production, 0.9 / 3, 0.02);
  EXPECT_NEAR(lost.copies, 0.9 / 3, 0.02);
}

// One flow of 60 Mbit/s and its copies, where one flow may send 100: 40 are left for
// the copies. What a flow may send at once, 131,100 bytes, is 0.9 % of its copies.
TEST(FlowLimitTest, CopiesOfAFlowAreLostFirst) {
  const std::string limits = R"("flow": "100 Mbps")";
  const std::string more = R"(, "congestion": "fifo")";
  const Losses of_one = LossesOf(SimulateSender(60, limits, "", more, 1), "egress_flow");
  EXPECT_EQ(of_one.production, 0);
  EXPECT_NEAR(of_one.copies, 1.0 / 3, 0.02);
  const Losses of_many = LossesOf(SimulateSender(60, limits, "", more, 16), "egress_flow");
  EXPECT_EQ(of_many.production, 0);
  EXPECT_EQ(of_many.copies, 0);
}

}  // namespace
}  // namespace vpcmirror::sim
