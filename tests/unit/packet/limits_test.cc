#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <stop_token>
#include <string>

#include "models/scenario/error.h"
#include "sim/packet/event_estimate.h"
#include "sim/packet/packet_engine.h"
#include "tests/support/load_scenario.h"

namespace vpcmirror::sim {
namespace {

using testing::AllOf;
using testing::HasSubstr;

// 100 hosts, 10,000 frames a second each, for 10 s: 10^7 events.
ValidScenario TenMillionEvents() {
  return Load(R"({"duration": "10 s", "hosts": {"web": {"count": 100}},
                  "workloads": {"www": {"at": "web", "out": "100 Mbps", "sizes": "1250 B"}}})");
}

std::optional<ScenarioError> Refusal(const ValidScenario& scenario, const RunLimits& limits) {
  try {
    RefuseIfTooLarge(scenario, EstimateRun(scenario), limits);
    return std::nullopt;
  } catch (const ScenarioException& refused) {
    return refused.errors().at(0);
  }
}

TEST(RunEstimateTest, GrowsWithTheDurationButForSetUpAndMemory) {
  ValidScenario scenario = TenMillionEvents();
  const RunEstimate once = EstimateRun(scenario);
  scenario.duration = scenario.duration * 2;
  for (Workload& workload : scenario.workloads) workload.stop = scenario.duration;
  const RunEstimate twice = EstimateRun(scenario);
  EXPECT_NEAR(once.events, 1e7, 1);
  EXPECT_NEAR(twice.events, 2e7, 1);
  EXPECT_EQ(twice.set_up_seconds, once.set_up_seconds);
  EXPECT_NEAR(twice.seconds - twice.set_up_seconds, 2 * (once.seconds - once.set_up_seconds), 1e-6);
  EXPECT_NEAR(twice.bytes, once.bytes, 1);
}

TEST(RunEstimateTest, AddsUpTheTimeOfTwoRunsAndTakesTheLargerMemory) {
  const RunEstimate sum = RunEstimate{.events = 3, .seconds = 2, .set_up_seconds = 1, .bytes = 7} +
                          RunEstimate{.events = 4, .seconds = 5, .set_up_seconds = 2, .bytes = 6};
  EXPECT_EQ(sum.events, 7);
  EXPECT_EQ(sum.seconds, 7);
  EXPECT_EQ(sum.set_up_seconds, 3);
  EXPECT_EQ(sum.bytes, 7);
}

TEST(RunLimitsTest, RefuseNothingThatIsWithinThem) {
  EXPECT_FALSE(Refusal(TenMillionEvents(), {.wall = Picoseconds(3600 * kPicosecondsPerSecond),
                                            .memory = Bytes(std::int64_t{4} << 30)}));
}

TEST(RunLimitsTest, RefuseWithAllEstimatesAndWhatWouldDo) {
  const auto events = Refusal(TenMillionEvents(), {.events = 5'000'000});
  ASSERT_TRUE(events);
  EXPECT_EQ(events->path, "/duration");
  EXPECT_THAT(events->message,
              AllOf(HasSubstr("about 1e+07 events, "), HasSubstr(" of CPU time and "),
                    HasSubstr(" of memory: more than 5e+06 events")));
  EXPECT_THAT(events->accepted, HasSubstr("a duration of at most 5 s"));
  EXPECT_THAT(events->accepted, HasSubstr("--max-events"));

  const auto wall = Refusal(TenMillionEvents(), {.wall = Picoseconds(kPicosecondsPerSecond)});
  ASSERT_TRUE(wall);
  EXPECT_EQ(wall->path, "/duration");
  EXPECT_THAT(wall->message, HasSubstr("more than the 1 s of --max-wall"));
  EXPECT_THAT(wall->accepted, HasSubstr("a larger --max-wall"));

  const auto memory = Refusal(TenMillionEvents(), {.memory = Bytes(1 << 20)});
  ASSERT_TRUE(memory);
  EXPECT_EQ(memory->path, "/hosts");
  EXPECT_THAT(memory->message, HasSubstr("more than 1 MiB of memory"));
  EXPECT_THAT(memory->accepted, HasSubstr("--max-memory"));
}

// No duration is short enough when set-up alone takes too long.
TEST(RunLimitsTest, AdviseNoDurationWhereNoneWouldDo) {
  const auto wall = Refusal(TenMillionEvents(), {.wall = Picoseconds(1)});
  ASSERT_TRUE(wall);
  EXPECT_THAT(wall->accepted, testing::StartsWith("fewer hosts"));
}

// The stop comes while the network is being made: nothing was simulated, and
// the result says so.
TEST(StopTest, EndsARunDuringSetUp) {
  std::stop_source stop;
  RunControl control;
  control.stop = stop.get_token();
  int looks = 0;
  control.progress = [&](Picoseconds now) {
    EXPECT_EQ(now, Picoseconds(0));
    if (++looks == 3) stop.request_stop();
  };
  const RunResult result =
      MakePacketEngine()->Run(Load(R"({"hosts": {"web": {"count": 1000}}})"), control);
  EXPECT_FALSE(result.complete);
  EXPECT_EQ(result.duration, Picoseconds(0));
  EXPECT_EQ(looks, 3);
}

// However far apart the engine's own looks are (100 ms of simulated time, with
// 10,000 frames in it), a stop is seen at the next event.
TEST(StopTest, EndsARunAtTheNextEvent) {
  const ValidScenario scenario = Load(R"({"duration": "1000 s", "hosts": {"web": {}},
      "workloads": {"www": {"at": "web", "out": "1 Gbps", "sizes": "1250 B"}}})");
  std::stop_source stop;
  RunControl control;
  control.stop = stop.get_token();
  Picoseconds asked{};
  control.progress = [&](Picoseconds now) {
    if (now == Picoseconds(0)) return;
    asked = now;
    stop.request_stop();
  };
  const RunResult result = MakePacketEngine()->Run(scenario, control);
  EXPECT_FALSE(result.complete);
  EXPECT_EQ(result.duration, asked);
}

// How often the engine looks up hangs on the clock on the wall; what it counts does not.
TEST(StopTest, LooksAreNotAmongTheEvents) {
  const ValidScenario scenario = Load(R"({"duration": "100 ms", "hosts": {"web": {}},
      "workloads": {"www": {"at": "web", "out": "100 Mbps", "sizes": "1250 B"}}})");
  RunControl watched;
  watched.progress = [](Picoseconds) {};
  const std::int64_t events = MakePacketEngine()->Run(scenario, RunControl()).events;
  EXPECT_EQ(MakePacketEngine()->Run(scenario, watched).events, events);
  EXPECT_NEAR(static_cast<double>(events), 1000, 20);  // a frame each 100 us, and set-up
}

}  // namespace
}  // namespace vpcmirror::sim
