// Mirrors in each provider's shape. The samples are written by hand after what
// each API prints: `aws ec2 describe-traffic-mirror-*`, Alibaba Cloud's
// ListTrafficMirrorSessions and -Filters, Huawei Cloud's VPC API v3, Volcengine's
// Terraform resources, Google Cloud's packetMirrorings, `az network vnet tap list`,
// Baidu AI Cloud's "create a traffic mirror session".
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/wire/flow_key.h"
#include "sim/input/scenario_reader.h"
#include "tests/unit/input/errors.h"
#include "tests/unit/input/shipped.h"

namespace vpcmirror::sim {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Scenario ReadMirrors(const std::string& mirrors) {
  ReadOptions options;
  options.data_folder = kDataFolder;
  return ReadScenarioText("{\"hosts\": {\"web\": {}}, \"mirrors\":\n" + mirrors + "}", "f.json",
                          options);
}

std::vector<std::string> MirrorErrors(const std::string& mirrors) {
  return ErrorsOf([&] { ReadMirrors(mirrors); });
}

std::vector<std::string> Values(const std::vector<At<std::string>>& texts) {
  std::vector<std::string> values;
  for (const At<std::string>& text : texts) values.push_back(text.value);
  return values;
}

constexpr char kAws[] = R"({
  "TrafficMirrorSessions": [
    {"TrafficMirrorSessionId": "tms-08a33b1214EXAMPLE", "TrafficMirrorTargetId": "tmt-07f75d8feeEXAMPLE",
     "TrafficMirrorFilterId": "tmf-04812ff784EXAMPLE", "NetworkInterfaceId": "eni-070203f901EXAMPLE",
     "OwnerId": "111122223333", "PacketLength": 100, "SessionNumber": 1, "VirtualNetworkId": 7159709,
     "Description": "example session", "Tags": [{"Key": "Name", "Value": "a"}],
     "options": {"sampling": "1/10", "mtu_policy": "segment"}}],
  "TrafficMirrorFilters": [
    {"TrafficMirrorFilterId": "tmf-04812ff784EXAMPLE", "NetworkServices": ["amazon-dns"],
     "IngressFilterRules": [
       {"TrafficMirrorFilterRuleId": "tmfr-04812ff784EXAMPLE", "TrafficMirrorFilterId": "tmf-04812ff784EXAMPLE",
        "TrafficDirection": "ingress", "RuleNumber": 100, "RuleAction": "reject", "Protocol": 6,
        "DestinationCidrBlock": "10.0.0.0/16", "SourceCidrBlock": "0.0.0.0/0",
        "DestinationPortRange": {"FromPort": 20, "ToPort": 22}}],
     "EgressFilterRules": [
       {"RuleNumber": 1, "RuleAction": "accept", "DestinationCidrBlock": "::/0", "SourceCidrBlock": "::/0"}],
     "Tags": []}],
  "TrafficMirrorTargets": [
    {"TrafficMirrorTargetId": "tmt-07f75d8feeEXAMPLE", "NetworkInterfaceId": "ids", "Type": "network-interface",
     "Description": "t", "OwnerId": "111122223333", "Tags": []}]})";

TEST(AwsMirrorsTest, AreReadAsTheCliPrintsThem) {
  const Scenario scenario = ReadMirrors(kAws);
  ASSERT_EQ(scenario.mirrors.size(), 1u);
  const MirrorSpec& mirror = scenario.mirrors[0];
  EXPECT_EQ(mirror.api, "aws");
  EXPECT_EQ(mirror.path, "/mirrors/TrafficMirrorSessions/0");
  EXPECT_EQ(mirror.id->value, "tms-08a33b1214EXAMPLE");
  EXPECT_THAT(Values(mirror.sources), ElementsAre("eni-070203f901EXAMPLE"));
  EXPECT_THAT(Values(mirror.targets), ElementsAre("ids"));
  EXPECT_EQ(mirror.targets[0].path, "/mirrors/TrafficMirrorTargets/0/NetworkInterfaceId");
  EXPECT_TRUE(mirror.one_target);
  EXPECT_EQ(mirror.number->value, 1);
  EXPECT_EQ(mirror.vni->value, 7'159'709);
  EXPECT_EQ(mirror.packet_length->value, 100);
  EXPECT_FALSE(mirror.state);
  EXPECT_FALSE(mirror.direction);
  EXPECT_EQ(mirror.sampling->value, (Sampling{1, 10}));
  ASSERT_EQ(mirror.mtu_policy.size(), 1u);
  EXPECT_EQ(mirror.mtu_policy[0].value.value, MtuPolicy::kSegment);
}

