#include "sim/explain/explainer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/load_scenario.h"
#include "tests/unit/explain/ask.h"

namespace vpcmirror::sim {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

// web 10.0.0.2 behind a security group for 443 alone, ids 10.0.0.3; `mirror` goes
// into the only mirror.
ValidScenario WebAndIds(const std::string& mirror, const std::string& ids = "") {
  const std::string text =
      R"({"vpcs": {"v": {"cidr": "10.0.0.0/16", "subnets": {"s": "10.0.0.0/24"},
            "security_groups": {"sg": {
              "ingress": [{"action": "accept", "protocol": "tcp", "ports": 443}],
              "egress": [{"action": "accept"}]},
              "closed": {"ingress": [], "egress": [{"action": "accept"}]}}}},
          "hosts": {"web": {"type": "S5.4XLARGE32", "security_groups": ["sg"]},
                    "ids": {"type": "S5.4XLARGE32", "receiver": "generic")" +
      ids + R"(}},
          "workloads": {"www": {"at": "web", "out": "1 Mbps"}},
          "mirrors": [{"TrafficMirrorName": "m", "CollectorSrcs": ["web"],
                       "CollectorTarget": {"TargetIps": ["ids"]})" +
      mirror + "}]}";
  return Load(text);
}

std::vector<Stage> StagesOf(const std::vector<TrailStep>& steps) {
  std::vector<Stage> stages;
  for (const TrailStep& step : steps) stages.push_back(step.stage);
  return stages;
}

// 14 Ethernet, 20 IPv4, 8 UDP and 8 VXLAN (RFC 7348, 5) around 64 bytes.
TEST(ExplainerTest, FollowsACopyToItsBytesOnTheWire) {
  const ValidScenario scenario = WebAndIds("");
  const Explanation explanation = Ask(scenario, "out tcp 10.0.0.2:443 > 198.51.100.1:51000");
  ASSERT_THAT(explanation.sessions, SizeIs(1));
  const ExplainedSession& session = explanation.sessions.front();
  EXPECT_TRUE(session.ruling.copies());
  EXPECT_THAT(StagesOf(session.steps), ElementsAre(Stage::kState, Stage::kDirection, Stage::kNoRule,
                                                   Stage::kReceiver, Stage::kMtu));
  ASSERT_TRUE(session.copy);
  ASSERT_THAT(session.copy->packets, SizeIs(1));
  EXPECT_EQ(session.copy->packets.front().wire, Bytes(114));
  EXPECT_EQ(session.copy->packets.front().outer.size(), 36u);
  EXPECT_EQ(scenario.deployment->enis[session.copy->receiver_eni].id, "ids/eni0");
  EXPECT_EQ(session.copy->path.stop, Stop::kNone);
}

// 1,500 of outer IP packet less 36: 1,464 of the frame are left.
TEST(ExplainerTest, CutsWhatDoesNotFit) {
  const Explanation explanation =
      Ask(WebAndIds(""), "out tcp 10.0.0.2:443 > 198.51.100.1:51000 len 1514");
  const ExplainedSession& session = explanation.sessions.front();
  EXPECT_EQ(session.ruling.mtu_action, MtuAction::kTruncate);
  EXPECT_EQ(session.copy->packets.front().payload, Bytes(1464));
  EXPECT_EQ(session.copy->packets.front().wire, Bytes(1514));
}

TEST(ExplainerTest, NamesWhatIsNeverMirroredByItsPlace) {
  const ValidScenario scenario = WebAndIds("");
  const Explanation explanation = Ask(scenario, "in arp");
  ASSERT_TRUE(explanation.ruling_for_all);
  EXPECT_EQ(explanation.ruling_for_all->refusal, Refusal::kNeverMirrored);
  const auto& never = scenario.providers.front().never_mirrored;
  EXPECT_EQ(never[explanation.ruling_for_all->item].ether_type, kEtherTypeArp);
  EXPECT_THAT(explanation.sessions.front().steps, IsEmpty());
}

TEST(ExplainerTest, SaysWhichGroupDropsAFreshFlow) {
  const Explanation explanation = Ask(WebAndIds(""), "in tcp 198.51.100.1:5 > 10.0.0.2:80");
  EXPECT_EQ(explanation.admission, Admission::kSecurityGroup);
  ASSERT_THAT(explanation.security, SizeIs(1));
  EXPECT_EQ(explanation.security.front().id, "sg");
  EXPECT_EQ(explanation.security.front().what, "no ingress rule matches, which drops it");
  EXPECT_EQ(explanation.ruling_for_all->refusal, Refusal::kNotAdmitted);
}

TEST(ExplainerTest, NamesTheFirstConditionThatDoesNotHold) {
  const ValidScenario scenario = WebAndIds(
      R"(, "CollectorNormalFilters": [{"Protocol": "TCP"}, {"Protocol": "TCP", "DstPort": "80"},
              {"Protocol": "TCP", "DstPort": "22"}])");
  const Explanation explanation = Ask(scenario, "in tcp 198.51.100.1:5 > 10.0.0.2:443");
  const Ruling& ruling = explanation.sessions.front().ruling;
  EXPECT_EQ(ruling.refusal, Refusal::kFilter);
  EXPECT_EQ(ruling.item, 1u);  // counted from 0
}

TEST(ExplainerTest, AsksNoSecurityOfTheReceiverWhereTheScenarioSaysSo) {
  const ValidScenario scenario = Load(
      R"({"provider": "azure", "assumptions": {"security_of_copies": "nowhere"},
          "vpcs": {"v": {"cidr": "10.0.0.0/16", "subnets": {"s": "10.0.0.0/24"},
            "security_groups": {"closed": {"ingress": [], "egress": [{"action": "accept"}]}}}},
          "hosts": {"web": {}, "ids": {"receiver": "generic", "security_groups": ["closed"]}},
          "mirrors": [{"destinationNetworkInterfaceIPConfiguration": {"id": "ids"},
                       "networkInterfaceTapConfigurations": [{"id": "web"}]}]})");
  const Explanation explanation = Ask(scenario, "out tcp 10.0.0.2:443 > 198.51.100.1:51000");
  EXPECT_EQ(explanation.sessions.front().copy->path.stop, Stop::kNone);
}

TEST(ExplainerTest, SaysThatTheReceiversSecurityStopsTheCopy) {
  const Explanation explanation = Ask(WebAndIds("", R"(, "security_groups": ["closed"])"),
                                      "out tcp 10.0.0.2:443 > 198.51.100.1:51000");
  const ExplainedSession& session = explanation.sessions.front();
  EXPECT_TRUE(session.ruling.copies());
  EXPECT_EQ(session.copy->path.stop, Stop::kTargetSecurityGroup);
}

TEST(ExplainerTest, LooksUpTheRouteOfWhatLeavesAlone) {
  const ValidScenario scenario = WebAndIds("");
  EXPECT_EQ(Ask(scenario, "out tcp 10.0.0.2:443 > 10.0.0.3:5").route.next_hop.kind,
            NextHop::Kind::kLocal);
  EXPECT_EQ(Ask(scenario, "in tcp 10.0.0.3:5 > 10.0.0.2:443").route.next_hop.kind,
            NextHop::Kind::kNotLookedUp);
}

}  // namespace
}  // namespace vpcmirror::sim
