// What explain says of a copy that goes to a load balancer.
#include <gtest/gtest.h>

#include <string>

#include "sim/explain/explainer.h"
#include "tests/support/load_scenario.h"
#include "tests/unit/explain/ask.h"

namespace vpcmirror::sim {
namespace {

// `more` goes into the load balancer, in front of ids[0] in zone z1 and ids[1] in z2.
ValidScenario WithBalancer(const std::string& more) {
  const std::string text =
      R"({"vpcs": {"v": {"cidr": "10.0.0.0/16",
            "subnets": {"one": {"cidr": "10.0.1.0/24", "az": "z1"}, "two": {"cidr": "10.0.2.0/24", "az": "z2"}},
            "load_balancers": {"lb": {"kind": "clb", "id": "lb-7f2a", "subnets": ["one", "two"], "backends": ["ids[*]"])" +
      more + R"(}}}},
          "hosts": {"web": {"subnet": "one"},
                    "ids": {"count": 2, "subnet": "one", "receiver": "generic", "override": {"1": {"subnet": "two"}}}},
          "workloads": {"www": {"at": "web", "out": "1 Mbps"}},
          "mirrors": [{"TrafficMirrorName": "m", "CollectorSrcs": ["web"],
                       "CollectorTarget": {"TargetIps": ["lb-7f2a"], "TargetType": "CLB"}}]})";
  return Load(text);
}

ExplainedBalancing BalancingOf(const ValidScenario& scenario) {
  const Explanation explanation = Ask(scenario, "out tcp 10.0.1.2:443 > 198.51.100.1:51000");
  const auto& copy = explanation.sessions.at(0).copy;
  EXPECT_EQ(copy->arrives(), copy->balancing->passes());
  return copy->balancing.value();
}

TEST(ExplainLoadBalancerTest, NamesTheBackendOfTheZone) {
  const ExplainedBalancing within = BalancingOf(WithBalancer(R"(, "cross_zone": false)"));
  EXPECT_TRUE(within.passes());
  EXPECT_EQ(within.zone, 0u);
  EXPECT_EQ(within.eligible, 1u);
  EXPECT_EQ(within.backend, 0u);
  EXPECT_EQ(BalancingOf(WithBalancer("")).eligible, 2u);
}

TEST(ExplainLoadBalancerTest, SaysWhyItDropsACopy) {
  EXPECT_FALSE(BalancingOf(WithBalancer(R"(, "listener": "tcp:4789")")).listens);
  const ExplainedBalancing alone =
      BalancingOf(WithBalancer(R"(, "cross_zone": false, "unhealthy": ["ids[0]"])"));
  EXPECT_TRUE(alone.listens);
  EXPECT_FALSE(alone.backend);
  EXPECT_FALSE(alone.passes());
}

}  // namespace
}  // namespace vpcmirror::sim
