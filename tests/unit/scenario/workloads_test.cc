#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "tests/unit/scenario/scenario_samples.h"

namespace vpcmirror {
namespace {

using namespace testing_samples;  // NOLINT: the world of these tests
using testing::ElementsAre;
using testing::IsEmpty;

WorkloadSpec FromTo(const char* name, const char* from, const char* to) {
  WorkloadSpec workload;
  workload.name = name;
  workload.path = std::string("/workloads/") + name;
  workload.from = Text(from, workload.path + "/from");
  workload.to = Text(to, workload.path + "/to");
  workload.rate = Here(Mbps(700), workload.path + "/rate");
  return workload;
}

Workload Only(const Scenario& scenario) {
  const ValidScenario valid = Validate(scenario, SmallLibrary());
  EXPECT_EQ(valid.workloads.size(), 1u);
  return valid.workloads.front();
}

BitsPerSecond TotalRate(const Workload& workload) {
  BitsPerSecond total{};
  for (const Stream& stream : workload.streams) total += stream.rate;
  return total;
}

TEST(AtWorkloadTest, InAndOutAreTheTwoDirectionsOfTheSameFlows) {
  const Workload workload = Only(Smallest());
  ASSERT_EQ(workload.streams.size(), 4u);
  const Stream& in = workload.streams[0];
  const Stream& out = workload.streams[1];
  EXPECT_EQ(in.from.eni, std::nullopt);
  EXPECT_EQ(in.to.eni, 0u);
  EXPECT_EQ(out.from.eni, 0u);
  EXPECT_EQ(out.to.eni, std::nullopt);
  EXPECT_EQ(in.from.address, out.to.address);
  EXPECT_TRUE(in.from_is_client);    // the peer asks
  EXPECT_FALSE(out.from_is_client);  // the host serves
}

TEST(AtWorkloadTest, EachHostHasItsOwnPeer) {
  const Workload workload = Only(Smallest());
  EXPECT_NE(workload.streams[0].from.address, workload.streams[2].from.address);
  // RFC 2544: 198.18.0.0/15.
  EXPECT_TRUE(Prefix("198.18.0.0/15").Contains(workload.streams[0].from.address));
}

TEST(AtWorkloadTest, AnotherWorkloadDoesNotMoveThePeers) {
  const Workload alone = Only(Smallest());
  Scenario scenario = Smallest();
  scenario.workloads.insert(scenario.workloads.begin(), AtWorkload("backup", "web"));
  const ValidScenario valid = Validate(scenario, SmallLibrary());
  EXPECT_EQ(valid.workloads[1].streams[0].from.address, alone.streams[0].from.address);
}

// .0 and .7 of 203.0.113.0/29 are nobody's.
TEST(AtWorkloadTest, TakesPeersFromTheGivenRange) {
  Scenario scenario = Smallest();
  scenario.workloads[0].peer = Here(Prefix("203.0.113.0/29"));
  const Workload workload = Only(scenario);
  EXPECT_EQ(ToString(workload.streams[0].from.address), "203.0.113.1");
  EXPECT_EQ(ToString(workload.streams[2].from.address), "203.0.113.2");
}

TEST(AtWorkloadTest, OnePeerMayServeAllHosts) {
  Scenario scenario = Smallest();
  scenario.workloads[0].peer = Here(Prefix("203.0.113.9/32"));
  const Workload workload = Only(scenario);
  EXPECT_EQ(ToString(workload.streams[0].from.address), "203.0.113.9");
  EXPECT_EQ(ToString(workload.streams[2].from.address), "203.0.113.9");
}

TEST(AtWorkloadTest, RatesAreThoseOfEachHost) {
  EXPECT_EQ(Only(Smallest()).streams[0].rate, Mbps(500));
}

// 500 Mbps over three hosts leaves 2 bit/s: the first two get one more.
TEST(AtWorkloadTest, SplitsATotalWithoutLosingABit) {
  Scenario scenario = Smallest();
  scenario.hosts[0].count = Here(3);
  scenario.workloads[0].in.reset();
  scenario.workloads[0].scope = Here(RateScope::kTotal);
  const Workload workload = Only(scenario);
  ASSERT_EQ(workload.streams.size(), 3u);
  EXPECT_EQ(workload.streams[0].rate, BitsPerSecond(166'666'667));
  EXPECT_EQ(workload.streams[2].rate, BitsPerSecond(166'666'666));
  EXPECT_EQ(TotalRate(workload), Mbps(500));
}

TEST(AtWorkloadTest, UsesThePrimaryEniOfAHost) {
  Scenario scenario = Smallest();
  scenario.hosts[0].settings.enis.resize(2);
  const Workload workload = Only(scenario);
  ASSERT_EQ(workload.streams.size(), 4u);
  EXPECT_EQ(workload.streams[2].to.eni, 2u);  // web[1]/eni0 comes after both of web[0]
}

TEST(AtWorkloadTest, ServesRequests) {
  Scenario scenario = Smallest();
  scenario.workloads[0].in.reset();
  scenario.workloads[0].out.reset();
  scenario.workloads[0].requests = Here(RequestSpec{Here(100.0), Bytes(300), Bytes(4500)});
  scenario.workloads[0].scope = Here(RateScope::kTotal);
  const Workload workload = Only(scenario);
  ASSERT_EQ(workload.requests.size(), 2u);
  EXPECT_EQ(workload.requests[0].server.eni, 0u);
  EXPECT_EQ(workload.requests[0].client.eni, std::nullopt);
  EXPECT_DOUBLE_EQ(workload.requests[0].per_second, 50.0);
  EXPECT_EQ(workload.requests[0].response, Bytes(4500));
}

struct PairCase {
  const char* name;
  int senders;
  int receivers;
  std::size_t streams;  // the least common multiple of the two
};

void PrintTo(const PairCase& c, std::ostream* os) { *os << c.name; }

class FromToTest : public testing::TestWithParam<PairCase> {};

TEST_P(FromToTest, EverybodyHasAsManyStreamsAndTheTotalIsKept) {
  Scenario scenario = Smallest();
  scenario.hosts[0].count = Here(GetParam().senders);
  scenario.hosts.push_back(Host("db", GetParam().receivers));
  scenario.workloads = {FromTo("sql", "web", "db")};
  const Workload workload = Only(scenario);
  std::map<std::size_t, std::size_t> by_sender;
  std::map<std::size_t, std::size_t> by_receiver;
  for (const Stream& stream : workload.streams) {
    ++by_sender[*stream.from.eni];
    ++by_receiver[*stream.to.eni];
    EXPECT_TRUE(stream.from_is_client);
  }
  const auto streams = GetParam().streams;
  EXPECT_EQ(workload.streams.size(), streams);
  EXPECT_EQ(by_sender.size(), static_cast<std::size_t>(GetParam().senders));
  EXPECT_EQ(by_receiver.size(), static_cast<std::size_t>(GetParam().receivers));
  for (const auto& [eni, count] : by_sender) EXPECT_EQ(count, streams / by_sender.size());
  for (const auto& [eni, count] : by_receiver) EXPECT_EQ(count, streams / by_receiver.size());
  EXPECT_EQ(TotalRate(workload), Mbps(700));
}

INSTANTIATE_TEST_SUITE_P(Table, FromToTest,
                         testing::Values(PairCase{"OneToOne", 1, 1, 1},
                                         PairCase{"ManyToFew", 28, 12, 84},
                                         PairCase{"FewToMany", 3, 7, 21}),
                         [](const auto& tested) { return tested.param.name; });

// Three senders to seven receivers: 21 streams, seven of them the first sender's.
TEST(FromToWorkloadTest, ARatePerHostIsThatOfTheSender) {
  Scenario scenario = Smallest();
  scenario.hosts[0].count = Here(3);
  scenario.hosts.push_back(Host("db", 7));
  scenario.workloads = {FromTo("sql", "web", "db")};
  scenario.workloads[0].scope = Here(RateScope::kPerHost);
  const Workload workload = Only(scenario);
  BitsPerSecond first{};
  for (const Stream& stream : workload.streams) {
    if (stream.from.eni == 0u) first += stream.rate;
  }
  EXPECT_EQ(first, Mbps(700));
  EXPECT_EQ(TotalRate(workload), Mbps(2100));
}

TEST(FromToWorkloadTest, NobodySendsToHimself) {
  Scenario scenario = Smallest();
  scenario.hosts[0].count = Here(4);
  scenario.workloads = {FromTo("gossip", "web", "web")};
  const Workload workload = Only(scenario);
  EXPECT_EQ(workload.streams.size(), 4u);
  for (const Stream& stream : workload.streams) EXPECT_NE(stream.from.eni, stream.to.eni);
}

// What a security group drops is dropped and counted at run time.
TEST(FromToWorkloadTest, ASecurityGroupThatDropsIsNoError) {
  Scenario scenario = Smallest();
  VpcSpec vpc = VpcOf("prod", "10.0.0.0/16");
  RuleSetSpec shut;
  shut.name = "shut";
  vpc.security_groups = {shut};
  scenario.vpcs = {vpc};
  scenario.hosts[1].settings.security_groups = {Text("shut")};
  scenario.workloads = {FromTo("sql", "web", "ids")};
  EXPECT_THAT(ErrorsOf(scenario), IsEmpty());
}

WorkloadSpec ReplayAt(const char* at) {
  WorkloadSpec workload;
  workload.name = "browsing";
  workload.path = "/workloads/browsing";
  workload.at = Text(at, "/workloads/browsing/at");
  ReplaySpec replay;
  replay.local = {Here(Prefix("192.0.2.1/32"))};
  replay.length = Picoseconds(kPicosecondsPerSecond);
  workload.replay = Here(replay, "/workloads/browsing/replay");
  return workload;
}

TEST(ReplayTest, PlaysAtOneEniAndUsesNoDefaults) {
  Scenario scenario = Smallest();
  scenario.workloads = {ReplayAt("web[1]")};
  const ValidScenario valid = Validate(scenario, SmallLibrary());
  ASSERT_EQ(valid.workloads[0].replays.size(), 1u);
  EXPECT_EQ(valid.workloads[0].replays[0].eni, 1u);
  EXPECT_THAT(valid.workloads[0].streams, IsEmpty());
  for (const Assumption& assumption : valid.assumptions) {
    EXPECT_NE(assumption.name, "sizes");
    EXPECT_NE(assumption.name, "peer");
  }
}

class WorkloadRefusalTest : public testing::TestWithParam<RefusalCase> {};

TEST_P(WorkloadRefusalTest, IsTheOnlyComplaint) {
  Scenario scenario = Smallest();
  GetParam().spoil(scenario);
  EXPECT_THAT(ErrorsOf(scenario), ElementsAre(GetParam().complaint));
}

WorkloadSpec& Www(Scenario& scenario) { return scenario.workloads[0]; }

void OnlyRoute(Scenario& s, const char* destination, const char* via) {
  VpcSpec vpc = VpcOf("prod", "10.0.0.0/16");
  RouteTableSpec table;
  table.name = "rt";
  table.routes = {{"/r/0", Prefix(destination), via}};
  vpc.route_tables = {table};
  s.vpcs = {vpc};
}

const RefusalCase kWorkloadRefusals[] = {
    {"NeitherAtNorFromTo", [](Scenario& s) { Www(s).at.reset(); },
     "/workloads/www: workload www says neither `at` nor `from` and `to` | `at` with `in` or "
     "`out`, or `from` and `to` with `rate` or `tcp`"},
    {"FromBesideAt", [](Scenario& s) { Www(s).from = Text("web", "/from"); },
     "/from: `from` beside `at` | either `at` with `in` and `out`, or `from`, `to` and `rate`"},
    {"NoTraffic",
     [](Scenario& s) {
       Www(s).in.reset();
       Www(s).out.reset();
     },
     "/workloads/www: workload www has no traffic | `in`, `out`, `requests`, `tcp` or `replay`"},
    {"ZeroRate", [](Scenario& s) { Www(s).out = Here(Mbps(0), "/out"); },
     "/out: the rate is not above zero | a rate above zero"},
    {"NegativeRequests",
     [](Scenario& s) {
       Www(s).requests =
           Here(RequestSpec{Here(-1.0, "/rate"), Bytes(300), Bytes(300)}, "/requests");
     },
     "/rate: the rate of requests is not above zero | a rate above zero"},
    // 14 of Ethernet, 20 of IPv4, 20 of TCP.
    {"RequestWithoutRoomForHeaders",
     [](Scenario& s) {
       Www(s).requests = Here(RequestSpec{Here(1.0), Bytes(53), Bytes(300)}, "/requests");
     },
     "/requests: a frame of 53 bytes has no room for its headers | 54 bytes or more"},
    {"UnknownHost", [](Scenario& s) { Www(s).at = Text("wbe", "/at"); },
     "/at: nothing is called \"wbe\" | \"web\" (nearest), or \"ids\", \"subnet:default\", "
     "\"vpc:default\""},
    {"AnotherProtocol", [](Scenario& s) { Www(s).protocol = Here(std::uint8_t{47}, "/protocol"); },
     "/protocol: protocol 47 | TCP, UDP or ICMP"},
    {"NoFlows", [](Scenario& s) { Www(s).flows = Here(0, "/flows"); },
     "/flows: 0 flows | 1 or more"},
    {"MoreFlowsThanPorts",
     [](Scenario& s) {
       Www(s).flows = Here(11, "/flows");
       Www(s).client_ports = Here(PortRange{1000, 1009}, "/ports");
     },
     "/flows: 11 flows and only 10 client ports | at most a flow for each client port"},
    {"BackwardPorts",
     [](Scenario& s) {
       Www(s).client_ports = Here(PortRange{9, 8}, "/ports");
     },
     "/ports: the port range 9-8 | two ports from 1 to 65535, the smaller one first"},
    {"NoSizes", [](Scenario& s) { Www(s).sizes = Here(std::vector<FrameSize>{}, "/sizes"); },
     "/sizes: no frame size | at least one"},
    {"WeightOfZero",
     [](Scenario& s) {
       Www(s).sizes = Here(std::vector<FrameSize>{{Bytes(64), 0.0}}, "/sizes");
     },
     "/sizes: a frame size with a weight that is not above zero | weights above zero"},
    // An IP packet of 1500 bytes and 14 of Ethernet are 1514.
    {"FrameLargerThanTheMtu",
     [](Scenario& s) {
       Www(s).sizes = Here(std::vector<FrameSize>{{Bytes(1515), 1.0}}, "/sizes");
     },
     "/sizes: a frame of 1515 bytes does not fit the MTU | at most 1514 bytes, or a larger `mtu` "
     "for the hosts"},
    // A quarter of 1514 is 378.5.
    {"GeometricMeanTooNearTheLongest",
     [](Scenario& s) {
       Www(s).sizes =
           Here(std::vector<FrameSize>{{.frame = Bytes(379), .geometric_up_to = Bytes(65549)}},
                "/sizes");
     },
     "/sizes: a geometric mean of 379 bytes where frames have 60 to 1514 | a mean from 120 B to "
     "378 B, or a larger `mtu` for the hosts"},
    {"ShapeWithoutMean",
     [](Scenario& s) {
       Www(s).on_off =
           Here(OnOffSpec{Picoseconds(kPicosecondsPerSecond), Picoseconds(1), 1.0}, "/on_off");
     },
     "/on_off: a shape of 1.000000 keeps to no mean within a run | a shape of 1.1 or more"},
    {"OnTimeOfZero",
     [](Scenario& s) {
       Www(s).on_off = Here(OnOffSpec{Picoseconds(0), Picoseconds(1), 1.5}, "/o");
     },
     "/o: a mean on or off time that is not above zero | times above zero"},
    {"OnOffTimesForPoisson",
     [](Scenario& s) {
       Www(s).arrivals = Here(ArrivalProcess::kPoisson);
       Www(s).on_off = Here(OnOffSpec{Picoseconds(1), Picoseconds(1), 1.5}, "/on_off");
     },
     "/on_off: on/off times for arrivals that are not on/off | arrivals \"on_off\", or no on/off "
     "times"},
    {"StartAfterTheEnd",
     [](Scenario& s) { Www(s).start = Here(Picoseconds(kPicosecondsPerSecond), "/start"); },
     "/start: workload www starts when the run is over | a start before the end of the run, or a "
     "longer `duration`"},
    {"StopBeforeTheStart",
     [](Scenario& s) {
       Www(s).start = Here(Picoseconds(1000), "/start");
       Www(s).stop = Here(Picoseconds(1000), "/stop");
     },
     "/stop: workload www stops before it starts | a stop after its start"},
    {"PeerInsideTheVpc", [](Scenario& s) { Www(s).peer = Here(Prefix("10.0.3.0/24"), "/peer"); },
     "/peer: the peer 10.0.3.0/24 lies inside VPC default 10.0.0.0/16 | a range outside, or "
     "`from` and `to` for traffic between hosts"},
    {"NoRouteToThePeer",
     [](Scenario& s) {
       OnlyRoute(s, "192.0.2.0/24", "outside");
       Www(s).peer = Here(Prefix("203.0.113.9/32"));
     },
     "/workloads/www/out: no route from web[0]/eni0 to 203.0.113.9: no route | a route to it in "
     "route table rt"},
    {"BlackholeToAHost",
     [](Scenario& s) {
       OnlyRoute(s, "10.0.0.4/32", "blackhole");
       s.workloads = {FromTo("sql", "web", "ids")};
       s.mirrors.clear();
     },
     "/workloads/sql/to: no route from web[0]/eni0 to ids/eni0: the route is a blackhole | a route "
     "to it in route table rt"},
    {"NameGivenTwice", [](Scenario& s) { s.workloads.push_back(s.workloads[0]); },
     "/workloads/www: the name \"www\" is given twice | a name of its own"},
    {"SendsToItself", [](Scenario& s) { s.workloads = {FromTo("self", "ids", "ids")}; },
     "/workloads/self/to: workload self would send from a host to itself | other hosts"},
    {"ReplayAtSeveral", [](Scenario& s) { s.workloads = {ReplayAt("web")}; },
     "/workloads/browsing/at: \"web\" names 2 hosts, and a capture is replayed at one | one host "
     "or ENI, such as \"web[0]\""},
    {"ReplayWithoutLocal",
     [](Scenario& s) {
       s.workloads = {ReplayAt("ids")};
       Www(s).replay->value.local.clear();
     },
     "/workloads/browsing/replay: a replay without `local` | `local`: the addresses of the capture "
     "that are the ENI's own"},
    {"ReplayThatCannotLoop",
     [](Scenario& s) {
       s.workloads = {ReplayAt("ids")};
       Www(s).replay->value.loop = true;
       Www(s).replay->value.length = Picoseconds(0);
     },
     "/workloads/browsing/replay: a capture whose frames all have one time cannot be looped | "
     "`loop` false, or a longer capture"},
    {"ReplayAtNoPace",
     [](Scenario& s) {
       s.workloads = {ReplayAt("ids")};
       Www(s).replay->value.time_scale = 0;
     },
     "/workloads/browsing/replay: a time scale that is not above zero | 1 for the pace of the "
     "capture"},
};

INSTANTIATE_TEST_SUITE_P(Table, WorkloadRefusalTest, testing::ValuesIn(kWorkloadRefusals),
                         [](const auto& tested) { return tested.param.name; });

}  // namespace
}  // namespace vpcmirror
