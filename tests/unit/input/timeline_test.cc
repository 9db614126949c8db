// What the API says to the actions of a timeline, and what is wrong with one before the run.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/unit/input/timeline_answers.h"

namespace vpcmirror::sim {
namespace {

// mirror-1 watches web[0] for ids, in VPC v; rules has rules by direction and watches db;
// far is in another VPC, away in one of AWS. tiny takes 1 Gbps, and 1/9 of big's 10 Gbps is more.
std::string WithTimeline(const std::string& timeline) {
  return R"({"vpcs": {
      "v": {"cidr": "10.0.0.0/16", "subnets": {"s": "10.0.0.0/24"}, "nat_gateways": {"nat-1": {}},
            "load_balancers": {"open": {"kind": "clb", "subnets": ["s"], "backends": ["ids"],
                                        "public": true}}},
      "w": {"cidr": "10.1.0.0/16", "subnets": {"t": "10.1.0.0/24"}},
      "x": {"cidr": "10.2.0.0/16", "provider": "aws", "subnets": {"u": "10.2.0.0/24"},
            "load_balancers": {"nlb": {"kind": "nlb", "subnets": ["u"], "backends": ["away"]}}}},
    "hosts": {"web": {"count": 30, "subnet": "s"}, "db": {"subnet": "s"}, "ids": {"subnet": "s"},
              "big": {"subnet": "s", "limits": {"bandwidth": "10 Gbps"}},
              "shaped": {"subnet": "s", "limits": {"bandwidth": "1 Gbps", "burst": "1 MB",
                                                   "peak": "2 Gbps"}},
              "tiny": {"subnet": "s", "limits": {"bandwidth": "1 Gbps"}},
              "far": {"subnet": "t"}, "away": {"subnet": "u"}},
    "workloads": {"sql": {"from": "web[0]", "to": "db", "rate": "10 Mbps"}},
    "mirrors": [{"CollectorSrcs": ["web[0]"], "CollectorTarget": {"TargetIps": ["ids"]}},
                {"TrafficMirrorName": "rules", "CollectorSrcs": ["db"], "Direction": "NO-DIRECTION",
                 "IngressFilterRules": [{"TrafficMirrorFilterRuleId": "tmfi-1", "Priority": 1}],
                 "CollectorTarget": {"TargetIps": ["ids"]}}],
    "timeline": [)" +
         timeline + "]}";
}

struct RefusalCase {
  const char* name;
  std::string timeline;
  std::vector<std::string> want;
};

void PrintTo(const RefusalCase& c, std::ostream* os) { *os << c.name; }

std::string OfMirror(const std::string& action, const std::string& mirror,
                     const std::string& body = "") {
  return Asking(action,
                R"("TrafficMirrorId": ")" + mirror + "\"" + (body.empty() ? "" : ", ") + body);
}
std::string CreateMirror(const std::string& name, const std::string& sources,
                         const std::string& more,
                         const std::string& target = R"("TargetIps": ["ids"])") {
  return Asking("CreateTrafficMirror", R"("TrafficMirrorName": ")" + name +
                                           R"(", "CollectorSrcs": [)" + sources +
                                           R"(], "CollectorTarget": {)" + target + "}" + more);
}
std::string Repeated(const std::string& text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}
std::string ToTarget(const std::string& target) { return R"("CollectorTarget": {)" + target + "}"; }

constexpr const char* kSameSource = "UnsupportedOperation.TrafficMirrorNotSupportSameSrcTarget";
constexpr const char* kNatAndConditions =
    R"("NatId": "nat-1", "CollectorNormalFilters": [{"Protocol": "TCP"}])";

std::string ManySources(int count) {
  std::string text;
  for (int i = 1; i <= count; ++i) {
    text += (i == 1 ? "\"web[" : ", \"web[") + std::to_string(i) + "]\"";
  }
  return text;
}

class ApiRefusalTest : public testing::TestWithParam<RefusalCase> {};

TEST_P(ApiRefusalTest, IsAsTheApiDocumentsIt) {
  EXPECT_EQ(AnswersIn(WithTimeline(GetParam().timeline)), GetParam().want);
}

