// Expectations follow from RFC 826 (ARP), RFC 2131 (DHCP from 0.0.0.0), RFC 4862
// (solicitations from ::) and IEEE 802 (the group bit).
#include "models/mirror/passing.h"

#include <gtest/gtest.h>

#include <array>
#include <ostream>

#include "models/wire/byte_order.h"
#include "tests/support/packet_builder.h"
#include "tests/support/parsed.h"

namespace vpcmirror {
namespace {

constexpr MacAddress Mac(unsigned first, unsigned last) {
  MacAddress mac;
  mac.octets[0] = static_cast<std::byte>(first);
  mac.octets[5] = static_cast<std::byte>(last);
  return mac;
}
constexpr MacAddress kOwnMac = Mac(2, 1);
constexpr MacAddress kOtherMac = Mac(2, 2);
constexpr MacAddress kGroupMac = Mac(0xff, 0xff);

PacketBuilder Between(const MacAddress& from, const MacAddress& to) {
  return PacketBuilder().Ethernet(from, to);
}
PacketBuilder Others() { return Between(kOtherMac, Mac(2, 3)); }

// Sender and target at 14 and 24 of the ARP header, behind 14 of Ethernet.
std::vector<std::byte> Arp(std::uint32_t sender, std::uint32_t target) {
  std::vector<std::byte> frame = Others().Arp().Build();
  StoreBe32(&frame[14 + 14], sender);
  StoreBe32(&frame[14 + 24], target);
  return frame;
}

constexpr std::uint32_t kOwn = 0x0a000005;  // 10.0.0.5

struct PassingCase {
  const char* name;
  bool mac_is_known;
  std::vector<std::byte> frame;
  std::optional<Direction> want;
};

void PrintTo(const PassingCase& c, std::ostream* os) { *os << c.name; }

class PassingTest : public testing::TestWithParam<PassingCase> {};

TEST_P(PassingTest, IsAsTabled) {
  const PassingCase& c = GetParam();
  OwnAddresses own{.mac = {}, .ip = {*ParseIpPrefix("10.0.0.5/32")}};
  if (c.mac_is_known) own.mac = kOwnMac;
  const FrameInfo info = Parsed(c.frame);
  EXPECT_EQ(PassingDirection(info, c.frame, own), c.want);
}

const PassingCase kPassingCases[] = {
    {"FromOwnAddress", false, Others().Ipv4("10.0.0.5", "10.0.0.9").Udp(1, 2).Build(),
     Direction::kEgress},
    {"ToOwnAddress", false, Others().Ipv4("10.0.0.9", "10.0.0.5").Udp(1, 2).Build(),
     Direction::kIngress},
    {"UnicastBetweenOthers", false, Others().Ipv4("10.0.0.9", "10.0.0.8").Udp(1, 2).Build(), {}},
    {"ArpFromOwn", false, Arp(kOwn, kOwn + 1), Direction::kEgress},
    {"ArpForOwn", false, Arp(kOwn + 1, kOwn), Direction::kIngress},
    {"ArpBetweenOthers", false, Arp(kOwn + 1, kOwn + 2), {}},
    {"DhcpDiscover", false,
     Between(kOtherMac, kGroupMac).Ipv4("0.0.0.0", "255.255.255.255").Udp(68, 67).Build(),
     Direction::kEgress},
    {"DhcpOfferToAll", false,
     Between(kOtherMac, kGroupMac).Ipv4("10.0.0.1", "255.255.255.255").Udp(67, 68).Build(),
     Direction::kIngress},
    {"SolicitationFromUnspecified", false,
     Between(kOtherMac, Mac(0x33, 1)).Ipv6("::", "ff02::1").Icmp().Build(), Direction::kEgress},
    {"MulticastOfOthers", false,
     Between(kOtherMac, Mac(1, 0xfb)).Ipv4("10.0.0.9", "224.0.0.251").Udp(5353, 5353).Build(),
     Direction::kIngress},
    {"OwnMacWithoutIp", true, Between(kOwnMac, kOtherMac).PadTo(60).Build(), Direction::kEgress},
    {"ToOwnMacWithoutIp", true, Between(kOtherMac, kOwnMac).PadTo(60).Build(), Direction::kIngress},
    {"DhcpDiscoverOfOthersWhereTheMacIsKnown", true,
     Between(kOtherMac, kGroupMac).Ipv4("0.0.0.0", "255.255.255.255").Udp(68, 67).Build(),
     Direction::kIngress},
    {"MacBeforeAddress", true,
     Between(kOtherMac, kOwnMac).Ipv4("10.0.0.5", "10.0.0.9").Udp(1, 2).Build(),
     Direction::kIngress},
};

INSTANTIATE_TEST_SUITE_P(Table, PassingTest, testing::ValuesIn(kPassingCases),
                         [](const auto& param) { return param.param.name; });

}  // namespace
}  // namespace vpcmirror
