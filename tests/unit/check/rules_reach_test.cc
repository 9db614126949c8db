// Rules about whether copies arrive: what each finds, where, and that its fix opens the way.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>
#include <string>
#include <vector>

#include "analysis/check/check.h"
#include "analysis/check/rule.h"
#include "tests/unit/reach/reach_samples.h"

namespace vpcmirror {
namespace {

using namespace testing_reach;  // NOLINT: the world of these tests
using testing::HasSubstr;

std::vector<Finding> FoundIn(const std::string& text) {
  const Asked asked = AskText(text);
  return Check(asked.written, asked.valid);
}

const Finding* OfCode(const std::vector<Finding>& findings, const std::string& code) {
  const auto found = std::find_if(findings.begin(), findings.end(),
                                  [&](const Finding& each) { return each.code == code; });
  return found == findings.end() ? nullptr : &*found;
}

std::string Edited(const std::string& text, const std::vector<Edit>& edits) {
  using Json = nlohmann::ordered_json;
  Json scenario = Json::parse(text);
  for (const Edit& edit : edits) {
    const Json::json_pointer at(edit.path);
    if (!edit.value.empty()) {
      scenario[at] = Json::parse(edit.value);
    } else if (scenario[at.parent_pointer()].is_array()) {
      scenario[at.parent_pointer()].erase(std::stoul(at.back()));
    } else {
      scenario[at.parent_pointer()].erase(at.back());
    }
  }
  return scenario.dump();
}

struct LostCase {
  const char* name;
  const char* code;
  Parts parts;
  const char* path;
  const char* because;  // part of the message
  double sources;       // that are lost, of two
  bool has_edit = true;
};

void PrintTo(const LostCase& c, std::ostream* os) { *os << c.name; }

class LostCopiesTest : public testing::TestWithParam<LostCase> {};

TEST_P(LostCopiesTest, IsToldAndMended) {
  const LostCase& c = GetParam();
  const std::string text = Network(c.parts);
  const std::vector<Finding> findings = FoundIn(text);
  const Finding* found = OfCode(findings, c.code);
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->severity, Severity::kError);
  EXPECT_EQ(found->path, c.path);
  EXPECT_THAT(found->message, HasSubstr(c.because));
  ASSERT_FALSE(found->numbers.empty());
  EXPECT_EQ(found->numbers[0], (FindingNumber{"sources", c.sources, ""}));
  EXPECT_FALSE(found->fix.empty());
  EXPECT_EQ(!found->edits.empty(), c.has_edit) << found->fix;
  if (!c.has_edit) return;
  const std::vector<Finding> left = FoundIn(Edited(text, found->edits));
  for (const Finding& each : left) EXPECT_NE(each.severity, Severity::kError) << each.message;
}

Parts Far(const Parts& more) {
  Parts parts = kToFar;
  parts.insert(more.begin(), more.end());
  return parts;
}

const char* const kDropAll = R"({"ingress": [{"action": "drop", "peer": "0.0.0.0/0"}]})";

const LostCase kLost[] = {
    {"Blackhole",
     "MIR-RTE-001",
     {{"web_routes", R"([{"to": "10.0.9.0/24", "via": "blackhole"}])"}},
     "/vpcs/a/route_tables/rt-web/0",
     "route table rt-web: route 10.0.9.0/24 blackhole",
     2},
    {"NoRoute", "MIR-RTE-001", Far({{"web_routes", "[]"}}), "/vpcs/a/route_tables/rt-web",
     "no copies of web[0]/eni0 and 1 more (2 of 2 sources of tms-1) reach receiver far/eni0: route "
     "table rt-web: no route to 10.1.1.2",
     2},
    {"Outside", "MIR-RTE-001", Far({{"web_routes", R"([{"to": "0.0.0.0/0", "via": "outside"}])"}}),
     "/vpcs/a/route_tables/rt-web/0", "route 0.0.0.0/0 to the outside", 2},
    {"NoRouteBack", "MIR-RTE-001", Far({{"rx_routes", "[]"}}), "/vpcs/b/route_tables/rt-b",
     "no route back to 10.0.1.2", 2},
    {"RouteBackForOne", "MIR-RTE-001",
     Far({{"rx_routes", R"([{"to": "10.0.1.2/32", "via": "ba"}])"}}), "/vpcs/b/route_tables/rt-b",
     "no copies of web[1]/eni0 (1 of 2 sources of tms-1)", 1},
    {"Loop",
     "MIR-RTE-001",
     {{"source", "fw"}, {"fw_routes", R"([{"to": "10.0.9.0/24", "via": "fw"}])"}},
     "/vpcs/a/route_tables/rt-fw/0",
     "in a circle",
     1},
    {"ClosedGroup",
     "MIR-SEC-001",
     {{"group", kDropAll}},
     "/vpcs/a/security_groups/sg/ingress/0",
     "security group sg: ingress rule 1 drops UDP 4789 from 10.0.1.2 to 10.0.9.2",
     2},
    {"GroupWithoutRules",
     "MIR-SEC-001",
     {{"group", "{}"}},
     "/vpcs/a/security_groups/sg",
     "no ingress rule matches UDP 4789 from 10.0.1.2 to 10.0.9.2, which is dropped",
     2},
    {"ClosedAcl",
     "MIR-SEC-002",
     {{"acl", kDropAll}},
     "/vpcs/a/acls/acl-sec/ingress/0",
     "network ACL acl-sec: ingress rule 1 drops UDP 4789",
     2},
    {"NeverFits",
     "MIR-RCH-001",
     {{"balancer",
       R"({"nlb": {"kind": "nlb", "subnets": ["sec"], "backends": ["near"], "mtu": "1500 B"}})"},
      {"target", R"("Type": "network-load-balancer", "NetworkLoadBalancerArn": "nlb")"},
      {"mtu", "\"95 B\""}},
     "/hosts/near",
     "has an MTU of 95, and the shortest copy is a packet of 96 bytes",
     2,
     false},
};

INSTANTIATE_TEST_SUITE_P(Table, LostCopiesTest, testing::ValuesIn(kLost),
                         [](const auto& tested) { return tested.param.name; });

TEST(ReachRulesTest, SayNothingOfAnOpenWay) {
  for (const Parts& parts : {Parts{}, kToFar}) {
    for (const Finding& each : FoundIn(Network(parts))) {
      EXPECT_NE(each.severity, Severity::kError) << each.message;
    }
  }
}

// A VPC whose route table nobody wrote is given one.
TEST(ReachRulesTest, WriteARouteTableThatIsMissing) {
  std::string text = Network(kToFar);
  for (const std::string part :
       {R"(, "route_table": "rt-b")",
        R"("route_tables": {"rt-b": [{"to": "10.0.0.0/16", "via": "ba"}]}, )"}) {
    ASSERT_NE(text.find(part), std::string::npos);
    text.erase(text.find(part), part.size());
  }
  const std::vector<Finding> findings = FoundIn(text);
  const Finding* found = OfCode(findings, "MIR-RTE-001");
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->path, "/vpcs/b");
  EXPECT_THAT(found->message, HasSubstr("route 0.0.0.0/0 to the outside does not lead back"));
  ASSERT_EQ(found->edits.size(), 1U);
  EXPECT_EQ(found->edits[0].path, "/vpcs/b/route_tables");
  EXPECT_EQ(OfCode(FoundIn(Edited(text, found->edits)), "MIR-RTE-001"), nullptr);
}

