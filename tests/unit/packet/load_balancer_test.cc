// Mirrors to load balancers of AWS, from the scenario's text to the result.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "models/mirror/mirror.h"
#include "sim/input/library.h"
#include "tests/support/load_scenario.h"
#include "tests/unit/packet/simulate.h"

namespace vpcmirror::sim {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

// One source in zone a that sends `bytes` long frames, one sensor in each of zones a and b.
struct Behind {
  std::string balancer;  // beside its subnets and backends
  std::string target = R"("NetworkLoadBalancerArn": "copies")";
  int bytes = 1000;
  int mtu = 9001;  // of the source
  int ids_mtu = 9001;
  std::string out = "100 Mbps";
  std::string duration = "20 ms";
  std::string timeline = "";
};

RunResult SimulateBehind(const Behind& behind) {
  const std::string text = fmt::format(
      R"({{"provider": "aws", "duration": "{}",
"vpcs": {{"v": {{"cidr": "10.0.0.0/16",
  "subnets": {{"web": {{"cidr": "10.0.1.0/24", "az": "a"}}, "a": {{"cidr": "10.0.8.0/24", "az": "a"}},
               "b": {{"cidr": "10.0.9.0/24", "az": "b"}}}},
  "load_balancers": {{"copies": {{{}, "subnets": ["a", "b"], "backends": ["ids-a", "ids-b"]}}}}}}}},
"hosts": {{"web": {{"subnet": "web", "mtu": "{} B"}},
  "ids-a": {{"subnet": "a", "receiver": "generic", "mtu": "{} B"}},
  "ids-b": {{"subnet": "b", "receiver": "generic", "mtu": "{} B"}}}},
"workloads": {{"www": {{"at": "web", "out": "{}", "sizes": "{} B", "flows": 1000}}}},
"mirrors": {{"TrafficMirrorSessions": [
  {{"TrafficMirrorSessionId": "tms-1", "NetworkInterfaceId": "web", "TrafficMirrorTargetId": "tmt-1",
    "TrafficMirrorFilterId": "tmf-1", "SessionNumber": 1, "VirtualNetworkId": 1}}],
 "TrafficMirrorFilters": [{{"TrafficMirrorFilterId": "tmf-1", "EgressFilterRules": [
  {{"RuleNumber": 1, "RuleAction": "accept", "SourceCidrBlock": "0.0.0.0/0", "DestinationCidrBlock": "0.0.0.0/0"}}]}}],
 "TrafficMirrorTargets": [{{"TrafficMirrorTargetId": "tmt-1", {}}}]}},
"timeline": [{}]}})",
      behind.duration, behind.balancer, behind.mtu, behind.ids_mtu, behind.ids_mtu, behind.out,
      behind.bytes, behind.target, behind.timeline);
  return Simulate(Load(text));
}

const LoadBalancerResult& Balancer(const RunResult& result) { return result.load_balancers.at(0); }

std::int64_t To(const RunResult& result, const std::string& host) {
  for (const BackendResult& each : Balancer(result).backends) {
    if (each.host == host) return each.out.frames;
  }
  return -1;
}

std::int64_t Lost(const RunResult& result, const std::string& reason) {
  return result.mirrors.at(0).lost_after_source.at(reason).frames;
}

TEST(LoadBalancerRunTest, StaysInTheZoneOfTheSource) {
  const RunResult result = SimulateBehind({.balancer = R"("kind": "nlb")"});
  EXPECT_GT(To(result, "ids-a"), 0);
  EXPECT_EQ(To(result, "ids-b"), 0);
  EXPECT_EQ(Balancer(result).in.frames, To(result, "ids-a"));
  EXPECT_EQ(result.hosts.size(), 3u);  // the load balancer is none
  EXPECT_EQ(result.enis.size(), 3u);
}

// 12,500 frames/s for 20 ms in 64 outer flows, each to one of two: 125 of 250, and 4
// standard deviations of 4 flows of about 4 copies.
TEST(LoadBalancerRunTest, SpreadsAcrossZonesWhereItBalancesAcrossThem) {
  const RunResult result = SimulateBehind({.balancer = R"("kind": "nlb", "cross_zone": true)"});
  EXPECT_NEAR(static_cast<double>(To(result, "ids-a")), 125, 64);
  EXPECT_NEAR(static_cast<double>(To(result, "ids-b")), 125, 64);
}

TEST(LoadBalancerRunTest, WithoutAListenerNothingArrivesAndTheResultSaysSo) {
  const RunResult result = SimulateBehind({.balancer = R"("kind": "nlb", "listener": false)"});
  EXPECT_EQ(To(result, "ids-a") + To(result, "ids-b"), 0);
  EXPECT_GT(Balancer(result).in.frames, 0);
  EXPECT_EQ(Lost(result, "load_balancer_listener"), Balancer(result).in.frames);
  EXPECT_THAT(result.notes, Contains(HasSubstr("which listens on nothing")));
}

TEST(LoadBalancerRunTest, ZoneWithoutAHealthyBackendLosesItsCopies) {
  const Behind alone{.balancer = R"("kind": "nlb", "unhealthy": ["ids-a"])"};
  EXPECT_EQ(Lost(SimulateBehind(alone), "load_balancer_backend"),
            Balancer(SimulateBehind(alone)).in.frames);
  const RunResult across =
      SimulateBehind({.balancer = R"("kind": "nlb", "unhealthy": ["ids-a"], "cross_zone": true)"});
  EXPECT_EQ(Lost(across, "load_balancer_backend"), 0);
  EXPECT_EQ(To(across, "ids-b"), Balancer(across).in.frames);
}

