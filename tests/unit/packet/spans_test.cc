#include "models/scenario/spans.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "analysis/report/verdict.h"
#include "tests/support/load_scenario.h"
#include "tests/unit/packet/simulate.h"

namespace vpcmirror::sim {
namespace {

std::vector<TimelineEvent> EventsAt(const std::vector<int>& milliseconds) {
  std::vector<TimelineEvent> events;
  for (const int at : milliseconds) {
    events.push_back({{.at = kMillisecond * at}, {ScaleChange{}}});
  }
  return events;
}

TEST(SpanStartsTest, AreEventsThatAreNotTooCloseTogether) {
  const Picoseconds second = kMillisecond * 1000;
  EXPECT_THAT(SpanStarts(EventsAt({100, 105, 110, 500, 995}), Picoseconds(0), second, 1000),
              testing::ElementsAre(kMillisecond * 100, kMillisecond * 500));
  // Four at most: none shorter than 250 ms.
  EXPECT_THAT(SpanStarts(EventsAt({100, 300, 500, 700, 900}), Picoseconds(0), second, 4),
              testing::ElementsAre(kMillisecond * 300, kMillisecond * 700));
  // Nothing of the warm-up.
  EXPECT_THAT(SpanStarts(EventsAt({100, 400}), kMillisecond * 300, second, 1000),
              testing::ElementsAre(kMillisecond * 400));
  // What was refused changes nothing.
  std::vector<TimelineEvent> refused = EventsAt({100});
  refused[0].changes.clear();
  EXPECT_THAT(SpanStarts(refused, Picoseconds(0), second, 1000), testing::IsEmpty());
}

// 100 Mbps of a limit of 1 Gbps, and 800 from 200 to 300 ms: 170 in the mean.
RunResult SimulateABurst(const std::string& more = "") {
  const ValidScenario scenario = Load(R"({"duration": "1 s",
      "hosts": {"web": {"limits": {"bandwidth": "1 Gbps", "model": "per_direction"}}},
      "workloads": {"t": {"at": "web", "out": "100 Mbps"}},
      "timeline": [{"at": "200 ms", "scale": "t", "by": "x8"},
                   {"at": "300 ms", "scale": "t", "by": "x1"}])" +
                                      more + "}");
  RunResult result = Simulate(scenario);
  Judge(scenario, 0.2, result);
  return result;
}

TEST(SpansTest, AMarginIsThatOfTheBusiestPart) {
  const RunResult result = SimulateABurst();
  ASSERT_EQ(result.spans.size(), 3u);
  EXPECT_EQ(result.spans[1].span, (TimeSpan{kMillisecond * 200, kMillisecond * 300}));
  const HostResult& web = result.hosts.at(0);
  EXPECT_NEAR(static_cast<double>(web.used_out.bandwidth.count()), 170e6, 1e6);
  EXPECT_NEAR(web.margin.value(), 0.2, 0.002);
  EXPECT_EQ(web.margin_span, result.spans[1].span);
  EXPECT_THAT(result.because, testing::HasSubstr("of 1 Gbps out from 200 ms to 300 ms"));
}

TEST(SpansTest, AWarmUpLeavesPartsOut) {
  const RunResult result = SimulateABurst(R"(, "warm_up": "400 ms")");
  EXPECT_TRUE(result.spans.empty());
  const HostResult& web = result.hosts.at(0);
  EXPECT_NEAR(web.margin.value(), 0.9, 0.001);
  EXPECT_EQ(web.margin_span, (TimeSpan{kMillisecond * 400, kMillisecond * 1000}));
}

// 1.2 Gbps for 100 ms of a limit of 1 Gbps are 2.5 MB too much, which the queue holds: nothing
// is lost, and more was asked for than there is.
TEST(SpansTest, WhatAQueueTakesIsOverTheLimit) {
  const ValidScenario scenario = Load(R"({"duration": "1 s",
      "hosts": {"web": {"limits": {"bandwidth": "1 Gbps", "model": "per_direction"},
                        "queue": "10000 frames"}},
      "assumptions": {"congestion": "fifo"},
      "workloads": {"t": {"at": "web", "out": "100 Mbps"}},
      "timeline": [{"at": "200 ms", "scale": "t", "by": "x12"},
                   {"at": "300 ms", "scale": "t", "by": "x1"}]})");
  RunResult result = Simulate(scenario);
  Judge(scenario, 0.2, result);
  EXPECT_EQ(result.production.lost, 0);
  EXPECT_NEAR(result.hosts.at(0).margin.value(), -0.2, 0.01);
  EXPECT_EQ(result.verdict, Verdict::kDoesNotFit);
}

// suricata takes 0.357 Gbps a vCPU, here with one worker for both. 50 and for
// 100 ms 250 Mbps of frames of 1,250 bytes arrive 50 bytes longer each: 260 Mbps in the busiest
// part, 70 x 1.04 in the mean.
TEST(SpansTest, AReceiverIsJudgedByItsBusiestPart) {
  const ValidScenario scenario = Load(R"({"duration": "1 s",
      "hosts": {"web": {"limits": {"bandwidth": "10 Gbps"}},
                "ids": {"receiver": "suricata", "workers": 1,
                        "limits": {"bandwidth": "10 Gbps", "vcpus": 2, "memory": "8 GiB"}}},
      "workloads": {"t": {"at": "web", "out": "50 Mbps", "sizes": "1250 B"}},
      "mirrors": [{"CollectorSrcs": ["web"], "CollectorTarget": {"TargetIps": ["ids"]}}],
      "timeline": [{"at": "200 ms", "scale": "t", "by": "x5"},
                   {"at": "300 ms", "scale": "t", "by": "x1"}]})");
  RunResult result = Simulate(scenario);
  Judge(scenario, 0.2, result);
  const ReceiverResult& ids = result.receivers.at(0);
  ASSERT_EQ(result.spans.size(), 3u);
  EXPECT_EQ(ids.margin_span, result.spans[1].span);
  EXPECT_NEAR(ids.margin.value(), 1 - 260.0 / 714.0, 0.005);
  EXPECT_NEAR(static_cast<double>(ids.in.bandwidth.count()), 72.8e6, 0.5e6);
}

// The parts have what the whole has.
TEST(SpansTest, AddUpToTheRun) {
  const RunResult result = SimulateABurst();
  std::int64_t frames = 0;
  for (const SpanResult& each : result.spans) frames += each.hosts.at(0).used_out.frames;
  EXPECT_EQ(frames, result.hosts.at(0).used_out.frames);
}

}  // namespace
}  // namespace vpcmirror::sim
