// What a timeline changes, and from which frame on. 100 Mbps of frames of 1,250 B are
// 10,000 frames a second, one every 100 us from a random phase on: 300 in 30 ms, or one
// less or more.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "analysis/report/verdict.h"
#include "models/scenario/variants.h"
#include "tests/support/load_scenario.h"
#include "tests/unit/packet/simulate.h"

namespace vpcmirror::sim {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::Ge;
using testing::Le;

// web sends to db, ids watches web; `more` are keys beside these.
std::string TextWith(const std::string& timeline, const std::string& more = "",
                     const std::string& duration = "100 ms") {
  return R"({"duration": ")" + duration + R"(",
      "hosts": {"web": {"type": "S5.4XLARGE32"}, "db": {"type": "S5.4XLARGE32"},
                "ids": {"type": "S5.8XLARGE64", "receiver": "generic"}},
      "workloads": {"sql": {"from": "web", "to": "db", "rate": "100 Mbps", "sizes": "1250 B"}},
      "mirrors": [{"CollectorSrcs": ["web"], "CollectorTarget": {"TargetIps": ["ids"]}}],
      )" +
         more + R"("timeline": [)" + timeline + "]}";
}

RunResult Play(const std::string& timeline, const std::string& more = "") {
  return Simulate(Load(TextWith(timeline, more)));
}

// What arithmetic says, give or take the frames at the edges of an interval.
auto About(std::int64_t frames, std::int64_t edges = 1) {
  return AllOf(Ge(frames - edges), Le(frames + edges));
}

std::int64_t Stopped(const MirrorResult& mirror) {
  return mirror.ledger.rejected[static_cast<std::size_t>(Refusal::kStopped)].frames;
}

const EniResult& EniOf(const RunResult& result, const std::string& id) {
  return *std::find_if(result.enis.begin(), result.enis.end(),
                       [&](const EniResult& eni) { return eni.id == id; });
}

TEST(TimelineTest, AMirrorCopiesNothingBetweenItsStopAndItsStart) {
  const RunResult result =
      Play(R"({"at": "30 ms", "StopTrafficMirror": {"TrafficMirrorId": "mirror-1"}},
                                  {"at": "70 ms", "StartTrafficMirror": {"TrafficMirrorId": "mirror-1"}})");
  const MirrorResult& mirror = result.mirrors.front();
  EXPECT_THAT(mirror.ledger.offered.frames, About(1000));
  EXPECT_THAT(Stopped(mirror), About(400));
  EXPECT_TRUE(mirror.ledger.AddsUp());
  ASSERT_EQ(result.timeline.size(), 2u);
  EXPECT_EQ(result.timeline[0].what, "StopTrafficMirror");
  EXPECT_EQ(result.timeline[0].subject, "mirror-1");
  EXPECT_EQ(result.timeline[0].at, Picoseconds(30'000'000'000));
  EXPECT_FALSE(result.timeline[0].refusal);
}

// Up to its stop a mirror is offered what it is offered in a run that ends there.
TEST(TimelineTest, AStopHoldsFromTheFirstFrameOfItsMomentOn) {
  for (const char* stop : {"12345 us", "12399999 ns", "50 ms"}) {
    const RunResult stopped = Play(R"({"at": ")" + std::string(stop) +
                                   R"(", "StopTrafficMirror": {"TrafficMirrorId": "mirror-1"}})");
    ValidScenario until = Load(TextWith("", "", stop));
    const RunResult ended = Simulate(until);
    const Ledger& ledger = stopped.mirrors.front().ledger;
    EXPECT_EQ(ledger.offered.frames - Stopped(stopped.mirrors.front()),
              ended.mirrors.front().ledger.offered.frames)
        << stop;
  }
}

// On its way in a copy waits for the bandwidth of the receiver's CVM: what then becomes of
// it is counted ahead of its time where nothing changes, and must not be here.
TEST(TimelineTest, AReceiverGoesDownFromTheFirstCopyOfThatMomentOn) {
  for (const char* down : {"12345 us", "12399999 ns", "50 ms"}) {
    const RunResult result =
        Play(R"({"at": ")" + std::string(down) + R"(", "receiver_down": "ids"})");
    const RunResult ended = Simulate(Load(TextWith("", "", down)));
    const ReceiverResult& receiver = result.receivers.front();
    EXPECT_EQ(receiver.in.frames - receiver.dropped.at("receiver_down").frames,
              ended.receivers.front().in.frames)
        << down;
    EXPECT_EQ(result.mirrors.front().lost_after_source.at("receiver_down").frames,
              receiver.dropped.at("receiver_down").frames);
  }
}