// One closed group is one mistake, in however many sessions it is.
TEST(ReachRulesTest, TellAMistakeOnce) {
  Parts parts = {{"group", "{}"}};
  std::string text = Network(parts);
  const std::string session = R"({"TrafficMirrorSessionId": "tms-1", "NetworkInterfaceId": "web",)";
  text.replace(text.find(session), session.size(),
               R"({"TrafficMirrorSessionId": "tms-2", "NetworkInterfaceId": "fw",
                   "SessionNumber": 2, "VirtualNetworkId": 2, "TrafficMirrorTargetId": "tmt-1",
                   "TrafficMirrorFilterId": "tmf-1"}, )" +
                   session);
  const std::vector<Finding> findings = FoundIn(text);
  EXPECT_EQ(std::count_if(findings.begin(), findings.end(),
                          [](const Finding& each) { return each.code == "MIR-SEC-001"; }),
            1);
  const Finding* found = OfCode(findings, "MIR-SEC-001");
  ASSERT_NE(found, nullptr);
  EXPECT_THAT(found->message, HasSubstr("(3 of 3 sources of tms-2 and 1 more)"));
  // One rule for each subnet that has sources, before the others.
  ASSERT_EQ(found->edits.size(), 1U);
  EXPECT_EQ(found->edits[0].path, "/vpcs/a/security_groups/sg/ingress");
  EXPECT_EQ(found->edits[0].value,
            R"([{"action": "accept", "protocol": "udp", "peer": "10.0.1.0/24", "ports": 4789}, )"
            R"({"action": "accept", "protocol": "udp", "peer": "10.0.3.0/24", "ports": 4789}])");
}

