// What the clouds' own documents say of single packets. Each row is one of their
// examples or follows from them directly; the mirrors are written as the cloud's API
// writes them and the profiles are those that ship. Sources: for Tencent
// cloud.tencent.com/document/product/215/{36390,44475,116093,116097} and its API
// samples; for AWS docs.aws.amazon.com/vpc/latest/mirroring (filters, sessions,
// network limitations); for Alibaba Cloud help.aliyun.com/zh/vpc/traffic-mirroring-overview;
// for Huawei Cloud support.huaweicloud.com/intl/en-us/usermanual-vpc/vpc_mirror_02.html.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <ostream>
#include <string>
#include <vector>

#include "sim/explain/explainer.h"
#include "sim/input/library.h"
#include "sim/input/packet_text.h"
#include "sim/input/scenario_reader.h"

namespace vpcmirror::sim {
namespace {

const std::string kData = std::string(VPCMIRROR_SOURCE_DIR) + "/scenarios";

const Library& Shipped() {
  static const Library library = LoadLibrary(kData);
  return library;
}

struct Deployment {
  std::string provider;
  std::string mirrors;
  std::string vpcs = R"({"v": {"cidr": "10.0.0.0/8", "subnets": {"s": "10.0.0.0/16"}}})";
  std::string assumptions = "{}";
  int source_mtu = 1500;
  int receiver_mtu = 8500;
};

ValidScenario ScenarioOf(const Deployment& made) {
  const std::string text = R"({"provider": ")" + made.provider + R"(", "vpcs": )" + made.vpcs +
                           R"(, "assumptions": )" + made.assumptions + R"(,
      "hosts": {
        "a": {"enis": [{"id": "eni-a", "subnet": "s", "address": "10.0.0.7"}], "mtu": ")" +
                           std::to_string(made.source_mtu) + R"( B"},
        "b": {"enis": [{"id": "eni-b", "subnet": "s", "address": "10.0.0.9"}]},
        "r": {"enis": [{"id": "eni-r", "subnet": "s", "address": "10.0.0.20"}], "mtu": ")" +
                           std::to_string(made.receiver_mtu) + R"( B"},
        "q": {"enis": [{"id": "eni-q", "subnet": "s", "address": "10.0.0.21"}]}},
      "mirrors": )" + made.mirrors +
                           "}";
  ReadOptions options;
  options.data_folder = kData;
  return LoadScenarioText(text, made.provider + ".json", Shipped(), options);
}

std::size_t EniNamed(const ValidScenario& scenario, const std::string& id) {
  const auto& enis = scenario.deployment->enis;
  const auto at =
      std::find_if(enis.begin(), enis.end(), [&](const Eni& eni) { return eni.id == id; });
  return static_cast<std::size_t>(at - enis.begin());
}

struct Vector {
  const char* id;
  const Deployment* deployment;
  const char* packet;
  const char* want;  // "yes", or the refusal of the first session that is asked
  const char* eni = "eni-a";
};

void PrintTo(const Vector& v, std::ostream* os) { *os << v.id << ": " << v.packet; }

Decision DecisionOn(const Vector& v, const ValidScenario& scenario) {
  const PacketText packet = ParsePacketText(v.packet);
  Explainer explainer(scenario, EniNamed(scenario, v.eni));
  Answer answer;
  explainer.Ask(ParseFrame(packet.frame.bytes, packet.frame.wire_length), packet.direction, answer);
  return answer.decision;
}

class CloudVectorTest : public testing::TestWithParam<Vector> {};

TEST_P(CloudVectorTest, IsAsDocumented) {
  const Vector& v = GetParam();
  const ValidScenario scenario = ScenarioOf(*v.deployment);
  const Decision decision = DecisionOn(v, scenario);
  ASSERT_FALSE(decision.outcomes().empty());
  const Refusal refusal = decision.outcomes()[0].refusal;
  EXPECT_EQ(refusal == Refusal::kNone ? "yes" : std::string(ToString(refusal)), v.want);
}

// Tencent, conditions.
std::string TencentMirror(const std::string& more, const std::string& source = "eni-a") {
  return R"([{"TrafficMirrorName": "m", "State": "RUNNING", "CollectorSrcs": [")" + source +
         R"("], "CollectorTarget": {"TargetIps": ["10.0.0.20"]})" +
         (more.empty() ? "" : ", " + more) + "}]";
}

