// What changes under way, exactly: 10,000 frames of 1,250 B a second, for 0.1 s.
#include <gtest/gtest.h>

#include <string>

#include "tests/unit/fluid/fluid.h"

namespace vpcmirror::sim {
namespace {

// web sends to db, ids watches web.
RunResult Play(const std::string& timeline, const std::string& web = "",
               const std::string& more = "") {
  return Fluid(fmt::format(R"({{"duration": "100 ms",
      "vpcs": {{"v": {{"cidr": "10.0.0.0/16", "subnets": {{
          "s": {{"cidr": "10.0.0.0/24", "route_table": "sound"}}}},
        "security_groups": {{"closed": {{"ingress": []}}}},
        "route_tables": {{"sound": [], "broken": [{{"to": "10.0.0.4/32", "via": "blackhole"}}]}}}}}},
      "hosts": {{"web": {{{}}}, "db": {{}}, "ids": {{}}, "spare": {{}}}},
      "workloads": {{"sql": {{"from": "web", "to": "db", "rate": "100 Mbps", "sizes": "1250 B"}}}},
      "mirrors": [{{"CollectorSrcs": ["web"], "CollectorTarget": {{"TargetIps": ["ids"]}}}}],
      "timeline": [{}]{}}})",
                           web, timeline, more));
}

TEST(FluidTimelineTest, AMirrorCopiesNothingBetweenItsStopAndItsStart) {
  const RunResult result =
      Play(R"({"at": "30 ms", "StopTrafficMirror": {"TrafficMirrorId": "mirror-1"}},
              {"at": "70 ms", "StartTrafficMirror": {"TrafficMirrorId": "mirror-1"}})");
  const Ledger& ledger = result.mirrors.at(0).ledger;
  EXPECT_EQ(ledger.offered.frames, 1000);
  EXPECT_EQ(RejectedOf(ledger, Refusal::kStopped).frames, 400);
  EXPECT_EQ(ledger.mirrored.frames, 600);
  ASSERT_EQ(result.timeline.size(), 2u);
  EXPECT_EQ(result.timeline[0].what, "StopTrafficMirror");
}

TEST(FluidTimelineTest, AMirrorThatIsResetSendsElsewhereFromThenOn) {
  const RunResult result =
      Play(R"({"at": "25 ms", "ResetTrafficMirrorTarget": {"TrafficMirrorId": "mirror-1",
                "CollectorTarget": {"TargetIps": ["spare"]}}},
              {"at": "75 ms", "ResetTrafficMirrorFilter": {"TrafficMirrorId": "mirror-1",
                "CollectorNormalFilters": [{"Protocol": "UDP"}]}})");
  EXPECT_EQ(ById(result.receivers, "ids/eni0").in.frames, 250);
  EXPECT_EQ(ById(result.receivers, "spare/eni0").in.frames, 500);
  EXPECT_EQ(RejectedOf(result.mirrors.at(0).ledger, Refusal::kFilter).frames, 250);
}

TEST(FluidTimelineTest, AMirrorIsCreatedAndDeleted) {
  const RunResult result = Play(R"(
      {"at": "20 ms", "CreateTrafficMirror": {"TrafficMirrorName": "late",
        "CollectorSrcs": ["db"], "CollectorTarget": {"TargetIps": ["spare"]}}},
      {"at": "60 ms", "DeleteTrafficMirror": {"TrafficMirrorId": "late"}})");
  ASSERT_EQ(result.mirrors.size(), 2u);
  EXPECT_EQ(result.mirrors[0].ledger.offered.frames, 1000);
  EXPECT_EQ(result.mirrors[1].ledger.offered.frames, 400);
  EXPECT_EQ(ById(result.receivers, "spare/eni0").in.frames, 400);
}