// The source goes on sending: nobody acknowledges a copy.
TEST(TimelineTest, AReceiverThatIsDownIsNotSeenByTheSource) {
  const RunResult result = Play(R"({"at": "30 ms", "receiver_down": "ids"},
                                  {"at": "70 ms", "receiver_up": "ids"})");
  const MirrorResult& mirror = result.mirrors.front();
  EXPECT_THAT(mirror.ledger.mirrored.frames, About(1000, 2));
  EXPECT_THAT(mirror.lost_after_source.at("receiver_down").frames, About(400));
  EXPECT_THAT(result.receivers.front().digested.frames, About(600, 2));
}

// At full speed ids digests all that comes; at a thousandth of it a part.
TEST(TimelineTest, ASlowReceiverDigestsThatShareOfItsCapacity) {
  const ValidScenario scenario =
      Load(TextWith(R"({"at": "50 ms", "receiver_slow": "ids", "by": "x0.001"})", "", "1 s"));
  const RunResult result = Simulate(scenario);
  const ReceiverResult& receiver = result.receivers.front();
  ASSERT_TRUE(receiver.capacity_bandwidth);
  // 500 at full speed; then what 0.001 of the capacity takes of 1,300 B in 950 ms.
  // The result has the mean of it: all of it for 50 ms, and 0.001 for 950.
  const double full = static_cast<double>(receiver.capacity_bandwidth->count()) / (0.05 + 0.00095);
  const double slow = full * 0.001;
  const auto taken = static_cast<std::int64_t>(500 + slow * 0.95 / 8 / 1300);
  EXPECT_LT(taken, 9000);
  // Each worker may be at work on one frame at both ends.
  EXPECT_THAT(receiver.digested.frames, About(taken, 2 * receiver.workers->count + 2));
}

// One worker of 22 kpps, 12.5 kpps of copies: at a tenth for 100 ms, 1,250 come, 220 are taken
// and 1,024 wait in the ring; then all is taken within 1 / (22 - 12.5) of the second.
TEST(TimelineTest, AReceiverThatRecoversTakesWhatWaitedAtItsFullSpeed) {
  const ValidScenario scenario = Load(R"({"duration": "1 s",
      "hosts": {"web": {"limits": {"bandwidth": "10 Gbps"}},
                "ids": {"receiver": "generic",
                        "limits": {"bandwidth": "10 Gbps", "vcpus": 1, "memory": "8 GiB"}}},
      "workloads": {"u": {"at": "web", "out": "100 Mbps", "sizes": "1000 B"}},
      "mirrors": [{"CollectorSrcs": ["web"], "CollectorTarget": {"TargetIps": ["ids"]}}],
      "timeline": [{"at": "200 ms", "receiver_slow": "ids", "by": "x0.1"},
                   {"at": "300 ms", "receiver_up": "ids"}]})");
  RunResult result = Simulate(scenario);
  const ReceiverResult& ids = result.receivers.front();
  EXPECT_THAT(ids.dropped.at("receiver_ring").frames, About(1250 - 220 - 1024, 4));
  EXPECT_THAT(ids.digested.frames + ids.dropped.at("receiver_ring").frames, About(12'500, 4));
  ASSERT_EQ(result.spans.size(), 3u);
  EXPECT_EQ(result.spans[1].receivers.front().capacity_packet_rate, PacketsPerSecond(2200));
  Judge(scenario, 0.2, result);
  EXPECT_NEAR(result.receivers.front().margin.value(), 1 - 12.5 / 2.2, 0.01);
}

// 205 Mbps of 10 Mbps for 100 ms, 1 Gbps before and after: what waited is gone at once.
TEST(TimelineTest, ABandwidthThatComesBackSendsWhatWaited) {
  const ValidScenario scenario = Load(R"({"duration": "1 s",
      "hosts": {"web": {"limits": {"bandwidth": "1 Gbps", "model": "per_direction"}}, "ids": {}},
      "workloads": {"u": {"at": "web", "out": "100 Mbps", "sizes": "1000 B"}},
      "mirrors": [{"CollectorSrcs": ["web"], "CollectorTarget": {"TargetIps": ["ids"]}}],
      "assumptions": {"congestion": "fifo"},
      "timeline": [{"at": "200 ms", "change": "web", "bandwidth": "10 Mbps"},
                   {"at": "300 ms", "change": "web", "bandwidth": "1 Gbps"}]})");
  const RunResult result = Simulate(scenario);
  // 2,500 frames came, of 8.2 kbit in the mean, of which 10 Mbps took 122, and 1,000 waited.
  EXPECT_THAT(result.enis.front().dropped.at("egress_bandwidth").frames +
                  result.mirrors.front()
                      .ledger.dropped[static_cast<std::size_t>(DropReason::kEgressBandwidth)]
                      .frames,
              About(2500 - 122 - 1000, 5));
}