const Deployment kTencentEgress{"tencent", TencentMirror(R"("Direction": "EGRESS")")};
const Deployment kTencentAll{"tencent", TencentMirror(R"("Direction": "ALL")")};
const Deployment kTencentSample{"tencent",
                                TencentMirror(R"("Direction": "INGRESS", "CollectorNormalFilters": [
      {"SrcNet": "10.0.0.0/24", "DstNet": "192.168.0.0/24", "SrcPort": "5000", "DstPort": "3456",
       "Protocol": "TCP"}])")};
const Deployment kTencentContradiction{
    "tencent", TencentMirror(R"("CollectorNormalFilters": [{"Protocol": "TCP", "DstPort": "80"},
      {"Protocol": "TCP", "DstPort": "443"}])")};
const Deployment kTencentBoth{"tencent",
                              TencentMirror(R"("CollectorNormalFilters": [{"DstNet": "10.0.0.0/8"},
      {"Protocol": "TCP", "DstPort": "22"}])")};
const Deployment kTencentNat{"tencent", TencentMirror(R"("Direction": "EGRESS", "NatId": "nat-x")"),
                             R"({"v": {"cidr": "10.0.0.0/8", "nat_gateways": {"nat-x": {}},
        "route_tables": {"rt": [{"to": "8.8.8.0/24", "via": "nat-x"}, {"to": "0.0.0.0/0", "via": "outside"}]},
        "subnets": {"s": {"cidr": "10.0.0.0/16", "route_table": "rt"}}}})"};
const Deployment kTencentVpc{"tencent", TencentMirror("", "vpc:v")};
const Deployment kTencentStopped{"tencent", R"([{"State": "STOPED", "CollectorSrcs": ["eni-a"],
                    "CollectorTarget": {"TargetIps": ["10.0.0.20"]}}])"};
const Deployment kTencentRules{"tencent", TencentMirror(R"("Direction": "NO-DIRECTION",
      "IngressFilterRules": [{"Priority": 1, "Action": "ACCEPT", "Protocol": "TCP",
        "SrcNet": "192.168.0.0/16", "SrcPort": "1000-2000", "DstNet": "10.0.0.0/16", "DstPort": "1000-2000"}],
      "EgressFilterRules": [{"Priority": 1, "Action": "DROP", "Protocol": "TCP",
        "SrcNet": "192.168.0.0/16", "SrcPort": "2000-3000", "DstNet": "10.0.0.0/16", "DstPort": "2000-3000"}])")};

// AWS. "my-net" is 198.51.100.0/24, the VPC 10.0.0.0/8, another network 203.0.113.0/24.
std::string AwsRule(int number, const char* action, const std::string& match) {
  return R"({"RuleNumber": )" + std::to_string(number) + R"(, "RuleAction": ")" + action + "\", " +
         match + "}";
}
const std::string kAnyIpv4 =
    R"("SourceCidrBlock": "0.0.0.0/0", "DestinationCidrBlock": "0.0.0.0/0")";

std::string AwsMirrors(const std::vector<std::string>& ingress_lists,
                       const std::string& more = "") {
  std::string sessions;
  std::string filters;
  for (std::size_t i = 0; i < ingress_lists.size(); ++i) {
    const std::string n = std::to_string(i + 1);
    const std::string comma = i == 0 ? "" : ", ";
    sessions += comma + R"({"TrafficMirrorSessionId": "tms-)" + n +
                R"(", "TrafficMirrorTargetId": "tmt-)" + n +
                R"(", "TrafficMirrorFilterId": "tmf-)" + n +
                R"(", "NetworkInterfaceId": "eni-a", "SessionNumber": )" + n +
                R"(, "VirtualNetworkId": )" + n + more + "}";
    filters += comma + R"({"TrafficMirrorFilterId": "tmf-)" + n + R"(", "IngressFilterRules": [)" +
               ingress_lists[i] + R"(], "EgressFilterRules": []})";
  }
  return R"({"TrafficMirrorSessions": [)" + sessions + R"(], "TrafficMirrorFilters": [)" + filters +
         R"(], "TrafficMirrorTargets": [
           {"TrafficMirrorTargetId": "tmt-1", "NetworkInterfaceId": "eni-r", "Type": "network-interface"},
           {"TrafficMirrorTargetId": "tmt-2", "NetworkInterfaceId": "eni-q", "Type": "network-interface"}]})";
}

