#include "analysis/reach/reachability.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>
#include <string>

#include "tests/unit/reach/reach_samples.h"

namespace vpcmirror {
namespace {

using namespace testing_reach;  // NOLINT: the world of these tests
using testing::ElementsAre;
using testing::SizeIs;

struct BlockCase {
  const char* name;
  Parts parts;
  Block block;
  const char* component;  // that is to blame
  const char* path;       // where it is written
  std::size_t sources = 2;
};

void PrintTo(const BlockCase& c, std::ostream* os) { *os << c.name; }

class BlockTest : public testing::TestWithParam<BlockCase> {};

TEST_P(BlockTest, NamesTheComponentAndItsPlace) {
  const BlockCase& c = GetParam();
  const Asked asked = AskText(Network(c.parts));
  ASSERT_EQ(asked.reach.mirrors.size(), 1U);
  const MirrorReach& mirror = asked.reach.mirrors[0];
  const Reach& reach = mirror.reaches[0];
  EXPECT_EQ(reach.way->block, c.block) << reach.way->path.ToText();
  EXPECT_EQ(mirror.classes[reach.source_class].sources.size(), c.sources);
  if (c.block == Block::kNone) {
    EXPECT_EQ(reach.way->blame, std::nullopt);
    EXPECT_GT(reach.way->longest_whole, Bytes(0));
    return;
  }
  ASSERT_TRUE(reach.way->blame);
  EXPECT_EQ(reach.way->blame->id, c.component);
  EXPECT_EQ(reach.way->blame->path, c.path) << reach.way->blame->what;
  EXPECT_EQ(reach.way->longest_whole, Bytes(0));
}

Parts ToFar(const Parts& more) {
  Parts parts = kToFar;
  parts.insert(more.begin(), more.end());
  return parts;
}
Parts Balanced(const std::string& balancer, const Parts& more = {}) {
  Parts parts = {{"balancer", R"({"nlb": {"kind": "nlb", "subnets": ["sec"], )" + balancer + "}}"},
                 {"target", R"("Type": "network-load-balancer", "NetworkLoadBalancerArn": "nlb")"}};
  parts.insert(more.begin(), more.end());
  return parts;
}
std::string To(const char* to, const char* via) {
  return std::string(R"([{"to": ")") + to + R"(", "via": ")" + via + R"("}])";
}

const char* const kTables = "/vpcs/a/route_tables/rt-web";

const BlockCase kBlockCases[] = {
    {"OpenInTheVpc", {}, Block::kNone, "", ""},
    {"OpenThroughPeeringAndBack", kToFar, Block::kNone, "", ""},
    {"NoRouteAtAll", ToFar({{"web_routes", "[]"}}), Block::kNoRoute, "rt-web", kTables},
    {"ALongerRouteIsABlackhole",
     {{"web_routes", To("10.0.9.0/24", "blackhole")}},
     Block::kBlackhole,
     "rt-web",
     "/vpcs/a/route_tables/rt-web/0"},
    {"ABlackholeBesideTheReceiver",
     {{"web_routes", To("10.0.9.3/32", "blackhole")}},
     Block::kNone,
     "",
     ""},
    {"TheRouteLeavesForTheOutside", ToFar({{"web_routes", To("0.0.0.0/0", "outside")}}),
     Block::kOutside, "rt-web", "/vpcs/a/route_tables/rt-web/0"},
    {"NoRouteBack", ToFar({{"rx_routes", "[]"}}), Block::kNoRouteBack, "rt-b",
     "/vpcs/b/route_tables/rt-b"},
    {"TheRouteBackLeadsElsewhere", ToFar({{"rx_routes", To("10.0.0.0/16", "outside")}}),
     Block::kNoRouteBack, "rt-b", "/vpcs/b/route_tables/rt-b/0"},
    // Only web[0] has a way back: the two are asked apart.
    {"ARouteBackToOneOfTwo", ToFar({{"rx_routes", To("10.0.1.2/32", "ba")}}), Block::kNone, "", "",
     1},
    {"ACvmThatRoutesToItself",
     {{"source", "fw"}, {"fw_routes", To("10.0.9.0/24", "fw")}},
     Block::kLoop,
     "rt-fw",
     "/vpcs/a/route_tables/rt-fw/0",
     1},
    {"ACircleBehindTheFirstHop",
     {{"web_routes", To("10.0.9.0/24", "fw")}, {"fw_routes", To("10.0.9.2/32", "fw")}},
     Block::kLoop,
     "rt-fw",
     "/vpcs/a/route_tables/rt-fw/0"},
    {"ABlackholeBehindTheFirstHop",
     {{"web_routes", To("10.0.9.0/24", "fw")}, {"fw_routes", To("10.0.9.2/32", "blackhole")}},
     Block::kBlackhole,
     "rt-fw",
     "/vpcs/a/route_tables/rt-fw/0"},
    {"AGroupWithoutRules",
     {{"group", R"({"ingress": []})"}},
     Block::kSecurityGroup,
     "sg",
     "/vpcs/a/security_groups/sg"},
    {"AGroupForTheWrongPort",
     {{"group", R"({"ingress": [{"action": "accept", "protocol": "udp", "ports": 4788}]})"}},
     Block::kSecurityGroup,
     "sg",
     "/vpcs/a/security_groups/sg"},
    {"AGroupForThePortOfCopies",
     {{"group", R"({"ingress": [{"action": "accept", "protocol": "udp", "ports": 4789}]})"}},
     Block::kNone,
     "",
     ""},
    {"AGroupWhoseFirstRuleDrops",
     {{"group", R"({"ingress": [{"action": "drop", "peer": "10.0.0.0/8"},
                                {"action": "accept"}]})"}},
     Block::kSecurityGroup,
     "sg",
     "/vpcs/a/security_groups/sg/ingress/0"},
    // 10.0.1.2 is web[0], and 10.0.1.3 web[1] is admitted.
    {"AGroupThatDropsOneOfTwo",
     {{"group", R"({"ingress": [{"action": "drop", "peer": "10.0.1.2/32"},
                                {"action": "accept"}]})"}},
     Block::kSecurityGroup,
     "sg",
     "/vpcs/a/security_groups/sg/ingress/0",
     1},
    {"AnAclThatDrops",
     {{"acl", R"({"ingress": [{"action": "drop", "protocol": "udp"}]})"}},
     Block::kAcl,
     "acl-sec",
     "/vpcs/a/acls/acl-sec/ingress/0"},
    {"AnAclInFrontOfAGroup",
     {{"acl", "{}"}, {"group", "{}"}},
     Block::kAcl,
     "acl-sec",
     "/vpcs/a/acls/acl-sec"},
    // RFC 7348: 50 bytes more than the frame, an IP packet of 96 for 60.
    {"NotEvenTheShortestFits",
     Balanced(R"("backends": ["near"], "mtu": "1500 B")", {{"mtu", "\"95 B\""}}), Block::kMtu,
     "near/eni0", "/hosts/near"},
    {"TheShortestJustFits",
     Balanced(R"("backends": ["near"], "mtu": "1500 B")", {{"mtu", "\"96 B\""}}), Block::kNone, "",
     ""},
    {"ABalancerWithoutListener", Balanced(R"("backends": ["near"], "listener": false)"),
     Block::kListener, "nlb", "/vpcs/a/load_balancers/nlb"},
    {"ABalancerWithoutHealthyBackend", Balanced(R"("backends": ["near"], "unhealthy": ["near"])"),
     Block::kBackend, "nlb", "/vpcs/a/load_balancers/nlb"},
    {"AnAclInFrontOfTheBalancer", Balanced(R"("backends": ["near"])", {{"acl", "{}"}}), Block::kAcl,
     "acl-sec", "/vpcs/a/acls/acl-sec"},
    {"ABackendWhoseGroupIsClosed", Balanced(R"("backends": ["near"])", {{"group", "{}"}}),
     Block::kSecurityGroup, "sg", "/vpcs/a/security_groups/sg"},
    {"OpenThroughABalancer", Balanced(R"("backends": ["near"])"), Block::kNone, "", ""},
};

INSTANTIATE_TEST_SUITE_P(Table, BlockTest, testing::ValuesIn(kBlockCases),
                         [](const auto& tested) { return tested.param.name; });

TEST(ReachabilityTest, FollowsTheWayThereAndBack) {
  const Asked asked = AskText(Network(kToFar));
  const Way& way = *asked.reach.mirrors[0].reaches[0].way;
  EXPECT_EQ(way.path.ToText(),
            "web[0]/eni0: sends protocol 17 from 10.0.1.2:49152 to 10.1.1.2:4789\n"
            "rt-web: route 10.1.0.0/16 to peering ab\n"
            "rt-b: route 10.0.0.0/16 to peering ba leads back\n"
            "far/eni0: receives\n"
            "arrives\n");
  // Both have an MTU of 1500, and AWS reckons with 54 bytes: 1446 of IP, 1460 with Ethernet.
  EXPECT_EQ(way.longest_whole, Bytes(1460));
}

// The groups of a source are not asked about its copies.
TEST(ReachabilityTest, SparesTheSourceItsOwnRules) {
  Parts parts = {{"hosts", R"(, "shut": {"subnet": "sec", "security_groups": ["none"]})"},
                 {"source", "shut"},
                 {"group", R"({"ingress": [{"action": "accept"}]}, "none": {})"}};
  EXPECT_TRUE(AskText(Network(parts)).reach.mirrors[0].reaches[0].is_open());
}

// Two mirrors of one subnet to one receiver ask the same, whatever ENIs they have.
TEST(ReachabilityTest, AsksOnceForAllThatIsAlike) {
  const auto hosts = [](int count) {
    return R"({"vpcs": {"v": {"cidr": "10.0.0.0/8", "subnets": {
        "s": "10.1.0.0/16", "t": "10.2.0.0/16", "r": "10.3.0.0/24"},
        "security_groups": {"g": {"ingress": [{"action": "drop", "peer": "10.1.0.0/29"},
                                              {"action": "accept"}]}}}},
      "hosts": {"s": {"count": )" +
           std::to_string(count) + R"(, "subnet": "s"},
                "t": {"count": )" +
           std::to_string(count) + R"(, "subnet": "t"},
                "ids": {"count": 2, "subnet": "r", "security_groups": ["g"]}},
      "mirrors": [{"CollectorSrcs": ["subnet:s", "subnet:t"],
                   "CollectorTarget": {"TargetIps": ["ids[*]"], "AlgHash": "FIVE_TUPLE_FLOW"}}]})";
  };
  for (const int count : {100, 4000}) {
    const Asked asked = AskText(hosts(count));
    const MirrorReach& mirror = asked.reach.mirrors[0];
    // s below 10.1.0.8, the rest of s, and t: three classes, each to two receivers.
    EXPECT_THAT(mirror.classes, SizeIs(3));
    EXPECT_THAT(mirror.reaches, SizeIs(6));
    EXPECT_EQ(asked.reach.ways, 6U);
    // The network's address and the gateway's are nobody's: 10.1.0.2 to 10.1.0.7.
    EXPECT_EQ(mirror.classes[0].sources.size(), 6U);
    EXPECT_EQ(mirror.classes[1].sources.size(), static_cast<std::size_t>(count - 6));
    EXPECT_FALSE(mirror.reaches[0].is_open());
    EXPECT_TRUE(mirror.reaches[2].is_open());
  }
}

}  // namespace
}  // namespace vpcmirror
