#include "sim/packet/packet_engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

#include "models/scenario/error.h"
#include "sim/packet/event_estimate.h"
#include "tests/support/load_scenario.h"
#include "tests/unit/packet/simulate.h"

namespace vpcmirror::sim {
namespace {

const EniResult& EniOf(const RunResult& result, const std::string& id) {
  for (const EniResult& eni : result.enis) {
    if (eni.id == id) return eni;
  }
  throw std::out_of_range(id);
}

// Tencent's own example (cloud-semantics, TC-19) for 50 ms; `more` goes into the scenario.
std::string OneInThreeOut(const std::string& more) {
  return R"({"duration": "50 ms",
             "hosts": {"web": {"type": "S5.4XLARGE32", "mtu": "8500 B"},
                       "ids": {"type": "S5.8XLARGE64", "mtu": "8500 B", "receiver": "generic"}},
             "workloads": {"www": {"at": "web", "in": "1 Gbps", "out": "1 Gbps",
                                   "sizes": "1500 B"}},
             "mirrors": [{"CollectorSrcs": ["web"], "CollectorTarget": {"TargetIps": ["ids"]}}])" +
         more + "}";
}

double Gbps(BitsPerSecond rate) { return static_cast<double>(rate.count()) / 1e9; }

TEST(PacketEngineTest, OneGigabitEachWayBecomesOneInAndThreeOut) {
  const RunResult result =
      Simulate(Load(OneInThreeOut(R"(, "assumptions": {"encapsulation": "none"})")));
  const EniResult& web = EniOf(result, "web/eni0");
  EXPECT_NEAR(Gbps(web.in.bandwidth), 1.0, 0.001);
  EXPECT_NEAR(Gbps(web.out.bandwidth), 3.0, 0.003);
}

// The longest outer headers there are: Geneve with 252 bytes of options (RFC 8926,
// 3.5: two of 128 and 124 bytes). 14 + 20 + 8 + 8 + 252 bytes for each copy.
TEST(PacketEngineTest, LongestOuterHeadersArriveWhole) {
  const std::string options =
      "0167001f" + std::string(248, '0') + "0167001e" + std::string(240, '0');
  const std::string mirrors =
      R"([{"CollectorSrcs": ["web"], "CollectorTarget": {"TargetIps": ["ids"]},
           "options": {"encapsulation": {"kind": "geneve", "geneve_options": ")" +
      options + R"("}}}])";
  std::string text = OneInThreeOut("");
  const std::size_t at = text.find("[{\"CollectorSrcs\"");
  text.replace(at, text.find("}}]", at) + 3 - at, mirrors);
  const RunResult result = Simulate(Load(text));
  const Ledger& ledger = result.mirrors.at(0).ledger;
  ASSERT_GT(ledger.mirrored.frames, 0);
  EXPECT_EQ(ledger.wire_bytes - ledger.mirrored.bytes, Bytes(302 * ledger.mirrored.frames));
}

// 1 + 2 * 1,550 / 1,500.
TEST(PacketEngineTest, VxlanAddsFiftyBytesToEachCopy) {
  const RunResult result = Simulate(Load(OneInThreeOut("")));
  EXPECT_NEAR(Gbps(EniOf(result, "web/eni0").out.bandwidth), 3.0667, 0.00307);
}

TEST(PacketEngineTest, EveryLedgerAddsUpAndEveryFrameIsFound) {
  const RunResult result = Simulate(Load(OneInThreeOut("")));
  ASSERT_EQ(result.mirrors.size(), 1u);
  const Ledger& ledger = result.mirrors[0].ledger;
  EXPECT_TRUE(ledger.AddsUp());
  const EniResult& web = EniOf(result, "web/eni0");
  EXPECT_EQ(ledger.offered.frames, web.in.frames + web.offered_out.frames);
  EXPECT_EQ(ledger.wire_bytes, web.mirror_out.bytes);
  // What left less than 50 us before the end is still under way: 2 * 83,333/s * 50 us = 8.3.
  EXPECT_NEAR(static_cast<double>(ledger.mirrored.frames - result.receivers[0].in.frames), 8.3, 2);
}