const std::string kAcceptTcp = AwsRule(20, "accept", R"("Protocol": 6, )" + kAnyIpv4);
const std::string kAcceptUdp = AwsRule(20, "accept", R"("Protocol": 17, )" + kAnyIpv4);
const Deployment kAwsInspect{
    "aws", AwsMirrors({AwsRule(10, "reject", R"("Protocol": 6, "SourceCidrBlock": "198.51.100.0/24",
      "DestinationCidrBlock": "10.0.0.0/8", "DestinationPortRange": {"FromPort": 22, "ToPort": 22})") +
                       ", " + kAcceptTcp})};
const Deployment kAwsTcp{"aws", AwsMirrors({kAcceptTcp})};
const Deployment kAwsTwo{"aws", AwsMirrors({kAcceptTcp, kAcceptUdp})};

// Huawei.
std::string HuaweiMirrors(const std::string& ingress, const std::string& egress) {
  return R"({"traffic_mirror_sessions": [{"id": "s1", "traffic_mirror_sources": ["eni-a"],
      "traffic_mirror_target_id": "eni-r", "traffic_mirror_target_type": "eni",
      "traffic_mirror_filter_id": "f1", "priority": 1, "enabled": true}],
    "traffic_mirror_filters": [{"id": "f1", "ingress_rules": [)" +
         ingress + R"(], "egress_rules": [)" + egress + "]}]}";
}
const Deployment kHuawei{
    "huawei",
    HuaweiMirrors(R"({"priority": 1, "protocol": "TCP", "action": "accept", "ethertype": "IPv4",
        "source_cidr_block": "172.16.0.0/24", "source_port_range": "10000-10001",
        "destination_cidr_block": "10.0.0.3/32", "destination_port_range": "80-80"})",
                  R"({"priority": 1, "protocol": "ALL", "action": "reject", "ethertype": "IPv4",
        "source_cidr_block": "192.168.0.0/24", "destination_cidr_block": "10.2.0.0/24"})")};