// 1 Gbps before there is a limit of 1 Gbps, 205 Mbps after.
TEST(TimelineTest, ALimitIsNotHeldAgainstWhatCameBeforeIt) {
  const ValidScenario scenario = Load(R"({"duration": "1 s",
      "hosts": {"web": {}}, "workloads": {"u": {"at": "web", "out": "1 Gbps"}},
      "timeline": [{"at": "500 ms", "change": "web", "bandwidth": "1 Gbps"},
                   {"at": "500 ms", "scale": "u", "by": "x0.1"}]})");
  RunResult result = Simulate(scenario);
  Judge(scenario, 0.2, result);
  EXPECT_EQ(result.verdict, Verdict::kFits);
  EXPECT_NEAR(result.hosts.front().margin.value(), 0.9, 0.001);
}

TEST(TimelineTest, AWorkloadIsScaledFromThatMomentOn) {
  const RunResult twice = Play(R"({"at": "50 ms", "scale": "sql", "by": "x2"})");
  EXPECT_THAT(twice.produced->frames, About(1500));
  const RunResult silent = Play(R"({"at": "30 ms", "scale": "sql", "by": "x0"},
                                  {"at": "70 ms", "scale": "sql", "by": "x1"})");
  EXPECT_THAT(silent.produced->frames, About(600));
  const RunResult poisson = Simulate(Load(R"({"duration": "1 s", "hosts": {"a": {}, "b": {}},
      "workloads": {"w": {"from": "a", "to": "b", "rate": "100 Mbps", "sizes": "1250 B",
                          "arrivals": "poisson"}},
      "timeline": [{"at": "500 ms", "scale": "w", "by": "x3"}]})"));
  // 5,000 and 15,000; four standard deviations of 20,000 are 566.
  EXPECT_THAT(poisson.produced->frames, About(20'000, 566));
}

TEST(TimelineTest, RequestsAreScaledToo) {
  const RunResult result = Simulate(Load(R"({"duration": "1 s", "hosts": {"a": {}, "b": {}},
      "workloads": {"w": {"from": "a", "to": "b",
                          "requests": {"rate": "1000/s", "request": "100 B", "response": "1 kB"}}},
      "timeline": [{"at": "250 ms", "scale": "w", "by": "x0"},
                   {"at": "500 ms", "scale": "w", "by": "x2"}]})"));
  // 250 requests, none, 1,000; each is a frame and has an answer of one.
  EXPECT_THAT(result.produced->frames, About(2500, 4));
}

// A link of 100 Mbps and a queue of 10 frames: 200 Mbps offered are 20,000 frames a second,
// 1,000 of them in the first half; the second half lets 500 pass and what waits then.
TEST(TimelineTest, ABandwidthChangesForWhatComesLater) {
  const RunResult result = Simulate(Load(R"({"duration": "100 ms",
      "hosts": {"a": {"limits": {"bandwidth": "1 Gbps", "model": "per_direction"},
                      "queue": "10 frames"}, "b": {}},
      "workloads": {"w": {"from": "a", "to": "b", "rate": "200 Mbps", "sizes": "1250 B"}},
      "timeline": [{"at": "50 ms", "change": "a", "bandwidth": "100 Mbps"}]})"));
  EXPECT_THAT(EniOf(result, "a/eni0").out.frames, About(1500, 12));
}

// What waits in a line behind production is let go at the new rate, not at the old one.
TEST(TimelineTest, ABandwidthChangesForCopiesThatAreQueued) {
  const RunResult result = Simulate(Load(R"({"duration": "100 ms", "provider": "tencent",
      "assumptions": {"congestion": "production_first"},
      "hosts": {"a": {"limits": {"bandwidth": "110 Mbps", "model": "per_direction"}}, "b": {},
                "ids": {"receiver": "generic"}},
      "workloads": {"w": {"from": "a", "to": "b", "rate": "100 Mbps", "sizes": "1250 B"}},
      "mirrors": [{"CollectorSrcs": ["a"], "CollectorTarget": {"TargetIps": ["ids"]}}],
      "timeline": [{"at": "50 ms", "change": "a", "bandwidth": "10 Gbps"}]})"));
  // 100 Mbps of copies want in where 10 are left: about 450 frames wait at 50 ms, and all
  // leave as soon as there is room, so that nothing is lost or waits at the end.
  const Ledger& ledger = result.mirrors.front().ledger;
  EXPECT_THAT(ledger.mirrored.frames, About(1000, 2));
  EXPECT_THAT(ledger.queued_at_end.frames, Le(1));
}

TEST(TimelineTest, CopiesAreCutToAnMtuThatShrinks) {
  const RunResult result = Play(R"({"at": "50 ms", "change": "ids", "mtu": "1000 B"})");
  EXPECT_THAT(result.mirrors.front().ledger.truncated.frames, About(500));
  // Packets of 1,236 bytes fit, copies of 36 + 1,250 do not.
  const RunResult source = Play(R"({"at": "50 ms", "change": "web", "mtu": "1240 B"})");
  EXPECT_THAT(source.mirrors.front().ledger.truncated.frames, About(500));
}

constexpr const char* kEstate =
    R"("vpcs": {"v": {"cidr": "10.0.0.0/16", "subnets": {
          "s": {"cidr": "10.0.0.0/24", "route_table": "sound"}},
        "security_groups": {"closed": {"ingress": []}},
        "route_tables": {"sound": [], "broken": [{"to": "10.0.0.4/32", "via": "blackhole"}]}}}, )";

