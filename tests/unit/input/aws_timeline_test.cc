// What AWS's API says to the actions of a timeline. Codes: the page of error codes of the EC2
// API reference; most rules, filters and targets: the quotas page of Traffic Mirroring.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/unit/input/timeline_answers.h"

namespace vpcmirror::sim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kNoFilter = "InvalidTrafficMirrorFilterNotFound";
constexpr const char* kNoRule = "InvalidTrafficMirrorFilterRuleNotFound";
constexpr const char* kNoSession = "InvalidTrafficMirrorSessionNotFound";
constexpr const char* kNoTarget = "InvalidTrafficMirrorTargetNoFound";
constexpr const char* kRuleExists = "TrafficMirrorFilterRuleAlreadyExists";
constexpr const char* kAnyToAny =
    R"("SourceCidrBlock": "0.0.0.0/0", "DestinationCidrBlock": "0.0.0.0/0")";

// tms-1 of web to ids by tmf-1; unused, filter tmf-2 and target tmt-2. `lists` go before
// them, as mirrors of their own.
std::string AwsScenario(const std::string& timeline, const std::string& lists = "") {
  return R"({"provider": "aws",
    "hosts": {"web": {}, "ids": {}, "spare": {}, "more": {"count": 3}},
    "workloads": {"sql": {"at": "web", "out": "10 Mbps"}},
    "mirrors": [)" +
         lists + R"({
      "TrafficMirrorTargets": [
        {"TrafficMirrorTargetId": "tmt-1", "NetworkInterfaceId": "ids"},
        {"TrafficMirrorTargetId": "tmt-2", "NetworkInterfaceId": "spare"}],
      "TrafficMirrorFilters": [
        {"TrafficMirrorFilterId": "tmf-1", "EgressFilterRules": [
          {"TrafficMirrorFilterRuleId": "tmfr-1", "RuleNumber": 1, "RuleAction": "accept",
           "SourceCidrBlock": "0.0.0.0/0", "DestinationCidrBlock": "0.0.0.0/0"}]},
        {"TrafficMirrorFilterId": "tmf-2"}],
      "TrafficMirrorSessions": [
        {"TrafficMirrorSessionId": "tms-1", "NetworkInterfaceId": "web", "SessionNumber": 1,
         "TrafficMirrorTargetId": "tmt-1", "TrafficMirrorFilterId": "tmf-1"}]}],
    "timeline": [)" +
         timeline + "]}";
}

std::vector<std::string> AnswersTo(const std::vector<std::string>& actions) {
  std::string timeline;
  for (const std::string& each : actions) timeline += (timeline.empty() ? "" : ", ") + each;
  return AnswersIn(AwsScenario(timeline));
}

std::string Session(const std::string& id, int number, const std::string& source = "web",
                    const std::string& filter = "tmf-2", const std::string& target = "tmt-2") {
  return Asking("CreateTrafficMirrorSession",
                R"("TrafficMirrorSessionId": ")" + id + R"(", "NetworkInterfaceId": ")" + source +
                    R"(", "SessionNumber": )" + std::to_string(number) +
                    R"(, "TrafficMirrorTargetId": ")" + target +
                    R"(", "TrafficMirrorFilterId": ")" + filter + "\"");
}
std::string OfSession(const std::string& action, const std::string& more = "") {
  return Asking(action, R"("TrafficMirrorSessionId": "tms-1")" + more);
}
std::string ModifySession(const std::string& more) {
  return OfSession("ModifyTrafficMirrorSession", ", " + more);
}
std::string OfFilter(const std::string& action, const std::string& id,
                     const std::string& more = "") {
  return Asking(action, R"("TrafficMirrorFilterId": ")" + id + "\"" + more);
}
std::string OfTarget(const std::string& action, const std::string& id,
                     const std::string& more = "") {
  return Asking(action, R"("TrafficMirrorTargetId": ")" + id + "\"" + more);
}
std::string CreateRule(const std::string& filter, const std::string& direction, int number,
                       const std::string& more = "") {
  return OfFilter("CreateTrafficMirrorFilterRule", filter,
                  R"(, "TrafficDirection": ")" + direction + R"(", "RuleNumber": )" +
                      std::to_string(number) + R"(, "RuleAction": "accept", )" + kAnyToAny + more);
}
std::string Named(const std::string& rule) {
  return R"(, "TrafficMirrorFilterRuleId": ")" + rule + "\"";
}
std::string OfRule(const std::string& action, const std::string& id, const std::string& more = "") {
  return Asking(action, R"("TrafficMirrorFilterRuleId": ")" + id + "\"" + more);
}
std::string ModifyRule(const std::string& id, const std::string& more) {
  return OfRule("ModifyTrafficMirrorFilterRule", id, ", " + more);
}