TEST(AwsMirrorsTest, ShareTheirFilter) {
  const FilterSpec filter = ReadMirrors(kAws).mirrors[0].filter;
  EXPECT_EQ(filter.path, "/mirrors/TrafficMirrorFilters/0");
  EXPECT_TRUE(filter.by_rules);
  EXPECT_THAT(Values(filter.services), ElementsAre("amazon-dns"));
  ASSERT_EQ(filter.ingress.size(), 1u);
  const RuleSpec& rule = filter.ingress[0];
  EXPECT_EQ(rule.path, "/mirrors/TrafficMirrorFilters/0/IngressFilterRules/0");
  EXPECT_EQ(rule.id, "tmfr-04812ff784EXAMPLE");
  EXPECT_EQ(rule.priority->value, 100);
  EXPECT_EQ(rule.action->value, Action::kReject);
  EXPECT_EQ(rule.match.protocol->value, (ProtocolSpec{"6", kProtocolTcp}));
  EXPECT_EQ(rule.match.destination_ports->value, (PortRange{20, 22}));
  EXPECT_FALSE(rule.match.source_ports);
  EXPECT_EQ(ToString(rule.match.destination->value), "10.0.0.0/16");
  ASSERT_EQ(filter.egress.size(), 1u);
  EXPECT_EQ(filter.egress[0].action->value, Action::kAccept);
  EXPECT_EQ(ToString(filter.egress[0].match.source->value), "::/0");
  EXPECT_FALSE(filter.egress[0].match.protocol);
}

constexpr char kAlibaba[] = R"({
  "TrafficMirrorSessions": [
    {"TrafficMirrorSessionId": "tms-j6cla50buc44ap8tu****", "TrafficMirrorSessionName": "abc",
     "TrafficMirrorSourceIds": ["eni-a", "web"], "TrafficMirrorTargetId": "ids", "TrafficMirrorTargetType": "NetworkInterface",
     "TrafficMirrorFilterId": "tmf-1", "Priority": 3, "VirtualNetworkId": 10, "PacketLength": 1500, "Enabled": false,
     "TrafficMirrorSessionStatus": "Created", "TrafficMirrorSessionBusinessStatus": "Normal"}],
  "TrafficMirrorFilters": [
    {"TrafficMirrorFilterId": "tmf-1", "TrafficMirrorFilterStatus": "Created",
     "IngressRules": [{"TrafficMirrorFilterRuleId": "tmr-1", "Priority": 1, "Action": "drop", "Protocol": "UDP", "TrafficDirection": "ingress",
                       "SourceCidrBlock": "10.0.0.0/24", "SourcePortRange": "80/120", "DestinationCidrBlock": "10.0.1.0/24", "DestinationPortRange": "-1/-1"}],
     "EgressRules": []}],
  "TotalCount": "1", "RequestId": "r"})";

TEST(AlibabaMirrorsTest, AreReadAsTheListsAnswer) {
  // An ID with asterisks, as the documents print them, is none.
  std::string text = kAlibaba;
  text.replace(text.find("****"), 4, "0000");
  const Scenario scenario = ReadMirrors(text);
  const MirrorSpec& mirror = scenario.mirrors[0];
  EXPECT_EQ(mirror.api, "alibaba");
  EXPECT_THAT(Values(mirror.sources), ElementsAre("eni-a", "web"));
  EXPECT_THAT(Values(mirror.targets), ElementsAre("ids"));
  EXPECT_EQ(mirror.number->value, 3);
  EXPECT_EQ(mirror.state->value, MirrorState::kStopped);
  EXPECT_EQ(mirror.words.number, "Priority");
  const RuleSpec& rule = mirror.filter.ingress[0];
  EXPECT_EQ(rule.action->value, Action::kReject);
  EXPECT_EQ(rule.match.protocol->value.number, kProtocolUdp);
  EXPECT_EQ(rule.match.source_ports->value, (PortRange{80, 120}));
  EXPECT_FALSE(rule.match.destination_ports);
}