TEST(PacketEngineTest, SameSeedGivesTheSameAndAnotherDoesNot) {
  const ValidScenario scenario = Load(R"({
    "duration": "20 ms",
    "hosts": {"web": {"type": "S5.4XLARGE32"}, "ids": {"type": "S5.4XLARGE32", "receiver": "generic"}},
    "workloads": {"www": {"at": "web", "in": "1 Gbps", "out": "1 Gbps", "sizes": "imix",
                          "arrivals": "poisson"}},
    "mirrors": [{"CollectorSrcs": ["web"], "CollectorTarget": {"TargetIps": ["ids"]}}]})");
  const RunResult a = Simulate(scenario, 1);
  const RunResult b = Simulate(scenario, 1);
  const RunResult c = Simulate(scenario, 2);
  EXPECT_EQ(a.mirrors[0].ledger, b.mirrors[0].ledger);
  EXPECT_EQ(a.enis[0].in.bytes, b.enis[0].in.bytes);
  EXPECT_NE(a.enis[0].in.bytes, c.enis[0].in.bytes);
}

// Each workload draws from streams of its own.
TEST(PacketEngineTest, AddingAWorkloadDisturbsNoOther) {
  const auto with = [](const std::string& more) {
    return Load(R"({
      "duration": "20 ms",
      "hosts": {"a": {"type": "S5.4XLARGE32"}, "b": {"type": "S5.4XLARGE32"}},
      "workloads": {"first": {"at": "a", "in": "100 Mbps", "sizes": "imix", "arrivals": "poisson"})" +
                more + "}}");
  };
  const RunResult alone = Simulate(with(""));
  const RunResult beside =
      Simulate(with(R"(, "second": {"at": "b", "in": "200 Mbps", "arrivals": "poisson"})"));
  EXPECT_EQ(alone.enis[0].in.bytes, beside.enis[0].in.bytes);
  EXPECT_GT(beside.enis[1].in.bytes, Bytes(0));
}

// 1.6 Gbps in and out, copied, want 6.4 of a combined 6. With the share q of
// everything that comes let through, and no copy of what was not let in,
// 1.6 q + 1.6 q^2 + 2 * 1.6 q = 6 gives q = 0.9494: 5.06 % is lost. Filling the
// queue to where that happens takes about 15 of the 300 ms.
TEST(PacketEngineTest, CombinedLimitIsExceededByInAndOutTogether) {
  const RunResult result = Simulate(Load(R"({
    "duration": "300 ms",
    "hosts": {"web": {"type": "S5.4XLARGE32", "mtu": "8500 B"},
              "ids": {"type": "S5.12XLARGE96", "mtu": "8500 B", "receiver": "generic"}},
    "workloads": {"www": {"at": "web", "in": "1.6 Gbps", "out": "1.6 Gbps", "sizes": "1500 B"}},
    "mirrors": [{"CollectorSrcs": ["web"], "CollectorTarget": {"TargetIps": ["ids"]}}],
    "assumptions": {"encapsulation": "none"}})"));
  EXPECT_NEAR(Gbps(result.hosts[0].used_in.bandwidth + result.hosts[0].used_out.bandwidth), 6.4,
              0.0064);
  const EniResult& web = EniOf(result, "web/eni0");
  EXPECT_NEAR(Gbps(web.in.bandwidth) + Gbps(web.out.bandwidth), 6.0, 0.06);
  const Count lost_in = web.dropped.at("ingress_bandwidth");
  EXPECT_NEAR(static_cast<double>(lost_in.frames) / static_cast<double>(web.offered_in.frames),
              0.0506, 0.006);
}

TEST(PacketEngineTest, EastWestCopiesAreCountedAsDuplicates) {
  const RunResult result = Simulate(Load(R"({
    "duration": "20 ms",
    "hosts": {"web": {"type": "S5.4XLARGE32"}, "db": {"type": "S5.4XLARGE32"},
              "ids": {"type": "S5.8XLARGE64", "receiver": "generic"}},
    "workloads": {"sql": {"from": "web", "to": "db", "rate": "100 Mbps"}},
    "mirrors": [{"CollectorSrcs": ["web", "db"], "CollectorTarget": {"TargetIps": ["ids"]}}]})"));
  ASSERT_EQ(result.receivers.size(), 1u);
  const ReceiverResult& ids = result.receivers[0];
  EXPECT_NEAR(static_cast<double>(ids.duplicate_frames), static_cast<double>(ids.in.frames) / 2, 5);
}