Parts TwoBackends(const char* more) {
  return {{"balancer", std::string(R"({"nlb": {"kind": "nlb", "subnets": ["sec"],
               "backends": ["near", "fw"], "cross_zone": true)") +
                           more + "}}"},
          {"target", R"("Type": "network-load-balancer", "NetworkLoadBalancerArn": "nlb")"}};
}

// Of two backends one is not healthy: the other is the only one.
TEST(ReachRulesTest, TellASinglePointOfSeveralReceivers) {
  const std::vector<Finding> findings = FoundIn(Network(TwoBackends(R"(, "unhealthy": ["fw"])")));
  const Finding* found = OfCode(findings, "MIR-RCH-002");
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->severity, Severity::kInfo);
  EXPECT_THAT(found->message,
              HasSubstr("all that tms-1 copies, of 2 sources, comes by receiver near"));
}

TEST(ReachRulesTest, TellNoSinglePointOfTwoReceivers) {
  EXPECT_EQ(OfCode(FoundIn(Network(TwoBackends(""))), "MIR-RCH-002"), nullptr);
}

// That a mirror with one receiver hangs on it is no news.
TEST(ReachRulesTest, DoNotTellTheOnlyReceiver) {
  EXPECT_EQ(OfCode(FoundIn(Network({})), "MIR-RCH-002"), nullptr);
}

// Four hosts receive 2 Gbps each and send 1,050 bytes for every 1,000: 8.4 Gbps to two
// receivers of 3.
std::string TwoReceivers(const char* bandwidth) {
  return std::string(R"({"hosts": {"web": {"count": 4, "limits": {"bandwidth": "10 Gbps",
      "model": "per_direction"}}, "ids": {"count": 2, "limits": {"bandwidth": ")") +
         bandwidth + R"("}}},
    "workloads": {"www": {"at": "web", "in": "2 Gbps", "sizes": "1000 B"}},
    "mirrors": [{"CollectorSrcs": ["web"], "CollectorTarget": {"TargetIps": ["ids[*]"],
                 "AlgHash": "FIVE_TUPLE_FLOW"}}]})";
}

TEST(ReachRulesTest, TellMoreThanCanEverArrive) {
  const std::vector<Finding> findings = FoundIn(TwoReceivers("3 Gbps"));
  const Finding* found = OfCode(findings, "MIR-RCH-003");
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->path, "/hosts/ids");
  ASSERT_EQ(found->numbers.size(), 3U);
  EXPECT_NEAR(found->numbers[0].value, 8.4e9, 1e3);
  EXPECT_EQ(found->numbers[1].value, 6e9);
  EXPECT_NEAR(found->numbers[2].value, 1 - 6 / 8.4, 1e-9);
  EXPECT_THAT(found->message, HasSubstr("receiver ids[0] (3 Gbps), receiver ids[1] (3 Gbps)"));
  EXPECT_EQ(OfCode(FoundIn(TwoReceivers("4.2 Gbps")), "MIR-RCH-003"), nullptr);
}

}  // namespace
}  // namespace vpcmirror