// 6,000 frames a second where 5,000 pass: 100 more wait after each 0.1 s, until the queue of 250
// is full in the third. A change that has nothing to do with it leaves it as full as it was.
TEST(FluidTimelineTest, AQueueFillsFromChangeToChange) {
  const std::string scenario = R"({"duration": "300 ms", "assumptions": {"congestion": "fifo"},
      "hosts": {"web": {"limits": {"bandwidth": "50 Mbps", "model": "per_direction"},
                        "queue": "250 frames"}},
      "workloads": {"www": {"at": "web", "out": "60 Mbps", "sizes": "1250 B"}}, "mirrors": [])";
  const auto lost = [&](const std::string& more) {
    return EniOf(Fluid(scenario + more + "}"), "web").dropped.at("egress_bandwidth").frames;
  };
  const std::string first = R"({"at": "100 ms", "change": "web", "mtu": "1400 B"})";
  const std::string second = R"({"at": "200 ms", "change": "web", "mtu": "1500 B"})";
  EXPECT_EQ(lost(""), 50);
  EXPECT_EQ(lost(R"(, "timeline": [)" + first + "]"), 50);
  EXPECT_EQ(lost(R"(, "timeline": [)" + first + ", " + second + "]"), 50);
}

// The source goes on sending: nobody acknowledges a copy.
TEST(FluidTimelineTest, AReceiverThatIsDownIsNotSeenByTheSource) {
  const RunResult result = Play(R"({"at": "30 ms", "receiver_down": "ids"},
                                  {"at": "70 ms", "receiver_up": "ids"})");
  const MirrorResult& mirror = result.mirrors.at(0);
  EXPECT_EQ(mirror.ledger.mirrored.frames, 1000);
  EXPECT_EQ(mirror.lost_after_source.at("receiver_down").frames, 400);
  EXPECT_EQ(result.receivers.at(0).dropped.at("receiver_down").frames, 400);
  EXPECT_EQ(result.receivers.at(0).digested.frames, 600);
}

// 100 Mbps for half of the time, 50 for the rest of it, with no queue to speak of.
TEST(FluidTimelineTest, ABandwidthChanges) {
  const RunResult result = Play(R"({"at": "50 ms", "change": "web", "bandwidth": "20 Mbps"})",
                                R"("limits": {"bandwidth": "1 Gbps", "model": "per_direction"},
                                   "queue": "1 frames")",
                                R"(, "assumptions": {"encapsulation": "none",
                                                     "congestion": "production_first"})");
  // 500, and of 500 more the 100 that 20 Mbps let pass; copies of the first 500 alone.
  EXPECT_EQ(EniOf(result, "db").in.frames, 600);
  EXPECT_EQ(result.mirrors.at(0).ledger.mirrored.frames, 500);
}

// 10,000 frames and as many copies a second wait for 10 Mbps for 10 ms, and then for none: 100 of
// each come, of which the queue of 1,000 holds what does not pass.
TEST(FluidTimelineTest, WhatWaitedPassesWhenThereIsRoom) {
  const RunResult result = Play(R"({"at": "50 ms", "change": "web", "bandwidth": "10 Mbps"},
                                   {"at": "60 ms", "change": "web", "bandwidth": "1 Gbps"})",
                                R"("limits": {"bandwidth": "1 Gbps", "model": "per_direction"})",
                                R"(, "assumptions": {"encapsulation": "none",
                                                     "congestion": "fifo"})");
  const Ledger& ledger = result.mirrors.at(0).ledger;
  EXPECT_EQ(ledger.mirrored.frames, 1000);
  EXPECT_EQ(ledger.queued_at_end.frames, 0);
  EXPECT_EQ(EniOf(result, "web").out.frames, 2000);
}

TEST(FluidTimelineTest, AWorkloadIsScaled) {
  EXPECT_EQ(Play(R"({"at": "50 ms", "scale": "sql", "by": "x2"})").produced->frames, 1500);
  EXPECT_EQ(Play(R"({"at": "30 ms", "scale": "sql", "by": "x0"},
                    {"at": "70 ms", "scale": "sql", "by": "x1"})")
                .produced->frames,
            600);
}

TEST(FluidTimelineTest, NobodyTalksFromOrToAnEniThatIsDetached) {
  const RunResult result = Play(R"({"at": "30 ms", "detach_eni": "db"},
                                  {"at": "70 ms", "attach_eni": "db"})");
  EXPECT_EQ(result.produced->frames, 600);
  EXPECT_EQ(result.mirrors.at(0).ledger.offered.frames, 600);
  EXPECT_EQ(Play(R"({"at": "70 ms", "attach_eni": "web"})").produced->frames, 300);
}