TEST(HuaweiMirrorsTest, AreReadAsTheApiAnswersWithNumbersInQuotes) {
  const Scenario scenario = ReadMirrors(R"({
    "traffic_mirror_sessions": [
      {"id": "s-1", "name": "n", "project_id": "p", "traffic_mirror_sources": ["web"], "traffic_mirror_target_id": "ids",
       "traffic_mirror_target_type": "eni", "traffic_mirror_filter_id": "f-1", "priority": 10, "virtual_network_id": "7",
       "packet_length": "96", "enabled": "true", "type": "eni", "created_at": "2023-03-24T06:23:38.000+00:00"}],
    "traffic_mirror_filters": [
      {"id": "f-1", "ingress_rules": [
         {"id": "r-1", "direction": "ingress", "priority": 1, "action": "accept", "protocol": "TCP", "ethertype": "IPv6",
          "source_cidr_block": null, "destination_cidr_block": "2001:db8::/32", "source_port_range": "", "destination_port_range": "80-200"}],
       "egress_rules": []}]})");
  const MirrorSpec& mirror = scenario.mirrors[0];
  EXPECT_EQ(mirror.api, "huawei");
  EXPECT_EQ(mirror.id->value, "s-1");
  EXPECT_EQ(mirror.vni->value, 7);
  EXPECT_EQ(mirror.packet_length->value, 96);
  EXPECT_EQ(mirror.state->value, MirrorState::kRunning);
  const RuleSpec& rule = mirror.filter.ingress[0];
  EXPECT_EQ(rule.match.family->value, IpFamily::kV6);
  EXPECT_FALSE(rule.match.source || rule.match.source_ports);
  EXPECT_EQ(rule.match.destination_ports->value, (PortRange{80, 200}));
}

TEST(VolcengineMirrorsTest, SortRulesByDirection) {
  const Scenario scenario = ReadMirrors(R"({
    "traffic_mirror_sessions": [
      {"traffic_mirror_session_id": "s", "network_interface_id": "web", "traffic_mirror_target_id": "t",
       "traffic_mirror_filter_id": "f", "priority": 1, "packet_length": 1000}],
    "traffic_mirror_filter_rules": [
      {"traffic_mirror_filter_id": "f", "traffic_direction": "egress", "policy": "reject", "protocol": "all",
       "source_cidr_block": "10.0.0.0/24", "destination_cidr_block": "10.0.1.0/24"},
      {"traffic_mirror_filter_id": "other", "traffic_direction": "ingress", "policy": "accept", "protocol": "tcp",
       "source_cidr_block": "0.0.0.0/0", "destination_cidr_block": "0.0.0.0/0"}],
    "traffic_mirror_targets": [{"traffic_mirror_target_id": "t", "instance_type": "NetworkInterface", "instance_id": "ids"}]})");
  const MirrorSpec& mirror = scenario.mirrors[0];
  EXPECT_EQ(mirror.api, "volcengine");
  EXPECT_THAT(Values(mirror.targets), ElementsAre("ids"));
  EXPECT_THAT(mirror.filter.ingress, IsEmpty());
  ASSERT_EQ(mirror.filter.egress.size(), 1u);
  EXPECT_EQ(mirror.filter.egress[0].action->value, Action::kReject);
}

