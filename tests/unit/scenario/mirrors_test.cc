#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/scenario/scenario_samples.h"

namespace vpcmirror {
namespace {

using namespace testing_samples;  // NOLINT: the world of these tests
using testing::ElementsAre;

// ENIs: 0, 1 web[0..1]; 2 ids; 3, 4 db[0..1], the second with two ENIs (5).
Scenario WithDatabases() {
  Scenario scenario = Smallest();
  Estate(scenario);
  scenario.vpcs[0].id = "vpc-8ab2";
  scenario.vpcs[0].subnets[1].id = "subnet-77";
  HostSpec db = Host("db", 2);
  db.settings.subnet = Text("db");
  HostSettings wide;
  wide.enis.resize(2);
  wide.enis[1].id = Text("eni-wide");
  db.overrides[1] = Here(wide);
  scenario.hosts.push_back(db);
  return scenario;
}

struct SelectorCase {
  const char* name;
  std::vector<const char*> sources;
  std::vector<std::size_t> enis;
};

void PrintTo(const SelectorCase& c, std::ostream* os) { *os << c.name; }

class MirrorSourcesTest : public testing::TestWithParam<SelectorCase> {};

TEST_P(MirrorSourcesTest, AreAsTabled) {
  Scenario scenario = WithDatabases();
  scenario.mirrors = {MirrorOf(GetParam().sources, {"ids"})};
  const ValidScenario valid = Validate(scenario, SmallLibrary());
  EXPECT_EQ(valid.mirrors[0].sources, GetParam().enis);
}

const SelectorCase kSelectors[] = {
    {"AHostIsAllItsMembers", {"web"}, {0, 1}},
    {"AMember", {"web[1]"}, {1}},
    {"AStarIsAllMembers", {"web[*]"}, {0, 1}},
    {"ARangeHoldsItsEnds", {"web[0-1]"}, {0, 1}},
    {"AllEnisOfAHost", {"db"}, {3, 4, 5}},
    {"OneEniByItsNumber", {"db[1]/eni1"}, {5}},
    {"OneEniByItsId", {"eni-wide"}, {5}},
    {"OneEniByItsAddress", {"10.0.2.3"}, {4}},
    {"ASubnetByName", {"subnet:db"}, {3, 4, 5}},
    {"ASubnetByVpcAndName", {"subnet:prod/db"}, {3, 4, 5}},
    {"ASubnetById", {"subnet-77"}, {3, 4, 5}},
    {"ASubnetByIdWithPrefix", {"subnet:subnet-77"}, {3, 4, 5}},
    // The receiver's other traffic stays in: only its mirror port is excluded.
    {"AVpcHoldsItsReceiverToo", {"vpc:prod"}, {0, 1, 2, 3, 4, 5}},
    {"AVpcById", {"vpc-8ab2"}, {0, 1, 2, 3, 4, 5}},
    {"EachEniOnce", {"web[0]", "web", "10.0.1.2"}, {0, 1}},
};

INSTANTIATE_TEST_SUITE_P(Table, MirrorSourcesTest, testing::ValuesIn(kSelectors),
                         [](const auto& tested) { return tested.param.name; });

TEST(MirrorReceiversTest, AHostMeansThePrimaryAddressesOfItsMembers) {
  Scenario scenario = WithDatabases();
  scenario.mirrors = {MirrorOf({"web"}, {"db"})};
  const ValidScenario valid = Validate(scenario, SmallLibrary());
  EXPECT_THAT(valid.mirrors[0].receiver_enis, ElementsAre(3u, 4u));
  const auto& receivers = valid.mirrors[0].mirror->settings().receivers;
  ASSERT_EQ(receivers.size(), 2u);
  EXPECT_EQ(ToString(receivers[0].address), "10.0.2.2");
  EXPECT_EQ(ToString(receivers[1].address), "10.0.2.3");
}

TEST(MirrorReceiversTest, AnAddressIsTakenAsItIs) {
  Scenario scenario = Smallest();
  EniSpec eni;
  eni.secondary_addresses = {Here(Address("10.0.5.5"))};
  scenario.hosts[1].settings.enis = {eni};
  scenario.mirrors = {MirrorOf({"web"}, {"10.0.5.5"})};
  const ValidScenario valid = Validate(scenario, SmallLibrary());
  EXPECT_THAT(valid.mirrors[0].receiver_enis, ElementsAre(2u));
  EXPECT_EQ(ToString(valid.mirrors[0].mirror->settings().receivers[0].address), "10.0.5.5");
}

// The tap of each source knows that source's own.
TEST(MirrorReceiversTest, MtuIsTheReceivers) {
  Scenario scenario = Smallest();
  scenario.hosts[0].settings.mtu = Here(Bytes(8500));
  HostSettings narrow;
  narrow.mtu = Here(Bytes(2000));
  scenario.hosts[0].overrides[1] = Here(narrow);
  scenario.hosts[1].settings.mtu = Here(Bytes(4000));
  const ValidScenario valid = Validate(scenario, SmallLibrary());
  EXPECT_EQ(valid.mirrors[0].mirror->settings().receivers[0].mtu, Bytes(4000));
}

TEST(MirrorsTest, KnowTheMirrorPortsOfEachOther) {
  Scenario scenario = WithDatabases();
  scenario.mirrors = {MirrorOf({"web"}, {"ids"}), MirrorOf({"subnet:db"}, {"ids", "web[0]"}, 1)};
  const ValidScenario valid = Validate(scenario, SmallLibrary());
  EXPECT_THAT(valid.tap_rules[0]->mirror_ports,
              ElementsAre(MirrorPort{Address("10.0.1.2"), kProtocolUdp, 4789},
                          MirrorPort{Address("10.0.9.2"), kProtocolUdp, 4789}));
}

// Whether the API has a code for the refusal does not matter.
TEST(MirrorsTest, AnObjectIsInOneMirrorOnlyWhereTheProfileSaysSo) {
  Scenario scenario = Smallest();
  scenario.mirrors.push_back(MirrorOf({"web[0]"}, {"ids"}, 1));
  scenario.mirrors[1].id = Text("second");
  Library library = SmallLibrary();
  ProviderProfile& tencent = library.providers["tencent"];
  tencent.sessions.object_in_one_mirror = false;
  EXPECT_THAT(ErrorsOf(scenario, library), testing::IsEmpty());
  tencent.sessions.object_in_one_mirror = true;
  tencent.error_codes.clear();
  EXPECT_THAT(ErrorsOf(scenario, library),
              ElementsAre(testing::AllOf(testing::HasSubstr("is already collected by mirror"),
                                         testing::Not(testing::HasSubstr("ObjectUse")))));
}

TEST(MirrorsTest, OverlapOfARangeAndAnEniIsAnAssumption) {
  Scenario scenario = WithDatabases();
  scenario.mirrors = {MirrorOf({"vpc:prod"}, {"ids"}), MirrorOf({"web"}, {"ids"}, 1)};
  const ValidScenario valid = Validate(scenario, SmallLibrary());
  const auto& all = valid.assumptions;
  EXPECT_TRUE(std::any_of(all.begin(), all.end(),
                          [](const Assumption& each) { return each.name == "range_overlap"; }));
}

TEST(MirrorsTest, FollowTheNatGatewayOfTheirVpc) {
  Scenario scenario = WithDatabases();
  for (VpcSpec& vpc : scenario.vpcs) {
    GatewaySpec nat;
    nat.name = "nat";
    vpc.gateways = {nat};
  }
  scenario.mirrors[0].filter.nat_id = Text("nat");
  HostSpec lab = Host("lab");
  lab.settings.subnet = Text("lab");
  scenario.hosts.push_back(lab);
  scenario.hosts.push_back(lab);
  scenario.hosts.back().name = "lab2";
  scenario.mirrors.push_back(MirrorOf({"lab"}, {"lab2"}, 1));
  scenario.mirrors[1].filter.nat_id = Text("nat");
  const ValidScenario valid = Validate(scenario, SmallLibrary());
  EXPECT_EQ(valid.mirrors[0].mirror->settings().filter.nat_gateway(), 0u);
  EXPECT_EQ(valid.mirrors[1].mirror->settings().filter.nat_gateway(), 1u);
}

TEST(MirrorsTest, KeepTheWordsOfTheirBody) {
  Scenario scenario = Smallest();
  MirrorSpec& mirror = scenario.mirrors[0];
  mirror.id = Text("audit");
  mirror.direction = Here(DirectionSet::kIngress);
  mirror.choice = Here(ReceiverChoice::kByFlow);
  mirror.vpc = Text("default");
  MatchSpec https;
  https.protocol = Here(ProtocolSpec{"TCP", kProtocolTcp});
  https.destination_ports = Here(PortRange{443, 443});
  mirror.filter.conditions = {{"/mirrors/0/CollectorNormalFilters/0", https}};
  const ValidScenario valid = Validate(scenario, SmallLibrary());
  const MirrorSettings& settings = valid.mirrors[0].mirror->settings();
  EXPECT_EQ(settings.id, "audit");
  EXPECT_EQ(settings.directions, DirectionSet::kIngress);
  EXPECT_EQ(settings.choice, ReceiverChoice::kByFlow);
  EXPECT_TRUE(settings.filter.all_must_hold());
  ASSERT_EQ(settings.filter.rules(Direction::kIngress).size(), 1u);
  const Condition& condition = settings.filter.rules(Direction::kIngress)[0].condition;
  EXPECT_EQ(condition.protocol, kProtocolTcp);
  EXPECT_EQ(condition.source_ports, (PortRange{1, 65535}));
  EXPECT_EQ(condition.destination_ports, (PortRange{443, 443}));
}

class MirrorRefusalTest : public testing::TestWithParam<RefusalCase> {};

TEST_P(MirrorRefusalTest, IsTheOnlyComplaint) {
  Scenario scenario = WithDatabases();
  GetParam().spoil(scenario);
  EXPECT_THAT(ErrorsOf(scenario), ElementsAre(GetParam().complaint));
}

const RefusalCase kMirrorRefusals[] = {
    {"NoSource", [](Scenario& s) { s.mirrors[0].sources.clear(); },
     "/mirrors/0: a mirror without CollectorSrcs | at least one source"},
    {"NoReceiver", [](Scenario& s) { s.mirrors[0].targets.clear(); },
     "/mirrors/0: a mirror without TargetIps | at least one receiver"},
    {"UnknownVpc", [](Scenario& s) { s.mirrors[0].vpc = Text("vpc-8ab", "/v"); },
     "/v: there is no VPC \"vpc-8ab\" | \"vpc-8ab2\" (nearest), or \"prod\", \"test\""},
    {"SourceOfAnotherVpc",
     [](Scenario& s) {
       s.mirrors[0].vpc = Text("test", "/v");
       s.mirrors[0].targets[0].value = "10.1.1.2";
       HostSpec lab = Host("lab");
       lab.settings.subnet = Text("lab");
       s.hosts.push_back(lab);
     },
     "/mirrors/0/CollectorSrcs/0: InvalidParameterValue.ObjectVpcNotCurrentVpc: web[0]/eni0 is in "
     "VPC prod, the mirror in VPC test | sources of VPC test"},
    {"ReceiverInAnotherVpc", [](Scenario& s) { s.hosts[1].settings.subnet = Text("lab"); },
     "/mirrors/0/CollectorTarget/TargetIps/0: UnsupportedOperation.VpcMismatch: the receiver "
     "ids/eni0 is in VPC test, the mirror in VPC prod | a receiver in VPC prod"},
    {"ReceiverByAddressInAnotherVpc",
     [](Scenario& s) {
       HostSpec lab = Host("lab");
       lab.settings.subnet = Text("lab");
       s.hosts.push_back(lab);
       s.mirrors[0].targets[0].value = "10.1.1.2";
     },
     "/mirrors/0/CollectorTarget/TargetIps/0: UnsupportedOperation.VpcMismatch: the receiver "
     "lab/eni0 is in VPC test, the mirror in VPC prod | a receiver in VPC prod"},
    {"ReceiverWithIpvSix", [](Scenario& s) { s.mirrors[0].targets[0].value = "2001:db8::1"; },
     "/mirrors/0/CollectorTarget/TargetIps/0: UnsupportedOperation.Ipv6NotSupport: the receiver "
     "2001:db8::1 is IPv6 | an IPv4 address, a host or an ENI"},
    {"ReceiverThatNobodyHas", [](Scenario& s) { s.mirrors[0].targets[0].value = "10.0.9.77"; },
     "/mirrors/0/CollectorTarget/TargetIps/0: no ENI has the address 10.0.9.77 | the address of an "
     "ENI, or the name of a host"},
    {"ReceiverThatIsARange", [](Scenario& s) { s.mirrors[0].targets[0].value = "subnet:sec"; },
     "/mirrors/0/CollectorTarget/TargetIps/0: \"subnet:sec\" is a range, not a receiver | a host, "
     "an ENI or an IPv4 address"},
    {"ReceiverNamedTwice",
     [](Scenario& s) { s.mirrors[0].targets.push_back(Text("10.0.9.2", "/t/1")); },
     "/t/1: the receiver 10.0.9.2 is named twice | each receiver once"},
    {"ReceiverAmongTheSources",
     [](Scenario& s) { s.mirrors[0].sources.push_back(Text("ids", "/s/1")); },
     "/s/1: UnsupportedOperation.TrafficMirrorNotSupportSameSrcTarget: ids/eni0 is named as source "
     "by \"ids\" and receives the copies | sources without the receiver, or its subnet or VPC as "
     "source"},
    {"NatIdBesideConditions",
     [](Scenario& s) {
       GatewaySpec nat;
       nat.name = "nat-1";
       s.vpcs[0].gateways = {nat};
       s.mirrors[0].filter.nat_id = Text("nat-1", "/nat");
       s.mirrors[0].filter.conditions = {{"/f/0", MatchSpec{}}};
     },
     "/nat: InvalidParameter.Coexist: NatId beside CollectorNormalFilters | one of the two"},
    {"UnknownNatGateway", [](Scenario& s) { s.mirrors[0].filter.nat_id = Text("nat-1", "/nat"); },
     "/nat: there is no NAT gateway \"nat-1\" in the mirror's VPC | nothing: none is defined"},
    {"BackwardPorts",
     [](Scenario& s) {
       MatchSpec match;
       match.destination_ports = Here(PortRange{443, 80}, "/f/0/DstPort");
       s.mirrors[0].filter.conditions = {{"/f/0", match}};
     },
     "/f/0/DstPort: the port range 443-80 runs backwards | the smaller port first"},
    {"SameEniInTwoMirrors",
     [](Scenario& s) { s.mirrors.push_back(MirrorOf({"web[1]"}, {"ids"}, 1)); },
     "/mirrors/1/CollectorSrcs/0: InvalidParameterValue.ObjectUseInTrafficMirror: web[1]/eni0 is "
     "already collected by mirror mirror-1 | an object that no other mirror names"},
    {"SameSubnetInTwoMirrors",
     [](Scenario& s) {
       s.mirrors = {MirrorOf({"subnet:db"}, {"ids"}), MirrorOf({"subnet-77"}, {"ids"}, 1)};
     },
     "/mirrors/1/CollectorSrcs/0: InvalidParameterValue.ObjectUseInTrafficMirror: subnet db is "
     "already collected by mirror mirror-1 | an object that no other mirror names"},
    {"NameGivenTwice",
     [](Scenario& s) {
       s.mirrors.push_back(MirrorOf({"db"}, {"ids"}, 1));
       s.mirrors[1].id = Text("mirror-1", "/mirrors/1/TrafficMirrorName");
     },
     "/mirrors/1/TrafficMirrorName: two mirrors are called \"mirror-1\" | a name of its own"},
    {"NameThatIsTooLong", [](Scenario& s) { s.mirrors[0].id = Here(std::string(65, 'm'), "/n"); },
     "/n: \"mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm\" is not a name | 1 "
     "to 64 letters, digits and characters of ._:/-"},
    {"MemberThatIsNotThere", [](Scenario& s) { s.mirrors[0].sources[0].value = "web[2]"; },
     "/mirrors/0/CollectorSrcs/0: \"web[2]\" names members that host web does not have | web[0] to "
     "web[1], web[0-1] or web[*]"},
    {"EniThatIsNotThere", [](Scenario& s) { s.mirrors[0].sources[0].value = "db[0]/eni1"; },
     "/mirrors/0/CollectorSrcs/0: db[0] has no eni1 | eni0 to eni0"},
    {"UnknownSource", [](Scenario& s) { s.mirrors[0].sources[0].value = "wbe"; },
     "/mirrors/0/CollectorSrcs/0: nothing is called \"wbe\" | \"web\" (nearest), or \"db\", "
     "\"ids\", \"eni-wide\", \"subnet-77\", \"vpc-8ab2\", \"subnet:db\", \"subnet:sec\", "
     "\"subnet:subnet-77\", \"subnet:web\", \"subnet:lab\", or 3 more"},
    {"EmptyRange", [](Scenario& s) { s.mirrors[0].sources[0].value = "subnet:lab"; },
     "/mirrors/0/CollectorSrcs/0: \"subnet:lab\" holds no ENI | a source with at least one ENI"},
};

INSTANTIATE_TEST_SUITE_P(Table, MirrorRefusalTest, testing::ValuesIn(kMirrorRefusals),
                         [](const auto& tested) { return tested.param.name; });

void RouteOfProd(Scenario& s, const char* destination, const char* via) {
  RouteTableSpec table;
  table.name = "main";
  table.routes = {{"/r/0", Prefix("0.0.0.0/0"), "outside"}, {"/r/1", Prefix(destination), via}};
  s.vpcs[0].route_tables = {table};
}

// No cloud refuses such a mirror, so that it can be run. The route is longer than the VPC's
// own /16 and takes the receiver's subnet away.
TEST(MirrorRouteTest, WarnsOfOneThatDoesNotLeadToTheReceiver) {
  const std::pair<const char*, const char*> cases[] = {
      {"blackhole", "the route is a blackhole"}, {"outside", "its route leads to the outside"}};
  for (const auto& [via, why] : cases) {
    Scenario scenario = WithDatabases();
    RouteOfProd(scenario, "10.0.9.0/24", via);
    const ValidScenario valid = Validate(scenario, SmallLibrary());
    ASSERT_EQ(valid.cautions.size(), 1U);
    EXPECT_EQ(valid.cautions[0].rule, "no_route");
    EXPECT_EQ(valid.cautions[0].path, "/mirrors/0/CollectorTarget/TargetIps/0");
    EXPECT_EQ(valid.cautions[0].message,
              std::string("No route leads from subnet web to the receiver ids/eni0 10.0.9.2: ") +
                  why + ". Copies of mirror-1 are lost, and nobody is told.");
    EXPECT_EQ(valid.cautions[0].accepted, "a route to the receiver in route table main");
  }
}

// "both" sends by both families, "db" by IPv4 alone.
Scenario ToAReceiverOfIpv6(const char* source) {
  Scenario scenario = WithDatabases();
  scenario.vpcs[0].ipv6_cidr = Here(Prefix("fd00:1::/56"), "/ipv6");
  EniSpec ids;
  ids.secondary_addresses = {Here(Address("fd00:1::9"), "/ids")};
  scenario.hosts[1].settings.enis = {ids};
  HostSpec both = Host("both");
  EniSpec first;
  first.secondary_addresses = {Here(Address("fd00:1::5"), "/both")};
  both.settings.enis = {first};
  both.settings.subnet = Text("db", "/hosts/both/subnet");
  scenario.hosts.push_back(both);
  scenario.mirrors = {MirrorOf({source}, {"fd00:1::9"})};
  return scenario;
}

Library WithIpv6Receivers() {
  Library library = SmallLibrary();
  library.providers["tencent"].receiver_ipv6 = true;
  return library;
}

TEST(MirrorRouteTest, LeadsByIpv6WithinTheRangeOfTheVpc) {
  const ValidScenario valid = Validate(ToAReceiverOfIpv6("both"), WithIpv6Receivers());
  EXPECT_THAT(valid.cautions, testing::IsEmpty());
  EXPECT_EQ(valid.mirrors[0].mirror->settings().receivers[0].address, Address("fd00:1::9"));
}

TEST(MirrorRouteTest, LeadsFromNoSourceWithoutIpv6) {
  EXPECT_THAT(ErrorsOf(ToAReceiverOfIpv6("db"), WithIpv6Receivers()),
              ElementsAre(testing::StartsWith("/mirrors/0/CollectorTarget/TargetIps/0: source "
                                              "db[0]/eni0 has no IPv6 address to send from to the "
                                              "receiver fd00:1::9 | ")));
}

}  // namespace
}  // namespace vpcmirror