TEST(TimelineTest, ASecurityGroupThatClosesKeepsCopiesOut) {
  const RunResult result = Play(R"({"at": "50 ms", "change": "ids", "security_groups": ["closed"]},
                                  {"at": "80 ms", "change": "ids", "security_groups": []})",
                                kEstate);
  EXPECT_THAT(result.mirrors.front().lost_after_source.at("receiver_security_group").frames,
              About(300));
}

// 10.0.0.4 is ids, the third host of the subnet, where the first address is the gateway's.
TEST(TimelineTest, ARouteThatIsLostLosesCopiesAtTheSource) {
  const RunResult result =
      Play(R"({"at": "50 ms", "change": "subnet:s", "route_table": "broken"})", kEstate);
  EXPECT_EQ(ToString(EniOf(result, "ids/eni0").address), "10.0.0.4");
  const Ledger& ledger = result.mirrors.front().ledger;
  EXPECT_THAT(ledger.dropped[static_cast<std::size_t>(DropReason::kNoRoute)].frames, About(500));
  EXPECT_EQ(EniOf(result, "web/eni0").dropped.at("no_route").frames, 0);
}

TEST(TimelineTest, NobodyTalksFromOrToAnEniThatIsDetached) {
  const RunResult result = Play(R"({"at": "30 ms", "detach_eni": "db"},
                                  {"at": "70 ms", "attach_eni": "db"})");
  EXPECT_THAT(result.produced->frames, About(600));
  // At most what was under way for the fabric's 50 us.
  EXPECT_THAT(EniOf(result, "db/eni0").dropped.at("detached").frames, Le(1));
}

TEST(TimelineTest, AnEniThatIsAttachedUnderWayIsNotThereBefore) {
  const RunResult result = Play(R"({"at": "70 ms", "attach_eni": "web"})");
  EXPECT_THAT(result.produced->frames, About(300));
  EXPECT_THAT(result.mirrors.front().ledger.offered.frames, About(300));
}

