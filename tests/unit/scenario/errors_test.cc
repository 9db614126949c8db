// One mistake a row, put into a scenario that is fine without it: the complaint
// is about that mistake, at its place, and says what would do.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "tests/unit/scenario/scenario_samples.h"

namespace vpcmirror {
namespace {

using namespace testing_samples;  // NOLINT: the world of these tests
using testing::ElementsAre;
using testing::IsEmpty;

class ErrorTest : public testing::TestWithParam<RefusalCase> {};

TEST_P(ErrorTest, IsTheOnlyComplaint) {
  Scenario scenario = Smallest();
  GetParam().spoil(scenario);
  EXPECT_THAT(ErrorsOf(scenario), ElementsAre(GetParam().complaint));
}

void OneEni(HostSpec& host, const std::function<void(EniSpec&)>& change) {
  EniSpec eni;
  eni.path = host.path + "/enis/0";
  change(eni);
  host.settings.enis = {eni};
}

void OneRoute(Scenario& scenario, const char* destination, const char* via) {
  Estate(scenario);
  RouteTableSpec table;
  table.name = "main";
  table.path = "/vpcs/prod/route_tables/main";
  table.routes = {{"/r/0", Prefix("0.0.0.0/0"), "outside"}, {"/r/1", Prefix(destination), via}};
  scenario.vpcs[0].route_tables = {table};
}

const RefusalCase kNetworkErrors[] = {
    {"UnknownProvider", [](Scenario& s) { s.provider = Text("tencant", "/provider"); },
     "/provider: there is no provider \"tencant\" | \"tencent\" (nearest)"},
    {"UnknownAssumption", [](Scenario& s) { s.assumptions["encapsulaton"] = Text("none", "/a"); },
     "/a: there is no assumption \"encapsulaton\" | \"encapsulation\" (nearest), or \"vni\", "
     "\"flow_hash_symmetric\", "
     "\"mtu_policy\", \"mirrors_what_security_drops\", \"congestion\""},
    // The profile of the tests assumes six things; the rest is as if documented.
    {"AssumptionOfAnotherCloud",
     [](Scenario& s) { s.assumptions["services_need_enabling"] = Text("true", "/a"); },
     "/a: services_need_enabling is nothing that tencent leaves to an assumption | "
     "\"encapsulation\", \"vni\", \"flow_hash_symmetric\", "
     "\"mtu_policy\", \"mirrors_what_security_drops\", \"congestion\""},
    {"BadEncapsulation", [](Scenario& s) { s.assumptions["encapsulation"] = Text("gre", "/a"); },
     "/a: encapsulation cannot be \"gre\" | \"none\", \"vxlan\", \"geneve\", \"gre_ip\", "
     "\"gre_ethernet\", \"nvgre\", \"erspan1\", \"erspan2\" or \"erspan3\""},
    // RFC 7348: 24 bits.
    {"VniOutOfRange", [](Scenario& s) { s.assumptions["vni"] = Text("16777216", "/a"); },
     "/a: vni cannot be \"16777216\" | a number from 0 to 16777215, or \"random\""},
    {"NoHosts", [](Scenario& s) { s = Scenario{}; },
     "/hosts: the scenario has no hosts | at least one host"},
    {"ZeroDuration", [](Scenario& s) { s.duration = Here(Picoseconds(0), "/duration"); },
     "/duration: the duration is not above zero | a time such as \"1 s\""},
    {"DurationOverAHundredDays",
     [](Scenario& s) {
       s.duration = Here(Picoseconds(101 * 86'400 * kPicosecondsPerSecond), "/duration");
     },
     "/duration: the duration is longer than 100 days | at most 100 days: simulated time is "
     "counted in picoseconds"},
    {"NegativeFabricDelay", [](Scenario& s) { s.fabric_delay = Here(Picoseconds(-1), "/delay"); },
     "/delay: the fabric delay is negative | 0 s or more"},
    {"NegativeCost",
     [](Scenario& s) {
       s.costs.of(CpuOperation::kClone).per_byte = Here(Picoseconds(-1), "/costs/clone/per_byte");
     },
     "/costs/clone/per_byte: no CPU time that an operation could take | 0 to 1 us a byte"},
    {"CostOfAFrameOverASecond",
     [](Scenario& s) {
       s.costs.of(CpuOperation::kReceive).per_frame =
           Here(Picoseconds(kPicosecondsPerSecond + 1), "/costs/receive/per_frame");
     },
     "/costs/receive/per_frame: no CPU time that an operation could take | 0 to 1 s a frame"},
    {"UnknownTableOfCosts", [](Scenario& s) { s.costs.table = Text("kernal", "/costs"); },
     "/costs: there is no cost table \"kernal\" | \"kernel\" (nearest), or \"xdp\""},
    {"MorePacketsThanThereAre",
     [](Scenario& s) {
       s.hosts[0].settings.packet_rate = Here(PacketsPerSecond(1'000'000'000'001), "/pps");
     },
     "/pps: the packet rate is more than there is | at most 1000 Tbps, 1000 Gpps or 1024 TiB"},
    {"BurstWithoutARate",
     [](Scenario& s) {
       s.hosts[1].settings.type.reset();
       s.hosts[1].settings.burst = Here(Bytes(1000), "/burst");
     },
     "/burst: a burst without a bandwidth that fills it again | `bandwidth` beside it, or a type "
     "that has one"},
    {"BurstBelowZero",
     [](Scenario& s) {
       s.hosts[0].settings.bandwidth = Here(BitsPerSecond(1'000'000));
       s.hosts[0].settings.burst = Here(Bytes(-1), "/burst");
     },
     "/burst: a burst out of range | 0 B to 1024 TiB"},
    {"PeakBelowTheBandwidth",
     [](Scenario& s) {
       s.hosts[0].settings.bandwidth = Here(BitsPerSecond(1'000'000));
       s.hosts[0].settings.burst = Here(Bytes(1000));
       s.hosts[0].settings.peak_bandwidth = Here(BitsPerSecond(999'999), "/peak");
     },
     "/peak: a peak below the bandwidth | at least the bandwidth, which is what lasts"},
    {"QueueThatTakesDaysToEmpty",
     [](Scenario& s) { s.hosts[0].settings.bandwidth = Here(BitsPerSecond(1), "/bandwidth"); },
     "/bandwidth: a full egress queue of 1000 frames would take more than 5 days to send | more "
     "bandwidth, or a shorter `queue`"},
    {"TimerThatSleepsForAnHour",
     [](Scenario& s) {
       s.hosts[0].settings.timer_delay =
           Here(Picoseconds(3600 * kPicosecondsPerSecond), "/timer_delay");
     },
     "/timer_delay: a timer's delay out of range | 0 s to 1 s, such as \"20 us\""},
    {"BurstsShorterThanAFrameByFar",
     [](Scenario& s) {
       s.workloads[0].arrivals = Here(ArrivalProcess::kOnOff);
       s.workloads[0].on_off = Here(OnOffSpec{Picoseconds(1), Picoseconds(1), 1.5}, "/on_off");
     },
     "/on_off: bursts so short that a frame takes more than a thousand of them | a longer `on`, a "
     "higher rate or smaller frames"},
    {"SubnetOutsideItsVpc",
     [](Scenario& s) {
       Estate(s);
       s.vpcs[0].subnets[1].cidr = Prefix("10.1.2.0/24");
     },
     "/vpcs/prod/subnets/db: subnet db 10.1.2.0/24 lies outside VPC prod | a range inside "
     "10.0.0.0/16"},
    {"OverlappingSubnets",
     [](Scenario& s) {
       Estate(s);
       s.vpcs[0].subnets[1].cidr = Prefix("10.0.0.0/20");
       s.vpcs[0].subnets.erase(s.vpcs[0].subnets.begin() + 2);
       s.hosts[1].settings.subnet = Text("web");
     },
     "/vpcs/prod/subnets/db: subnet db 10.0.0.0/20 overlaps subnet web 10.0.1.0/24 | a range of "
     "its own inside 10.0.0.0/16"},
    {"VpcWithIpvSix",
     [](Scenario& s) {
       Estate(s);
       s.vpcs[1].cidr = Prefix("2001:db8::/32");
       s.vpcs[1].subnets.clear();
     },
     "/vpcs/test: the range 2001:db8::/32 of VPC test is not IPv4 | an IPv4 range such as "
     "10.0.0.0/16"},
    {"HostsInAVpcOfIpvSix", [](Scenario& s) { s.vpcs = {VpcOf("six", "2001:db8::/48")}; },
     "/vpcs/six: the range 2001:db8::/48 of VPC six is not IPv4 | an IPv4 range such as "
     "10.0.0.0/16"},
    {"IdTakenTwice",
     [](Scenario& s) {
       Estate(s);
       s.vpcs[0].subnets[0].id = "subnet-1";
       s.vpcs[1].subnets[0].id = "subnet-1";
     },
     "/vpcs/test/subnets/lab: the ID \"subnet-1\" is taken by /vpcs/prod/subnets/web | an ID that "
     "nothing else has"},
    {"NameThatIsNone", [](Scenario& s) { s.workloads[0].name = "w w w"; },
     "/workloads/www: \"w w w\" is not a name | 1 to 64 letters, digits and characters of ._:/-"},
    {"UnknownRouteTable",
     [](Scenario& s) {
       OneRoute(s, "192.0.2.0/24", "outside");
       s.vpcs[0].subnets[0].route_table = Text("mian", "/rt");
     },
     "/rt: there is no route table \"mian\" in this VPC | \"main\" (nearest)"},
    {"UnknownNextHop", [](Scenario& s) { OneRoute(s, "192.0.2.0/24", "ouside"); },
     "/r/1: there is no next hop \"ouside\" | \"outside\" (nearest), or \"local\", "
     "\"blackhole\", \"ids\", \"web\""},
    {"SeveralNextHops", [](Scenario& s) { OneRoute(s, "192.0.2.0/24", "web"); },
     "/r/1: \"web\" names 2 hosts | one host or ENI as next hop, such as \"fw[0]\""},
    {"TwoRoutesToOnePlace", [](Scenario& s) { OneRoute(s, "0.0.0.0/0", "blackhole"); },
     "/r/1: route table main has two routes to 0.0.0.0/0 | one route for each destination"},
    {"LocalRouteOutside", [](Scenario& s) { OneRoute(s, "192.0.2.0/24", "local"); },
     "/r/1: 192.0.2.0/24 is not local: it lies outside VPC prod | a range inside 10.0.0.0/16"},
    {"UnknownPeer",
     [](Scenario& s) {
       Estate(s);
       s.vpcs[0].gateways = {{"pcx", "/g", NextHop::Kind::kPeering, "tset"}};
     },
     "/g: there is no VPC \"tset\" | \"test\" (nearest), or \"prod\"; leave it out for a VPC that "
     "is not in the scenario"},
    {"PeerThatOverlaps",
     [](Scenario& s) {
       Estate(s);
       s.vpcs[1] = VpcOf("test", "10.0.128.0/17");
       s.vpcs[0].gateways = {{"pcx", "/g", NextHop::Kind::kPeering, "test"}};
     },
     "/g: VPC prod 10.0.0.0/16 cannot peer with VPC test 10.0.128.0/17: their ranges overlap | "
     "another VPC, with a range of its own"},
    {"BackwardPortsInASecurityGroup",
     [](Scenario& s) {
       Estate(s);
       RuleSetSpec group;
       group.name = "sg";
       SecurityRuleSpec rule;
       rule.path = "/sg/ingress/0";
       rule.ports = PortRange{443, 80};
       group.ingress = {rule};
       s.vpcs[0].security_groups = {group};
     },
     "/sg/ingress/0: the port range 443-80 runs backwards | the smaller port first"},
};

INSTANTIATE_TEST_SUITE_P(Network, ErrorTest, testing::ValuesIn(kNetworkErrors),
                         [](const auto& tested) { return tested.param.name; });

const RefusalCase kHostErrors[] = {
    {"UnknownType",
     [](Scenario& s) { s.hosts[0].settings.type = Text("S5.2XLARGE3", "/hosts/web/type"); },
     "/hosts/web/type: there is no instance type \"S5.2XLARGE3\" | \"S5.2XLARGE32\" (nearest), or "
     "\"S3.6XLARGE48\", \"S5.4XLARGE32\""},
    {"UnknownReceiverProfile",
     [](Scenario& s) { s.hosts[1].settings.receiver = Text("suricatta", "/hosts/ids/receiver"); },
     "/hosts/ids/receiver: there is no receiver profile \"suricatta\" | \"suricata\" (nearest), or "
     "\"generic\", \"zeek\""},
    {"NoSubnetAmongSeveral",
     [](Scenario& s) {
       Estate(s);
       s.hosts[0].settings.subnet.reset();
     },
     "/hosts/web: host web names no subnet, and there are several | a subnet: \"web\", \"db\", "
     "\"sec\", \"lab\""},
    {"UnknownSubnet",
     [](Scenario& s) {
       Estate(s);
       s.hosts[0].settings.subnet = Text("wbe", "/hosts/web/subnet");
     },
     "/hosts/web/subnet: there is no subnet \"wbe\" | \"web\" (nearest), or \"db\", \"sec\", "
     "\"lab\""},
    {"ZeroCount", [](Scenario& s) { s.hosts[0].count = Here(0, "/hosts/web/count"); },
     "/hosts/web/count: a count of 0 | 1 to 100000"},
    {"NameGivenTwice", [](Scenario& s) { s.hosts.push_back(Host("web")); },
     "/hosts/web: the name \"web\" is given twice | a name of its own"},
    {"OverrideOfNobody",
     [](Scenario& s) { s.hosts[0].overrides[2] = Here(HostSettings{}, "/hosts/web/override/2"); },
     "/hosts/web/override/2: host web has no member 2 | 0 to 1"},
    {"ZeroBandwidth",
     [](Scenario& s) {
       s.hosts[0].settings.bandwidth = Here(BitsPerSecond(0), "/hosts/web/limits/bandwidth");
     },
     "/hosts/web/limits/bandwidth: the bandwidth is not above zero | a positive value"},
    {"TinyMtu", [](Scenario& s) { s.hosts[1].settings.mtu = Here(Bytes(40), "/hosts/ids/mtu"); },
     "/hosts/ids/mtu: an MTU of 40 bytes | 68 to 65535 bytes"},
    {"MoreEnisThanTheTypeHas", [](Scenario& s) { s.hosts[1].settings.enis.resize(5); },
     "/hosts/ids/enis: 5 ENIs are more than S5.4XLARGE32 can have | at most 4"},
    {"AddressOutsideItsSubnet",
     [](Scenario& s) {
       Estate(s);
       OneEni(s.hosts[1], [](EniSpec& e) { e.address = Here(Address("10.0.1.9"), "/address"); });
     },
     "/address: the address 10.0.1.9 lies outside subnet sec 10.0.9.0/24 | an address of subnet "
     "sec from 10.0.9.2 to 10.0.9.254"},
    {"AddressOfTheGateway",
     [](Scenario& s) {
       Estate(s);
       OneEni(s.hosts[1], [](EniSpec& e) { e.address = Here(Address("10.0.9.1"), "/address"); });
     },
     "/address: the address 10.0.9.1 is the network's, its gateway's or its broadcast address | an "
     "address of subnet sec from 10.0.9.2 to 10.0.9.254"},
    {"AddressTakenTwice",
     [](Scenario& s) {
       OneEni(s.hosts[1], [](EniSpec& e) {
         e.address = Here(Address("10.0.0.9"), "/first");
         e.secondary_addresses = {Here(Address("10.0.0.9"), "/second")};
       });
     },
     "/second: the address 10.0.0.9 is already that of ids/eni0 | an address that no other ENI of "
     "the VPC has"},
    {"IpvSixRangeThatIsIpvFour",
     [](Scenario& s) {
       Estate(s);
       s.vpcs[0].ipv6_cidr = Here(Prefix("10.8.0.0/16"), "/ipv6");
     },
     "/ipv6: the range 10.8.0.0/16 is not IPv6 | an IPv6 range such as fd00:1::/56"},
    {"SubnetOutsideTheIpvSixRange",
     [](Scenario& s) {
       Estate(s);
       s.vpcs[0].ipv6_cidr = Here(Prefix("fd00:1::/56"), "/ipv6");
       s.vpcs[0].subnets[0].ipv6_cidr = Here(Prefix("fd00:2::/64"), "/subnet");
     },
     "/subnet: fd00:2::/64 lies outside VPC prod | a range inside fd00:1::/56"},
    {"SubnetOfAVpcWithoutIpvSix",
     [](Scenario& s) {
       Estate(s);
       s.vpcs[0].subnets[0].ipv6_cidr = Here(Prefix("fd00:2::/64"), "/subnet");
     },
     "/subnet: fd00:2::/64 lies outside VPC prod | an ipv6_cidr for the VPC, which has none"},
    {"SubnetsThatOverlapInIpvSix",
     [](Scenario& s) {
       Estate(s);
       s.vpcs[0].ipv6_cidr = Here(Prefix("fd00:1::/56"), "/ipv6");
       s.vpcs[0].subnets[0].ipv6_cidr = Here(Prefix("fd00:1::/64"), "/first");
       s.vpcs[0].subnets[1].ipv6_cidr = Here(Prefix("fd00:1::/60"), "/second");
     },
     "/second: fd00:1::/60 overlaps subnet web fd00:1::/64 | a range of its own"},
    {"AddressOutsideTheIpvSixRange",
     [](Scenario& s) {
       Estate(s);
       s.vpcs[0].ipv6_cidr = Here(Prefix("fd00:1::/56"), "/ipv6");
       s.vpcs[0].subnets[2].ipv6_cidr = Here(Prefix("fd00:1::/64"), "/second");
       OneEni(s.hosts[1], [](EniSpec& e) {
         e.secondary_addresses = {Here(Address("fd00:1:0:1::2"), "/address")};
       });
     },
     "/address: the address fd00:1:0:1::2 lies outside subnet sec fd00:1::/64 | an address of "
     "fd00:1::/64"},
    {"PrimaryIpvSix",
     [](Scenario& s) {
       OneEni(s.hosts[1], [](EniSpec& e) { e.address = Here(Address("2001:db8::1"), "/address"); });
     },
     "/address: the primary address 2001:db8::1 is not IPv4 | an IPv4 address; IPv6 addresses may "
     "be secondary"},
    {"SubnetThatIsFull",
     [](Scenario& s) {
       // A /30 has .0, the gateway .1, one address and the broadcast address .3.
       VpcSpec vpc = VpcOf("tiny", "10.0.0.0/30");
       s.vpcs = {vpc};
     },
     "/hosts/web: subnet default 10.0.0.0/30 has no address left for web[1]/eni0 | fewer hosts or "
     "a larger subnet"},
    {"MacTakenTwice",
     [](Scenario& s) {
       OneEni(s.hosts[0],
              [](EniSpec& e) { e.mac = Here(*ParseMacAddress("02:00:00:00:00:01"), "/mac"); });
       s.hosts[0].count = Here(1);
       s.hosts[1].count = Here(1);
       OneEni(s.hosts[1],
              [](EniSpec& e) { e.mac = Here(*ParseMacAddress("02:00:00:00:00:01"), "/mac2"); });
     },
     "/mac2: the MAC 02:00:00:00:00:01 is already that of web[0]/eni0 | a MAC that no other ENI "
     "has"},
    {"GroupMac",
     [](Scenario& s) {
       OneEni(s.hosts[1],
              [](EniSpec& e) { e.mac = Here(*ParseMacAddress("01:00:5e:00:00:01"), "/mac"); });
     },
     "/mac: 01:00:5e:00:00:01 is not the MAC of one device | an address whose first octet is even, "
     "such as 02:00:0a:00:00:02"},
    {"UnknownSecurityGroup",
     [](Scenario& s) { s.hosts[0].settings.security_groups = {Text("sg", "/hosts/web/sg/0")}; },
     "/hosts/web/sg/0: there is no security group \"sg\" in VPC default | nothing: none is "
     "defined"},
};

INSTANTIATE_TEST_SUITE_P(Hosts, ErrorTest, testing::ValuesIn(kHostErrors),
                         [](const auto& tested) { return tested.param.name; });

TEST(ErrorsTest, RefusesOneIdForTheEnisOfSeveralMembers) {
  Scenario scenario = Smallest();
  OneEni(scenario.hosts[0], [](EniSpec& e) { e.id = Text("eni-1", "/id"); });
  EXPECT_THAT(ErrorsOf(scenario),
              testing::Contains("/id: one ID for the ENIs of several members | give it in "
                                "`override`, member by member"));
}

// A host with an error is still known: what names it adds no complaint.
TEST(ErrorsTest, GivesAllErrorsAndNoConsequences) {
  Scenario scenario = Smallest();
  scenario.hosts[0].settings.type = Text("S9.HUGE", "/hosts/web/type");
  scenario.workloads[0].in = Here(Mbps(-1), "/workloads/www/in");
  scenario.assertions = {
      {"/assert/0", {.path = {{"baseline", std::nullopt}, {"with", std::nullopt}}}}};
  const auto errors = ErrorsOf(scenario);
  ASSERT_EQ(errors.size(), 3u);
  EXPECT_THAT(errors[0], testing::HasSubstr("/hosts/web/type: there is no instance type"));
  EXPECT_THAT(errors[1], testing::HasSubstr("/workloads/www/in: the rate is not above zero"));
  EXPECT_THAT(errors[2], testing::HasSubstr("/assert/0: this run has no baseline"));
}

TEST(ErrorsTest, HasNothingAgainstTheSmallestScenario) {
  EXPECT_THAT(ErrorsOf(Smallest()), IsEmpty());
  Scenario estate = Smallest();
  Estate(estate);
  EXPECT_THAT(ErrorsOf(estate), IsEmpty());
}

}  // namespace
}  // namespace vpcmirror
