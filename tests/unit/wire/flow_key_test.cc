#include "models/wire/flow_key.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <ostream>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

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

// Computed with this program, which shares nothing with the code under test; its
// product was first checked by hand: fold(2^63, 6) = 3, the upper half of 3 * 2^64.
//
//   from ipaddress import ip_address as ip
//   S = [0x2d358dccaa6c78a5, 0x8bb84b93962eacc9, 0x4b33a62ed433d4a3, 0x4d5a2da51de1aa47]
//   def fold(a, b): return (a * b) % 2**64 ^ (a * b) // 2**64
//   def mix(a, s, t): return fold(s ^ int(a) // 2**64, t ^ int(a) % 2**64)
//   def flow_hash(first, second, protocol):
//     (a, p), (b, q) = first, second
//     if a.version == b.version == 4:
//       ends = fold(S[0] ^ protocol << 48 ^ (int(a) << 16 | p), S[1] ^ (int(b) << 16 | q))
//     else:
//       rest = (b.version == 6) << 41 | (a.version == 6) << 40 | protocol << 32 | p << 16 | q
//       wide = lambda a: int(a) << 96 if a.version == 4 else int(a)
//       ends = fold(rest ^ mix(wide(a), S[0], S[1]) ^ S[0], mix(wide(b), S[2], S[3]) ^ S[1])
//     return fold(ends ^ S[2], S[3])
struct HashCase {
  const char* name;
  FlowKey key;
  HashSymmetry symmetry;
  std::uint64_t want;
};

void PrintTo(const HashCase& c, std::ostream* out) { *out << c.name; }

class FlowHashValueTest : public testing::TestWithParam<HashCase> {};

TEST_P(FlowHashValueTest, EqualsAnIndependentImplementation) {
  const auto& [name, key, symmetry, want] = GetParam();
  EXPECT_EQ(FlowHash(key, symmetry), want);
}

// The smaller end of kWeb is its destination; of equal addresses the smaller port decides.
const HashCase kHashCases[] = {
    {"Directional", Key("10.0.1.5", 40000, "10.0.0.9", 443, kProtocolTcp),
     HashSymmetry::kDirectional, 0x47e10c3376e21cc5},
    {"DirectionalReply", Key("10.0.0.9", 443, "10.0.1.5", 40000, kProtocolTcp),
     HashSymmetry::kDirectional, 0x40fd3be9d808a31c},
    {"SymmetricIsThatOfTheSmallerEndFirst", Key("10.0.1.5", 40000, "10.0.0.9", 443, kProtocolTcp),
     HashSymmetry::kSymmetric, 0x40fd3be9d808a31c},
    {"EqualAddresses", Key("10.0.0.1", 9000, "10.0.0.1", 80, kProtocolUdp),
     HashSymmetry::kSymmetric, 0xd0df9a7b5b9dfdaf},
    {"HighestBits", Key("255.255.255.255", 65535, "128.0.0.0", 65534, kProtocolUdp),
     HashSymmetry::kDirectional, 0xa859c72461f38e99},
    {"IpvSix", Key("2001:db8::1", 5353, "2001:db8::2", 53, kProtocolUdp),
     HashSymmetry::kDirectional, 0x46e16ee28bcacd8b},
    {"IpvSixSymmetric", Key("2001:db8::2", 53, "2001:db8::1", 5353, kProtocolUdp),
     HashSymmetry::kSymmetric, 0x46e16ee28bcacd8b},
    {"IpvSixEqualAddresses", Key("2001:db8::1", 9000, "2001:db8::1", 80, kProtocolTcp),
     HashSymmetry::kSymmetric, 0x800b351d804fdd2c},
    {"IpvSixOrderedByItsHighBits",
     Key("fd00::1", 1, "2001:db8::ffff:ffff:ffff:ffff", 2, kProtocolTcp), HashSymmetry::kSymmetric,
     0x989deda26439bf39},
    {"MixedFamilies", Key("2001:db8::1", 5353, "10.0.0.1", 53, kProtocolUdp),
     HashSymmetry::kSymmetric, 0x796e2c74889892c6},
};

INSTANTIATE_TEST_SUITE_P(Table, FlowHashValueTest, testing::ValuesIn(kHashCases),
                         [](const auto& param) { return std::string(param.param.name); });