// late watches what comes to db from 20 ms to 60 ms, and sends its copies to ids for the
// first 20 ms of that, to spare for the rest; mirror-1 watches web for 50 ms, then nobody
// who sends.
TEST(TimelineTest, AMirrorIsCreatedMovedAndDeleted) {
  const RunResult result = Simulate(Load(R"({"duration": "100 ms",
      "hosts": {"web": {}, "db": {}, "idle": {}, "ids": {}, "spare": {}},
      "workloads": {"sql": {"from": "web", "to": "db", "rate": "100 Mbps", "sizes": "1250 B"}},
      "mirrors": [{"CollectorSrcs": ["web"], "CollectorTarget": {"TargetIps": ["ids"]}}],
      "timeline": [
        {"at": "20 ms", "CreateTrafficMirror": {"TrafficMirrorName": "late",
          "CollectorSrcs": ["db"], "Direction": "INGRESS",
          "CollectorTarget": {"TargetIps": ["ids"]}}},
        {"at": "40 ms", "ResetTrafficMirrorTarget": {"TrafficMirrorId": "late",
          "CollectorTarget": {"TargetIps": ["spare"]}}},
        {"at": "50 ms", "ResetTrafficMirrorSrcs": {"TrafficMirrorId": "mirror-1",
          "CollectorSrcs": ["idle"]}},
        {"at": "60 ms", "DeleteTrafficMirror": {"TrafficMirrorId": "late"}}]})"));
  ASSERT_EQ(result.mirrors.size(), 2u);
  EXPECT_THAT(result.mirrors[0].ledger.offered.frames, About(500));
  EXPECT_THAT(result.mirrors[0].sources, ElementsAre("web/eni0", "idle/eni0"));
  EXPECT_THAT(result.mirrors[1].ledger.offered.frames, About(400, 2));
  EXPECT_THAT(result.mirrors[1].receivers, ElementsAre("ids/eni0", "spare/eni0"));
  ASSERT_EQ(result.receivers.size(), 2u);
  EXPECT_THAT(result.receivers[0].in.frames, About(700, 3));
  EXPECT_THAT(result.receivers[1].in.frames, About(200, 2));
}

// web and app send to db, 1,000 frames each; a session each copies what they send to ids, by
// one filter with one rule, tmfr-1, which accepts all.
RunResult PlayOfAws(const std::string& timeline, const std::string& more = "") {
  return Simulate(Load(R"({"provider": "aws", "duration": "100 ms",
      "hosts": {"web": {}, "app": {}, "db": {}, "ids": {}, "spare": {}},
      "workloads": {"a": {"from": "web", "to": "db", "rate": "100 Mbps", "sizes": "1250 B"},
                    "b": {"from": "app", "to": "db", "rate": "100 Mbps", "sizes": "1250 B"}},
      "mirrors": {
        "TrafficMirrorTargets": [{"TrafficMirrorTargetId": "tmt-1", "NetworkInterfaceId": "ids"}],
        "TrafficMirrorFilters": [{"TrafficMirrorFilterId": "tmf-1", "EgressFilterRules": [
          {"TrafficMirrorFilterRuleId": "tmfr-1", "RuleNumber": 10, "RuleAction": "accept",
           "SourceCidrBlock": "0.0.0.0/0", "DestinationCidrBlock": "0.0.0.0/0"}]}],
        "TrafficMirrorSessions": [
          {"TrafficMirrorSessionId": "of-web", "NetworkInterfaceId": "web", "SessionNumber": 1,
           "TrafficMirrorTargetId": "tmt-1", "TrafficMirrorFilterId": "tmf-1")" +
                       more + R"(},
          {"TrafficMirrorSessionId": "of-app", "NetworkInterfaceId": "app", "SessionNumber": 1,
           "TrafficMirrorTargetId": "tmt-1", "TrafficMirrorFilterId": "tmf-1"}]},
      "timeline": [)" + timeline +
                       "]}"));
}