// Three sessions of an interface are the most.
TEST(AwsTimelineTest, SessionsAreCreatedModifiedAndDeleted) {
  EXPECT_THAT(AnswersTo({Session("a", 2), Session("b", 3), Session("c", 4),
                         OfSession("DeleteTrafficMirrorSession"), Session("c", 4),
                         OfSession("DeleteTrafficMirrorSession")}),
              ElementsAre("done", "done", "TrafficMirrorSessionsPerInterfaceLimitExceeded", "done",
                          "done", kNoSession));
  EXPECT_THAT(
      AnswersTo({ModifySession(R"("TrafficMirrorTargetId": "tmt-2", "SessionNumber": 7)"),
                 ModifySession(R"("RemoveFields": ["packet-length", "virtual-network-id"])")}),
      ElementsAre("done", "done"));
  // No document has a code for either.
  EXPECT_THAT(AnswersTo({Session("a", 1), Session("b", 2, "ids")}),
              ElementsAre(HasSubstr("SessionNumber 1 is that of tms-1"), HasSubstr("is a source")));
}

// Second and state of what the health checks of a load balancer find out about ids, which
// are unhealthy after 60 s and healthy after 150 s.
std::vector<std::string> FoundOut(const std::string& timeline) {
  const std::string text = R"({"provider": "aws", "duration": "1000 s",
    "vpcs": {"v": {"cidr": "10.0.0.0/16", "subnets": {"s": "10.0.0.0/24"},
      "load_balancers": {"copies": {"kind": "nlb", "subnets": ["s"],
                                    "backends": ["ids", "other", "sick"], "unhealthy": ["sick"]}}}},
    "hosts": {"web": {}, "ids": {}, "other": {}, "sick": {}},
    "workloads": {"sql": {"at": "web", "out": "1 kbps"}},
    "mirrors": {
      "TrafficMirrorTargets": [{"TrafficMirrorTargetId": "t", "NetworkLoadBalancerArn": "copies"}],
      "TrafficMirrorFilters": [{"TrafficMirrorFilterId": "f"}],
      "TrafficMirrorSessions": [
        {"TrafficMirrorSessionId": "s", "NetworkInterfaceId": "web", "SessionNumber": 1,
         "TrafficMirrorTargetId": "t", "TrafficMirrorFilterId": "f"}]},
    "timeline": [)" + timeline +
                           "]}";
  std::vector<std::string> found;
  for (const TimelineEvent& event : TimelineOf(text)) {
    if (event.action.what.rfind("backend_", 0) != 0) continue;
    EXPECT_EQ(event.changes.size(), 1u);
    found.push_back(std::to_string(event.action.at.count() / kPicosecondsPerSecond) +
                    " s: " + event.action.subject + " " + event.action.what);
  }
  return found;
}

TEST(AwsTimelineTest, HealthChecksFindOutWhatLastsLongEnough) {
  EXPECT_THAT(FoundOut(R"({"at": "10 s", "receiver_down": "ids"},
                          {"at": "100 s", "receiver_up": "ids"})"),
              ElementsAre("70 s: ids/eni0 backend_unhealthy", "250 s: ids/eni0 backend_healthy"));
  // It is back before anybody has seen that it was gone, so that it need not be found again.
  EXPECT_THAT(FoundOut(R"({"at": "10 s", "receiver_down": "ids"},
                          {"at": "69 s", "receiver_up": "ids"})"),
              ElementsAre());
  // Gone again before it was found healthy: it is unhealthy all the time.
  EXPECT_THAT(FoundOut(R"({"at": "10 s", "receiver_down": "ids"},
                          {"at": "100 s", "receiver_up": "ids"},
                          {"at": "200 s", "receiver_down": "ids"})"),
              ElementsAre("70 s: ids/eni0 backend_unhealthy"));
  // The run is over by then.
  EXPECT_THAT(FoundOut(R"({"at": "960 s", "receiver_down": "ids"})"), ElementsAre());
  // One that is unhealthy from the beginning stays so.
  EXPECT_THAT(FoundOut(R"({"at": "10 s", "receiver_down": "sick"},
                          {"at": "100 s", "receiver_up": "sick"})"),
              ElementsAre());
  EXPECT_THAT(FoundOut(R"({"at": "10 s", "receiver_slow": "ids", "by": "x0.5"})"), ElementsAre());
}

