#include "analysis/reach/failures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/unit/reach/reach_samples.h"

namespace vpcmirror {
namespace {

using namespace testing_reach;  // NOLINT: the world of these tests
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

std::vector<std::string> Names(const Deployment& deployment,
                               const std::vector<Component>& components) {
  std::vector<std::string> names;
  for (const Component& each : components) {
    names.push_back(std::string(ToString(each.kind)) + " " + NameOf(deployment, each));
  }
  return names;
}

std::vector<std::string> SinglePoints(const std::string& text) {
  const Asked asked = AskText(text);
  const Deployment& deployment = *asked.valid.deployment;
  return Names(deployment, FailuresOf(deployment, asked.reach).mirrors[0].single_points);
}

TEST(SinglePointsTest, AreAllThatOneWayPasses) {
  EXPECT_THAT(SinglePoints(Network(kToFar)),
              ElementsAre("subnet web", "route table rt-web", "gateway ab", "route table rt-b",
                          "gateway ba", "receiver far"));
}

std::string Two(const std::string& zones, const std::string& targets) {
  return R"({"vpcs": {"v": {"cidr": "10.0.0.0/16", "subnets": {
      "s": {"cidr": "10.0.1.0/24", "route_table": "rt-s"},
      "t": {"cidr": "10.0.2.0/24", "route_table": "rt-t"}, )" +
         zones + R"(},
      "route_tables": {"rt-s": [], "rt-t": [], "main": []}}},
    "hosts": {"s": {"subnet": "s"}, "t": {"subnet": "t"}, "x": {"subnet": "x"},
              "y": {"subnet": "y"}},
    "mirrors": [{"CollectorSrcs": ["s", "t"], "CollectorTarget": {"TargetIps": )" +
         targets + R"(, "AlgHash": "FIVE_TUPLE_FLOW"}}]})";
}

constexpr const char* kOneZone = R"("x": {"cidr": "10.0.3.0/24", "az": "z1"},
                                    "y": {"cidr": "10.0.4.0/24", "az": "z1"})";
constexpr const char* kTwoZones = R"("x": {"cidr": "10.0.3.0/24", "az": "z1"},
                                     "y": {"cidr": "10.0.4.0/24", "az": "z2"})";

// Two subnets with tables of their own, two receivers: nothing but their zone is in common.
TEST(SinglePointsTest, AreZonesOfSeveralReceivers) {
  EXPECT_THAT(SinglePoints(Two(kOneZone, R"(["x", "y"])")), ElementsAre("zone z1"));
  EXPECT_THAT(SinglePoints(Two(kTwoZones, R"(["x", "y"])")), IsEmpty());
}

// That a single receiver is in a zone goes without saying.
TEST(SinglePointsTest, AreNotTheZoneOfASingleReceiver) {
  EXPECT_THAT(SinglePoints(Two(kOneZone, R"(["x"])")), ElementsAre("receiver x"));
}

// A receiver that nothing gets to is no second one.
TEST(SinglePointsTest, CountOpenWaysOnly) {
  std::string text = Two(kTwoZones, R"(["x", "y"])");
  for (const char* table : {"rt-s", "rt-t"}) {
    const std::string empty = std::string("\"") + table + "\": []";
    text.replace(text.find(empty), empty.size(),
                 std::string("\"") + table + R"(": [{"to": "10.0.4.0/24", "via": "blackhole"}])");
  }
  EXPECT_THAT(SinglePoints(text), ElementsAre("receiver x"));
}

TEST(FailureGroupsTest, ShareNothing) {
  const auto mirrors = [](const char* second) {
    std::string text = Two(kTwoZones, R"(["x"])");
    const std::string from = R"("CollectorSrcs": ["s", "t"])";
    text.replace(text.find(from), from.size(), R"("CollectorSrcs": ["s"])");
    text.insert(text.rfind("]}"), std::string(R"(, {"CollectorSrcs": ["t"],
        "CollectorTarget": {"TargetIps": [")") +
                                      second + R"("]}})");
    return text;
  };
  const Asked apart = AskText(mirrors("y"));
  const Failures of_apart = FailuresOf(*apart.valid.deployment, apart.reach);
  ASSERT_THAT(of_apart.groups, SizeIs(2));
  EXPECT_THAT(Names(*apart.valid.deployment, of_apart.groups[0].components),
              ElementsAre("subnet s", "route table rt-s", "zone z1", "receiver x"));
  EXPECT_THAT(Names(*apart.valid.deployment, of_apart.groups[1].components),
              ElementsAre("subnet t", "route table rt-t", "zone z2", "receiver y"));
  EXPECT_THAT(of_apart.groups[1].mirrors, ElementsAre(1U));
  EXPECT_EQ(of_apart.groups[1].sources, 1U);

  const Asked together = AskText(mirrors("x"));
  const Failures of_one = FailuresOf(*together.valid.deployment, together.reach);
  ASSERT_THAT(of_one.groups, SizeIs(1));
  EXPECT_THAT(of_one.groups[0].mirrors, ElementsAre(0U, 1U));
  EXPECT_EQ(of_one.groups[0].sources, 2U);
}

}  // namespace
}  // namespace vpcmirror