TEST(GcpMirrorsTest, TakeTheLastStepOfAUrl) {
  const Scenario scenario = ReadMirrors(R"([{
    "kind": "compute#packetMirroring", "name": "audit", "priority": 1000, "enable": "FALSE",
    "network": {"url": "https://www.googleapis.com/compute/v1/projects/p/global/networks/prod"},
    "mirroredResources": {"subnetworks": [{"url": "projects/p/regions/r/subnetworks/db"}],
                          "instances": [{"url": "web[0]", "canonicalUrl": "x"}], "tags": []},
    "filter": {"cidrRanges": ["10.0.0.0/8", "::/0"], "IPProtocols": ["tcp", "47"], "direction": "EGRESS"},
    "collectorIlb": {"url": "projects/p/regions/r/forwardingRules/c"},
    "options": {"collectors": ["ids[*]"], "weights": {"ids[0]": 3}}}])");
  const MirrorSpec& mirror = scenario.mirrors[0];
  EXPECT_EQ(mirror.api, "gcp");
  EXPECT_EQ(mirror.vpc->value, "prod");
  EXPECT_EQ(mirror.state->value, MirrorState::kStopped);
  EXPECT_EQ(mirror.direction->value, DirectionSet::kEgress);
  EXPECT_THAT(Values(mirror.sources), ElementsAre("subnet:db", "web[0]"));
  EXPECT_THAT(Values(mirror.targets), ElementsAre("ids[*]"));
  EXPECT_FALSE(mirror.one_target);
  EXPECT_EQ(mirror.filter.peers.size(), 2u);
  ASSERT_EQ(mirror.filter.protocols.size(), 2u);
  EXPECT_EQ(mirror.filter.protocols[1].value.number, kProtocolGre);
  ASSERT_EQ(mirror.weights.size(), 1u);
  EXPECT_EQ(mirror.weights[0].receiver, "ids[0]");
  EXPECT_EQ(mirror.weights[0].value.value, 3u);
}

TEST(AzureMirrorsTest, TakeTheInterfaceOfAResourceId) {
  const Scenario scenario = ReadMirrors(R"([{
    "name": "tap", "location": "centraluseuap", "destinationPort": 4790,
    "destinationNetworkInterfaceIPConfiguration": {"id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/networkInterfaces/ids/ipConfigurations/c"},
    "networkInterfaceTapConfigurations": [
      {"id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/networkInterfaces/web/tapConfigurations/t"}, {"id": "db/eni1"}]}])");
  const MirrorSpec& mirror = scenario.mirrors[0];
  EXPECT_EQ(mirror.api, "azure");
  EXPECT_THAT(Values(mirror.sources), ElementsAre("web", "db/eni1"));
  EXPECT_THAT(Values(mirror.targets), ElementsAre("ids"));
  EXPECT_EQ(mirror.destination_port, 4790);
}

TEST(BaiduMirrorsTest, NameTheHostsBehindTheirTarget) {
  const Scenario scenario = ReadMirrors(R"({
    "trafficMirrorSessions": [
      {"trafficMirrorSessionId": "ms-1", "sourceType": "eip", "sourceId": "web", "destType": "blb", "destId": "lb",
       "status": "paused", "trafficMirrorRuleGroupId": "g", "vni": 5, "packetLength": 0, "options": {"collectors": ["ids"]}}],
    "trafficMirrorRuleGroups": [
      {"trafficMirrorRuleGroupId": "g", "ingressRules": [{"priority": 1, "strategy": "deny", "protocol": "icmp"}]}]})");
  const MirrorSpec& mirror = scenario.mirrors[0];
  EXPECT_EQ(mirror.api, "baidu");
  EXPECT_EQ(mirror.state->value, MirrorState::kStopped);
  EXPECT_THAT(Values(mirror.targets), ElementsAre("ids"));
  EXPECT_EQ(mirror.packet_length->value, 0);
  EXPECT_EQ(mirror.filter.ingress[0].action->value, Action::kReject);
}

TEST(TencentMirrorsTest, HaveRulesByDirectionWithNoDirection) {
  const Scenario scenario = ReadMirrors(R"([{
    "CollectorSrcs": ["web"], "CollectorTarget": {"TargetIps": ["ids"]}, "Direction": "NO-DIRECTION",
    "IngressFilterRules": [{"TrafficMirrorFilterRuleId": "tmfi-1", "SrcNet": "192.168.0.0/16", "DstNet": "10.0.0.0/16", "Protocol": "TCP",
                            "SrcPort": "1000-2000", "DstPort": "1000-2000", "Priority": 1, "Action": "ACCEPT", "Description": "d"}],
    "EgressFilterRules": [{"Protocol": "ALL", "Priority": 1, "Action": "DROP"}]}])");
  const MirrorSpec& mirror = scenario.mirrors[0];
  EXPECT_EQ(mirror.api, "tencent");
  EXPECT_EQ(mirror.direction->value, DirectionSet::kAll);
  EXPECT_TRUE(mirror.filter.by_rules);
  ASSERT_EQ(mirror.filter.ingress.size(), 1u);
  EXPECT_EQ(mirror.filter.ingress[0].id, "tmfi-1");
  EXPECT_EQ(mirror.filter.ingress[0].match.source_ports->value, (PortRange{1000, 2000}));
  EXPECT_EQ(mirror.filter.egress[0].action->value, Action::kReject);
}

