#include "models/wire/decapsulate.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <vector>

#include "models/wire/frame.h"
#include "tests/support/hex_diff.h"
#include "tests/support/packet_builder.h"
#include "tests/unit/wire/host_frames.h"

namespace vpcmirror {
namespace {

using Packet = std::vector<std::byte>;

// Without its Ethernet header.
Packet Behind(const PacketBuilder& builder) {
  const Packet frame = builder.Build();
  return Packet(frame.begin() + 14, frame.end());
}

std::optional<TunnelCopy> Read(const Packet& packet, const TunnelExpectation& expected = {}) {
  return Decapsulate(packet, Bytes(std::ssize(packet)), expected);
}

struct CopyCase {
  const char* name;
  std::vector<std::byte> tunnel;  // behind UDP, or the whole of GRE
  std::uint16_t udp_port;         // 0: GRE
  TunnelExpectation expected;
  EncapsulationKind kind;
  std::uint32_t vni;
  std::optional<std::uint32_t> key;
  std::optional<std::uint32_t> sequence;
  std::uint16_t inner_ether_type;
};

void PrintTo(const CopyCase& c, std::ostream* os) { *os << c.name; }

class DecapsulateCaseTest : public testing::TestWithParam<CopyCase> {
 protected:
  static PacketBuilder With(PacketBuilder builder) {
    const auto& c = GetParam();
    if (c.udp_port != 0) {
      return builder.Udp(50000, c.udp_port).Raw(c.tunnel).Payload(10);
    }
    return builder.Raw(c.tunnel).Payload(10);
  }
  static std::optional<std::uint8_t> protocol() {
    return GetParam().udp_port == 0 ? std::optional<std::uint8_t>(47) : std::nullopt;
  }