// RFC 4291, 2.5.5.2: an IPv4-mapped address is another address than the one in it.
TEST(FlowHashTest, TellsIpvFourFromItsMappedForm) {
  const FlowKey mapped = Key("::ffff:10.0.1.5", 40000, "::ffff:10.0.0.9", 443, kProtocolTcp);
  EXPECT_NE(FlowHash(kWeb, HashSymmetry::kDirectional),
            FlowHash(mapped, HashSymmetry::kDirectional));
  EXPECT_NE(FlowHash(kWeb, HashSymmetry::kSymmetric), FlowHash(mapped, HashSymmetry::kSymmetric));
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

// `count` flows, the `index`-th of which differs from the others in what the case says.
struct SpreadCase {
  const char* name;
  FlowKey (*flow)(std::uint32_t index);
};

void PrintTo(const SpreadCase& c, std::ostream* out) { *out << c.name; }

class FlowHashSpreadTest : public testing::TestWithParam<SpreadCase> {};

// Chi-square over n ends has mean n - 1 and variance 2 * (n - 1) when every end is
// as likely as another. Five standard deviations above the mean, and 10 for the
// skew of the distribution at few ends: with n = 2, P(chi-square > 18) = 2e-5.
double MostChiSquare(std::size_t ends) {
  const double freedom = static_cast<double>(ends) - 1;
  return freedom + 5 * std::sqrt(2 * freedom) + 10;
}

double ChiSquare(const std::vector<std::uint64_t>& hashes, std::size_t ends) {
  std::vector<double> count(ends);
  for (const std::uint64_t hash : hashes) ++count[hash % ends];
  const double expected = static_cast<double>(hashes.size()) / static_cast<double>(ends);
  double sum = 0;
  for (const double got : count) sum += (got - expected) * (got - expected) / expected;
  return sum;
}

TEST_P(FlowHashSpreadTest, IsEvenOverAnyNumberOfEnds) {
  constexpr std::uint32_t kFlows = 40'000;
  for (const HashSymmetry symmetry : {HashSymmetry::kSymmetric, HashSymmetry::kDirectional}) {
    std::vector<std::uint64_t> hashes;
    for (std::uint32_t i = 0; i < kFlows; ++i) {
      hashes.push_back(FlowHash(GetParam().flow(i), symmetry));
    }
    for (std::size_t ends = 2; ends <= 64; ++ends) {
      EXPECT_LT(ChiSquare(hashes, ends), MostChiSquare(ends)) << ends << " ends";
    }
  }
}

IpAddress Ipv6Host(std::uint32_t host) {
  std::array<std::byte, 16> octets = {std::byte{0x20}, std::byte{0x01}, std::byte{0x0d},
                                      std::byte{0xb8}};
  for (std::size_t i = 0; i < 4; ++i) octets[12 + i] = static_cast<std::byte>(host >> (24 - 8 * i));
  return IpAddress::V6(octets);
}

FlowKey WithSourcePort(std::uint32_t index) {
  FlowKey key = kWeb;
  key.source_port = static_cast<std::uint16_t>(1024 + index);
  return key;
}

FlowKey WithDestinationPort(std::uint32_t index) {
  FlowKey key = kWeb;
  key.destination_port = static_cast<std::uint16_t>(1024 + index);
  return key;
}

FlowKey WithSourceAddress(std::uint32_t index) {
  FlowKey key = kWeb;
  key.source = IpAddress::V4(0x0a010000 + index);
  return key;
}

FlowKey WithDestinationAddress(std::uint32_t index) {
  FlowKey key = kWeb;
  key.destination = IpAddress::V4(0x0a010000 + index);
  return key;
}

// Clients 10.1.x.y to servers 10.2.y.x: both ends move at once.
FlowKey WithBothAddresses(std::uint32_t index) {
  FlowKey key = kWeb;
  key.source = IpAddress::V4(0x0a010000 + index);
  key.destination = IpAddress::V4(0x0a020000 + ((index & 0xff) << 8) + (index >> 8));
  return key;
}

FlowKey AtRandom(std::uint32_t index) {
  std::mt19937 random(index);
  return {.source = IpAddress::V4(static_cast<std::uint32_t>(random())),
          .destination = IpAddress::V4(static_cast<std::uint32_t>(random())),
          .source_port = static_cast<std::uint16_t>(random()),
          .destination_port = static_cast<std::uint16_t>(random()),
          .protocol = random() % 2 == 0 ? kProtocolTcp : kProtocolUdp,
          .ports = Ports::kKnown};
}

FlowKey WithIpvSixPort(std::uint32_t index) {
  FlowKey key = WithSourcePort(index);
  key.source = Ipv6Host(5);
  key.destination = Ipv6Host(9);
  return key;
}

FlowKey WithIpvSixAddress(std::uint32_t index) {
  FlowKey key = kWeb;
  key.source = Ipv6Host(0x100 + index);
  key.destination = Ipv6Host(9);
  return key;
}

const SpreadCase kSpreadCases[] = {
    {"NeighbouringSourcePorts", WithSourcePort},
    {"NeighbouringDestinationPorts", WithDestinationPort},
    {"NeighbouringSourceAddresses", WithSourceAddress},
    {"NeighbouringDestinationAddresses", WithDestinationAddress},
    {"BothAddresses", WithBothAddresses},
    {"RandomFlows", AtRandom},
    {"NeighbouringIpvSixPorts", WithIpvSixPort},
    {"NeighbouringIpvSixAddresses", WithIpvSixAddress},
};

INSTANTIATE_TEST_SUITE_P(Table, FlowHashSpreadTest, testing::ValuesIn(kSpreadCases),
                         [](const auto& param) { return std::string(param.param.name); });

TEST(ReversedTest, SwapsTheEndsAndKeepsTheRest) {
  EXPECT_EQ(Reversed(kWeb), Key("10.0.0.9", 443, "10.0.1.5", 40000, kProtocolTcp));
}

}  // namespace
}  // namespace vpcmirror