TEST(MirrorShapesTest, MayBeMixedInAList) {
  std::string text = kAws;
  const Scenario scenario = ReadMirrors(
      R"([{"CollectorSrcs": ["db"], "CollectorTarget": {"TargetIps": ["ids"]}}, )" + text + "]");
  ASSERT_EQ(scenario.mirrors.size(), 2u);
  EXPECT_EQ(scenario.mirrors[0].api, "tencent");
  EXPECT_EQ(scenario.mirrors[1].api, "aws");
  EXPECT_EQ(scenario.mirrors[1].path, "/mirrors/1/TrafficMirrorSessions/0");
}

TEST(MirrorOptionsTest, AreReadWhole) {
  const Scenario scenario = ReadMirrors(R"([{
    "CollectorSrcs": ["web"], "CollectorTarget": {"TargetIps": ["ids"]},
    "options": {"sampling": "3/4", "weights": [3, 1], "packet_length": {"ingress": "128 B"},
                "mtu_policy": {"ids[1]": "drop"},
                "encapsulation": {"kind": "geneve", "vni": 9, "destination_port": 6082, "first_source_port": 1000, "source_ports": 16,
                                  "geneve_options": "0167000a", "geneve_carries_ip": true}}}])");
  const MirrorSpec& mirror = scenario.mirrors[0];
  EXPECT_EQ(mirror.length_by_direction[0]->value, Bytes(128));
  EXPECT_FALSE(mirror.length_by_direction[1]);
  ASSERT_EQ(mirror.weights.size(), 2u);
  EXPECT_FALSE(mirror.weights[0].receiver);
  EXPECT_EQ(mirror.weights[0].value.value, 3u);
  ASSERT_EQ(mirror.mtu_policy.size(), 1u);
  EXPECT_EQ(mirror.mtu_policy[0].receiver, "ids[1]");
  EXPECT_EQ(mirror.mtu_policy[0].value.value, MtuPolicy::kDrop);
  ASSERT_TRUE(mirror.tunnel);
  EXPECT_EQ(mirror.tunnel->kind, EncapsulationKind::kGeneve);
  EXPECT_EQ(mirror.tunnel->vni->value, 9u);
  EXPECT_EQ(mirror.tunnel->source_ports, 16);
  EXPECT_THAT(*mirror.tunnel->geneve_options,
              ElementsAre(std::byte{0x01}, std::byte{0x67}, std::byte{0x00}, std::byte{0x0a}));
  EXPECT_EQ(mirror.tunnel->geneve_carries_ip, true);
  EXPECT_FALSE(mirror.tunnel->gre_key);
}

struct BrokenMirrorCase {
  const char* name;
  std::string text;
  std::vector<std::string> want;
};

void PrintTo(const BrokenMirrorCase& c, std::ostream* os) { *os << c.name; }

class BrokenMirrorTest : public testing::TestWithParam<BrokenMirrorCase> {};

TEST_P(BrokenMirrorTest, IsRefusedInTheWordsOfItsApi) {
  EXPECT_EQ(MirrorErrors(GetParam().text), GetParam().want);
}

std::string Tencent(const std::string& more) {
  return R"([{"CollectorSrcs": ["web"], "CollectorTarget": {"TargetIps": ["ids"]},)"
         "\n" +
         more + "}]";
}

std::string Replaced(std::string text, const std::string& from, const std::string& to) {
  return text.replace(text.find(from), from.size(), to);
}

