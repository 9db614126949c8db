// What stops frames and copies for good, and what a load balancer does to them.
#include <gtest/gtest.h>

#include <string>

#include "models/scenario/error.h"
#include "tests/unit/fluid/fluid.h"

namespace vpcmirror::sim {
namespace {

// 10,000 frames a second for one of them, from web to db and from outside to web; `vpc` beside
// its subnet. web is 10.0.0.2, db .3 and ids .4: the first address is the gateway's.
struct WaysEstate {
  std::string vpc;
  std::string subnet;  // beside its range, with a comma before it
  std::string web;     // in braces
  std::string ids;
  std::string assumptions;  // with a comma before it
};

RunResult FluidOfEstate(const WaysEstate& of) {
  return Fluid(fmt::format(
      R"({{"vpcs": {{"v": {{"cidr": "10.0.0.0/16", "subnets": {{"s": {{"cidr": "10.0.0.0/24"{}}}}}{}}}}},
          "hosts": {{"web": {{{}}}, "db": {{}}, "ids": {{{}}}}},
          "workloads": {{"sql": {{"from": "web", "to": "db", "rate": "100 Mbps", "sizes": "1250 B"}},
                         "www": {{"at": "web", "in": "100 Mbps", "sizes": "1250 B"}}}},
          "mirrors": [{{"CollectorSrcs": ["web"], "CollectorTarget": {{"TargetIps": ["ids"]}}}}],
          "assumptions": {{"encapsulation": "vxlan"{}}}}})",
      of.subnet, of.vpc, of.web, of.ids, of.assumptions));
}

