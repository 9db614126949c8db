#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "models/wire/encapsulation.h"
#include "tests/support/hex_diff.h"

namespace vpcmirror {
namespace {

struct Tunnelled {
  std::string name;
  TunnelSettings settings;
  IpFamily family = IpFamily::kV4;
  bool is_prepared = false;
};

void PrintTo(const Tunnelled& c, std::ostream* os) { *os << c.name; }

TunnelSettings GeneveWith(std::size_t option_words) {
  TunnelSettings settings{.kind = EncapsulationKind::kGeneve, .vni = 0xabcdef};
  // One option of so many words, its header's one included (RFC 8926, 3.5).
  settings.geneve_options.assign(4 * option_words, std::byte{0x5a});
  settings.geneve_options[3] = static_cast<std::byte>(option_words - 1);
  return settings;
}

// Every kind over either family; and what a kind has that changes its headers.
std::vector<Tunnelled> Cases() {
  std::vector<Tunnelled> cases;
  for (std::size_t i = 0; i < kEncapsulationKinds; ++i) {
    const auto kind = static_cast<EncapsulationKind>(i);
    const bool is_udp = kind == EncapsulationKind::kVxlan || kind == EncapsulationKind::kGeneve;
    const TunnelSettings settings{.kind = kind, .vni = 0x123456};
    const std::string name(ToString(kind));
    cases.push_back({name + "_over_ipv4", settings, IpFamily::kV4, is_udp});
    cases.push_back({name + "_over_ipv6", settings, IpFamily::kV6, false});
  }
  const TunnelSettings ports{.vni = kVniMax, .first_source_port = 1000, .source_ports = 77};
  cases.push_back({"vxlan_from_odd_ports", ports, IpFamily::kV4, true});
  cases.push_back({"geneve_with_options", GeneveWith(1), IpFamily::kV4, false});
  const TunnelSettings ip{.kind = EncapsulationKind::kGeneve, .geneve_carries_ip = true};
  cases.push_back({"geneve_of_ip", ip, IpFamily::kV4, false});
  return cases;
}

TunnelRoute RouteOver(IpFamily family) {
  if (family == IpFamily::kV6) {
    return {.source = *ParseIpAddress("2001:db8::1"), .destination = *ParseIpAddress("fd00::9")};
  }
  return {.source = *ParseIpAddress("10.0.0.5"), .destination = *ParseIpAddress("172.31.255.254")};
}

class PreparedHeadersTest : public testing::TestWithParam<Tunnelled> {
 protected:
  // Of `inner` bytes: both ways, where the short one is open.
  void ExpectSame(std::int64_t inner, std::uint64_t entropy) {
    route_.entropy = entropy;
    std::array<std::byte, kMaxOuterHeaderBytes> want{};
    const std::size_t bytes = encapsulation_.WriteHeaders(route_, Bytes(inner), want);
    std::array<std::byte, PreparedHeaders::kBytes> got{};
    const bool written = prepared_.Write(Bytes(inner), entropy, got);
    ASSERT_EQ(written, GetParam().is_prepared && bytes != 0) << inner;
    if (!written) return;
    const auto of_want = std::span<const std::byte>(want).first(bytes);
    ASSERT_EQ(HexDiff(of_want, got), "") << inner;
  }

  const Encapsulation encapsulation_{GetParam().settings};
  TunnelRoute route_ = RouteOver(GetParam().family);
  const PreparedHeaders prepared_{encapsulation_, route_};
};

TEST_P(PreparedHeadersTest, AreWhatWriteHeadersWritesAtEveryLength) {
  for (std::int64_t inner = -1; inner <= 65536; ++inner) {
    ExpectSame(inner, static_cast<std::uint64_t>(inner) * 0x9e3779b97f4a7c15);
  }
}

TEST_P(PreparedHeadersTest, SpreadSourcePortsAsWriteHeadersDoes) {
  for (std::uint64_t entropy = 0; entropy < 1000; ++entropy) {
    ExpectSame(1500, entropy);
    ExpectSame(1500, ~entropy);
  }
}

INSTANTIATE_TEST_SUITE_P(Every, PreparedHeadersTest, testing::ValuesIn(Cases()),
                         [](const auto& param) { return param.param.name; });

}  // namespace
}  // namespace vpcmirror