const BrokenMirrorCase kBrokenMirrors[] = {
    {"RulesBesideADirection",
     Tencent(R"("Direction": "ALL", "IngressFilterRules": [{"Action": "DROP"}])"),
     {"3:43 /mirrors/0/IngressFilterRules: IngressFilterRules beside Direction ALL: rules by "
      "direction hold with NO-DIRECTION only | \"Direction\": \"NO-DIRECTION\", or "
      "CollectorNormalFilters"}},
    {"ConditionsBesideRules",
     Tencent(R"("Direction": "NO-DIRECTION", "CollectorNormalFilters": [{"Protocol": "TCP"}])"),
     {"3:56 /mirrors/0/CollectorNormalFilters: CollectorNormalFilters beside Direction "
      "NO-DIRECTION, which has rules | IngressFilterRules and EgressFilterRules, or another "
      "Direction"}},
    {"TypeOfAnotherTarget",
     Replaced(kAws, "\"Type\": \"network-interface\"", "\"Type\": \"network-load-balancer\""),
     {"20:93 /mirrors/TrafficMirrorTargets/0/Type: network-load-balancer beside NetworkInterfaceId "
      "| "
      "\"network-interface\""}},
    {"SeveralClbs",
     R"([{"CollectorSrcs": ["web"], "CollectorTarget": {"TargetIps": ["a", "b"], "TargetType": "CLB"}}])",
     {"2:62 /mirrors/0/CollectorTarget/TargetIps: 2 CLBs as target | one CLB"}},
    {"BackwardFromAndTo",
     Replaced(kAws, "\"FromPort\": 20", "\"FromPort\": 23"),
     {"15:33 /mirrors/TrafficMirrorFilters/0/IngressFilterRules/0/DestinationPortRange: FromPort "
      "23 "
      "is above ToPort 22 | the smaller port as FromPort"}},
    {"UnknownKeyOfASession",
     Replaced(kAws, "\"SessionNumber\"", "\"SesionNumber\""),
     {"4:5 /mirrors/TrafficMirrorSessions/0: the key \"SessionNumber\" is missing | a whole number "
      "from 0 to 1000000",
      "6:54 /mirrors/TrafficMirrorSessions/0/SesionNumber: the key \"SesionNumber\" is not known | "
      "did you mean \"SessionNumber\"?"}},
    {"GcpTags",
     R"([{"mirroredResources": {"tags": ["a"]}, "options": {"collectors": ["ids"]}}])",
     {"2:33 /mirrors/0/mirroredResources/tags: not simulated by this version: network tags as "
      "mirrored resources (tags) | leave it out"}},
    {"SampleOfMoreThanAll",
     Tencent(R"("options": {"sampling": "3/2"})"),
     {"3:25 /mirrors/0/options/sampling: \"3/2\" is not a share of all flows | more than nothing "
      "and "
      "at most all, as in \"1/10\""}},
    {"OddGeneveOptions",
     Tencent(R"("options": {"encapsulation": {"geneve_options": "0167"}})"),
     {"3:49 /mirrors/0/options/encapsulation/geneve_options: found the string \"0167\" | whole "
      "words in hexadecimal, such as \"0167000100000000\""}},
    {"NoShapeAtAll",
     "7",
     {"2:1 /mirrors: found 7 | mirrors as the provider's API writes them of at most 1000 "
      "elements"}},
};

INSTANTIATE_TEST_SUITE_P(Table, BrokenMirrorTest, testing::ValuesIn(kBrokenMirrors),
                         [](const auto& param) { return std::string(param.param.name); });

TEST(AlibabaMirrorsTest, SayWhichPortsWouldDo) {
  std::string text = kAlibaba;
  text.replace(text.find("****"), 4, "0000");
  EXPECT_THAT(MirrorErrors(Replaced(text, "80/120", "120/80")),
              ElementsAre(testing::HasSubstr(
                  "SourcePortRange: \"120/80\" ends before it begins | did you mean \"80/120\"?")));
  EXPECT_THAT(
      MirrorErrors(Replaced(text, "80/120", "80/70000")),
      ElementsAre(testing::HasSubstr("\"80/70000\" is not a range of ports | two numbers")));
}