  static void ExpectCopy(const Packet& packet, std::size_t ip_bytes) {
    const auto& c = GetParam();
    const auto copy = Read(packet, c.expected);
    ASSERT_TRUE(copy);
    EXPECT_EQ(copy->kind, c.kind);
    EXPECT_EQ(copy->vni, c.vni);
    EXPECT_EQ(copy->key, c.key);
    EXPECT_EQ(copy->sequence, c.sequence);
    EXPECT_EQ(copy->inner_ether_type, c.inner_ether_type);
    EXPECT_EQ(copy->source_port, c.udp_port == 0 ? 0 : 50000);
    EXPECT_EQ(copy->carried_offset, ip_bytes + (c.udp_port == 0 ? 0 : 8) + c.tunnel.size());
    EXPECT_EQ(copy->carried, Bytes(10));
  }
};

TEST_P(DecapsulateCaseTest, IsReadOverIpVersionFour) {
  ExpectCopy(Behind(With(V4({.option_bytes = 4, .protocol = protocol()}))), 24);
}

TEST_P(DecapsulateCaseTest, IsReadOverIpVersionSix) {
  ExpectCopy(Behind(With(V6({.next_header = protocol()}))), 40);
}

TEST_P(DecapsulateCaseTest, IsReadOnlyWhereAllItsHeadersAre) {
  const Packet packet = Behind(With(V4({.protocol = protocol()})));
  const std::size_t header_bytes = packet.size() - 10;
  for (std::size_t captured = 0; captured <= packet.size(); ++captured) {
    const Packet cut(packet.begin(), packet.begin() + static_cast<std::ptrdiff_t>(captured));
    const auto copy = Decapsulate(cut, Bytes(std::ssize(packet)), GetParam().expected);
    ASSERT_EQ(copy.has_value(), captured >= header_bytes) << captured;
    // Cut short on the wire, its length is a lie.
    ASSERT_EQ(Read(cut, GetParam().expected).has_value(), captured == packet.size()) << captured;
  }
}

// By hand from RFC 7348, 8926, 2784, 2890, 7637 and draft-foschiano-erspan-03.
std::vector<CopyCase> CopyCases() {
  using enum EncapsulationKind;
  return {
      {"Vxlan", Octets({8, 0, 0, 0, 0x12, 0x34, 0x56, 0}), 4789, {}, kVxlan, 0x123456, {}, {}, 0},
      {"VxlanAtAnotherPort",
       Octets({8, 0, 0, 0, 0, 0, 7, 0}),
       8472,
       {.vxlan_port = 8472},
       kVxlan,
       7,
       {},
       {},
       0},
      {"Geneve",
       Octets({0, 0, 0x65, 0x58, 0x12, 0x34, 0x56, 0}),
       6081,
       {},
       kGeneve,
       0x123456,
       {},
       {},
       0},
      {"GeneveOfIp",
       Octets({1, 0, 0x08, 0x00, 0, 0, 5, 0, 0, 0, 0, 0}),
       6081,
       {},
       kGeneve,
       5,
       {},
       {},
       0x0800},
      {"GreOfIp", Octets({0, 0, 0x86, 0xdd}), 0, {}, kGreIp, 0, {}, {}, 0x86dd},
      {"GreOfIpWithEverything",
       Octets({0xb0, 0, 0x08, 0x00, 1, 2, 0, 0, 0, 0, 0, 9, 0, 0, 0, 8}),
       0,
       {},
       kGreIp,
       0,
       9u,
       8u,
       0x0800},
      {"GreOfEthernet", Octets({0, 0, 0x65, 0x58}), 0, {}, kGreEthernet, 0, {}, {}, 0},
      {"GreOfEthernetWithKey",
       Octets({0x20, 0, 0x65, 0x58, 0x12, 0x34, 0x56, 0x41}),
       0,
       {},
       kGreEthernet,
       0,
       0x12345641u,
       {},
       0},
      {"Nvgre",
       Octets({0x20, 0, 0x65, 0x58, 0x12, 0x34, 0x56, 0x41}),
       0,
       {.keyed_ethernet_is_nvgre = true},
       kNvgre,
       0x123456,
       {},
       {},
       0},
      {"ErspanOne", Octets({0, 0, 0x88, 0xbe}), 0, {}, kErspan1, 0, {}, {}, 0},
      {"ErspanTwo",
       Octets({0x10, 0, 0x88, 0xbe, 0, 0, 0, 6, 0x10, 0x0a, 0x1d, 0x55, 0, 0, 0, 0}),
       0,
       {},
       kErspan2,
       0,
       {},
       6u,
       0},
      {"ErspanThree",
       Octets(
           {0x10, 0, 0x22, 0xeb, 0, 0, 0, 6, 0x20, 0x0a, 0x05, 0x55, 1, 2, 3, 4, 0, 0, 0x80, 0x02}),
       0,
       {},
       kErspan3,
       0,
       {},
       6u,
       0},
      {"ErspanThreeWithSubheader",
       Octets({0x10, 0, 0x22, 0xeb, 0,    0,    0, 6, 0x20, 0x0a, 0x05, 0x55, 1, 2,
               3,    4, 0,    0,    0x80, 0x03, 0, 0, 0,    0,    0,    0,    0, 0}),
       0,
       {},
       kErspan3,
       0,
       {},
       6u,
       0},
  };
}

INSTANTIATE_TEST_SUITE_P(Table, DecapsulateCaseTest, testing::ValuesIn(CopyCases()),
                         [](const auto& param) { return param.param.name; });

Packet Gre(const Packet& tunnel) {
  return Behind(V4({.protocol = std::uint8_t{47}}).Raw(tunnel).Payload(20));
}

Packet Udp(std::uint16_t port, const Packet& tunnel) {
  return Behind(V4().Udp(50000, port).Raw(tunnel).Payload(20));
}

TEST(DecapsulateTest, ReadsErspanFields) {
  const auto copy = Read(Gre(Octets({0x10, 0,    0x22, 0xeb, 0, 0, 0, 6,  //
                                     0x20, 0x0a, 0x05, 0x55, 1, 2, 3, 4, 0, 0, 0x80, 0x02})));
  ASSERT_TRUE(copy);
  EXPECT_EQ(copy->erspan_session, 0x155);
  EXPECT_EQ(copy->vlan_id, 10);
  EXPECT_TRUE(copy->truncated);
  EXPECT_EQ(copy->timestamp, 0x01020304u);
}

TEST(DecapsulateTest, ReadsGeneveOptionsAndFlowIds) {
  const auto geneve = Read(Udp(6081, Octets({1, 0, 0x65, 0x58, 0, 0, 5, 0, 1, 2, 3, 0})));
  ASSERT_TRUE(geneve);
  EXPECT_EQ(geneve->geneve_option_bytes, 4u);
  const auto nvgre =
      Read(Gre(Octets({0x20, 0, 0x65, 0x58, 0, 0, 1, 0x41})), {.keyed_ethernet_is_nvgre = true});
  ASSERT_TRUE(nvgre);
  EXPECT_EQ(nvgre->flow_id, 0x41);
}

struct NoCopyCase {
  const char* name;
  Packet packet;
};

void PrintTo(const NoCopyCase& c, std::ostream* os) { *os << c.name; }

class NoCopyTest : public testing::TestWithParam<NoCopyCase> {};

TEST_P(NoCopyTest, GivesNothing) { EXPECT_FALSE(Read(GetParam().packet)); }

Packet Patched(Packet packet, std::size_t at, unsigned char value) {
  packet[at] = std::byte{value};
  return packet;
}

std::vector<NoCopyCase> NoCopyCases() {
  const Packet vxlan = Octets({8, 0, 0, 0, 0, 0, 7, 0});
  const Packet good = Udp(4789, vxlan);
  return {
      {"Empty", {}},
      {"OtherIpVersion", Patched(good, 0, 0x55)},
      {"IpHeaderTooShort", Patched(good, 0, 0x44)},
      {"IpHeaderBeyondPacket", Patched(Behind(V4().Udp(1, 4789)), 0, 0x4f)},
      {"TotalLengthBeyondPacket", Patched(good, 3, 0xff)},
      {"FirstFragment", Patched(good, 6, 0x20)},
      {"LaterFragment", Patched(good, 7, 0x01)},
      {"UdpLengthBeyondPacket", Patched(good, 25, 0xff)},
      {"UdpLengthTooShort", Patched(good, 25, 7)},
      {"UdpLengthInsideVxlan", Patched(good, 25, 15)},
      {"OtherPort", Udp(53, vxlan)},
      {"OtherProtocol", Patched(good, 9, 6)},
      {"VxlanWithoutVni", Udp(4789, Octets({0, 0, 0, 0, 0, 0, 7, 0}))},
      {"GeneveOtherVersion", Udp(6081, Octets({0x40, 0, 0x65, 0x58, 0, 0, 7, 0}))},
      {"GeneveControl", Udp(6081, Octets({0, 0x80, 0x65, 0x58, 0, 0, 7, 0}))},
      {"GeneveOfAnotherProtocol", Udp(6081, Octets({0, 0, 0x08, 0x06, 0, 0, 7, 0}))},
      {"GeneveOptionsBeyondPacket", Udp(6081, Octets({0x3f, 0, 0x65, 0x58, 0, 0, 7, 0}))},
      {"GreWithRouting", Gre(Octets({0x40, 0, 0x65, 0x58}))},
      {"GreOtherVersion", Gre(Octets({0, 1, 0x65, 0x58}))},
      {"GreOfAnotherProtocol", Gre(Octets({0, 0, 0x08, 0x06}))},
      {"ErspanTwoOtherVersion", Gre(Octets({0x10, 0, 0x88, 0xbe, 0, 0, 0, 0, 0x20, 0, 0, 0}))},
      {"ErspanThreeOtherVersion", Gre(Octets({0x10, 0, 0x22, 0xeb, 0, 0, 0, 0, 0x10, 0, 0, 0}))},
      {"ErspanThreeWithoutSequence", Gre(Octets({0, 0, 0x22, 0xeb, 0x20, 0, 0, 0}))},
      {"ErspanThreeOfIp", Gre(Octets({0x10, 0, 0x22, 0xeb, 0, 0, 0,    0, 0x20, 0, 0, 0,  //
                                      0,    0, 0,    0,    0, 0, 0x08, 0}))},
  };
}

INSTANTIATE_TEST_SUITE_P(Table, NoCopyTest, testing::ValuesIn(NoCopyCases()),
                         [](const auto& param) { return param.param.name; });

}  // namespace
}  // namespace vpcmirror