TEST(FluidTimelineTest, CopiesToAReceiverThatIsDetachedAreLost) {
  const RunResult result = Play(R"({"at": "60 ms", "detach_eni": "ids"})");
  EXPECT_EQ(result.produced->frames, 1000);
  EXPECT_EQ(result.mirrors.at(0).lost_after_source.at("receiver_detached").frames, 400);
  EXPECT_EQ(result.receivers.at(0).in.frames, 600);
}

TEST(FluidTimelineTest, GroupsAndRoutesChange) {
  const RunResult group = Play(R"({"at": "50 ms", "change": "ids", "security_groups": ["closed"]},
                                  {"at": "80 ms", "change": "ids", "security_groups": []})");
  EXPECT_EQ(group.mirrors.at(0).lost_after_source.at("receiver_security_group").frames, 300);
  const RunResult route = Play(R"({"at": "50 ms", "change": "subnet:s", "route_table": "broken"})");
  EXPECT_EQ(DroppedOf(route.mirrors.at(0).ledger, DropReason::kNoRoute).frames, 500);
}

TEST(FluidTimelineTest, AWorkloadStartsAndStops) {
  const RunResult result = Fluid(R"({"duration": "100 ms", "hosts": {"a": {}},
      "workloads": {"w": {"at": "a", "out": "100 Mbps", "sizes": "1250 B", "start": "20 ms",
                          "stop": "50 ms"}}})");
  EXPECT_EQ(result.produced->frames, 300);
}

// Of 100 ms the last 60, of which a mirror is stopped for 40.
TEST(FluidWarmUpTest, LeavesTheBeginningOut) {
  const RunResult result =
      Play(R"({"at": "10 ms", "StopTrafficMirror": {"TrafficMirrorId": "mirror-1"}},
              {"at": "80 ms", "StartTrafficMirror": {"TrafficMirrorId": "mirror-1"}})",
           "", R"(, "warm_up": "40 ms")");
  EXPECT_EQ(result.warm_up, Picoseconds(kPicosecondsPerSecond / 25));
  EXPECT_EQ(result.produced->frames, 600);
  EXPECT_EQ(result.delivered.frames, 600);
  EXPECT_EQ(result.mirrors.at(0).ledger.offered.frames, 600);
  EXPECT_EQ(result.mirrors.at(0).ledger.mirrored.frames, 200);
  EXPECT_NEAR(Mbps(EniOf(result, "db").in), 100, 1e-3);
}

// A queue that fills while it is warm loses nothing, and is full from then on.
TEST(FluidWarmUpTest, QueuesAreFullWhenItIsOver) {
  const std::string text = R"({"duration": "300 ms", "warm_up": "100 ms",
      "hosts": {"web": {"limits": {"bandwidth": "100 Mbps", "model": "per_direction"},
                        "queue": "500 frames"}},
      "workloads": {"www": {"at": "web", "out": "150 Mbps", "sizes": "1250 B"}},
      "assumptions": {"congestion": "fifo"}})";
  // 1,500 come and 1,000 pass in the first 100 ms; of 3,000 more, 2,000.
  EXPECT_EQ(Fluid(text).enis.at(0).dropped.at("egress_bandwidth").frames, 1000);
  EXPECT_EQ(Fluid(text).enis.at(0).out.frames, 2000);
}

// Each part of a run has figures of its own.
TEST(FluidSpansTest, ArePartsOfTheRun) {
  const RunResult result = Fluid(R"({"duration": "1 s", "hosts": {"a": {}},
      "workloads": {"w": {"at": "a", "out": "100 Mbps", "sizes": "1250 B"}},
      "timeline": [{"at": "250 ms", "scale": "w", "by": "x3"}]})");
  ASSERT_EQ(result.spans.size(), 2u);
  EXPECT_EQ(result.spans[0].hosts.at(0).used_out.frames, 2500);
  EXPECT_EQ(result.spans[1].hosts.at(0).used_out.frames, 22'500);
  EXPECT_EQ(result.spans[1].span.start, Picoseconds(kPicosecondsPerSecond / 4));
}

}  // namespace
}  // namespace vpcmirror::sim
