#include "models/scenario/observed_flows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "models/scenario/steady_traffic.h"
#include "tests/support/load_scenario.h"

namespace vpcmirror {
namespace {

using sim::Load;
using testing::Each;
using testing::Field;
using testing::SizeIs;

// web[0] is 10.0.0.2, web[1] 10.0.0.3. What goes to or comes from port 443 is copied, cut to 128
// bytes, to one of three receivers by its flow.
constexpr char kEstate[] = R"({
  "provider": "tencent",
  "hosts": {"web": {"count": 2}, "ids": {"count": 3, "receiver": "generic"}},
  "mirrors": [{"TrafficMirrorName": "m", "CollectorSrcs": ["web"],
               "CollectorNormalFilters": [{"Protocol": "TCP", "DstPort": "443"}],
               "CollectorTarget": {"TargetIps": ["ids[*]"], "AlgHash": "FIVE_TUPLE_FLOW"}}],
  "assumptions": {"encapsulation": "none"}
})";

const ValidScenario& Estate() {
  static const ValidScenario scenario = Load(kEstate);
  return scenario;
}

// 1 Mbps in frames of 1000 bytes from a client outside to web[0], unless something else is said.
ObservedFlow Seen(int client, std::uint16_t port = 443, double mbps = 1, double frame = 1'000) {
  ObservedFlow flow;
  flow.eni = 0;
  flow.direction = Direction::kIngress;
  flow.flow = {.source = *ParseIpAddress("192.0.2.1"),
               .destination = *ParseIpAddress("10.0.0.2"),
               .source_port = static_cast<std::uint16_t>(10'000 + client),
               .destination_port = port,
               .protocol = kProtocolTcp,
               .ports = Ports::kKnown};
  flow.bits_per_second = mbps * 1e6;
  flow.frames_per_second = mbps * 1e6 / 8 / frame;
  return flow;
}

SteadyTraffic TrafficOf(const std::vector<ObservedFlow>& flows) {
  ValidScenario scenario = Estate();
  ReplaceWorkloads(flows, scenario);
  return SteadyTrafficOf(scenario);
}

TEST(ObservedFlowsTest, PassTheirEniAndNoOther) {
  ObservedFlow flow = Seen(0);
  flow.direction = Direction::kEgress;
  flow.flow.source = *ParseIpAddress("10.0.0.2");
  flow.flow.destination = *ParseIpAddress("10.0.0.3");  // web[1], whose log says nothing of it
  const SteadyTraffic traffic = TrafficOf({flow});
  EXPECT_DOUBLE_EQ(traffic.enis[0].out.bits_per_second, 1e6);
  EXPECT_DOUBLE_EQ(traffic.enis[0].copies_out.bits_per_second, 1e6);
  EXPECT_EQ(traffic.enis[1].in.bits_per_second, 0);
  EXPECT_EQ(traffic.enis[1].copies_out.bits_per_second, 0);
}

TEST(ObservedFlowsTest, AFewFlowsStayAsTheyAre) {
  const std::vector<ObservedFlow> flows = {Seen(0), Seen(1), Seen(2)};
  EXPECT_THAT(Fewer(flows, Estate(), {.alone = 3, .together = 1}), SizeIs(3));
}

// Ports 443 and 22, frames of two sizes, 3,000 flows: what ENIs, mirrors and receivers have in
// bits and frames is the same of all of them and of a few.
TEST(ObservedFlowsTest, FewerFlowsAreAsMuchAtEveryEniAndReceiver) {
  std::vector<ObservedFlow> flows;
  for (int i = 0; i < 3'000; ++i) {
    flows.push_back(Seen(i, i % 3 == 0 ? 22 : 443, 1 + i % 7, i % 2 == 0 ? 100 : 1'000));
  }
  const std::vector<ObservedFlow> few = Fewer(flows, Estate(), {.alone = 10, .together = 100});
  EXPECT_LE(few.size(), 110u);
  const SteadyTraffic all = TrafficOf(flows);
  const SteadyTraffic less = TrafficOf(few);
  constexpr double kSums = 1e-12;  // of sums in another order
  const auto expect_same = [](const Flux& a, const Flux& b) {
    EXPECT_NEAR(a.bits_per_second / b.bits_per_second, 1, kSums);
    EXPECT_NEAR(a.frames_per_second / b.frames_per_second, 1, kSums);
  };
  expect_same(less.enis[0].in, all.enis[0].in);
  expect_same(less.mirrors[0].mirrored, all.mirrors[0].mirrored);
  ASSERT_THAT(all.mirrors[0].by_receiver, SizeIs(3));
  for (std::size_t i = 0; i < 3; ++i) {
    expect_same(less.mirrors[0].by_receiver[i], all.mirrors[0].by_receiver[i]);
  }
}

// An elephant of 1 Gbps among 1,000 flows of 1 Mbps: no mouse is added to it.
TEST(ObservedFlowsTest, AnElephantStaysAlone) {
  std::vector<ObservedFlow> flows = {Seen(0, 443, 1'000)};
  for (int i = 1; i <= 1'000; ++i) flows.push_back(Seen(i));
  const std::vector<ObservedFlow> few = Fewer(flows, Estate(), {.alone = 1, .together = 10});
  ASSERT_THAT(few, SizeIs(testing::Le(13u)));  // 10, and one more of each receiver for rounding
  EXPECT_EQ(few[0].bits_per_second, 1e9);
  EXPECT_THAT(std::vector(few.begin() + 1, few.end()),
              Each(Field(&ObservedFlow::bits_per_second, testing::Lt(2e8))));
}

}  // namespace
}  // namespace vpcmirror