// Copied for 20 ms, rejected for 30, by a rule before it copied for 30, and rejected again.
TEST(TimelineTest, ARuleOfASharedFilterChangesForAllItsSessions) {
  const RunResult result = PlayOfAws(R"(
      {"at": "20 ms", "ModifyTrafficMirrorFilterRule": {
        "TrafficMirrorFilterRuleId": "tmfr-1", "RuleAction": "reject"}},
      {"at": "50 ms", "CreateTrafficMirrorFilterRule": {
        "TrafficMirrorFilterRuleId": "tmfr-2", "TrafficMirrorFilterId": "tmf-1",
        "TrafficDirection": "egress", "RuleNumber": 5, "RuleAction": "accept",
        "SourceCidrBlock": "0.0.0.0/0", "DestinationCidrBlock": "0.0.0.0/0"}},
      {"at": "80 ms", "DeleteTrafficMirrorFilterRule": {"TrafficMirrorFilterRuleId": "tmfr-2"}})");
  ASSERT_EQ(result.mirrors.size(), 2u);
  for (const MirrorResult& mirror : result.mirrors) {
    EXPECT_THAT(mirror.ledger.offered.frames, About(1000)) << mirror.id;
    EXPECT_THAT(mirror.ledger.mirrored.frames, About(500, 2)) << mirror.id;
    EXPECT_TRUE(mirror.ledger.AddsUp());
  }
  ASSERT_EQ(result.timeline.size(), 3u);
  EXPECT_EQ(result.timeline[0].subject, "tmfr-1");
  EXPECT_EQ(result.timeline[1].subject, "tmf-1");
}

// For the half of the time in which it is of what comes in, nothing that goes out matches it.
TEST(TimelineTest, ARuleGoesOverToTheOtherDirection) {
  const RunResult result = PlayOfAws(R"(
      {"at": "50 ms", "ModifyTrafficMirrorFilterRule": {
        "TrafficMirrorFilterRuleId": "tmfr-1", "TrafficDirection": "ingress"}})");
  EXPECT_THAT(result.mirrors[0].ledger.mirrored.frames, About(500));
}

// TCP alone is not UDP; a rule without a protocol is for both. The workload is TCP.
TEST(TimelineTest, AFieldOfARuleIsRemoved) {
  const RunResult result = PlayOfAws(R"(
      {"at": "30 ms", "ModifyTrafficMirrorFilterRule": {
        "TrafficMirrorFilterRuleId": "tmfr-1", "Protocol": 17}},
      {"at": "60 ms", "ModifyTrafficMirrorFilterRule": {
        "TrafficMirrorFilterRuleId": "tmfr-1", "RemoveFields": ["protocol"]}})");
  EXPECT_THAT(result.mirrors[0].ledger.mirrored.frames, About(700, 2));
}

TEST(TimelineTest, ThePacketLengthOfASessionIsRemoved) {
  const RunResult result = PlayOfAws(R"(
      {"at": "30 ms", "ModifyTrafficMirrorSession": {
        "TrafficMirrorSessionId": "of-web", "RemoveFields": ["packet-length"]}})",
                                     R"(, "PacketLength": 100)");
  EXPECT_THAT(result.mirrors[0].ledger.truncated.frames, About(300));
  EXPECT_EQ(result.mirrors[1].ledger.truncated.frames, 0);
}

// of-web goes over to a target and a filter that are created under way, and that filter has
// no rule before 70 ms; then nobody has the first filter any more, and it may go.
TEST(TimelineTest, ASessionGoesOverToAFilterAndATargetThatAreCreated) {
  const RunResult result = PlayOfAws(R"(
      {"at": "10 ms", "CreateTrafficMirrorFilter": {"TrafficMirrorFilterId": "tmf-2"}},
      {"at": "10 ms", "CreateTrafficMirrorTarget": {
        "TrafficMirrorTargetId": "tmt-2", "NetworkInterfaceId": "spare"}},
      {"at": "40 ms", "ModifyTrafficMirrorSession": {"TrafficMirrorSessionId": "of-web",
        "TrafficMirrorFilterId": "tmf-2", "TrafficMirrorTargetId": "tmt-2"}},
      {"at": "40 ms", "DeleteTrafficMirrorSession": {"TrafficMirrorSessionId": "of-app"}},
      {"at": "50 ms", "DeleteTrafficMirrorFilter": {"TrafficMirrorFilterId": "tmf-1"}},
      {"at": "50 ms", "DeleteTrafficMirrorTarget": {"TrafficMirrorTargetId": "tmt-1"}},
      {"at": "70 ms", "CreateTrafficMirrorFilterRule": {"TrafficMirrorFilterId": "tmf-2",
        "TrafficDirection": "egress", "RuleNumber": 1, "RuleAction": "accept",
        "SourceCidrBlock": "0.0.0.0/0", "DestinationCidrBlock": "0.0.0.0/0"}})");
  for (const TimelineAction& each : result.timeline) EXPECT_FALSE(each.refusal) << each.what;
  EXPECT_THAT(result.mirrors[0].ledger.mirrored.frames, About(700, 2));
  EXPECT_THAT(result.mirrors[0].receivers, ElementsAre("ids/eni0", "spare/eni0"));
  EXPECT_THAT(result.receivers[0].in.frames, About(800, 3));
  EXPECT_THAT(result.receivers[1].in.frames, About(300, 2));
}

