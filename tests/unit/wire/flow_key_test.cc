#include "models/wire/flow_key.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <random>
#include <set>
#include <string_view>

namespace vpcmirror {
namespace {

FlowKey Key(std::string_view source, std::uint16_t source_port, std::string_view destination,
            std::uint16_t destination_port, std::uint8_t protocol) {
  return {.source = ParseIpAddress(source).value(),
          .destination = ParseIpAddress(destination).value(),
          .source_port = source_port,
          .destination_port = destination_port,
          .protocol = protocol,
          .ports = Ports::kKnown};
}

const FlowKey kWeb = Key("10.0.1.5", 40000, "10.0.0.9", 443, kProtocolTcp);

// Computed with a separate implementation in Python (integers modulo 2^64 and the
// ipaddress module; its FNV-1a was first checked against the published
// "foobar" -> 85944171f73967e8). The smaller end of kWeb is its destination.
TEST(FlowHashTest, EqualsAnIndependentImplementation) {
  EXPECT_EQ(FlowHash(kWeb, HashSymmetry::kDirectional), 0xa89e74b1a5187de3);
  EXPECT_EQ(FlowHash(Reversed(kWeb), HashSymmetry::kDirectional), 0x712f61f8478eb906);
  EXPECT_EQ(FlowHash(kWeb, HashSymmetry::kSymmetric), 0x712f61f8478eb906);
  EXPECT_EQ(FlowHash(Key("2001:db8::1", 5353, "2001:db8::2", 53, kProtocolUdp),
                     HashSymmetry::kDirectional),
            0x1bf4872f558ac98f);
}

// Equal addresses: the lower port goes in front. Same source as above.
TEST(FlowHashTest, OrdersEqualAddressesByPort) {
  EXPECT_EQ(FlowHash(Key("10.0.0.1", 9000, "10.0.0.1", 80, kProtocolUdp), HashSymmetry::kSymmetric),
            0x838eea99fb8603a2);
}

FlowKey RandomKey(std::mt19937& random) {
  // Few values, so that equal addresses and ports, the edge of the order, turn up.
  std::uniform_int_distribution<std::uint32_t> few(0, 3);
  return {.source = IpAddress::V4(0x0a000000 + few(random)),
          .destination = IpAddress::V4(0x0a000000 + few(random)),
          .source_port = static_cast<std::uint16_t>(few(random)),
          .destination_port = static_cast<std::uint16_t>(few(random)),
          .protocol = kProtocolTcp,
          .ports = Ports::kKnown};
}

TEST(FlowHashTest, SymmetricIsTheSameInBothDirections) {
  std::mt19937 random(1);
  for (int i = 0; i < 10'000; ++i) {
    const FlowKey key = RandomKey(random);
    ASSERT_EQ(FlowHash(key, HashSymmetry::kSymmetric),
              FlowHash(Reversed(key), HashSymmetry::kSymmetric));
  }
}

// 64 bits do not collide by chance in ten thousand draws.
TEST(FlowHashTest, DirectionalDiffersUnlessTheFlowIsItsOwnReverse) {
  std::mt19937 random(2);
  for (int i = 0; i < 10'000; ++i) {
    const FlowKey key = RandomKey(random);
    ASSERT_EQ(FlowHash(key, HashSymmetry::kDirectional) ==
                  FlowHash(Reversed(key), HashSymmetry::kDirectional),
              key == Reversed(key));
  }
}

TEST(FlowHashTest, DependsOnEveryFieldButTheStateOfThePorts) {
  std::set<std::uint64_t> hashes = {FlowHash(kWeb, HashSymmetry::kSymmetric)};
  FlowKey other = kWeb;
  other.source = IpAddress::V4(other.source.v4() + 1);
  hashes.insert(FlowHash(other, HashSymmetry::kSymmetric));
  other = kWeb;
  other.destination = IpAddress::V4(other.destination.v4() + 1);
  hashes.insert(FlowHash(other, HashSymmetry::kSymmetric));
  other = kWeb;
  ++other.source_port;
  hashes.insert(FlowHash(other, HashSymmetry::kSymmetric));
  other = kWeb;
  ++other.destination_port;
  hashes.insert(FlowHash(other, HashSymmetry::kSymmetric));
  other = kWeb;
  other.protocol = kProtocolUdp;
  hashes.insert(FlowHash(other, HashSymmetry::kSymmetric));
  EXPECT_EQ(hashes.size(), 6u);

  other = kWeb;
  other.ports = Ports::kNotCaptured;
  EXPECT_EQ(FlowHash(other, HashSymmetry::kSymmetric), FlowHash(kWeb, HashSymmetry::kSymmetric));
}

// 64,000 flows that differ in the source port only, over 8 ends: 8000 expected
// in each, standard deviation sqrt(64000 * 1/8 * 7/8) = 84; five of those are 420.
TEST(FlowHashTest, SpreadsNeighbouringPortsEvenly) {
  std::array<int, 8> flows{};
  FlowKey key = kWeb;
  for (int port = 1024; port < 1024 + 64'000; ++port) {
    key.source_port = static_cast<std::uint16_t>(port);
    ++flows[FlowHash(key, HashSymmetry::kSymmetric) % flows.size()];
  }
  for (const int count : flows) EXPECT_NEAR(count, 8000, 420);
}

TEST(ReversedTest, SwapsTheEndsAndKeepsTheRest) {
  EXPECT_EQ(Reversed(kWeb), Key("10.0.0.9", 443, "10.0.1.5", 40000, kProtocolTcp));
}

}  // namespace
}  // namespace vpcmirror