const RefusalCase kRefusals[] = {
    {"DeletedTwice",
     OfMirror("DeleteTrafficMirror", "mirror-1") + "," +
         OfMirror("DeleteTrafficMirror", "mirror-1"),
     {"done", "ResourceNotFound"}},
    {"StartedAfterItsEnd",
     OfMirror("DeleteTrafficMirror", "mirror-1") + "," + OfMirror("StartTrafficMirror", "mirror-1"),
     {"done", "ResourceNotFound"}},
    // No document says that it is refused, and no code for it is listed.
    {"StartedWhileItRuns", OfMirror("StartTrafficMirror", "mirror-1"), {"done"}},
    {"OfACreationThatWasRefused",
     CreateMirror("x", R"("ids")", "") + "," + OfMirror("StopTrafficMirror", "x"),
     {kSameSource, "ResourceNotFound"}},
    {"SourceIsTargetOnCreation", CreateMirror("x", R"("ids")", ""), {kSameSource}},
    {"SourceIsTargetOfResetTarget",
     OfMirror("ResetTrafficMirrorTarget", "mirror-1", ToTarget(R"("TargetIps": ["web[0]"])")),
     {kSameSource}},
    {"SourceIsTargetOfResetSrcs",
     OfMirror("ResetTrafficMirrorSrcs", "mirror-1", R"("CollectorSrcs": ["ids"])"),
     {kSameSource}},
    {"SourceIsTargetOfUpdateAll",
     OfMirror("UpdateTrafficMirrorAllFilter", "mirror-1", R"("CollectorSrcs": ["ids"])"),
     {kSameSource}},
    {"ObjectInUse",
     CreateMirror("x", R"("web[0]")", ""),
     {"InvalidParameterValue.ObjectUseInTrafficMirror"}},
    {"ObjectInUseNoLonger",
     OfMirror("ResetTrafficMirrorSrcs", "mirror-1", R"("CollectorSrcs": ["web[1]"])") + "," +
         CreateMirror("x", R"("web[0]")", ""),
     {"done", "done"}},
    {"SourceOfAnotherVpc",
     CreateMirror("x", R"("far")", R"(, "VpcId": "v")"),
     {"InvalidParameterValue.ObjectVpcNotCurrentVpc"}},
    {"ResetToASourceOfAnotherVpc",
     OfMirror("ResetTrafficMirrorSrcs", "mirror-1", R"("CollectorSrcs": ["far"])"),
     {"InvalidParameterValue.ObjectVpcNotCurrentVpc"}},
    {"TargetInAnotherVpc",
     OfMirror("ResetTrafficMirrorTarget", "mirror-1", ToTarget(R"("TargetIps": ["far"])")),
     {"UnsupportedOperation.VpcMismatch"}},
    {"TargetOfIpv6",
     OfMirror("ResetTrafficMirrorTarget", "mirror-1", ToTarget(R"("TargetIps": ["fd00::1"])")),
     {"UnsupportedOperation.Ipv6NotSupport"}},
    {"PublicLoadBalancer",
     OfMirror("ResetTrafficMirrorTarget", "mirror-1",
              ToTarget(R"("TargetIps": ["open"], "TargetType": "CLB")")),
     {"UnsupportedOperation.PublicClbNotSupport"}},
    // "This CLB cannot be a target": nlb is one of AWS's, and no CLB at all.
    {"LoadBalancerThatIsNoClb",
     OfMirror("ResetTrafficMirrorTarget", "mirror-1",
              ToTarget(R"("TargetIps": ["nlb"], "TargetType": "CLB")")),
     {"UnsupportedOperation.TrafficMirrorNotSupportClb"}},
    {"LoadBalancerThatIsNoClbOnCreation",
     CreateMirror("x", R"("web[1]")", "", R"("TargetIps": ["nlb"], "TargetType": "CLB")"),
     {"UnsupportedOperation.TrafficMirrorNotSupportClb"}},
    {"NoTarget",
     OfMirror("ResetTrafficMirrorTarget", "mirror-1", ToTarget(R"("TargetIps": [])")),
     {"InvalidParameterValue.Empty"}},
    {"NatGatewayBesideConditions",
     OfMirror("ResetTrafficMirrorFilter", "mirror-1", kNatAndConditions),
     {"InvalidParameter.Coexist"}},
    {"NatGatewayBesideConditionsOnCreation",
     CreateMirror("x", R"("web[1]")", std::string(", ") + kNatAndConditions),
     {"InvalidParameter.Coexist"}},
    {"NatGatewayBesideConditionsOnUpdate",
     OfMirror("UpdateTrafficMirrorAllFilter", "mirror-1", kNatAndConditions),
     {"InvalidParameter.Coexist"}},
    {"SixthMirrorOfAVpc",
     CreateMirror("a", R"("web[1]")", "") + "," + CreateMirror("b", R"("web[2]")", "") + "," +
         CreateMirror("c", R"("web[3]")", "") + "," + CreateMirror("d", R"("web[4]")", "") + "," +
         OfMirror("DeleteTrafficMirror", "a") + "," + CreateMirror("d", R"("web[4]")", ""),
     {"done", "done", "done", "LimitExceeded", "done", "done"}},
    {"TwentyObjects",
     OfMirror("ResetTrafficMirrorSrcs", "mirror-1",
              R"("CollectorSrcs": [)" + ManySources(20) + "]"),
     {"done"}},
    {"TwentyOneObjects",
     OfMirror("ResetTrafficMirrorSrcs", "mirror-1",
              R"("CollectorSrcs": [)" + ManySources(21) + "]"),
     {"InvalidParameterValue.LimitExceeded"}},
    {"TargetOfTooLittleBandwidth",
     CreateMirror("x", R"("big")", "", R"("TargetIps": ["tiny"])"),
     {"InvalidParameterValue.MirrorLackTargetResource"}},
    {"NameOfSixtyOneCharacters",
     OfMirror("ModifyTrafficMirrorAttribute", "mirror-1",
              R"("TrafficMirrorName": ")" + std::string(61, 'n') + "\""),
     {"InvalidParameterValue.TooLong"}},
    // 180 bytes of UTF-8.
    {"NameOfSixtyChineseCharacters",
     OfMirror("ModifyTrafficMirrorAttribute", "mirror-1",
              R"("TrafficMirrorName": ")" + Repeated("镜", 60) + "\""),
     {"done"}},
    {"RuleOfTheOtherDirection",
     OfMirror("CreateTrafficMirrorFilterRules", "rules",
              R"("EgressFilterRules": [{"TrafficMirrorFilterRuleId": "tmfi-2", "Priority": 1}])") +
         "," +
         OfMirror("DeleteTrafficMirrorFilterRules", "rules",
                  R"("IngressFilterRuleIds": ["tmfi-2"])"),
     {"done", "ResourceNotFound"}},
    {"RulesForAMirrorWithADirection",
     OfMirror("ResetTrafficMirrorFilter", "mirror-1", R"("IngressFilterRules": [{"Priority": 1}])"),
     {"InvalidParameterValue.UnsupportedTrafficMirrorAction"}},
    {"ConditionsForAMirrorWithRules",
     OfMirror("ResetTrafficMirrorFilter", "rules",
              R"("CollectorNormalFilters": [{"Protocol": "TCP"}])"),
     {"InvalidParameterValue.UnsupportedTrafficMirrorAction"}},
    {"RuleActionOnAMirrorWithADirection",
     OfMirror("CreateTrafficMirrorFilterRules", "mirror-1",
              R"("IngressFilterRules": [{"Priority": 1}])"),
     {"UnsupportedOperation"}},
    {"RuleActionWithoutRules",
     OfMirror("CreateTrafficMirrorFilterRules", "rules"),
     {"MissingParameter"}},
    {"RuleThatIsNotThere",
     OfMirror("DeleteTrafficMirrorFilterRules", "rules", R"("IngressFilterRuleIds": ["tmfi-9"])"),
     {"ResourceNotFound"}},
    {"RulesInOrder",
     OfMirror("CreateTrafficMirrorFilterRules", "rules",
              R"("EgressFilterRules": [{"TrafficMirrorFilterRuleId": "tmfi-2", "Priority": 1}])") +
         "," +
         OfMirror(
             "ModifyTrafficMirrorFilterRules", "rules",
             R"("EgressFilterRules": [{"TrafficMirrorFilterRuleId": "tmfi-2", "Protocol": "UDP"}])") +
         "," + OfMirror("DescribeTrafficMirrorFilterRules", "rules") + "," +
         OfMirror("DeleteTrafficMirrorFilterRules", "rules",
                  R"("EgressFilterRuleIds": ["tmfi-2"])") +
         "," +
         OfMirror(
             "ModifyTrafficMirrorFilterRules", "rules",
             R"("EgressFilterRules": [{"TrafficMirrorFilterRuleId": "tmfi-2", "Protocol": "TCP"}])"),
     {"done", "done", "done", "done", "ResourceNotFound"}},
    {"TwoRulesOfOnePriority",
     OfMirror("CreateTrafficMirrorFilterRules", "rules",
              R"("IngressFilterRules": [{"Priority": 1}])"),
     {"InvalidParameterValue"}},
    {"ToRulesAndBack",
     OfMirror("UpdateTrafficMirrorDirection", "mirror-1", R"("Direction": "NO-DIRECTION")") + "," +
         OfMirror("CreateTrafficMirrorFilterRules", "mirror-1",
                  R"("IngressFilterRules": [{"Priority": 1}])") +
         "," + OfMirror("UpdateTrafficMirrorDirection", "mirror-1", R"("Direction": "INGRESS")") +
         "," + OfMirror("DescribeTrafficMirrorFilterRules", "mirror-1"),
     {"done", "done", "done", "UnsupportedOperation"}},
};