// Queries to Amazon's resolver match no rule of the filter: they are copied while it has the
// service, half of the time. Of `at` it is the peer that has the client's port.
TEST(TimelineTest, ANetworkServiceIsCopiedWhileAFilterHasIt) {
  const RunResult result = Simulate(Load(R"({"provider": "aws", "duration": "100 ms",
      "hosts": {"web": {}, "ids": {}},
      "workloads": {"dns": {"at": "web", "out": "100 Mbps", "sizes": "1250 B",
                            "peer": "169.254.169.253", "protocol": "udp",
                            "ports": {"client": 53, "server": 40000}}},
      "mirrors": {
        "TrafficMirrorTargets": [{"TrafficMirrorTargetId": "tmt-1", "NetworkInterfaceId": "ids"}],
        "TrafficMirrorFilters": [{"TrafficMirrorFilterId": "tmf-1"}],
        "TrafficMirrorSessions": [
          {"TrafficMirrorSessionId": "of-web", "NetworkInterfaceId": "web", "SessionNumber": 1,
           "TrafficMirrorTargetId": "tmt-1", "TrafficMirrorFilterId": "tmf-1"}]},
      "timeline": [
        {"at": "20 ms", "ModifyTrafficMirrorFilterNetworkServices": {
          "TrafficMirrorFilterId": "tmf-1", "AddNetworkServices": ["amazon-dns"]}},
        {"at": "70 ms", "ModifyTrafficMirrorFilterNetworkServices": {
          "TrafficMirrorFilterId": "tmf-1", "RemoveNetworkServices": ["amazon-dns"]}}]})"));
  EXPECT_THAT(result.mirrors[0].ledger.offered.frames, About(1000));
  EXPECT_THAT(result.mirrors[0].ledger.mirrored.frames, About(500, 2));
}

// Off for 10 ms and on again for 10, five times.
TEST(TimelineTest, AnEventIsRepeated) {
  const RunResult result = Play(
      R"({"at": "0 s", "every": "20 ms", "StopTrafficMirror": {"TrafficMirrorId": "mirror-1"}},
         {"at": "10 ms", "every": "20 ms", "until": "90 ms",
          "StartTrafficMirror": {"TrafficMirrorId": "mirror-1"}})");
  EXPECT_EQ(result.timeline.size(), 10u);
  EXPECT_THAT(Stopped(result.mirrors.front()), About(500, 5));
}

TEST(TimelineTest, WhatTheApiRefusesChangesNothingAndIsInTheResult) {
  const RunResult result = Play(R"({"at": "50 ms", "ResetTrafficMirrorTarget":
      {"TrafficMirrorId": "mirror-1", "CollectorTarget": {"TargetIps": ["web"]}}})");
  EXPECT_THAT(result.mirrors.front().ledger.mirrored.frames, About(1000, 2));
  ASSERT_EQ(result.timeline.size(), 1u);
  ASSERT_TRUE(result.timeline[0].refusal);
  EXPECT_EQ(result.timeline[0].refusal->code,
            "UnsupportedOperation.TrafficMirrorNotSupportSameSrcTarget");
}

// Two runs of one seed give one result; a run without mirrors has the faults all the same.
TEST(TimelineTest, SameSeedSameResult) {
  const ValidScenario scenario = Load(TextWith(
      R"({"at": "10 ms", "receiver_down": "ids"}, {"at": "20 ms", "scale": "sql", "by": "x3"},
         {"at": "30 ms", "StopTrafficMirror": {"TrafficMirrorId": "mirror-1"}})"));
  const RunResult first = Simulate(scenario);
  const RunResult second = Simulate(scenario);
  EXPECT_EQ(first.events, second.events);
  EXPECT_EQ(first.mirrors.front().ledger, second.mirrors.front().ledger);
  const RunResult without = Simulate(WithoutMirrors(scenario));
  EXPECT_EQ(without.produced->frames, Simulate(scenario).produced->frames);
}

}  // namespace
}  // namespace vpcmirror::sim