// By AWS's page of health checks a target is unhealthy after 2 checks that are 30 s apart, and
// healthy again after 5. Ten copies a second go to ids-a alone: those of 60 s until it is
// found out are lost at the receiver, those until 150 s after its return at the load
// balancer, which has no other backend in the zone.
TEST(LoadBalancerRunTest, HealthChecksFindOutWhatHappensToABackend) {
  const RunResult result = SimulateBehind({.balancer = R"("kind": "nlb")",
                                           .out = "80 kbps",
                                           .duration = "300 s",
                                           .timeline = R"({"at": "10 s", "receiver_down": "ids-a"},
                      {"at": "100 s", "receiver_up": "ids-a"})"});
  EXPECT_NEAR(static_cast<double>(Lost(result, "receiver_down")), 600, 1);
  EXPECT_NEAR(static_cast<double>(Lost(result, "load_balancer_backend")), 1800, 1);
  EXPECT_NEAR(static_cast<double>(result.mirrors.at(0).ledger.mirrored.frames), 3000, 1);
  EXPECT_NEAR(static_cast<double>(To(result, "ids-a")), 1200, 1);
  std::vector<std::string> happened;
  for (const TimelineAction& each : result.timeline) {
    happened.push_back(fmt::format("{} s: {} {}", each.at.count() / kPicosecondsPerSecond,
                                   each.what, each.subject));
  }
  EXPECT_THAT(happened,
              ElementsAre("10 s: receiver_down ids-a", "70 s: backend_unhealthy ids-a/eni0",
                          "100 s: receiver_up ids-a", "250 s: backend_healthy ids-a/eni0"));
}

// An endpoint's MTU is 8500, of which AWS reckons 54 bytes for the outer headers: the
// largest IP packet that is copied whole has 8,446 bytes (network limitations). Backends
// must take 8,568 bytes, 68 more than 8,500 (documentation of Gateway Load Balancers).
TEST(LoadBalancerRunTest, EndpointCopiesWholeUpTo8446Bytes) {
  constexpr int kEthernet = 14;
  Behind behind{.balancer = R"("kind": "gwlbe", "cross_zone": true)",
                .target = R"("GatewayLoadBalancerEndpointId": "copies")",
                .bytes = 8446 + kEthernet,
                .ids_mtu = 8568};
  const RunResult whole = SimulateBehind(behind);
  EXPECT_EQ(whole.mirrors.at(0).ledger.truncated.frames, 0);
  EXPECT_EQ(Lost(whole, "load_balancer_mtu"), 0);
  // Ethernet 14, outer IP, UDP, VXLAN 36, the frame of 8,460; behind it 68 bytes more.
  EXPECT_EQ(Balancer(whole).in.bytes, Bytes(8510 * Balancer(whole).in.frames));
  Count passed;
  for (const BackendResult& each : Balancer(whole).backends) {
    passed += Count{each.out.frames, each.out.bytes};
  }
  ASSERT_GT(passed.frames, 0);
  EXPECT_EQ(passed.bytes, Bytes(8578 * passed.frames));

  behind.bytes += 1;
  const RunResult cut = SimulateBehind(behind);
  EXPECT_EQ(cut.mirrors.at(0).ledger.truncated.frames, cut.mirrors.at(0).ledger.mirrored.frames);
}

// Over IPv6 the document says 8,426, by 74 bytes.
TEST(LoadBalancerRunTest, EndpointsMtuLeaves8426BytesOverIpv6) {
  const Library library = LoadLibrary(FindDataFolder());
  const ProviderProfile& aws = library.providers.at("aws");
  MirrorSettings settings;
  settings.mtu = aws.mtu;
  settings.tunnel = aws.tunnel;
  settings.receivers = {{.address = *ParseIpAddress("2001:db8::1"), .mtu = Bytes(8500)}};
  constexpr int kEthernet = 14;
  EXPECT_EQ(Mirror(settings).RoomAtReceiver(0), Bytes(8426 + kEthernet));
}

// An IP packet of 1,500 bytes is one of 1,618 behind an endpoint: 36 and 68 more, and
// its own Ethernet header.
TEST(LoadBalancerRunTest, BackendsOfAnEndpointNeedRoomForGeneve) {
  const Behind tight{.balancer = R"("kind": "gwlbe")",
                     .target = R"("GatewayLoadBalancerEndpointId": "copies")",
                     .bytes = 1514,
                     .ids_mtu = 1617};
  EXPECT_EQ(Lost(SimulateBehind(tight), "load_balancer_mtu"),
            Balancer(SimulateBehind(tight)).in.frames);
  Behind roomy = tight;
  roomy.ids_mtu = 1618;
  EXPECT_EQ(Lost(SimulateBehind(roomy), "load_balancer_mtu"), 0);
}

// A copy of 1,000 bytes has 1,050: 105 Mbps for each 100 Mbps that are offered.
TEST(LoadBalancerRunTest, ZonePassesItsBandwidthAndNoMore) {
  const RunResult result = SimulateBehind(
      {.balancer = R"("kind": "nlb", "zone_bandwidth": "500 Mbps")", .out = "1 Gbps"});
  EXPECT_GT(Lost(result, "load_balancer_bandwidth"), 0);
  // 20 ms at 500 Mbps, and the last 100 us are under way.
  EXPECT_NEAR(static_cast<double>(result.receivers.at(0).in.bytes.count()), 1'250'000, 12'500);
}

TEST(LoadBalancerRunTest, SessionToAnNlbCopies8500Bytes) {
  const RunResult result = SimulateBehind({.balancer = R"("kind": "nlb")", .bytes = 8600});
  EXPECT_EQ(result.mirrors.at(0).ledger.truncated_away,
            Bytes(100 * result.mirrors.at(0).ledger.mirrored.frames));
}

}  // namespace
}  // namespace vpcmirror::sim