TEST(AwsMirrorsTest, RefuseARuleThatSaysThatItBelongsElsewhere) {
  EXPECT_THAT(
      MirrorErrors(
          Replaced(kAws, "\"TrafficDirection\": \"ingress\"", "\"TrafficDirection\": \"egress\"")),
      ElementsAre(testing::HasSubstr(
          "/mirrors/TrafficMirrorFilters/0/IngressFilterRules/0/TrafficDirection: a rule of "
          "direction egress in IngressFilterRules | \"ingress\", or the rule in "
          "EgressFilterRules")));
  EXPECT_THAT(
      MirrorErrors(Replaced(kAws, "EXAMPLE\", \"TrafficMirrorFilterId\": \"tmf-04812ff784EXAMPLE\"",
                            "EXAMPLE\", \"TrafficMirrorFilterId\": \"tmf-other\"")),
      ElementsAre(testing::HasSubstr(
          "/mirrors/TrafficMirrorFilters/0/IngressFilterRules/0/TrafficMirrorFilterId: a rule of "
          "filter \"tmf-other\" inside filter \"tmf-04812ff784EXAMPLE\" | "
          "\"tmf-04812ff784EXAMPLE\", or the rule in its own filter")));
}

TEST(AlibabaMirrorsTest, RefuseARuleThatSaysThatItBelongsElsewhere) {
  std::string text = kAlibaba;
  text.replace(text.find("****"), 4, "0000");
  EXPECT_THAT(MirrorErrors(Replaced(text, "\"TrafficDirection\": \"ingress\"",
                                    "\"TrafficDirection\": \"egress\"")),
              ElementsAre(testing::HasSubstr("IngressRules/0/TrafficDirection: a rule of direction "
                                             "egress in IngressRules | \"ingress\", or the rule in "
                                             "EgressRules")));
  EXPECT_THAT(
      MirrorErrors(Replaced(text, "\"TrafficMirrorFilterRuleId\": \"tmr-1\"",
                            "\"TrafficMirrorFilterId\": \"tmf-2\"")),
      ElementsAre(testing::HasSubstr("a rule of filter \"tmf-2\" inside filter \"tmf-1\"")));
}

TEST(HuaweiMirrorsTest, RefuseARuleThatSaysThatItBelongsElsewhere) {
  const std::string rules = R"({
    "traffic_mirror_sessions": [
      {"id": "s-1", "traffic_mirror_sources": ["web"], "traffic_mirror_target_id": "ids",
       "traffic_mirror_filter_id": "f-1", "priority": 10}],
    "traffic_mirror_filters": [
      {"id": "f-1", "egress_rules": [{"priority": 1, "action": "accept", RULE}]}]})";
  EXPECT_THAT(
      MirrorErrors(Replaced(rules, "RULE", "\"direction\": \"ingress\"")),
      ElementsAre(testing::HasSubstr("egress_rules/0/direction: a rule of direction ingress "
                                     "in egress_rules | \"egress\", or the rule in "
                                     "ingress_rules")));
  EXPECT_THAT(MirrorErrors(Replaced(rules, "RULE", "\"traffic_mirror_filter_id\": \"f-2\"")),
              ElementsAre(testing::HasSubstr("a rule of filter \"f-2\" inside filter \"f-1\"")));
  EXPECT_THAT(
      MirrorErrors(Replaced(rules, "RULE",
                            "\"traffic_mirror_filter_id\": \"f-1\", \"direction\": \"egress\"")),
      IsEmpty());
}

TEST(TencentMirrorsTest, SayWhichProtocolsHaveNames) {
  EXPECT_THAT(
      MirrorErrors(Tencent(R"("CollectorNormalFilters": [{"Protocol": "TPC"}])")),
      ElementsAre(testing::HasSubstr(
          "/mirrors/0/CollectorNormalFilters/0/Protocol: no protocol is known as \"TPC\" | a "
          "name such as TCP, UDP, ICMP or GRE, or ALL")));
}

TEST(AwsMirrorsTest, KeepNamesThatLeadNowhere) {
  const Scenario scenario =
      ReadMirrors(Replaced(kAws, "\"TrafficMirrorTargetId\": \"tmt-07f75d8feeEXAMPLE\",",
                           "\"TrafficMirrorTargetId\": \"tmt-gone\","));
  ASSERT_EQ(scenario.mirrors[0].missing.size(), 1u);
  EXPECT_EQ(scenario.mirrors[0].missing[0].code, "target_missing");
  EXPECT_EQ(scenario.mirrors[0].missing[0].message, "there is no target \"tmt-gone\"");
  EXPECT_EQ(scenario.mirrors[0].missing[0].accepted, "\"tmt-07f75d8feeEXAMPLE\"");
}

}  // namespace
}  // namespace vpcmirror::sim