TEST(FluidWaysTest, WhatNothingStopsArrives) {
  const RunResult result = FluidOfEstate(WaysEstate{});
  EXPECT_EQ(result.delivered.frames, 20'000);
  EXPECT_EQ(result.mirrors.at(0).ledger.mirrored.frames, 20'000);
  EXPECT_EQ(result.receivers.at(0).digested.frames, 20'000);
}

// Nothing may come in, everything may leave: what comes in is refused, and not copied unless
// the cloud copies it all the same.
TEST(FluidWaysTest, ASecurityGroupRefusesFrames) {
  WaysEstate of{.vpc = R"(, "security_groups": {"closed": {"ingress": [],
                        "egress": [{"action": "accept", "protocol": "all", "peer": "0.0.0.0/0"}]}})",
                .web = R"("security_groups": ["closed"])"};
  const RunResult result = FluidOfEstate(of);
  EXPECT_EQ(EniOf(result, "web").dropped.at("security_group").frames, 10'000);
  EXPECT_EQ(EniOf(result, "db").in.frames, 10'000);
  EXPECT_EQ(result.delivered.frames, 10'000);
  const Ledger& ledger = result.mirrors.at(0).ledger;
  EXPECT_EQ(ledger.offered.frames, 20'000);
  EXPECT_EQ(RejectedOf(ledger, Refusal::kNotAdmitted).frames, 10'000);
  of.assumptions = R"(, "mirrors_what_security_drops": "true")";
  EXPECT_EQ(FluidOfEstate(of).mirrors.at(0).ledger.mirrored.frames, 20'000);
}

TEST(FluidWaysTest, AnAclRefusesFrames) {
  const RunResult result = FluidOfEstate({.vpc = R"(, "acls": {"inside": {
                  "ingress": [{"action": "accept", "protocol": "all", "peer": "10.0.0.0/16"}],
                  "egress": [{"action": "accept", "protocol": "all", "peer": "0.0.0.0/0"}]}})",
                                          .subnet = R"(, "acl": "inside")"});
  EXPECT_EQ(EniOf(result, "web").dropped.at("acl").frames, 10'000);
  EXPECT_EQ(EniOf(result, "web").in.frames, 0);
  EXPECT_EQ(RejectedOf(result.mirrors.at(0).ledger, Refusal::kNotAdmitted).frames, 10'000);
}

std::string TableWith(const char* to) {
  return fmt::format(R"(, "route_tables": {{"broken": [{{"to": "{}/32", "via": "blackhole"}}]}})",
                     to);
}
constexpr const char* kBroken = R"(, "route_table": "broken")";

// For the second half of the second.
TEST(FluidWaysTest, ProductionWithoutARouteIsLost) {
  const RunResult result = Fluid(R"({"vpcs": {"v": {"cidr": "10.0.0.0/16",
        "subnets": {"s": {"cidr": "10.0.0.0/24", "route_table": "sound"}},
        "route_tables": {"sound": [], "broken": [{"to": "10.0.0.3/32", "via": "blackhole"}]}}},
      "hosts": {"web": {}, "db": {}, "ids": {}},
      "workloads": {"sql": {"from": "web", "to": "db", "rate": "100 Mbps", "sizes": "1250 B"}},
      "mirrors": [{"CollectorSrcs": ["web"], "CollectorTarget": {"TargetIps": ["ids"]}}],
      "timeline": [{"at": "500 ms", "change": "subnet:s", "route_table": "broken"}]})");
  EXPECT_EQ(EniOf(result, "web").dropped.at("no_route").frames, 5000);
  EXPECT_EQ(EniOf(result, "db").offered_in.frames, 5000);
  // What leaves for nowhere is copied all the same: the tap is in front of the route.
  EXPECT_EQ(result.mirrors.at(0).ledger.mirrored.frames, 10'000);
}

TEST(FluidWaysTest, CopiesWithoutARouteAreLostAtTheSource) {
  const RunResult result = FluidOfEstate({.vpc = TableWith("10.0.0.4"), .subnet = kBroken});
  const Ledger& ledger = result.mirrors.at(0).ledger;
  EXPECT_EQ(DroppedOf(ledger, DropReason::kNoRoute).frames, 20'000);
  EXPECT_EQ(ledger.mirrored.frames, 0);
  EXPECT_EQ(EniOf(result, "web").mirror_out.frames, 0);
  EXPECT_EQ(result.delivered.frames, 20'000);
}

TEST(FluidWaysTest, AReceiversSecurityGroupKeepsCopiesOut) {
  const RunResult result =
      FluidOfEstate({.vpc = R"(, "security_groups": {"closed": {"ingress": []}})",
                     .ids = R"("security_groups": ["closed"])"});
  const MirrorResult& mirror = result.mirrors.at(0);
  EXPECT_EQ(mirror.ledger.mirrored.frames, 20'000);
  EXPECT_EQ(mirror.lost_after_source.at("receiver_security_group").frames, 20'000);
  EXPECT_EQ(result.receivers.at(0).in.frames, 0);
}

// IP packets of 1,236 bytes and 36 of outer headers are 1,272: over 1,250 they are cut to it.
TEST(FluidWaysTest, CopiesAreCutToTheMtu) {
  const RunResult result = FluidOfEstate({.ids = R"("mtu": "1250 B")"});
  const Ledger& ledger = result.mirrors.at(0).ledger;
  EXPECT_EQ(ledger.truncated.frames, 20'000);
  EXPECT_EQ(ledger.wire_bytes.count(), 20'000 * (14 + 1250));
  // A copy is 14 and 20 and 8 and 8 and what is kept of 1,250: 1,214, so that 36 are cut away.
  EXPECT_EQ(ledger.truncated_away.count(), 20'000 * 36);
}

TEST(FluidWaysTest, CopiesThatMayNotBeCutAreDropped) {
  const RunResult result =
      FluidOfEstate({.ids = R"("mtu": "1250 B")", .assumptions = R"(, "mtu_policy": "drop")"});
  EXPECT_EQ(DroppedOf(result.mirrors.at(0).ledger, DropReason::kMtu).frames, 20'000);
  EXPECT_EQ(EniOf(result, "web").mirror_out.frames, 0);
}

// Sources of 150 Mbps of copies in zone a and 50 in zone b, a load balancer that passes 100 in
// each and keeps copies in their zone: of a a third is lost. 1,200 and 50 of VXLAN are 1,250.
TEST(FluidLoadBalancerTest, EachZoneHasItsOwnLimit) {
  const std::string text = R"({"provider": "aws", "duration": "100 s",
"vpcs": {"v": {"cidr": "10.0.0.0/16",
  "subnets": {"a": {"cidr": "10.0.8.0/24", "az": "a"}, "b": {"cidr": "10.0.9.0/24", "az": "b"}},
  "load_balancers": {"copies": {"kind": "nlb", "zone_bandwidth": "100 Mbps", "subnets": ["a", "b"],
                                "backends": ["ids-a", "ids-b"]}}}},
"hosts": {"web-a": {"subnet": "a", "mtu": "9001 B"}, "web-b": {"subnet": "b", "mtu": "9001 B"},
  "ids-a": {"subnet": "a", "receiver": "generic", "mtu": "9001 B"},
  "ids-b": {"subnet": "b", "receiver": "generic", "mtu": "9001 B"}},
"workloads": {"w-a": {"at": "web-a", "out": "144 Mbps", "sizes": "1200 B", "flows": 1000},
              "w-b": {"at": "web-b", "out": "48 Mbps", "sizes": "1200 B", "flows": 1000}},
"mirrors": {"TrafficMirrorSessions": [
  {"TrafficMirrorSessionId": "tms-a", "NetworkInterfaceId": "web-a", "TrafficMirrorTargetId": "tmt-1",
    "TrafficMirrorFilterId": "tmf-1", "SessionNumber": 1, "VirtualNetworkId": 1},
  {"TrafficMirrorSessionId": "tms-b", "NetworkInterfaceId": "web-b", "TrafficMirrorTargetId": "tmt-1",
    "TrafficMirrorFilterId": "tmf-1", "SessionNumber": 1, "VirtualNetworkId": 1}],
 "TrafficMirrorFilters": [{"TrafficMirrorFilterId": "tmf-1", "EgressFilterRules": [
  {"RuleNumber": 1, "RuleAction": "accept", "SourceCidrBlock": "0.0.0.0/0", "DestinationCidrBlock": "0.0.0.0/0"}]}],
 "TrafficMirrorTargets": [{"TrafficMirrorTargetId": "tmt-1", "NetworkLoadBalancerArn": "copies"}]}})";
  const RunResult result = Fluid(text);
  const LoadBalancerResult& balancer = result.load_balancers.at(0);
  ASSERT_EQ(balancer.zones.size(), 2u);
  EXPECT_NEAR(Mbps(balancer.zones[0].in), 150, 1e-3);
  EXPECT_NEAR(Mbps(balancer.zones[1].in), 50, 1e-3);
  EXPECT_NEAR(Mbps(balancer.backends.at(0).out), 100, 1e-3);
  EXPECT_NEAR(Mbps(balancer.backends.at(1).out), 50, 1e-3);
  EXPECT_NEAR(static_cast<double>(
                  result.mirrors.at(0).lost_after_source.at("load_balancer_bandwidth").frames),
              5000 * 100, 10);
  EXPECT_EQ(result.mirrors.at(1).lost_after_source.at("load_balancer_bandwidth").frames, 0);
}

TEST(FluidEngineTest, RefusesWhatComesPacketByPacket) {
  ValidScenario scenario = Read(R"({"hosts": {"web": {}},
                                    "workloads": {"www": {"at": "web", "in": "1 Mbps"}}})");
  scenario.workloads.at(0).replays.emplace_back();
  try {
    Fluid(scenario);
    FAIL() << "ran a capture";
  } catch (const ScenarioException& refused) {
    ASSERT_EQ(refused.errors().size(), 1u);
    EXPECT_EQ(refused.errors()[0].path, "/workloads/www/replay");
    EXPECT_EQ(refused.errors()[0].message,
              "the fluid engine reckons with rates and replays no capture");
    EXPECT_EQ(refused.errors()[0].accepted, "--engine packet, or a rate in place of the capture");
  }
}

TEST(FluidEngineTest, SaysWhatItIsAndStopsWhenAsked) {
  const ValidScenario scenario = Read(R"({"duration": "10 s", "hosts": {"web": {}},
      "workloads": {"www": {"at": "web", "in": "1 Mbps"},
                    "later": {"at": "web", "in": "1 Mbps", "start": "4 s"}}})");
  EXPECT_EQ(Fluid(scenario).engine, "fluid");
  EXPECT_TRUE(Fluid(scenario).complete);
  std::stop_source stop;
  RunControl control;
  control.stop = stop.get_token();
  control.progress = [&](Picoseconds now) {
    if (now > Picoseconds(0)) stop.request_stop();
  };
  const RunResult result = MakeFluidEngine()->Run(scenario, control);
  EXPECT_FALSE(result.complete);
  EXPECT_EQ(result.duration, Picoseconds(4 * kPicosecondsPerSecond));
  EXPECT_EQ(result.enis.at(0).in.bytes, Bytes(500'000));
}

}  // namespace
}  // namespace vpcmirror::sim