TEST(PacketEngineTest, RefusesARunThatWouldTakeForEver) {
  const ValidScenario scenario = Load(R"({
    "duration": "10 h",
    "hosts": {"web": {"count": 40, "type": "S5.4XLARGE32"}},
    "workloads": {"www": {"at": "web", "in": "1 Gbps", "out": "1 Gbps"}}})");
  // 40 hosts, 83,333 frames a second each way, an event each, for 36,000 s.
  EXPECT_NEAR(EstimateRun(scenario).events, 40 * 2 * 83'333.0 * 36'000, 1e7);
  try {
    Simulate(scenario);
    FAIL() << "was run";
  } catch (const ScenarioException& refused) {
    ASSERT_EQ(refused.errors().size(), 1u);
    EXPECT_EQ(refused.errors()[0].path, "/duration");
    EXPECT_THAT(refused.errors()[0].message,
                testing::StartsWith("this run would take about 2.4e+11 events, "));
    EXPECT_THAT(refused.errors()[0].message, testing::EndsWith(": more than 1e+10 events"));
    EXPECT_THAT(refused.errors()[0].accepted,
                testing::StartsWith("a duration of at most 1.5e+03 s"));
  }
}

TEST(PacketEngineTest, StopsWhenAskedAndSaysSo) {
  const ValidScenario scenario = Load(OneInThreeOut(""));
  std::stop_source stop;
  RunControl control;
  control.stop = stop.get_token();
  control.progress = [&](Picoseconds now) {
    if (now >= Picoseconds(10'000'000'000)) stop.request_stop();
  };
  const RunResult result = MakePacketEngine()->Run(scenario, control);
  EXPECT_FALSE(result.complete);
  EXPECT_GE(result.duration, Picoseconds(10'000'000'000));
  EXPECT_LT(result.duration, Picoseconds(11'000'000'000));
  EXPECT_TRUE(result.mirrors[0].ledger.AddsUp());
  EXPECT_NEAR(Gbps(EniOf(result, "web/eni0").in.bandwidth), 1.0, 0.01);
}

// A security group that lets nothing in at the receiver: copies leave the
// source and none arrives.
TEST(PacketEngineTest, TargetsSecurityGroupAppliesToCopies) {
  const RunResult result = Simulate(Load(R"({
    "duration": "10 ms",
    "vpcs": {"prod": {"cidr": "10.0.0.0/16", "subnets": {"all": "10.0.1.0/24"},
             "security_groups": {"shut": {"ingress": [{"action": "accept", "protocol": "tcp"}],
                                          "egress": [{"action": "accept"}]}}}},
    "hosts": {"web": {"type": "S5.4XLARGE32", "security_groups": []},
              "ids": {"type": "S5.8XLARGE64", "receiver": "generic", "security_groups": ["shut"]}},
    "workloads": {"www": {"at": "web", "in": "100 Mbps"}},
    "mirrors": [{"CollectorSrcs": ["web"], "CollectorTarget": {"TargetIps": ["ids"]}}]})"));
  const MirrorResult& mirror = result.mirrors[0];
  EXPECT_GT(mirror.ledger.mirrored.frames, 50);
  EXPECT_EQ(result.receivers[0].in.frames, 0);
  EXPECT_NEAR(static_cast<double>(mirror.lost_after_source.at("receiver_security_group").frames),
              static_cast<double>(mirror.ledger.mirrored.frames), 2);
}

// Azure's documents do not say whose rules apply to copies: the same with copies that
// are exempt at the target as well.
TEST(PacketEngineTest, CopiesPassTheTargetsSecurityGroupWhereTheScenarioSaysSo) {
  const RunResult result = Simulate(Load(R"({
    "duration": "10 ms", "provider": "azure", "assumptions": {"security_of_copies": "nowhere"},
    "vpcs": {"prod": {"cidr": "10.0.0.0/16", "subnets": {"all": "10.0.1.0/24"},
             "security_groups": {"shut": {"ingress": [{"action": "accept", "protocol": "tcp"}],
                                          "egress": [{"action": "accept"}]}}}},
    "hosts": {"web": {}, "ids": {"receiver": "generic", "security_groups": ["shut"]}},
    "workloads": {"www": {"at": "web", "in": "100 Mbps"}},
    "mirrors": [{"destinationNetworkInterfaceIPConfiguration": {"id": "ids"},
                 "networkInterfaceTapConfigurations": [{"id": "web"}]}]})"));
  const MirrorResult& mirror = result.mirrors[0];
  EXPECT_GT(mirror.ledger.mirrored.frames, 50);
  EXPECT_NEAR(static_cast<double>(result.receivers[0].in.frames),
              static_cast<double>(mirror.ledger.mirrored.frames), 2);
}

// A firewall as next hop sends on what is for others, at its own expense: what
// leaves it has come to it.
TEST(PacketEngineTest, NextHopCvmForwards) {
  const RunResult result = Simulate(Load(R"({
    "duration": "20 ms",
    "vpcs": {"prod": {"cidr": "10.0.0.0/16",
      "subnets": {"web": {"cidr": "10.0.1.0/24", "route_table": "via-fw"},
                  "fw": "10.0.2.0/24", "db": "10.0.3.0/24"},
      "route_tables": {"main": [{"to": "0.0.0.0/0", "via": "outside"}],
                       "via-fw": [{"to": "10.0.3.0/24", "via": "fw"},
                                  {"to": "0.0.0.0/0", "via": "outside"}]}}},
    "hosts": {"web": {"type": "S5.4XLARGE32", "subnet": "web"},
              "fw": {"type": "S5.4XLARGE32", "subnet": "fw"},
              "db": {"type": "S5.4XLARGE32", "subnet": "db"}},
    "workloads": {"sql": {"from": "web", "to": "db", "rate": "100 Mbps"}}})"));
  const EniResult& fw = EniOf(result, "fw/eni0");
  const EniResult& db = EniOf(result, "db/eni0");
  EXPECT_GT(db.in.frames, 100);
  EXPECT_NEAR(static_cast<double>(fw.in.frames), static_cast<double>(db.in.frames), 2);
  EXPECT_NEAR(static_cast<double>(fw.out.frames), static_cast<double>(db.in.frames), 2);
}

// 1.64 times a combined 100 Mbps: what passes in any run is at most the limit,
// however short the run and however long the queue.
TEST(PacketEngineTest, NoMorePassesThanTheLimit) {
  const RunResult result = Simulate(Load(R"({
    "duration": "50 ms",
    "hosts": {"web": {"limits": {"bandwidth": "100 Mbps", "model": "combined"}},
              "ids": {"limits": {"bandwidth": "50 Mbps", "model": "per_direction"},
                      "receiver": "generic"}},
    "workloads": {"www": {"at": "web", "in": "80 Mbps", "out": "84 Mbps"}},
    "mirrors": [{"CollectorSrcs": ["web"], "CollectorTarget": {"TargetIps": ["ids"]}}]})"));
  const EniResult& web = EniOf(result, "web/eni0");
  EXPECT_LE(Gbps(web.in.bandwidth) + Gbps(web.out.bandwidth), 0.1);
  EXPECT_LE(Gbps(EniOf(result, "ids/eni0").in.bandwidth), 0.05);
}

// One software behind both ENIs: 1 vCPU of the generic profile, whatever the
// number of ENIs that it listens at.
TEST(PacketEngineTest, EnisOfOneReceiverShareItsCapacity) {
  const auto digested = [](const std::string& targets) {
    const RunResult result = Simulate(Load(R"({
      "duration": "100 ms",
      "hosts": {"web": {"count": 2, "type": "S5.8XLARGE64"},
                "ids": {"limits": {"vcpus": 1}, "receiver": "generic",
                        "enis": [{"subnet": "default"}, {"subnet": "default"}]}},
      "workloads": {"www": {"at": "web", "in": "1 Gbps"}},
      "mirrors": [{"CollectorSrcs": ["web"],
                   "CollectorTarget": {"TargetIps": [)" +
                                           targets + R"(], "AlgHash": "FIVE_TUPLE_FLOW"}}]})"));
    std::int64_t frames = 0;
    for (const ReceiverResult& receiver : result.receivers) frames += receiver.digested.frames;
    return static_cast<double>(frames);
  };
  const double one = digested(R"("ids/eni0")");
  EXPECT_GT(one, 500);
  EXPECT_NEAR(digested(R"("ids/eni0", "ids/eni1")"), one, 2);
}

// One flow of 100 Mbit/s each way, whose copies are one worker's.
TEST(PacketEngineTest, BothDirectionsOfAFlowGoToOneWorker) {
  const RunResult result = Simulate(Load(R"({
    "duration": "20 ms",
    "hosts": {"web": {"type": "S5.8XLARGE64"},
              "ids": {"type": "S5.8XLARGE64", "receiver": "generic", "workers": 8}},
    "workloads": {"one": {"at": "web", "in": "100 Mbps", "out": "100 Mbps", "flows": 1,
                          "sizes": "1250 B"}},
    "mirrors": [{"CollectorSrcs": ["web"], "CollectorTarget": {"TargetIps": ["ids"]}}],
    "assumptions": {"encapsulation": "none"}})"));
  const ReceiverResult& receiver = result.receivers.at(0);
  ASSERT_TRUE(receiver.workers);
  EXPECT_EQ(receiver.workers->count, 8);
  EXPECT_EQ(receiver.workers->busiest.frames, receiver.in.frames);
  EXPECT_NEAR(Gbps(receiver.workers->busiest.bandwidth), 0.2, 0.001);
  EXPECT_NEAR(Gbps(receiver.workers->mean.bandwidth), 0.2 / 8, 0.001);
}

// 100,000 frames/s of 1,250 bytes each way and a copy of each, by the table kernel:
// in over 16 vCPUs, 6,250 a core, at 840 ns + 1250 x 75 ps; out at 339 ns + the same;
// 200,000 copies at 675 ns + the same. The receiver takes 200,000 in as the source
// does, and is published to need 2 Gbps / 0.22 Gbps = 9.09 vCPUs with its analysis.
TEST(PacketEngineTest, CountsCoresByOperation) {
  const RunResult result = Simulate(Load(R"({
    "duration": "100 ms",
    "hosts": {"web": {"type": "S5.4XLARGE32"},
              "ids": {"type": "S5.8XLARGE64", "receiver": "generic"}},
    "workloads": {"www": {"at": "web", "in": "1 Gbps", "out": "1 Gbps", "sizes": "1250 B",
                          "flows": 2000}},
    "mirrors": [{"CollectorSrcs": ["web"], "CollectorTarget": {"TargetIps": ["ids"]}}],
    "assumptions": {"encapsulation": "none"}})"));
  const auto cores = [&](std::size_t host, CpuOperation operation) {
    return result.hosts.at(host).cpu.operations[static_cast<std::size_t>(operation)].cores;
  };
  EXPECT_NEAR(cores(0, CpuOperation::kProductionRx), 0.0934, 0.0002);
  EXPECT_NEAR(cores(0, CpuOperation::kProductionTx), 0.0433, 0.0002);
  EXPECT_NEAR(cores(0, CpuOperation::kClone), 0.1538, 0.0003);
  EXPECT_EQ(cores(0, CpuOperation::kReceive), 0);
  EXPECT_EQ(cores(0, CpuOperation::kAnalyse), 0);
  EXPECT_NEAR(result.hosts[0].cpu.cores_used, 0.2905, 0.0006);
  EXPECT_EQ(cores(1, CpuOperation::kProductionRx), 0);
  EXPECT_NEAR(cores(1, CpuOperation::kReceive), 0.1868, 0.0004);
  EXPECT_NEAR(cores(1, CpuOperation::kReceive) + cores(1, CpuOperation::kAnalyse), 9.09, 0.02);
}

TEST(PacketEngineTest, StopThatCameBeforeTheRunEndsItAtOnce) {
  std::stop_source stop;
  stop.request_stop();
  RunControl control;
  control.stop = stop.get_token();
  const RunResult result = MakePacketEngine()->Run(Load(OneInThreeOut("")), control);
  EXPECT_FALSE(result.complete);
  EXPECT_EQ(result.duration, Picoseconds(0));
}

// 100 frames in a second, again and again every (1 + 0.000001) s for 10 days, each
// with a copy: 2 * 100 * 864,000 events.
TEST(EventEstimateTest, CountsTheRoundsOfAReplay) {
  ValidScenario scenario = Load(OneInThreeOut(""));
  scenario.duration = Picoseconds(864'000 * kPicosecondsPerSecond);
  Workload replayed;
  replayed.stop = scenario.duration;
  replayed.replays = {{.loop = true, .length = Picoseconds(kPicosecondsPerSecond), .frames = 100}};
  scenario.workloads = {replayed};
  EXPECT_NEAR(EstimateRun(scenario).events, 2.0 * 100 * 864'000, 1000);
}

}  // namespace
}  // namespace vpcmirror::sim
