#include "models/cloud/firewall.h"

#include <gtest/gtest.h>

#include "tests/unit/cloud/two_vpcs.h"

namespace vpcmirror {
namespace {

using namespace testing_clouds;  // NOLINT: the world of these tests

struct AcceptCase {
  const char* name;
  std::vector<SecurityRule> rules;
  FlowKey flow;
  Direction direction;
  bool accepted;
};

void PrintTo(const AcceptCase& c, std::ostream* os) { *os << c.name; }

class AcceptsTest : public testing::TestWithParam<AcceptCase> {};

TEST_P(AcceptsTest, IsAsTabled) {
  const AcceptCase& c = GetParam();
  EXPECT_EQ(Accepts(c.rules, c.flow, c.direction), c.accepted);
}

const FlowKey kHttps = Tcp("192.0.2.1", 40000, "10.0.1.2", 443);
const FlowKey kPing{Address("192.0.2.1"), Address("10.0.1.2"),  0, 0,
                    kProtocolIcmp,        Ports::kNotInProtocol};

const AcceptCase kAccepts[] = {
    {"NoRulesDrop", {}, kHttps, Direction::kIngress, false},
    {"TheFirstMatchDecides", {Rule(false), Rule(true)}, kHttps, Direction::kIngress, false},
    {"AnotherProtocolFallsThrough",
     {Rule(false, kProtocolUdp), Rule(true)},
     kHttps,
     Direction::kIngress,
     true},
    {"PortsAreTheDestinations",
     {Rule(true, kProtocolTcp, {40000, 40000})},
     kHttps,
     Direction::kIngress,
     false},
    {"APortRangeHoldsItsEnds",
     {Rule(true, kProtocolTcp, {80, 443})},
     kHttps,
     Direction::kIngress,
     true},
    {"ThePeerOfIngressIsTheSource",
     {Rule(true, std::nullopt, {0, 65535}, Prefix("192.0.2.0/24"))},
     kHttps,
     Direction::kIngress,
     true},
    {"ThePeerOfEgressIsTheDestination",
     {Rule(true, std::nullopt, {0, 65535}, Prefix("192.0.2.0/24"))},
     kHttps,
     Direction::kEgress,
     false},
    {"PingMatchesARuleWithoutPorts", {Rule(true, kProtocolIcmp)}, kPing, Direction::kIngress, true},
    {"PingMatchesNoRuleAboutPorts",
     {Rule(true, {}, {443, 443})},
     kPing,
     Direction::kIngress,
     false},
};

INSTANTIATE_TEST_SUITE_P(Table, AcceptsTest, testing::ValuesIn(kAccepts),
                         [](const auto& tested) { return tested.param.name; });

// A web server: HTTPS in, nothing out.
Deployment WebServer() {
  Deployment deployment = TwoVpcs();
  deployment.security_groups = {{"sg-web", {Rule(true, kProtocolTcp, {443, 443})}, {}}};
  deployment.enis[kWeb].security_groups = {0};
  return deployment;
}

TEST(FirewallTest, IsOpenWithoutGroupAndAcl) {
  const Deployment deployment = TwoVpcs();
  Firewall firewall(deployment, kWeb);
  EXPECT_TRUE(firewall.is_open());
  EXPECT_EQ(firewall.Admit(kHttps, Direction::kEgress), Admission::kAdmitted);
}

TEST(FirewallTest, AdmitsTheReplyToWhatItAdmitted) {
  const Deployment deployment = WebServer();
  Firewall firewall(deployment, kWeb);
  EXPECT_EQ(firewall.Admit(Reversed(kHttps), Direction::kEgress), Admission::kSecurityGroup);
  EXPECT_EQ(firewall.Admit(kHttps, Direction::kIngress), Admission::kAdmitted);
  EXPECT_EQ(firewall.Admit(Reversed(kHttps), Direction::kEgress), Admission::kAdmitted);
}

// A frame out with the very 5-tuple of one that came in is not its reply.
TEST(FirewallTest, TakesOnlyTheReverseForAReply) {
  const Deployment deployment = WebServer();
  Firewall firewall(deployment, kWeb);
  ASSERT_EQ(firewall.Admit(kHttps, Direction::kIngress), Admission::kAdmitted);
  EXPECT_EQ(firewall.Admit(kHttps, Direction::kEgress), Admission::kSecurityGroup);
}

TEST(FirewallTest, RemembersNothingOfWhatItDropped) {
  const Deployment deployment = WebServer();
  Firewall firewall(deployment, kWeb);
  const FlowKey ssh = Tcp("192.0.2.1", 40000, "10.0.1.2", 22);
  EXPECT_EQ(firewall.Admit(ssh, Direction::kIngress), Admission::kSecurityGroup);
  EXPECT_EQ(firewall.Admit(Reversed(ssh), Direction::kEgress), Admission::kSecurityGroup);
}

TEST(FirewallTest, AdmitsWhatOneOfSeveralGroupsAdmits) {
  Deployment deployment = WebServer();
  deployment.security_groups.push_back({"sg-drop", {Rule(false)}, {}});
  deployment.enis[kWeb].security_groups = {1, 0};
  Firewall firewall(deployment, kWeb);
  EXPECT_EQ(firewall.Admit(kHttps, Direction::kIngress), Admission::kAdmitted);
}

TEST(FirewallTest, AclAsksReplyPacketsToo) {
  Deployment deployment = TwoVpcs();
  deployment.acls = {{"acl", {Rule(true, kProtocolTcp, {443, 443})}, {}}};
  deployment.subnets[kWebNet].acl = 0;
  Firewall firewall(deployment, kWeb);
  EXPECT_EQ(firewall.Admit(kHttps, Direction::kIngress), Admission::kAdmitted);
  EXPECT_EQ(firewall.Admit(Reversed(kHttps), Direction::kEgress), Admission::kAcl);
}

// web2 10.0.1.3 is in the same subnet as web 10.0.1.2.
TEST(FirewallTest, AclLetsPassWhatStaysInTheSubnet) {
  Deployment deployment = TwoVpcs();
  deployment.acls = {{"acl", {}, {}}};
  deployment.subnets[kWebNet].acl = 0;
  Firewall firewall(deployment, kWeb);
  EXPECT_EQ(firewall.Admit(Tcp("10.0.1.3", 40000, "10.0.1.2", 443), Direction::kIngress),
            Admission::kAdmitted);
  EXPECT_EQ(firewall.Admit(kHttps, Direction::kIngress), Admission::kAcl);
}

// The ACL stands in front of the ENI, so a frame that comes in meets it first.
TEST(FirewallTest, NamesWhatTheFrameMeetsFirst) {
  Deployment deployment = TwoVpcs();
  deployment.acls = {{"acl", {}, {}}};
  deployment.security_groups = {{"sg", {}, {}}};
  deployment.subnets[kWebNet].acl = 0;
  deployment.enis[kWeb].security_groups = {0};
  Firewall firewall(deployment, kWeb);
  EXPECT_EQ(firewall.Admit(kHttps, Direction::kIngress), Admission::kAcl);
  EXPECT_EQ(firewall.Admit(Reversed(kHttps), Direction::kEgress), Admission::kSecurityGroup);
}

// A flow that the ACL stopped on its way out was not let out, so its reply is
// nobody's.
TEST(FirewallTest, OpensNothingThatTheAclStopped) {
  Deployment deployment = TwoVpcs();
  deployment.acls = {{"acl", {Rule(true)}, {}}};
  deployment.security_groups = {{"sg", {}, {Rule(true)}}};
  deployment.subnets[kWebNet].acl = 0;
  deployment.enis[kWeb].security_groups = {0};
  Firewall firewall(deployment, kWeb);
  const FlowKey out = Tcp("10.0.1.2", 40000, "192.0.2.1", 443);
  EXPECT_EQ(firewall.Admit(out, Direction::kEgress), Admission::kAcl);
  EXPECT_EQ(firewall.Admit(Reversed(out), Direction::kIngress), Admission::kSecurityGroup);
}

}  // namespace
}  // namespace vpcmirror