struct AwsRefusalCase {
  const char* name;
  std::vector<std::string> actions;
  std::vector<std::string> want;
};

void PrintTo(const AwsRefusalCase& c, std::ostream* os) { *os << c.name; }

class AwsRefusalTest : public testing::TestWithParam<AwsRefusalCase> {};

TEST_P(AwsRefusalTest, IsAsTheApiDocumentsIt) {
  EXPECT_EQ(AnswersTo(GetParam().actions), GetParam().want);
}

const AwsRefusalCase kAwsRefusals[] = {
    {"FilterInUse", {OfFilter("DeleteTrafficMirrorFilter", "tmf-1")}, {"TrafficMirrorFilterInUse"}},
    {"FilterInUseNoLonger",
     {ModifySession(R"("TrafficMirrorFilterId": "tmf-2")"),
      OfFilter("DeleteTrafficMirrorFilter", "tmf-1"),
      OfFilter("DeleteTrafficMirrorFilter", "tmf-2"),
      OfFilter("DeleteTrafficMirrorFilter", "tmf-1")},
     {"done", "done", "TrafficMirrorFilterInUse", kNoFilter}},
    {"FilterOfASessionThatIsGone",
     {OfSession("DeleteTrafficMirrorSession"), OfFilter("DeleteTrafficMirrorFilter", "tmf-1")},
     {"done", "done"}},
    {"FilterIsGone",
     {OfFilter("DeleteTrafficMirrorFilter", "tmf-2"), Session("a", 2),
      ModifySession(R"("TrafficMirrorFilterId": "tmf-2")"), CreateRule("tmf-2", "ingress", 1),
      OfFilter("ModifyTrafficMirrorFilterNetworkServices", "tmf-2")},
     {"done", kNoFilter, kNoFilter, kNoFilter, kNoFilter}},
    {"FilterIsThereAgain",
     {OfFilter("DeleteTrafficMirrorFilter", "tmf-2"),
      OfFilter("CreateTrafficMirrorFilter", "tmf-2"), Session("a", 2)},
     {"done", "done", "done"}},
    {"TargetInUse",
     {OfTarget("DeleteTrafficMirrorTarget", "tmt-1")},
     {"TrafficMirrorTargetInUseException"}},
    {"TargetInUseNoLonger",
     {ModifySession(R"("TrafficMirrorTargetId": "tmt-2")"),
      OfTarget("DeleteTrafficMirrorTarget", "tmt-1"),
      OfTarget("DeleteTrafficMirrorTarget", "tmt-2"),
      OfTarget("DeleteTrafficMirrorTarget", "tmt-1")},
     {"done", "done", "TrafficMirrorTargetInUseException", kNoTarget}},
    {"TargetIsGone",
     {OfTarget("DeleteTrafficMirrorTarget", "tmt-2"), Session("a", 2),
      ModifySession(R"("TrafficMirrorTargetId": "tmt-2")")},
     {"done", kNoTarget, kNoTarget}},
    {"AllIsCreated",
     {OfFilter("CreateTrafficMirrorFilter", "tmf-3"),
      CreateRule("tmf-3", "ingress", 1, Named("tmfr-3")),
      OfTarget("CreateTrafficMirrorTarget", "tmt-3", R"(, "NetworkInterfaceId": "more[0]")"),
      Session("a", 2, "web", "tmf-3", "tmt-3"), OfFilter("DeleteTrafficMirrorFilter", "tmf-3"),
      OfTarget("DeleteTrafficMirrorTarget", "tmt-3")},
     {"done", "done", "done", "done", "TrafficMirrorFilterInUse",
      "TrafficMirrorTargetInUseException"}},
    {"RuleNumberIsTaken",
     {CreateRule("tmf-1", "egress", 1), CreateRule("tmf-1", "ingress", 1),
      CreateRule("tmf-1", "egress", 2), CreateRule("tmf-1", "ingress", 1)},
     {kRuleExists, "done", "done", kRuleExists}},
    {"RuleNumberIsTakenInAFilterOfNobody",
     {CreateRule("tmf-2", "egress", 1), CreateRule("tmf-2", "egress", 1)},
     {"done", kRuleExists}},
    {"RuleTakesTheNumberOfAnother",
     {CreateRule("tmf-1", "egress", 2, Named("tmfr-2")), ModifyRule("tmfr-2", R"("RuleNumber": 1)"),
      ModifyRule("tmfr-2", R"("RuleNumber": 3)"), ModifyRule("tmfr-1", R"("RuleNumber": 2)")},
     {"done", kRuleExists, "done", "done"}},
    {"RuleGoesOverToTheOtherDirection",
     {CreateRule("tmf-1", "ingress", 1, Named("tmfr-2")),
      ModifyRule("tmfr-2", R"("TrafficDirection": "egress")"),
      ModifyRule("tmfr-2", R"("TrafficDirection": "egress", "RuleNumber": 2)"),
      CreateRule("tmf-1", "ingress", 1), ModifyRule("tmfr-2", R"("TrafficDirection": "egress")")},
     {"done", kRuleExists, "done", "done", "done"}},
    {"RuleIsGone",
     {OfRule("DeleteTrafficMirrorFilterRule", "tmfr-1"),
      OfRule("DeleteTrafficMirrorFilterRule", "tmfr-1"),
      ModifyRule("tmfr-1", R"("RuleAction": "reject")"),
      CreateRule("tmf-1", "egress", 1, Named("tmfr-1")),
      OfRule("DeleteTrafficMirrorFilterRule", "tmfr-1")},
     {"done", kNoRule, kNoRule, "done", "done"}},
    {"RuleWentWithItsFilter",
     {CreateRule("tmf-2", "egress", 1, Named("tmfr-2")),
      OfFilter("DeleteTrafficMirrorFilter", "tmf-2"),
      OfRule("DeleteTrafficMirrorFilterRule", "tmfr-2")},
     {"done", "done", kNoRule}},
    {"RuleThatWasRefused",
     {CreateRule("tmf-1", "egress", 1, Named("tmfr-2")),
      OfRule("DeleteTrafficMirrorFilterRule", "tmfr-2")},
     {kRuleExists, kNoRule}},
    // No document has a code for these: ports are of TCP and UDP, and both ranges of one family.
    {"PortsOfEveryProtocol",
     {ModifyRule("tmfr-1", R"("DestinationPortRange": {"FromPort": 80, "ToPort": 80})"),
      ModifyRule("tmfr-1",
                 R"("Protocol": 6, "DestinationPortRange": {"FromPort": 80, "ToPort": 80})"),
      ModifyRule("tmfr-1", R"("RemoveFields": ["protocol"])"),
      ModifyRule("tmfr-1", R"("RemoveFields": ["destination-port-range", "protocol"])")},
     {"ports 80-80 beside every protocol", "done", "ports 80-80 beside every protocol", "done"}},
    {"TwoFamiliesInARule",
     {ModifyRule("tmfr-1", R"("SourceCidrBlock": "::/0")"),
      ModifyRule("tmfr-1", R"("SourceCidrBlock": "::/0", "DestinationCidrBlock": "::/0")")},
     {"one rule for IPv4 and IPv6 at once", "done"}},
    {"ServicesComeAndGo",
     {OfFilter("ModifyTrafficMirrorFilterNetworkServices", "tmf-1",
               R"(, "AddNetworkServices": ["amazon-dns"])"),
      OfFilter("ModifyTrafficMirrorFilterNetworkServices", "tmf-1",
               R"(, "AddNetworkServices": ["amazon-dns"])"),
      OfFilter("ModifyTrafficMirrorFilterNetworkServices", "tmf-1",
               R"(, "RemoveNetworkServices": ["amazon-dns"])")},
     {"done", "done", "done"}},
};

