#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/scenario/scenario_samples.h"

namespace vpcmirror {
namespace {

using testing::ElementsAre;
using testing_samples::Smallest;
using testing_samples::SmallLibrary;

std::vector<std::string> EniIds(const ValidScenario& scenario) {
  std::vector<std::string> ids;
  for (const Eni& eni : scenario.deployment->enis) ids.push_back(eni.id);
  return ids;
}

TEST(ValidateTest, ExpandsTheSmallestScenario) {
  const ValidScenario valid = Validate(Smallest(), SmallLibrary());

  EXPECT_THAT(EniIds(valid), ElementsAre("web[0]/eni0", "web[1]/eni0", "ids/eni0"));
  // .0 is the network and .1 the gateway of 10.0.0.0/16.
  EXPECT_EQ(ToString(valid.deployment->enis[0].addresses.front()), "10.0.0.2");
  EXPECT_EQ(ToString(valid.deployment->enis[2].addresses.front()), "10.0.0.4");
  EXPECT_EQ(ToString(valid.deployment->enis[2].mac), "02:00:0a:00:00:04");

  ASSERT_EQ(valid.mirrors.size(), 1u);
  const PlacedMirror& mirror = valid.mirrors.front();
  EXPECT_EQ(mirror.mirror->settings().id, "mirror-1");
  EXPECT_THAT(mirror.sources, ElementsAre(0u, 1u));
  EXPECT_THAT(mirror.receiver_enis, ElementsAre(2u));

  ASSERT_EQ(valid.tap_rules.size(), 1u);
  EXPECT_THAT(valid.tap_rules[0]->mirror_ports,
              ElementsAre(MirrorPort{IpAddress::V4(0x0a000004), 4789}));  // RFC 7348: port 4789

  ASSERT_EQ(valid.workloads.size(), 1u);
  EXPECT_EQ(valid.workloads[0].streams.size(), 4u);  // two hosts, in and out each
}

}  // namespace
}  // namespace vpcmirror
