// A batch of a live mirror, with frames of every kind: nothing is allocated for it.
#include <gtest/gtest.h>

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "sim/live/capture_writer.h"
#include "sim/live/live_mirror.h"
#include "tests/support/load_scenario.h"
#include "tests/support/packet_builder.h"
#include "tests/unit/hot_path/watch.h"

namespace vpcmirror::sim {
namespace {

// What is not whole goes the long way: tags, fragments, a super-frame that is cut, no IP.
std::vector<std::vector<std::byte>> FramesOfEveryKind() {
  const auto ipv4 = [] { return PacketBuilder().Ethernet().Ipv4("203.0.113.9", "10.0.0.2"); };
  return {ipv4().Tcp(40000, 443).Payload(100).Build(),
          ipv4().Udp(53, 40000).Payload(100).Build(),
          ipv4().Icmp().Build(),
          ipv4().Tcp(40000, 443).Payload(20000).Build(),
          PacketBuilder().Ethernet().Vlan(7).Ipv4("10.0.0.2", "203.0.113.9").Tcp(443, 1).Build(),
          PacketBuilder().Ethernet().Ipv6("2001:db8::1", "2001:db8::2").Udp(1, 2).Build(),
          PacketBuilder()
              .Ethernet()
              .Ipv4("203.0.113.9", "10.0.0.2", {.more_fragments = true})
              .Udp(1, 2, 900)
              .Payload(8)
              .Build(),
          PacketBuilder().Ethernet().Arp().Build()};
}

std::shared_ptr<const ValidScenario> ScenarioWith(const std::string& options) {
  return std::make_shared<const ValidScenario>(Load(
      R"({"provider": "tencent",
          "hosts": {"web": {"type": "S5.4XLARGE32"},
                    "ids": {"count": 2, "type": "S5.4XLARGE32", "receiver": "generic"}},
          "mirrors": [{"TrafficMirrorName": "m", "CollectorSrcs": ["web"],
                       "CollectorTarget": {"TargetIps": ["ids[*]"], "AlgHash": "FIVE_TUPLE_FLOW"},
                       "options": )" +
      options + "}]}"));
}

class LiveHotPathTest : public testing::TestWithParam<const char*> {};

TEST_P(LiveHotPathTest, AllocatesNothingForABatch) {
  const auto frames = FramesOfEveryKind();
  std::vector<CapturedFrame> batch;
  for (const auto& octets : frames) {
    batch.push_back(
        {.octets = octets, .wire_length = Bytes(static_cast<std::int64_t>(octets.size()))});
  }
  LiveMirror mirror({.scenario = ScenarioWith(GetParam()), .eni = 0});
  std::size_t written = 0;
  CaptureWriter writer(CaptureFormat::kPcapng,
                       [&](std::span<const std::byte> part) { written += part.size(); });
  std::size_t allocations = 0;
  {
    const Watch watch;
    for (int i = 0; i < 100; ++i) mirror.Take(batch, writer);
    allocations = watch.seen().allocations;
  }
  EXPECT_EQ(allocations, 0u);
  EXPECT_TRUE(mirror.account().AddsUp());
  EXPECT_GT(writer.counters().taken, 100);
  EXPECT_GT(written, 0u);
}

INSTANTIATE_TEST_SUITE_P(
    Options, LiveHotPathTest,
    testing::Values(R"({})", R"({"mtu_policy": "segment"})", R"({"mtu_policy": "fragment"})",
                    R"({"encapsulation": {"kind": "erspan2", "erspan_session": 5}})"));

}  // namespace
}  // namespace vpcmirror::sim