INSTANTIATE_TEST_SUITE_P(Table, AwsRefusalTest, testing::ValuesIn(kAwsRefusals),
                         [](const auto& tested) { return tested.param.name; });

// Ten rules of a filter are the most, of both directions together.
TEST(AwsTimelineTest, AnEleventhRuleIsRefused) {
  std::vector<std::string> actions;
  for (int i = 1; i <= 5; ++i) {
    actions.push_back(CreateRule("tmf-2", "ingress", i));
    actions.push_back(CreateRule("tmf-2", "egress", i, Named("out-" + std::to_string(i))));
  }
  actions.push_back(CreateRule("tmf-2", "egress", 6));
  actions.push_back(OfRule("DeleteTrafficMirrorFilterRule", "out-1"));
  actions.push_back(CreateRule("tmf-2", "egress", 6));
  std::vector<std::string> want(10, "done");
  want.insert(want.end(), {"TrafficMirrorFilterRuleLimitExceeded", "done", "done"});
  EXPECT_EQ(AnswersTo(actions), want);
}

// 10,000 sessions, filters and targets of an account are the most, by the quotas page; here as
// many as there are, which are one session and two of the others.
TEST(AwsTimelineTest, WhatIsBeyondTheQuotasOfAnAccountIsRefused) {
  Library library = Shipped();
  int found = 0;
  for (Quota& quota : library.providers.at("aws").quotas) {
    if (quota.name.find("_per_account") == std::string::npos) continue;
    EXPECT_EQ(quota.most, 10'000) << quota.name;
    quota.most = quota.name == "sessions_per_account" ? 1 : 2;
    ++found;
  }
  EXPECT_EQ(found, 3);
  const std::string create =
      Session("s", 2) + ", " + OfFilter("CreateTrafficMirrorFilter", "f") + ", " +
      OfTarget("CreateTrafficMirrorTarget", "t", R"(, "NetworkInterfaceId": "spare")");
  const std::string timeline = create + ", " + OfSession("DeleteTrafficMirrorSession") + ", " +
                               OfFilter("DeleteTrafficMirrorFilter", "tmf-1") + ", " +
                               OfTarget("DeleteTrafficMirrorTarget", "tmt-1") + ", " + create;
  EXPECT_THAT(AnswersIn(AwsScenario(timeline), library),
              ElementsAre("TrafficMirrorSessionLimitExceeded", "TrafficMirrorFilterLimitExceeded",
                          "TrafficMirrorTargetLimitExceeded", "done", "done", "done", "done",
                          "done", "done"));
}

struct BrokenAwsCase {
  const char* name;
  std::vector<std::string> actions;
  std::vector<std::string> want;  // path behind /timeline/, message and what would do
};

void PrintTo(const BrokenAwsCase& c, std::ostream* os) { *os << c.name; }

class BrokenAwsTimelineTest : public testing::TestWithParam<BrokenAwsCase> {};

TEST_P(BrokenAwsTimelineTest, IsRefusedBeforeTheRun) {
  std::string timeline;
  for (const std::string& each : GetParam().actions) {
    timeline += (timeline.empty() ? "" : ", ") + each;
  }
  std::vector<std::string> want = GetParam().want;
  for (std::string& each : want) each = "/timeline/" + each;
  EXPECT_EQ(TimelineErrors(AwsScenario(timeline)), want);
}

const BrokenAwsCase kBrokenAws[] = {
    {"NoSuchFilter",
     {OfFilter("DeleteTrafficMirrorFilter", "tmf-9")},
     {"0/DeleteTrafficMirrorFilter/TrafficMirrorFilterId: no filter is ever called \"tmf-9\" | "
      "\"tmf-1\" (nearest), or \"tmf-2\""}},
    {"NoSuchTarget",
     {OfTarget("DeleteTrafficMirrorTarget", "tmt-9")},
     {"0/DeleteTrafficMirrorTarget/TrafficMirrorTargetId: no target is ever called \"tmt-9\" | "
      "\"tmt-1\" (nearest), or \"tmt-2\""}},
    {"NoSuchRule",
     {OfRule("DeleteTrafficMirrorFilterRule", "tmfr-9")},
     {"0/DeleteTrafficMirrorFilterRule/TrafficMirrorFilterRuleId: no rule is ever called "
      "\"tmfr-9\" | \"tmfr-1\" (nearest)"}},
    {"SessionOfNoSuchFilter",
     {Session("a", 2, "web", "tmf-9")},
     {"0/CreateTrafficMirrorSession/TrafficMirrorFilterId: no filter is ever called \"tmf-9\" | "
      "\"tmf-1\" (nearest), or \"tmf-2\""}},
    {"SessionToNoSuchTarget",
     {ModifySession(R"("TrafficMirrorTargetId": "tmt-9")")},
     {"0/ModifyTrafficMirrorSession/TrafficMirrorTargetId: no target is ever called \"tmt-9\" | "
      "\"tmt-1\" (nearest), or \"tmt-2\""}},
    {"FilterBeforeItsCreation",
     {CreateRule("x", "ingress", 1), OfFilter("CreateTrafficMirrorFilter", "x")},
     {"0/CreateTrafficMirrorFilterRule/TrafficMirrorFilterId: filter \"x\" is created only later | "
      "actions in order: a filter is created first"}},
    {"RuleBeforeItsCreation",
     {OfRule("DeleteTrafficMirrorFilterRule", "x"), CreateRule("tmf-1", "ingress", 1, Named("x"))},
     {"0/DeleteTrafficMirrorFilterRule/TrafficMirrorFilterRuleId: rule \"x\" is created only later "
      "| actions in order: a rule is created first"}},
    {"FilterIsThereAlready",
     {OfFilter("CreateTrafficMirrorFilter", "tmf-1")},
     {"0/CreateTrafficMirrorFilter/TrafficMirrorFilterId: a filter is called \"tmf-1\" already | a "
      "name of its own"}},
    {"RuleIsThereAlready",
     {CreateRule("tmf-2", "ingress", 1, Named("tmfr-1"))},
     {"0/CreateTrafficMirrorFilterRule: a rule is called \"tmfr-1\" already | a name of its own"}},
    {"RuleIsInTheFilterAlready",
     {CreateRule("tmf-1", "ingress", 9, Named("tmfr-1"))},
     {"0/CreateTrafficMirrorFilterRule: there is a rule tmfr-1 already | an ID of its own, or "
      "none"}},
    {"TargetThatIsNothing",
     {OfTarget("CreateTrafficMirrorTarget", "x")},
     {"0/CreateTrafficMirrorTarget: a target that is nothing | NetworkInterfaceId, "
      "NetworkLoadBalancerArn or GatewayLoadBalancerEndpointId"}},
    {"TargetThatIsNowhere",
     {OfTarget("CreateTrafficMirrorTarget", "x", R"(, "NetworkInterfaceId": "idz")")},
     {"0/CreateTrafficMirrorTarget/NetworkInterfaceId: nothing is called \"idz\" | \"ids\" "
      "(nearest), or \"more\", \"spare\", \"web\", \"subnet:default\", \"vpc:default\""}},
    {"TargetThatIsNoLoadBalancer",
     {OfTarget("CreateTrafficMirrorTarget", "x", R"(, "NetworkLoadBalancerArn": "nlb")")},
     {"0/CreateTrafficMirrorTarget/NetworkLoadBalancerArn: there is no load balancer \"nlb\" | one "
      "of load_balancers of a VPC, which has none"}},
    {"FieldBesideItsRemoval",
     {ModifyRule("tmfr-1", R"("Protocol": 6, "RemoveFields": ["protocol"])")},
     {"0/ModifyTrafficMirrorFilterRule/Protocol: Protocol beside protocol in RemoveFields | one of "
      "the two"}},
    {"LengthBesideItsRemoval",
     {ModifySession(R"("PacketLength": 100, "RemoveFields": ["packet-length"])")},
     {"0/ModifyTrafficMirrorSession/PacketLength: PacketLength beside packet-length in "
      "RemoveFields | one of the two"}},
    {"ServiceThatComesAndGoes",
     {OfFilter("ModifyTrafficMirrorFilterNetworkServices", "tmf-1",
               R"(, "AddNetworkServices": ["amazon-dns"],
                    "RemoveNetworkServices": ["amazon-dns"])")},
     {"0/ModifyTrafficMirrorFilterNetworkServices/RemoveNetworkServices: amazon-dns in "
      "AddNetworkServices, too | one of the two"}},
    {"RuleNumberOutOfRange",
     {CreateRule("tmf-1", "egress", 32767)},
     {"0/CreateTrafficMirrorFilterRule/RuleNumber: RuleNumber 32767 is out of range | from 1 to "
      "32766"}},
};

INSTANTIATE_TEST_SUITE_P(Table, BrokenAwsTimelineTest, testing::ValuesIn(kBrokenAws),
                         [](const auto& tested) { return tested.param.name; });

TEST(AwsTimelineTest, AnIdThatTwoThingsHaveIsAnErrorWhereItIsNamed) {
  const std::string other = R"({"TrafficMirrorSessions": [], "TrafficMirrorTargets": [],
      "TrafficMirrorFilters": [{"TrafficMirrorFilterId": "tmf-2", "IngressFilterRules": [
        {"TrafficMirrorFilterRuleId": "tmfr-1", "RuleNumber": 1, "RuleAction": "accept",
         "SourceCidrBlock": "0.0.0.0/0", "DestinationCidrBlock": "0.0.0.0/0"}]}]}, )";
  EXPECT_THAT(AnswersIn(AwsScenario(OfFilter("CreateTrafficMirrorFilter", "x"), other)),
              ElementsAre("done"));
  EXPECT_THAT(TimelineErrors(AwsScenario(OfFilter("DeleteTrafficMirrorFilter", "tmf-2") + ", " +
                                             OfRule("DeleteTrafficMirrorFilterRule", "tmfr-1"),
                                         other)),
              ElementsAre("/timeline/0/DeleteTrafficMirrorFilter/TrafficMirrorFilterId: more than "
                          "one filter is called \"tmf-2\" | a name that one filter has",
                          "/timeline/1/DeleteTrafficMirrorFilterRule/TrafficMirrorFilterRuleId: "
                          "more than one rule is called \"tmfr-1\" | a name that one rule has"));
}