INSTANTIATE_TEST_SUITE_P(Table, ApiRefusalTest, testing::ValuesIn(kRefusals),
                         [](const auto& tested) { return tested.param.name; });

struct BrokenTimelineCase {
  const char* name;
  const char* timeline;
  std::vector<std::string> want;  // path, message and what would do
};

void PrintTo(const BrokenTimelineCase& c, std::ostream* os) { *os << c.name; }

class BrokenTimelineTest : public testing::TestWithParam<BrokenTimelineCase> {};

TEST_P(BrokenTimelineTest, IsRefusedBeforeTheRun) {
  EXPECT_EQ(TimelineErrors(WithTimeline(GetParam().timeline)), GetParam().want);
}

const BrokenTimelineCase kBrokenTimelines[] = {
    {"AfterTheEnd",
     R"({"at": "1 s", "receiver_down": "ids"})",
     {"/timeline/0/at: the run has ended by then | a time before the end of the run"}},
    {"OutOfOrder",
     R"({"at": "2 ms", "receiver_down": "ids"}, {"at": "1 ms", "receiver_up": "ids"})",
     {"/timeline/1/at: an event that is earlier than the one before it | events in the order of "
      "their times"}},
    {"NoSuchHost",
     R"({"at": "1 ms", "receiver_down": "idz"})",
     {"/timeline/0/receiver_down: nothing is called \"idz\" | \"ids\" (nearest), or \"away\", "
      "\"big\", \"db\", \"far\", \"shaped\", \"tiny\", \"web\", \"subnet:s\", \"subnet:t\", "
      "\"subnet:u\", or 3 more"}},
    {"NoReceiver",
     R"({"at": "1 ms", "receiver_down": "db"})",
     {"/timeline/0/receiver_down: db receives no copies at any time | \"ids\""}},
    {"NoSuchWorkload",
     R"({"at": "1 ms", "scale": "sqll", "by": "x2"})",
     {"/timeline/0/scale: there is no workload \"sqll\" | \"sql\" (nearest)"}},
    {"NoSuchMirror",
     R"({"at": "1 ms", "StopTrafficMirror": {"TrafficMirrorId": "mirror-7"}})",
     {"/timeline/0/StopTrafficMirror/TrafficMirrorId: no mirror is ever called \"mirror-7\" | "
      "\"mirror-1\" (nearest), or \"rules\""}},
    {"BeforeItsCreation",
     R"({"at": "1 ms", "StopTrafficMirror": {"TrafficMirrorId": "x"}},
        {"at": "2 ms", "CreateTrafficMirror": {"TrafficMirrorName": "x", "CollectorSrcs": ["web[1]"],
          "CollectorTarget": {"TargetIps": ["ids"]}}})",
     {"/timeline/0/StopTrafficMirror/TrafficMirrorId: mirror \"x\" is created only later | actions "
      "in order: a mirror is created first"}},
    {"DownAndUpAtOnce",
     R"({"at": "1 ms", "receiver_down": "ids"}, {"at": "1 ms", "receiver_up": "ids"})",
     {"/timeline/1: receiver ids: up at the moment in which /timeline/0 says down | one of the "
      "two, "
      "or another time"}},
    {"DownTwice",
     R"({"at": "1 ms", "receiver_down": "ids"}, {"at": "2 ms", "receiver_down": "ids"})",
     {"/timeline/1: receiver ids is down already | a change of its state"}},
    {"TwoBandwidthsAtOnce",
     R"({"at": "1 ms", "change": "web[0]", "bandwidth": "1 Gbps"},
        {"at": "1 ms", "change": "web[0-1]", "bandwidth": "2 Gbps"})",
     {"/timeline/1: bandwidth of web[0]: 2000000000 bps at the moment in which /timeline/0 says "
      "1000000000 bps | one of the two, or another time"}},
    {"MtuBelowFramesOfAWorkload",
     R"({"at": "1 ms", "change": "web[0]", "mtu": "900 B"})",
     {"/timeline/0/mtu: workload sql has packets of 1486 bytes at web[0]/eni0, which do not fit an "
      "MTU "
      "of 900 B | at least 1486 B, or smaller frames"}},
    {"BandwidthThatNeverEnds",
     R"({"at": "1 ms", "change": "web[0]", "bandwidth": "1 bps"})",
     {"/timeline/0/bandwidth: with this bandwidth of web[0]: a full egress queue of 1000 frames "
      "would take more than 5 days to send | more bandwidth, or a shorter `queue`"}},
    {"BandwidthAbovePeak",
     R"({"at": "1 ms", "change": "shaped", "bandwidth": "3 Gbps"})",
     {"/timeline/0/bandwidth: with this bandwidth of shaped: a peak below the bandwidth | at least "
      "the bandwidth, which is what lasts"}},
    {"RuleThatIsThereAlready",
     R"({"at": "1 ms", "CreateTrafficMirrorFilterRules": {"TrafficMirrorId": "rules",
          "EgressFilterRules": [{"TrafficMirrorFilterRuleId": "tmfi-1", "Priority": 1}]}})",
     {"/timeline/0/CreateTrafficMirrorFilterRules: there is a rule tmfi-1 already | an ID of its "
      "own, or none"}},
    {"NothingHappens",
     R"({"at": "1 ms"})",
     {"/timeline/0: an event in which nothing happens | an action of the provider's API, "
      "receiver_down, receiver_up, receiver_slow, scale, attach_eni, detach_eni or change"}},
    {"UntilWithoutEvery",
     R"({"at": "1 ms", "until": "2 ms", "receiver_down": "ids"})",
     {"/timeline/0/until: until beside no every | every, or no until"}},
    {"TooOften",
     R"({"at": "0 s", "every": "1 us", "scale": "sql", "by": "x1"})",
     {"/timeline/0: more than 10000 events in the timeline | fewer events, or a longer time "
      "between "
      "them"}},
};

INSTANTIATE_TEST_SUITE_P(Table, BrokenTimelineTest, testing::ValuesIn(kBrokenTimelines),
                         [](const auto& tested) { return tested.param.name; });

}  // namespace
}  // namespace vpcmirror::sim