const Vector kVectors[] = {
    {"TcOneEgressIsCopied", &kTencentEgress, "out tcp 10.0.0.7:5000 > 10.0.0.9:80", "yes"},
    {"TcTwoIngressIsNotOfAnEgressMirror", &kTencentEgress, "in tcp 10.0.0.9:80 > 10.0.0.7:5000",
     "direction"},
    {"TcThreeAllTakesIngress", &kTencentAll, "in tcp 10.0.0.9:80 > 10.0.0.7:5000", "yes"},
    {"TcThreeAllTakesEgress", &kTencentAll, "out tcp 10.0.0.7:5000 > 10.0.0.9:80", "yes"},
    {"TcFourSampleFilter", &kTencentSample, "in tcp 10.0.0.7:5000 > 192.168.0.9:3456", "yes"},
    {"TcFiveOtherProtocol", &kTencentSample, "in udp 10.0.0.7:5000 > 192.168.0.9:3456", "filter"},
    {"TcFiveOtherPort", &kTencentSample, "in tcp 10.0.0.7:5001 > 192.168.0.9:3456", "filter"},
    {"TcFiveOtherNet", &kTencentSample, "in tcp 10.0.1.7:5000 > 192.168.0.9:3456", "filter"},
    {"TcSixTwoPortsCannotBothHold", &kTencentContradiction, "out tcp 10.0.0.7:5000 > 10.0.0.9:443",
     "filter"},
    {"TcSevenBothConditionsHold", &kTencentBoth, "out tcp 10.0.0.7:5000 > 10.1.1.1:22", "yes"},
    {"TcEightOneConditionFails", &kTencentBoth, "out tcp 10.0.0.7:5000 > 11.1.1.1:22", "filter"},
    {"TcNineRoutedToTheNatGateway", &kTencentNat, "out tcp 10.0.0.7:5000 > 8.8.8.8:443", "yes"},
    {"TcTenRoutedInsideTheVpc", &kTencentNat, "out tcp 10.0.0.7:5000 > 10.0.0.9:443", "next_hop"},
    {"TcElevenArp", &kTencentAll, "out arp", "never_mirrored"},
    {"TcElevenDhcp", &kTencentAll, "out udp 0.0.0.0:68 > 255.255.255.255:67", "never_mirrored"},
    {"TcElevenMetadata", &kTencentAll, "out tcp 10.0.0.7:5000 > 169.254.0.23:80", "never_mirrored"},
    {"TcElevenNtp", &kTencentAll, "out udp 10.0.0.7:123 > 169.254.0.79:123", "never_mirrored"},
    {"TcElevenActivation", &kTencentAll, "out tcp 10.0.0.7:5000 > 169.254.0.53:1688",
     "never_mirrored"},
    {"TcTwelveMirrorPortOfTheReceiver", &kTencentVpc, "in udp 10.0.0.7:49152 > 10.0.0.20:4789",
     "mirror_traffic", "eni-r"},
    {"TcThirteenOtherTrafficOfTheReceiver", &kTencentVpc, "in tcp 10.0.0.9:5000 > 10.0.0.20:80",
     "yes", "eni-r"},
    {"TcFifteenStopped", &kTencentStopped, "out tcp 10.0.0.7:5000 > 10.0.0.9:80", "stopped"},
    {"TcSixteenIngressRuleAccepts", &kTencentRules, "in tcp 192.168.1.1:1500 > 10.0.1.1:1500",
     "yes"},
    {"TcSeventeenEgressRuleDrops", &kTencentRules, "out tcp 192.168.1.1:2500 > 10.0.1.1:2500",
     "rule"},
    {"TcEighteenNoRuleMatches", &kTencentRules, "out tcp 192.168.1.1:3001 > 10.0.1.1:80", "filter"},
    {"AwOneRejectsSshFromMyNet", &kAwsInspect, "in tcp 198.51.100.5:5000 > 10.0.0.7:22", "rule"},
    {"AwOneAcceptsTheRestOfTcp", &kAwsInspect, "in tcp 198.51.100.5:5000 > 10.0.0.7:443", "yes"},
    {"AwOneAcceptsSshFromOthers", &kAwsInspect, "in tcp 203.0.113.5:5000 > 10.0.0.7:22", "yes"},
    {"AwOneUdpMatchesNoRule", &kAwsInspect, "in udp 198.51.100.5:5000 > 10.0.0.7:22", "filter"},
    {"AwOneIpvFourRuleHoldsNoIpvSix", &kAwsInspect, "in tcp [2001:db8::1]:5000 > [2001:db8::2]:443",
     "filter"},
    {"AwOneNoOutboundRules", &kAwsInspect, "out tcp 10.0.0.7:22 > 198.51.100.5:5000", "filter"},
    {"AwThreeInboundTcp", &kAwsTcp, "in tcp 203.0.113.5:5000 > 10.0.0.7:80", "yes"},
    {"AwThreeInboundUdp", &kAwsTcp, "in udp 203.0.113.5:5000 > 10.0.0.7:80", "filter"},
    {"AwThreeInboundIcmp", &kAwsTcp, "in icmp 203.0.113.5 > 10.0.0.7", "filter"},
    {"AwThreeOutbound", &kAwsTcp, "out tcp 10.0.0.7:80 > 203.0.113.5:5000", "filter"},
    {"HwOneRuleAccepts", &kHuawei, "in tcp 172.16.0.9:10000 > 10.0.0.3:80", "yes"},
    {"HwOneOtherSourcePort", &kHuawei, "in tcp 172.16.0.9:10002 > 10.0.0.3:80", "filter"},
    {"HwOneOtherDestination", &kHuawei, "in tcp 172.16.0.9:10000 > 10.0.0.4:80", "filter"},
    {"HwOneOtherProtocol", &kHuawei, "in udp 172.16.0.9:10000 > 10.0.0.3:80", "filter"},
    {"HwTwoRuleRejects", &kHuawei, "out tcp 192.168.0.5:5000 > 10.2.0.7:80", "rule"},
};

INSTANTIATE_TEST_SUITE_P(Table, CloudVectorTest, testing::ValuesIn(kVectors),
                         [](const auto& param) { return param.param.id; });

// AW-4: TCP to target A only, UDP to target B only, ICMP to neither.
TEST(CloudVectorsTest, AwsSessionsSplitTraffic) {
  const ValidScenario scenario = ScenarioOf(kAwsTwo);
  const auto copies = [&](const char* packet) {
    std::vector<bool> copied;
    const Vector vector{"", &kAwsTwo, packet, ""};
    const Decision decision = DecisionOn(vector, scenario);
    for (const Outcome& each : decision.outcomes())
      copied.push_back(each.refusal == Refusal::kNone);
    return copied;
  };
  EXPECT_THAT(copies("in tcp 203.0.113.5:5000 > 10.0.0.7:80"), testing::ElementsAre(true, false));
  EXPECT_THAT(copies("in udp 203.0.113.5:5000 > 10.0.0.7:80"), testing::ElementsAre(false, true));
  EXPECT_THAT(copies("in icmp 203.0.113.5 > 10.0.0.7"), testing::ElementsAre(false, false));
}