TEST(AwsTimelineTest, AnActionInAScenarioWithoutAnAwsVpcIsAnError) {
  EXPECT_THAT(TimelineErrors(R"({"hosts": {"web": {}}, "timeline": [)" +
                             OfFilter("CreateTrafficMirrorFilter", "x") + "]}"),
              ElementsAre("/timeline/0/CreateTrafficMirrorFilter: an action of the API of aws, and "
                          "no VPC of it | a VPC of a provider with that API"));
}

// A session of Alibaba Cloud has another filter, by the same ID.
TEST(AwsTimelineTest, AFilterIsNotInUseInAnotherCloud) {
  EXPECT_THAT(AnswersIn(R"({"vpcs": {
        "v": {"cidr": "10.0.0.0/16", "provider": "aws", "subnets": {"s": "10.0.0.0/24"}},
        "w": {"cidr": "10.1.0.0/16", "provider": "alibaba", "subnets": {"t": "10.1.0.0/24"}}},
      "hosts": {"here": {"subnet": "s"}, "a": {"subnet": "t"}, "b": {"subnet": "t"}},
      "workloads": {"sql": {"at": "a", "out": "10 Mbps"}},
      "mirrors": {
        "TrafficMirrorSessions": [{"TrafficMirrorSessionId": "s-1", "TrafficMirrorSourceIds": ["a"],
          "TrafficMirrorTargetId": "b", "TrafficMirrorFilterId": "f", "Priority": 1}],
        "TrafficMirrorFilters": [{"TrafficMirrorFilterId": "f"}]},
      "timeline": [)" + OfFilter("CreateTrafficMirrorFilter", "f") +
                        ", " + CreateRule("f", "egress", 1) + ", " +
                        OfFilter("DeleteTrafficMirrorFilter", "f") + "]}"),
              ElementsAre("done", "done", "done"));
}

// Nothing of AWS need be there at the beginning.
TEST(AwsTimelineTest, AScenarioWithoutMirrorsMayCreateAll) {
  EXPECT_THAT(
      AnswersIn(R"({"provider": "aws", "hosts": {"web": {}, "ids": {}},
        "workloads": {"sql": {"at": "web", "out": "10 Mbps"}}, "timeline": [)" +
                OfTarget("CreateTrafficMirrorTarget", "t", R"(, "NetworkInterfaceId": "ids")") +
                ", " + OfFilter("CreateTrafficMirrorFilter", "f") + ", " +
                CreateRule("f", "egress", 1) + ", " + Session("s", 1, "web", "f", "t") + "]}"),
      ElementsAre("done", "done", "done", "done"));
}

}  // namespace
}  // namespace vpcmirror::sim
