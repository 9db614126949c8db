#include "models/cloud/topology.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/cloud/two_vpcs.h"

namespace vpcmirror {
namespace {

using namespace testing_clouds;  // NOLINT: the world of these tests
using testing::HasSubstr;
using Kind = NextHop::Kind;

struct LookupCase {
  const char* name;
  std::size_t source;
  const char* destination;
  Stop stop;
  Kind next_hop;
  std::optional<std::size_t> delivered_to;
};

void PrintTo(const LookupCase& c, std::ostream* os) { *os << c.name; }

class TopologyLookupTest : public testing::TestWithParam<LookupCase> {};

TEST_P(TopologyLookupTest, IsAsTabled) {
  const LookupCase& c = GetParam();
  const Deployment deployment = TwoVpcs();
  const RouteAnswer answer = Topology(deployment).Lookup(c.source, Address(c.destination));
  EXPECT_EQ(answer.stop, c.stop) << ToString(answer.stop);
  EXPECT_EQ(answer.next_hop.kind, c.next_hop) << ToString(answer.next_hop.kind);
  EXPECT_EQ(answer.destination, c.delivered_to);
}

const LookupCase kLookups[] = {
    {"AnotherSubnetOfTheVpcIsLocal", kWeb, "10.0.2.2", Stop::kNone, Kind::kLocal, kDb},
    // rt-a has 10.0.0.0/16 as blackhole too: the VPC's own route comes before it.
    {"TheOwnRangeWinsATie", kWeb, "10.0.1.3", Stop::kNone, Kind::kLocal, kWeb2},
    {"AnAddressOfTheVpcThatNobodyHas", kWeb, "10.0.1.99", Stop::kNoSuchAddress, Kind::kLocal, {}},
    // 10.0.2.128/25 is longer than the VPC's /16.
    {"ALongerPrefixBeatsTheOwnRange", kWeb, "10.0.2.200", Stop::kBlackhole, Kind::kBlackhole, {}},
    {"TheDefaultRouteLeadsToTheNatGateway", kWeb, "8.8.8.8", Stop::kNone, Kind::kNatGateway, {}},
    // 192.0.2.1 lies in /0 and /24, 192.0.2.129 in the /25 as well.
    {"ALongerPrefixBeatsTheDefault", kWeb, "192.0.2.1", Stop::kNone, Kind::kOutside, {}},
    {"TheLongestOfThreeIsABlackhole", kWeb, "192.0.2.129", Stop::kBlackhole, Kind::kBlackhole, {}},
    {"ANextHopCvmGetsThePacket", kWeb, "198.51.100.7", Stop::kNone, Kind::kCvm, kFw},
    {"TheNextHopCvmHasItsOwnTable", kFw, "198.51.100.7", Stop::kNone, Kind::kOutside, {}},
    {"ACvmThatIsItsOwnNextHopLoops", kFw2, "203.0.113.1", Stop::kLoop, Kind::kCvm, {}},
    {"PeeringLeadsToTheOtherVpc", kWeb, "10.1.1.2", Stop::kNone, Kind::kPeering, kB},
    {"AndBack", kB, "10.0.1.2", Stop::kNone, Kind::kPeering, kWeb},
    {"APeerWithoutRouteBack", kWeb, "10.1.2.2", Stop::kPeerHasNoRouteBack, Kind::kPeering, kC},
    {"APeerThatIsNotThere", kWeb, "10.1.1.77", Stop::kNoSuchAddress, Kind::kPeering, {}},
    // 172.16.0.0/16 points at the peering, whose other VPC is 10.1.0.0/16.
    {"PeeringDoesNotReachBehindThePeer", kWeb, "172.16.0.1", Stop::kNoRoute, Kind::kPeering, {}},
    {"ACcnWithoutAPeerInTheScenarioIsOutside", kWeb, "172.17.0.1", Stop::kNone, Kind::kCcn, {}},
    {"ATableWithoutDefaultHasNoRoute", kC, "10.0.1.2", Stop::kNoRoute, Kind::kNoRoute, {}},
    {"AnIpvFourDefaultHoldsNoIpvSix", kWeb, "2001:db8::1", Stop::kNoRoute, Kind::kNoRoute, {}},
};

INSTANTIATE_TEST_SUITE_P(Table, TopologyLookupTest, testing::ValuesIn(kLookups),
                         [](const auto& tested) { return tested.param.name; });

PathQuestion Ask(const Deployment& deployment, std::size_t from, const char* to,
                 std::uint16_t port = 443) {
  PathQuestion question;
  question.source_eni = from;
  question.flow = Tcp("0.0.0.0", 40000, to, port);
  question.flow.source = deployment.enis[from].addresses.front();
  return question;
}

TEST(TopologyTraceTest, NamesEverythingOnTheWay) {
  Deployment deployment = TwoVpcs();
  deployment.security_groups = {{"sg-web", {}, {Rule(true)}},
                                {"sg-db", {Rule(false, kProtocolUdp), Rule(true)}, {}}};
  deployment.acls = {{"acl-db", {Rule(true)}, {}}};
  deployment.enis[kWeb].security_groups = {0};
  deployment.enis[kDb].security_groups = {1};
  deployment.subnets[kDbNet].acl = 0;

  const Path path = Topology(deployment).Trace(Ask(deployment, kWeb, "10.0.2.2"));
  EXPECT_EQ(path.destination, kDb);
  EXPECT_EQ(path.ToText(),
            "web/eni0: sends protocol 6 from 10.0.1.2:40000 to 10.0.2.2:443\n"
            "sg-web: egress rule 1 accepts\n"
            "rt-a: route 10.0.0.0/16 local\n"
            "acl-db: ingress rule 1 accepts\n"
            "sg-db: ingress rule 2 accepts\n"
            "db/eni0: receives\n"
            "arrives\n");
}

// Both VPCs with a range of IPv6 too, in which web, db and b have an address.
Deployment TwoVpcsWithIpv6() {
  Deployment deployment = TwoVpcs();
  deployment.vpcs[0].ipv6_cidr = Prefix("fd00:a::/56");
  deployment.vpcs[1].ipv6_cidr = Prefix("fd00:b::/56");
  deployment.subnets[kDbNet].ipv6_cidr = Prefix("fd00:a:0:2::/64");
  deployment.enis[kWeb].addresses.push_back(Address("fd00:a:0:1::2"));
  deployment.enis[kDb].addresses.push_back(Address("fd00:a:0:2::2"));
  deployment.enis[kB].addresses.push_back(Address("fd00:b:0:1::2"));
  return deployment;
}

TEST(TopologyIpv6Test, TheOwnRangeIsLocal) {
  const Deployment deployment = TwoVpcsWithIpv6();
  const Topology topology(deployment);
  const RouteAnswer db = topology.Lookup(kWeb, Address("fd00:a:0:2::2"));
  EXPECT_EQ(db.next_hop.kind, Kind::kLocal);
  EXPECT_EQ(db.destination, kDb);
  EXPECT_EQ(topology.Lookup(kWeb, Address("fd00:a:0:2::3")).stop, Stop::kNoSuchAddress);
  // The /56 ends with fd00:a:0:ff::, and no route has what is behind it.
  EXPECT_EQ(topology.Lookup(kWeb, Address("fd00:a:0:100::1")).stop, Stop::kNoRoute);
}

// b's own route table has a way back for IPv4 alone.
TEST(TopologyIpv6Test, APeerNeedsARouteBackOfThatFamily) {
  Deployment deployment = TwoVpcsWithIpv6();
  deployment.route_tables[0].routes.push_back(To("fd00:b::/56", Kind::kPeering, 0));
  EXPECT_EQ(Topology(deployment).Lookup(kWeb, Address("fd00:b:0:1::2")).stop,
            Stop::kPeerHasNoRouteBack);

  deployment.route_tables[2].routes.push_back(To("fd00:a::/56", Kind::kPeering, 1));
  EXPECT_EQ(Topology(deployment).Lookup(kWeb, Address("fd00:b:0:1::2")).destination, kB);
}

TEST(TopologyTraceTest, TakesTheSmallestMtuOnTheWay) {
  Deployment deployment = TwoVpcs();
  deployment.enis[kWeb].mtu = Bytes(8500);
  deployment.enis[kDb].mtu = Bytes(1400);
  EXPECT_EQ(Topology(deployment).Trace(Ask(deployment, kWeb, "10.0.2.2")).mtu, Bytes(1400));
}

TEST(TopologyTraceTest, GoesOnBehindANextHopCvm) {
  const Deployment deployment = TwoVpcs();
  const Path path = Topology(deployment).Trace(Ask(deployment, kWeb, "198.51.100.7"));
  EXPECT_EQ(path.stop, Stop::kNone);
  EXPECT_EQ(path.destination, std::nullopt);
  EXPECT_EQ(path.next_hop.kind, Kind::kCvm);  // the first lookup's
  EXPECT_THAT(path.ToText(), HasSubstr("rt-a: route 198.51.100.0/24 to CVM fw/eni0\n"
                                       "fw/eni0: forwards\n"
                                       "rt-fw: route 198.51.100.0/24 to the outside\n"
                                       "leaves for the outside\n"));
}

// rt-a sends 203.0.113.0/24 to fw, rt-fw to fw2, and fw2 asks rt-fw again.
TEST(TopologyTraceTest, FindsACircleOfNextHops) {
  const Deployment deployment = TwoVpcs();
  EXPECT_EQ(Topology(deployment).Trace(Ask(deployment, kWeb, "203.0.113.1")).stop, Stop::kLoop);
}

// fw and fw2 point at each other, each in a table of its own.
TEST(TopologyTraceTest, FindsACircleOfTwoTables) {
  Deployment deployment = TwoVpcs();
  deployment.route_tables.push_back({"rt-fw2", 0, {To("203.0.113.0/24", Kind::kCvm, kFw)}});
  AddSubnet(deployment, "fw2", 0, "10.0.4.0/24", 4);
  deployment.enis[kFw2].subnet = 5;
  deployment.enis[kFw2].addresses = {Address("10.0.4.3")};
  const Path path = Topology(deployment).Trace(Ask(deployment, kWeb, "203.0.113.1"));
  EXPECT_EQ(path.stop, Stop::kLoop);
  EXPECT_THAT(path.ToText(), HasSubstr("stopped: next-hop CVMs send it in a circle\n"));
}

struct DenialCase {
  const char* name;
  SecurityGroup source_group;
  NetworkAcl source_acl;
  NetworkAcl target_acl;
  SecurityGroup target_group;
  Stop stop;
};

void PrintTo(const DenialCase& c, std::ostream* os) { *os << c.name; }

class TopologyDenialTest : public testing::TestWithParam<DenialCase> {};

Deployment Guarded(const DenialCase& c) {
  Deployment deployment = TwoVpcs();
  deployment.security_groups = {c.source_group, c.target_group};
  deployment.acls = {c.source_acl, c.target_acl};
  deployment.enis[kWeb].security_groups = {0};
  deployment.enis[kDb].security_groups = {1};
  deployment.subnets[kWebNet].acl = 0;
  deployment.subnets[kDbNet].acl = 1;
  return deployment;
}

// What denies is asked in the order of the packet's way, so all that lies
// behind it may be closed as well.
TEST_P(TopologyDenialTest, StopsAtTheFirstThatDenies) {
  const Deployment deployment = Guarded(GetParam());
  const PathQuestion question = Ask(deployment, kWeb, "10.0.2.2");
  EXPECT_EQ(Topology(deployment).Trace(question).stop, GetParam().stop);
}

// As mirror copies do at the source.
TEST_P(TopologyDenialTest, SkipsTheSourceWhenTold) {
  const Deployment deployment = Guarded(GetParam());
  PathQuestion question = Ask(deployment, kWeb, "10.0.2.2");
  question.source_security = false;
  const Stop stop = Topology(deployment).Trace(question).stop;
  EXPECT_NE(stop, Stop::kSourceSecurityGroup);
  EXPECT_NE(stop, Stop::kSourceAcl);
}

TEST_P(TopologyDenialTest, LetsEverythingPassWhenNobodyIsAsked) {
  const Deployment deployment = Guarded(GetParam());
  PathQuestion question = Ask(deployment, kWeb, "10.0.2.2");
  question.source_security = false;
  question.target_security = false;
  EXPECT_EQ(Topology(deployment).Trace(question).stop, Stop::kNone);
}

const SecurityGroup kOpenGroup{"sg-open", {Rule(true)}, {Rule(true)}};
const SecurityGroup kShutGroup{"sg-shut", {}, {}};
const NetworkAcl kOpenAcl{"acl-open", {Rule(true)}, {Rule(true)}};
const NetworkAcl kShutAcl{"acl-shut", {}, {}};

const DenialCase kDenials[] = {
    {"SourceGroup", kShutGroup, kShutAcl, kShutAcl, kShutGroup, Stop::kSourceSecurityGroup},
    {"SourceAcl", kOpenGroup, kShutAcl, kShutAcl, kShutGroup, Stop::kSourceAcl},
    {"TargetAcl", kOpenGroup, kOpenAcl, kShutAcl, kShutGroup, Stop::kTargetAcl},
    {"TargetGroup", kOpenGroup, kOpenAcl, kOpenAcl, kShutGroup, Stop::kTargetSecurityGroup},
    {"Nobody", kOpenGroup, kOpenAcl, kOpenAcl, kOpenGroup, Stop::kNone},
};

INSTANTIATE_TEST_SUITE_P(Table, TopologyDenialTest, testing::ValuesIn(kDenials),
                         [](const auto& tested) { return tested.param.name; });

// A network ACL guards the border of its subnet; web and web2 are in one.
TEST(TopologyTraceTest, DoesNotAskTheAclInsideASubnet) {
  Deployment deployment = TwoVpcs();
  deployment.acls = {kShutAcl};
  deployment.subnets[kWebNet].acl = 0;
  const Topology topology(deployment);
  EXPECT_EQ(topology.Trace(Ask(deployment, kWeb, "10.0.1.3")).stop, Stop::kNone);
  EXPECT_EQ(topology.Trace(Ask(deployment, kWeb, "8.8.8.8")).stop, Stop::kSourceAcl);
}

TEST(TopologyTest, FindsSecondaryAddresses) {
  Deployment deployment = TwoVpcs();
  deployment.enis[kDb].addresses.push_back(Address("10.0.2.50"));
  const Topology topology(deployment);
  EXPECT_EQ(topology.EniOf(0, Address("10.0.2.50")), kDb);
  EXPECT_EQ(topology.EniOf(1, Address("10.0.2.50")), std::nullopt);
}

}  // namespace
}  // namespace vpcmirror