// HW-3: both sessions match, and only the one of priority 1 acts, whatever it does.
TEST(CloudVectorsTest, HuaweiNeverAsksTheSecondSession) {
  for (const char* action : {"accept", "reject"}) {
    const std::string rule = R"({"priority": 1, "protocol": "TCP", "action": ")";
    const Deployment deployment{"huawei",
                                R"({"traffic_mirror_sessions": [
          {"id": "s2", "traffic_mirror_sources": ["eni-a"], "traffic_mirror_target_id": "eni-q",
           "traffic_mirror_target_type": "eni", "traffic_mirror_filter_id": "f2", "priority": 2, "enabled": true},
          {"id": "s1", "traffic_mirror_sources": ["eni-a"], "traffic_mirror_target_id": "eni-r",
           "traffic_mirror_target_type": "eni", "traffic_mirror_filter_id": "f1", "priority": 1, "enabled": true}],
        "traffic_mirror_filters": [{"id": "f1", "ingress_rules": [)" +
                                    rule + action +
                                    R"("}], "egress_rules": []}, {"id": "f2", "ingress_rules": [)" +
                                    rule + R"(accept"}], "egress_rules": []}]})"};
    const ValidScenario scenario = ScenarioOf(deployment);
    const Vector vector{"", &deployment, "in tcp 203.0.113.5:5000 > 10.0.0.7:80", ""};
    const Decision decision = DecisionOn(vector, scenario);
    ASSERT_EQ(decision.outcomes().size(), 2u);
    EXPECT_EQ(decision.outcomes()[0].refusal,
              std::string(action) == "accept" ? Refusal::kNone : Refusal::kRule);
    EXPECT_EQ(decision.outcomes()[1].refusal, Refusal::kEarlierSession);
  }
}

// TC-14: the API refuses a source that receives.
TEST(CloudVectorsTest, TencentRefusesAReceiverAsSource) {
  const Deployment deployment{"tencent", TencentMirror("", "eni-r")};
  try {
    ScenarioOf(deployment);
    FAIL() << "was accepted";
  } catch (const ScenarioException& refusal) {
    EXPECT_THAT(refusal.errors()[0].message,
                testing::StartsWith("UnsupportedOperation.TrafficMirrorNotSupportSameSrcTarget"));
  }
}

// TC-21 and TC-22: six sources of 3 Gbps need receivers of 18 / 9 = 2 Gbps.
TEST(CloudVectorsTest, TencentAsksForANinthAtTheReceivers) {
  const auto notes = [](const char* bandwidth) {
    const std::string text = R"({"hosts": {
        "web": {"count": 6, "limits": {"bandwidth": "3 Gbps"}},
        "ids": {"limits": {"bandwidth": ")" +
                             std::string(bandwidth) + R"("}}},
      "mirrors": [{"CollectorSrcs": ["web"], "CollectorTarget": {"TargetIps": ["ids"]}}]})";
    ReadOptions options;
    options.data_folder = kData;
    return LoadScenarioText(text, "ninth.json", Shipped(), options).notes;
  };
  EXPECT_THAT(notes("2 Gbps"), testing::IsEmpty());
  EXPECT_THAT(notes("1.5 Gbps"), testing::ElementsAre(testing::StartsWith(
                                     "InvalidParameterValue.MirrorLackTargetResource: ")));
}

// TC-19 and TC-20: of one frame in and one out, ALL copies both (1 in, 3 out) and
// INGRESS the first (1 in, 2 out).
TEST(CloudVectorsTest, TencentCopiesAddToWhatLeaves) {
  const auto leaves = [](const std::string& direction) {
    const Deployment deployment{"tencent", TencentMirror(R"("Direction": ")" + direction + "\"")};
    const ValidScenario scenario = ScenarioOf(deployment);
    int out = 1;  // the frame that leaves by itself
    for (const char* packet : {"in tcp 10.0.0.9:80 > 10.0.0.7:5000 len 1000",
                               "out tcp 10.0.0.7:5000 > 10.0.0.9:80 len 1000"}) {
      const Vector vector{"", &deployment, packet, ""};
      const Decision decision = DecisionOn(vector, scenario);
      out += decision.outcomes()[0].refusal == Refusal::kNone ? 1 : 0;
    }
    return out;
  };
  EXPECT_EQ(leaves("ALL"), 3);
  EXPECT_EQ(leaves("INGRESS"), 2);
}

