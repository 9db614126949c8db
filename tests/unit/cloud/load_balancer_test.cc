#include "models/cloud/load_balancer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace vpcmirror {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// Two zones, two backends in a, one in b, one in a zone where it takes nothing in.
LoadBalancer Sample(bool cross_zone) {
  LoadBalancer balancer;
  balancer.zones = {"a", "b"};
  balancer.backends = {{.eni = 7, .zone = "a"},
                       {.eni = 8, .zone = "b"},
                       {.eni = 9, .zone = "a"},
                       {.eni = 10, .zone = "c"}};
  balancer.cross_zone = cross_zone;
  return balancer;
}

FrameInfo Copy(std::uint32_t source, std::uint16_t port) {
  FrameInfo info;
  info.has_flow = true;
  info.flow = {.source = IpAddress::V4(source),
               .destination = IpAddress::V4(0x0a000909),
               .source_port = port,
               .destination_port = 4789,
               .protocol = kProtocolUdp,
               .ports = Ports::kKnown};
  return info;
}

TEST(LoadBalancerTest, TakesCopiesInAtTheZoneOfTheirSource) {
  const LoadBalancer balancer = Sample(false);
  EXPECT_EQ(balancer.ZoneFor("b"), 1u);
  EXPECT_EQ(balancer.ZoneFor("elsewhere"), 0u);
}

TEST(LoadBalancerTest, StaysInTheZoneUnlessItBalancesAcrossZones) {
  const BackendChoice within(Sample(false));
  EXPECT_THAT(within.Eligible(0), ElementsAre(0, 2));
  EXPECT_THAT(within.Eligible(1), ElementsAre(1));
  EXPECT_THAT(BackendChoice(Sample(true)).Eligible(1), ElementsAre(0, 1, 2, 3));
}

TEST(LoadBalancerTest, ChoosesNoUnhealthyBackend) {
  LoadBalancer balancer = Sample(false);
  balancer.backends[1].healthy = false;
  const BackendChoice choice(balancer);
  EXPECT_THAT(choice.Eligible(1), IsEmpty());
  EXPECT_FALSE(choice.Choose(1, 42));
}

TEST(LoadBalancerTest, ListensToItsPortAlone) {
  LoadBalancer balancer = Sample(false);
  EXPECT_FALSE(balancer.Listens(Copy(1, 1), true));
  balancer.listener = Listener{.port = 4789};
  EXPECT_TRUE(balancer.Listens(Copy(1, 1), true));
  balancer.listener = Listener{.port = 4790};
  EXPECT_FALSE(balancer.Listens(Copy(1, 1), true));
  balancer.listener = Listener{.protocol = kProtocolTcp, .port = 4789};
  EXPECT_FALSE(balancer.Listens(Copy(1, 1), true));
  EXPECT_TRUE(balancer.Listens(Copy(1, 1), /*has_outer_headers=*/false));
  balancer.kind.needs_listener = false;
  EXPECT_TRUE(balancer.Listens(Copy(1, 1), true));
}

// 200 sources with 64 outer ports each over 4 backends: 3,200 of 12,800 outer flows for
// each if they were thrown at random. The 99.9 % quantile of chi-square with 3 degrees of
// freedom is 16.27.
TEST(LoadBalancerTest, SpreadsOuterFlowsEvenly) {
  const BackendChoice choice(Sample(true));
  std::vector<int> flows(4);
  for (std::uint32_t source = 0; source < 200; ++source) {
    for (int port = 49152; port < 49216; ++port) {
      const FrameInfo copy = Copy(0x0a000100 + source, static_cast<std::uint16_t>(port));
      ++flows[*choice.Choose(0, BalancingHash(copy, true, HashSymmetry::kSymmetric))];
    }
  }
  double chi_square = 0;
  for (const int count : flows) chi_square += (count - 3200.0) * (count - 3200.0) / 3200.0;
  EXPECT_LT(chi_square, 16.27);
}

// One source sends a flow of one inner flow through one outer port: all of it goes to one
// backend, whatever its packets are.
TEST(LoadBalancerTest, KeepsAnOuterFlowTogether) {
  FrameInfo copy = Copy(0x0a000101, 49160);
  const std::uint64_t hash = BalancingHash(copy, true, HashSymmetry::kSymmetric);
  copy.wire_length = Bytes(9000);
  copy.payload_offset = 42;
  EXPECT_EQ(BalancingHash(copy, true, HashSymmetry::kSymmetric), hash);
}

TEST(LoadBalancerTest, SpreadsBareCopiesByTheirOwnFlow) {
  const FrameInfo there = Copy(0x0a000101, 49160);
  FrameInfo back = there;
  std::swap(back.flow.source, back.flow.destination);
  std::swap(back.flow.source_port, back.flow.destination_port);
  EXPECT_EQ(BalancingHash(there, false, HashSymmetry::kSymmetric),
            BalancingHash(back, false, HashSymmetry::kSymmetric));
  EXPECT_NE(BalancingHash(there, true, HashSymmetry::kSymmetric),
            BalancingHash(back, true, HashSymmetry::kSymmetric));
}

}  // namespace
}  // namespace vpcmirror
