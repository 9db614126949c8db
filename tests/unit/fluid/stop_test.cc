// Runs that are stopped, and what they are estimated to take.
#include <gtest/gtest.h>

#include <stop_token>

#include "sim/fluid/fluid_estimate.h"
#include "tests/unit/fluid/fluid.h"

namespace vpcmirror::sim {
namespace {

constexpr const char* kTwoStretches = R"({"duration": "2 s",
    "hosts": {"web": {"limits": {"bandwidth": "100 Mbps", "model": "per_direction"}}, "ids": {}},
    "workloads": {"www": {"at": "web", "out": "75 Mbps"}},
    "mirrors": [{"CollectorSrcs": ["web"], "Direction": "ALL",
                 "CollectorTarget": {"TargetIps": ["ids"]}}],
    "timeline": [{"at": "1 s", "scale": "www", "by": "x2"}]})";

// Stops where so much simulated time has passed.
RunResult StoppedAt(Picoseconds at) {
  std::stop_source stop;
  RunControl control;
  control.stop = stop.get_token();
  control.progress = [&](Picoseconds now) {
    if (now >= at) stop.request_stop();
  };
  return MakeFluidEngine()->Run(Read(kTwoStretches), control);
}

TEST(FluidStopTest, AStopAtTheBeginningLeavesNothing) {
  const RunResult result = StoppedAt(Picoseconds(0));
  EXPECT_FALSE(result.complete);
  EXPECT_EQ(result.duration, Picoseconds(0));
  EXPECT_EQ(result.produced->frames, 0);
}

// 75 Mbps in frames of 1,500 bytes for a second.
TEST(FluidStopTest, AStopUnderWayKeepsWhatIsWhole) {
  const RunResult result = StoppedAt(Picoseconds(1'000'000'000'000));
  EXPECT_FALSE(result.complete);
  EXPECT_EQ(result.duration, Picoseconds(1'000'000'000'000));
  EXPECT_EQ(result.produced->frames, 6'250);
}

TEST(FluidStopTest, OneThatNobodyStopsIsWhole) {
  EXPECT_TRUE(StoppedAt(Picoseconds(3'000'000'000'000)).complete);
}

FluidEstimate EstimateOf(int hosts, int flows, const char* timeline, const char* limits = "") {
  return EstimateFluid(Read(fmt::format(
      R"({{"duration": "2 s", "hosts": {{"web": {{"count": {}, "limits": {{{}}}}}}},
          "workloads": {{"www": {{"at": "web", "out": "1 Mbps", "flows": {}}}}},
          "timeline": [{}]}})",
      hosts, limits, flows, timeline)));
}

TEST(FluidEstimateTest, GrowsWithHostsFlowsAndChanges) {
  const FluidEstimate least = EstimateOf(10, 10'000, "");
  EXPECT_GT(EstimateOf(20, 10'000, "").bytes, least.bytes);
  // Flows are nearly all of it.
  EXPECT_NEAR(EstimateOf(10, 20'000, "").seconds / least.seconds, 2, 0.1);
  EXPECT_NEAR(
      EstimateOf(10, 10'000, R"({"at": "1 s", "scale": "www", "by": "x2"})").seconds / least.seconds,
      2, 0.1);
}

// A limit of single flows has each reckoned by itself.
TEST(FluidEstimateTest, LimitedFlowsTakeMemoryEach) {
  const FluidEstimate limited = EstimateOf(10, 10'000, "", R"("bandwidth": "1 Gbps", "flow": "1 Mbps")");
  EXPECT_GT(limited.bytes - EstimateOf(10, 10'000, "").bytes, 100'000 * 100.0);
}

}  // namespace
}  // namespace vpcmirror::sim