// docs.aws.amazon.com, "Amazon DNS": the resolver has the second address of the VPC.
TEST(CloudVectorsTest, NoHostOfAwsHasTheAddressOfItsResolver) {
  const auto first_host = [](const std::string& provider) {
    const std::string text = R"({"provider": ")" + provider + R"(", "hosts": {"a": {}}})";
    ReadOptions options;
    options.data_folder = kData;
    const ValidScenario scenario = LoadScenarioText(text, "first.json", Shipped(), options);
    return ToString(scenario.deployment->enis[0].addresses.front());
  };
  EXPECT_EQ(first_host("aws"), "10.0.0.3");
  EXPECT_EQ(first_host("tencent"), "10.0.0.2");
}

struct LengthVector {
  const char* id;
  Deployment deployment;
  int packet;      // bytes of the inner IP packet
  int want_inner;  // of them that the copy has
  int want_outer;  // bytes of the outer IP packet
};

void PrintTo(const LengthVector& v, std::ostream* os) { *os << v.id; }

class LengthVectorTest : public testing::TestWithParam<LengthVector> {};

TEST_P(LengthVectorTest, IsAsDocumented) {
  const LengthVector& v = GetParam();
  const ValidScenario scenario = ScenarioOf(v.deployment);
  const std::string packet =
      "in tcp 203.0.113.5:5000 > 10.0.0.7:80 len " + std::to_string(v.packet + 14);
  const Vector vector{v.id, &v.deployment, packet.c_str(), ""};
  const Decision decision = DecisionOn(vector, scenario);
  ASSERT_EQ(decision.outcomes()[0].refusal, Refusal::kNone);
  const std::int64_t kept = decision.outcomes()[0].plan.kept.count();
  EXPECT_EQ(kept - 14, v.want_inner);
  EXPECT_EQ(kept + 36, v.want_outer);  // IPv4, UDP and VXLAN headers
}

std::string AlibabaMirrors() {
  return R"({"TrafficMirrorSessions": [{"TrafficMirrorSessionId": "tms-1", "TrafficMirrorSourceIds": ["eni-a"],
      "TrafficMirrorTargetId": "eni-r", "TrafficMirrorTargetType": "NetworkInterface",
      "TrafficMirrorFilterId": "tmf-1", "Priority": 1, "VirtualNetworkId": 10, "Enabled": true}],
    "TrafficMirrorFilters": [{"TrafficMirrorFilterId": "tmf-1", "IngressRules": [
      {"Priority": 1, "Action": "accept", "Protocol": "ALL", "SourceCidrBlock": "0.0.0.0/0",
       "SourcePortRange": "-1/-1", "DestinationCidrBlock": "0.0.0.0/0", "DestinationPortRange": "-1/-1"}],
      "EgressRules": []}]})";
}

Deployment Alibaba(int receiver_mtu, const char* basis, int source_mtu = 8500) {
  return {.provider = "alibaba",
          .mirrors = AlibabaMirrors(),
          .assumptions = std::string(R"({"truncation_basis": ")") + basis + "\"}",
          .source_mtu = source_mtu,
          .receiver_mtu = receiver_mtu};
}

Deployment Aws(const std::string& more) {
  return {.provider = "aws",
          .mirrors = AwsMirrors({kAcceptTcp}, more),
          .source_mtu = 9001,
          .receiver_mtu = 9001};
}

const LengthVector kLengthVectors[] = {
    // 100 bytes behind the VXLAN header: 14 of Ethernet and 86 of the packet.
    {"AwSevenPacketLength", Aws(R"(, "PacketLength": 100)"), 1486, 86, 136},
    {"AwEightIsTruncated", Aws(""), 8996, 8947, 8997},
    {"AwEightIsWhole", Aws(""), 8947, 8947, 8997},
    {"AlOneSmallPacketIsWhole", Alibaba(1500, "receiver"), 500, 500, 550},
    {"AlTwoIsCutToTheTarget", Alibaba(1500, "receiver"), 1500, 1450, 1500},
    {"AlThreeJumboTarget", Alibaba(8500, "receiver"), 1500, 1500, 1550},
    {"AlFourRegionWithoutJumbo", Alibaba(8500, "fixed"), 1500, 1450, 1500},
};

INSTANTIATE_TEST_SUITE_P(Table, LengthVectorTest, testing::ValuesIn(kLengthVectors),
                         [](const auto& param) { return param.param.id; });

}  // namespace
}  // namespace vpcmirror::sim
