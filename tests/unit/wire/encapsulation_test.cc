#include "models/wire/encapsulation.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "models/wire/byte_order.h"
#include "models/wire/checksum.h"
#include "models/wire/flow_key.h"
#include "models/wire/frame.h"
#include "tests/support/hex_diff.h"

namespace vpcmirror {
namespace {

using OuterHeaders = std::array<std::byte, kMaxOuterHeaderBytes>;

const TunnelRoute kRoute = {
    .source = IpAddress::V4(0x0a000001), .destination = IpAddress::V4(0x0a000002), .entropy = 0};

OuterHeaders Untouched() {
  OuterHeaders out;
  out.fill(std::byte{0xaa});
  return out;
}

const IpAddress kSource6 = ParseIpAddress("2001:db8::1").value();
const IpAddress kDestination6 = ParseIpAddress("2001:db8::2").value();

// 16 bytes of option: two of them, the second of a critical type (80 set).
std::vector<std::byte> TwoGeneveOptions() {
  return Octets({0x01, 0x02, 0x03, 0x00,                            // class, type, no words
                 0x01, 0x02, 0x83, 0x02,                            // two words
                 0xaa, 0xbb, 0xcc, 0xdd, 0x11, 0x22, 0x33, 0x44});  //
}

struct HeaderCase {
  const char* name;
  TunnelSettings settings;
  std::uint16_t ipv4_length;    // 1500 bytes are carried
  std::uint16_t ipv4_checksum;  // computed with Python
  std::vector<std::byte> tunnel;
};

void PrintTo(const HeaderCase& c, std::ostream* os) { *os << c.name; }

// What differs from copy to copy: entropy 65 is source port 49153 (c001) of 64 and flow
// ID 41; VLAN 10 (00a), truncated, for ERSPAN.
TunnelRoute EveryField() {
  return {.source = kRoute.source,
          .destination = kRoute.destination,
          .entropy = 65,
          .sequence = 7,
          .inner_ether_type = 0x86dd,
          .vlan_id = 10,
          .timestamp = 0x01020304,
          .truncated = true};
}

// Written by hand from RFC 768, 7348 (5), 8926 (3.4, 3.5), 2784 (2), 2890 (2), 7637 (3.2) and
// draft-foschiano-erspan-03 (4.1 to 4.3). ERSPAN's session 155 has 1800 (tag in the frame, II
// only) and 0400 (truncated) added; its last half word is P (8000), 100 ns (0002) and O (0001).
std::vector<HeaderCase> HeaderCases() {
  return {
      {"Vxlan",
       {.vni = 0x123456},
       0x0600,
       0x20eb,
       Octets({0xc0, 0x01, 0x12, 0xb5, 0x05, 0xec, 0x00, 0x00,     // UDP
               0x08, 0x00, 0x00, 0x00, 0x12, 0x34, 0x56, 0x00})},  // VXLAN
      {"GeneveOfIp",
       {.kind = EncapsulationKind::kGeneve, .vni = 0x123456, .geneve_carries_ip = true},
       0x0600,
       0x20eb,
       Octets({0xc0, 0x01, 0x17, 0xc1, 0x05, 0xec, 0x00, 0x00,  // UDP
               0x00, 0x00, 0x86, 0xdd, 0x12, 0x34, 0x56, 0x00})},
      {"GeneveWithOptions",
       {.kind = EncapsulationKind::kGeneve, .vni = 0x123456, .geneve_options = TwoGeneveOptions()},
       0x0610,
       0x20db,
       Octets({0xc0, 0x01, 0x17, 0xc1, 0x05, 0xfc, 0x00, 0x00,     // UDP
               0x04, 0x40, 0x65, 0x58, 0x12, 0x34, 0x56, 0x00,     // four words, C, Ethernet
               0x01, 0x02, 0x03, 0x00, 0x01, 0x02, 0x83, 0x02,     //
               0xaa, 0xbb, 0xcc, 0xdd, 0x11, 0x22, 0x33, 0x44})},  //
      {"GreOfIp",
       {.kind = EncapsulationKind::kGreIp},
       0x05f4,
       0x20d9,
       Octets({0x00, 0x00, 0x86, 0xdd})},
      {"GreOfIpWithKeyAndSequence",
       {.kind = EncapsulationKind::kGreIp, .gre_key = 0xa1a2a3a4, .sequence_numbers = true},
       0x05fc,
       0x20d1,
       Octets({0x30, 0x00, 0x86, 0xdd, 0xa1, 0xa2, 0xa3, 0xa4, 0x00, 0x00, 0x00, 0x07})},
      {"GreOfEthernet",
       {.kind = EncapsulationKind::kGreEthernet},
       0x05f4,
       0x20d9,
       Octets({0x00, 0x00, 0x65, 0x58})},
      {"GreOfEthernetWithSequence",
       {.kind = EncapsulationKind::kGreEthernet, .sequence_numbers = true},
       0x05f8,
       0x20d5,
       Octets({0x10, 0x00, 0x65, 0x58, 0x00, 0x00, 0x00, 0x07})},
      {"GreOfEthernetWithKey",
       {.kind = EncapsulationKind::kGreEthernet, .gre_key = 0xa1a2a3a4},
       0x05f8,
       0x20d5,
       Octets({0x20, 0x00, 0x65, 0x58, 0xa1, 0xa2, 0xa3, 0xa4})},
      {"Nvgre",
       {.kind = EncapsulationKind::kNvgre, .vni = 0x123456},
       0x05f8,
       0x20d5,
       Octets({0x20, 0x00, 0x65, 0x58, 0x12, 0x34, 0x56, 0x41})},
      {"ErspanOne",
       {.kind = EncapsulationKind::kErspan1},
       0x05f4,
       0x20d9,
       Octets({0x00, 0x00, 0x88, 0xbe})},
      {"ErspanTwo",
       {.kind = EncapsulationKind::kErspan2, .erspan_session = 0x155},
       0x0600,
       0x20cd,
       Octets({0x10, 0x00, 0x88, 0xbe, 0x00, 0x00, 0x00, 0x07,     // GRE
               0x10, 0x0a, 0x1d, 0x55, 0x00, 0x00, 0x00, 0x00})},  // ERSPAN
      {"ErspanThree",
       {.kind = EncapsulationKind::kErspan3, .erspan_session = 0x155},
       0x0604,
       0x20c9,
       Octets({0x10, 0x00, 0x22, 0xeb, 0x00, 0x00, 0x00, 0x07,  // GRE
               0x20, 0x0a, 0x05, 0x55, 0x01, 0x02, 0x03, 0x04, 0x00, 0x00, 0x80, 0x02})},
      {"ErspanThreeWithSubheader",
       {.kind = EncapsulationKind::kErspan3,
        .erspan_session = 0x155,
        .erspan_platform_subheader = true},
       0x060c,
       0x20c1,
       Octets({0x10, 0x00, 0x22, 0xeb, 0x00, 0x00, 0x00, 0x07,  // GRE
               0x20, 0x0a, 0x05, 0x55, 0x01, 0x02, 0x03, 0x04, 0x00, 0x00,
               0x80, 0x03, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00})},
  };
}

unsigned High(std::size_t value) { return static_cast<unsigned>(value >> 8); }
unsigned Low(std::size_t value) { return static_cast<unsigned>(value & 0xff); }

class EncapsulationBytesTest : public testing::TestWithParam<HeaderCase> {
 protected:
  // UDP where the tunnel begins with source port c001, else GRE.
  unsigned protocol() const { return GetParam().tunnel[0] == std::byte{0xc0} ? 0x11 : 0x2f; }

  void ExpectHeaders(const TunnelRoute& route, std::vector<std::byte> ip_header) const {
    std::vector<std::byte> want = std::move(ip_header);
    want.insert(want.end(), GetParam().tunnel.begin(), GetParam().tunnel.end());
    OuterHeaders out = Untouched();
    const Encapsulation encapsulation(GetParam().settings);
    ASSERT_EQ(encapsulation.WriteHeaders(route, Bytes(1500), out), want.size());
    EXPECT_EQ(encapsulation.header_bytes(route.source.family()), want.size());
    EXPECT_THAT(std::span(out).first(want.size()), BytesAre(want));
    for (std::size_t at = want.size(); at < out.size(); ++at) {
      ASSERT_EQ(out[at], std::byte{0xaa}) << "byte " << at << " was not to be written";
    }
  }
};

// RFC 791, 3.1.
TEST_P(EncapsulationBytesTest, AreThoseOfTheDocumentsOverIpVersionFour) {
  const auto& c = GetParam();
  ExpectHeaders(EveryField(), Octets({0x45,
                                      0x00,
                                      High(c.ipv4_length),
                                      Low(c.ipv4_length),
                                      0x00,
                                      0x00,
                                      0x40,
                                      0x00,
                                      0x40,
                                      protocol(),
                                      High(c.ipv4_checksum),
                                      Low(c.ipv4_checksum),  //
                                      0x0a,
                                      0x00,
                                      0x00,
                                      0x01,
                                      0x0a,
                                      0x00,
                                      0x00,
                                      0x02}));
}

// RFC 8200, 3: the payload length leaves the header out, of which IPv4's total has 20.
TEST_P(EncapsulationBytesTest, AreThoseOfTheDocumentsOverIpVersionSix) {
  TunnelRoute route = EveryField();
  route.source = kSource6;
  route.destination = kDestination6;
  const std::size_t payload = GetParam().ipv4_length - 20u;
  ExpectHeaders(
      route,
      Octets({0x60, 0x00, 0x00, 0x00, High(payload), Low(payload), protocol(), 0x40,
              0x20, 0x01, 0x0d, 0xb8, 0x00,          0x00,         0x00,       0x00,  // source
              0x00, 0x00, 0x00, 0x00, 0x00,          0x00,         0x00,       0x01,  //
              0x20, 0x01, 0x0d, 0xb8, 0x00,          0x00,         0x00,       0x00,  // destination
              0x00, 0x00, 0x00, 0x00, 0x00,          0x00,         0x00,       0x02}));
}

// A header verifies when its words, checksum included, sum to ffff (RFC 1071).
TEST_P(EncapsulationBytesTest, ChecksumVerifiesAtEveryLength) {
  const Encapsulation encapsulation(GetParam().settings);
  OuterHeaders out{};
  const TunnelRoute route = {.source = IpAddress::V4(0xfffefdfc),
                             .destination = IpAddress::V4(0xffffffff)};
  const auto header_bytes = static_cast<std::int64_t>(encapsulation.header_bytes());
  for (std::int64_t bytes = 0; bytes <= 65'535 - header_bytes; ++bytes) {
    ASSERT_NE(encapsulation.WriteHeaders(route, Bytes(bytes), out), 0u) << bytes;
    ASSERT_EQ(FoldChecksum(SumWords(std::span(out).first(20))), 0) << bytes;
    ASSERT_EQ(LoadBe16(&out[2]), bytes + header_bytes);
  }
}

INSTANTIATE_TEST_SUITE_P(Table, EncapsulationBytesTest, testing::ValuesIn(HeaderCases()),
                         [](const auto& param) { return param.param.name; });

// RFC 8926, 3.4 and draft-foschiano-erspan-03, 4.2: flags are set for a reason only.
TEST(EncapsulationTest, SetsFlagsOnlyWhereTheyHold) {
  OuterHeaders out{};
  std::vector<std::byte> plain = TwoGeneveOptions();
  plain[6] = std::byte{0x03};  // the second option's type, no longer critical
  const Encapsulation geneve({.kind = EncapsulationKind::kGeneve, .geneve_options = plain});
  ASSERT_NE(geneve.WriteHeaders(kRoute, Bytes(64), out), 0u);
  EXPECT_EQ(LoadBe16(&out[28]), 0x0400);
  const Encapsulation erspan({.kind = EncapsulationKind::kErspan2, .erspan_session = 1});
  ASSERT_NE(erspan.WriteHeaders(kRoute, Bytes(64), out), 0u);
  EXPECT_EQ(LoadBe32(&out[28]), 0x10000001u);
}

TEST(EncapsulationTest, LeavesTheBufferWhenItCannotWrite) {
  OuterHeaders out = Untouched();
  const OuterHeaders before = out;
  const Encapsulation vxlan({});
  const Encapsulation none({.kind = EncapsulationKind::kNone});
  TunnelRoute to_v6 = kRoute;
  to_v6.destination = ParseIpAddress("2001:db8::1").value();
  TunnelRoute from_v6 = kRoute;
  from_v6.source = to_v6.destination;
  EXPECT_EQ(vxlan.WriteHeaders(kRoute, Bytes(65'500), out), 0u);  // 65,536 with the headers
  EXPECT_EQ(vxlan.WriteHeaders(kRoute, Bytes(-1), out), 0u);
  EXPECT_EQ(vxlan.WriteHeaders(kRoute, Bytes(INT64_MAX), out), 0u);
  EXPECT_EQ(vxlan.WriteHeaders(kRoute, Bytes(INT64_MIN), out), 0u);
  EXPECT_EQ(vxlan.WriteHeaders(to_v6, Bytes(100), out), 0u);
  EXPECT_EQ(vxlan.WriteHeaders(from_v6, Bytes(100), out), 0u);
  EXPECT_EQ(none.WriteHeaders(kRoute, Bytes(100), out), 0u);
  TunnelRoute over_v6 = to_v6;
  over_v6.source = to_v6.destination;
  EXPECT_EQ(vxlan.WriteHeaders(over_v6, Bytes(65'520), out), 0u);  // 65,536 behind IPv6
  EXPECT_THAT(out, BytesAre(before));
}

struct SizeCase {
  const char* name;
  TunnelSettings settings;
  std::int64_t growth;  // of the frame on the link; of the IP packet, too
  std::int64_t inner_of_1500;
  std::int64_t inner_of_8500;
  std::int64_t inner_of_9001;
};

void PrintTo(const SizeCase& c, std::ostream* os) { *os << c.name; }

class EncapsulationSizeTest : public testing::TestWithParam<SizeCase> {
 protected:
  // Where the frame is carried whole, its 14 bytes of Ethernet header grow the IP packet.
  std::int64_t carried_ethernet() const {
    return Encapsulation(GetParam().settings).carries_ip() ? 0 : 14;
  }
  void ExpectSizes(IpFamily family, std::int64_t ip_version_adds) const {
    const auto& c = GetParam();
    const Encapsulation encapsulation(c.settings);
    const std::int64_t ethernet = carried_ethernet();
    EXPECT_EQ(static_cast<std::int64_t>(encapsulation.header_bytes(family)) + ethernet,
              c.growth + ip_version_adds);
    const auto inner = [&](std::int64_t mtu) {
      return encapsulation.MaxInner(Bytes(mtu), family).count() - ethernet + ip_version_adds;
    };
    EXPECT_EQ(inner(1500), c.inner_of_1500);
    EXPECT_EQ(inner(8500), c.inner_of_8500);
    EXPECT_EQ(inner(9001), c.inner_of_9001);
  }
};

TEST_P(EncapsulationSizeTest, IsAsTabledOverIpVersionFour) { ExpectSizes(IpFamily::kV4, 0); }

// An IPv6 header is 20 bytes longer than an IPv4 one.
TEST_P(EncapsulationSizeTest, AddsTwentyBytesOverIpVersionSix) { ExpectSizes(IpFamily::kV6, 20); }

// Header sizes of the RFCs added up: an outer IPv4 header of 20, then UDP 8 and VXLAN or Geneve
// 8, or GRE 4, its key 4, its sequence number 4, and ERSPAN II 8, III 12 and its subheader 8.
const SizeCase kSizeCases[] = {
    {"Vxlan", {}, 50, 1450, 8450, 8951},
    {"Geneve", {.kind = EncapsulationKind::kGeneve}, 50, 1450, 8450, 8951},
    {"GeneveWithOptions",
     {.kind = EncapsulationKind::kGeneve, .geneve_options = TwoGeneveOptions()},
     66,
     1434,
     8434,
     8935},
    // A load balancer's gateway endpoint: 32 bytes of options, no inner Ethernet header.
    {"GeneveOfIpWithOptions",
     {.kind = EncapsulationKind::kGeneve,
      .geneve_options = std::vector<std::byte>(32),
      .geneve_carries_ip = true},
     68,
     1432,
     8432,
     8933},
    {"GreOfIp", {.kind = EncapsulationKind::kGreIp}, 24, 1476, 8476, 8977},
    {"GreOfIpWithKey", {.kind = EncapsulationKind::kGreIp, .gre_key = 0u}, 28, 1472, 8472, 8973},
    {"GreOfIpWithKeyAndSequence",
     {.kind = EncapsulationKind::kGreIp, .gre_key = 0u, .sequence_numbers = true},
     32,
     1468,
     8468,
     8969},
    {"GreOfEthernet", {.kind = EncapsulationKind::kGreEthernet}, 38, 1462, 8462, 8963},
    {"GreOfEthernetWithKey",
     {.kind = EncapsulationKind::kGreEthernet, .gre_key = 0u},
     42,
     1458,
     8458,
     8959},
    {"Nvgre", {.kind = EncapsulationKind::kNvgre}, 42, 1458, 8458, 8959},
    {"ErspanOne", {.kind = EncapsulationKind::kErspan1}, 38, 1462, 8462, 8963},
    {"ErspanTwo", {.kind = EncapsulationKind::kErspan2}, 50, 1450, 8450, 8951},
    {"ErspanThree", {.kind = EncapsulationKind::kErspan3}, 54, 1446, 8446, 8947},
    {"ErspanThreeWithSubheader",
     {.kind = EncapsulationKind::kErspan3, .erspan_platform_subheader = true},
     62,
     1438,
     8438,
     8939},
};

INSTANTIATE_TEST_SUITE_P(Table, EncapsulationSizeTest, testing::ValuesIn(kSizeCases),
                         [](const auto& param) { return param.param.name; });

// IPv4's total length is 16 bits; IPv6's 16 bits leave its header of 40 out.
TEST(EncapsulationTest, LeavesRoomForTheInnerFrame) {
  const Encapsulation vxlan({});
  EXPECT_EQ(vxlan.MaxInner(Bytes(37)), Bytes(1));
  EXPECT_EQ(vxlan.MaxInner(Bytes(36)), Bytes(0));
  EXPECT_EQ(vxlan.MaxInner(Bytes(35)), Bytes(0));
  EXPECT_EQ(vxlan.MaxInner(Bytes(-1)), Bytes(0));
  EXPECT_EQ(vxlan.MaxInner(Bytes(100'000)), Bytes(65'535 - 36));
  EXPECT_EQ(vxlan.MaxInner(Bytes(100'000), IpFamily::kV6), Bytes(65'575 - 56));
}

TEST(EncapsulationTest, NoneAddsNothing) {
  const Encapsulation none({.kind = EncapsulationKind::kNone});
  EXPECT_EQ(none.header_bytes(), 0u);
  EXPECT_EQ(none.MaxInner(Bytes(1500)), Bytes(1514));
  EXPECT_EQ(none.MaxInner(Bytes(0)), Bytes(0));
  EXPECT_EQ(none.MaxInner(Bytes(-5)), Bytes(0));
}

TEST(EncapsulationTest, SourcePortIsFirstPlusEntropyModuloCount) {
  const Encapsulation vxlan({.first_source_port = 50000, .source_ports = 10});
  EXPECT_EQ(vxlan.SourcePort(0), 50000);
  EXPECT_EQ(vxlan.SourcePort(9), 50009);
  EXPECT_EQ(vxlan.SourcePort(10), 50000);
  EXPECT_EQ(vxlan.SourcePort(UINT64_MAX), 50005);  // 2^64 - 1 = ...1615
  EXPECT_EQ(Encapsulation({.first_source_port = 65535, .source_ports = 1}).SourcePort(7), 65535);
}

TEST(EncapsulationTest, WritesWhatParseFrameReads) {
  std::array<std::byte, 14 + kMaxOuterHeaderBytes> frame{};
  StoreBe16(&frame[12], kEtherTypeIpv4);
  const Encapsulation vxlan({.destination_port = 8472});
  const auto outer = std::span(frame).subspan<14, kMaxOuterHeaderBytes>();
  ASSERT_EQ(vxlan.WriteHeaders(kRoute, Bytes(600), outer), 36u);
  const FrameInfo info = ParseFrame(frame, Bytes(650));
  EXPECT_EQ(info.state, FrameState::kWhole);
  EXPECT_EQ(info.flow, (FlowKey{.source = kRoute.source,
                                .destination = kRoute.destination,
                                .source_port = 49152,
                                .destination_port = 8472,
                                .protocol = kProtocolUdp,
                                .ports = Ports::kKnown}));
}

std::string SettingsRefusal(const TunnelSettings& settings) {
  try {
    const Encapsulation refused(settings);
    return "accepted";
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
}

TEST(EncapsulationTest, RefusesSettingsThatNoHeaderCanHold) {
  EXPECT_EQ(SettingsRefusal({.vni = kVniMax}), "accepted");
  EXPECT_EQ(SettingsRefusal({.vni = kVniMax + 1}),
            "VNI 16777216: at most 16777215 fits its 24 bits");
  EXPECT_EQ(SettingsRefusal({.destination_port = 0}),
            "destination port 0: 1 to 65535 is possible, VXLAN's is 4789");
  EXPECT_EQ(SettingsRefusal({.source_ports = 0}), "0 source ports: at least 1 is needed");
  EXPECT_EQ(SettingsRefusal({.first_source_port = 65472, .source_ports = 64}), "accepted");
  EXPECT_EQ(SettingsRefusal({.first_source_port = 65473, .source_ports = 64}),
            "64 source ports from 65473 run over 65535: start lower or take fewer");
  EXPECT_EQ(SettingsRefusal({.erspan_session = 1023}), "accepted");
  EXPECT_EQ(SettingsRefusal({.erspan_session = 1024}),
            "ERSPAN session 1024: at most 1023 fits its 10 bits");
}

TEST(EncapsulationTest, RefusesGeneveOptionsWhoseLengthsDoNotAddUp) {
  const auto refusal = [](std::vector<std::byte> options) {
    return SettingsRefusal({.geneve_options = std::move(options)});
  };
  EXPECT_EQ(refusal(std::vector<std::byte>(252)), "accepted");
  EXPECT_EQ(refusal(std::vector<std::byte>(256)),
            "256 bytes of Geneve options: at most 252 fit the header");
  EXPECT_EQ(refusal(std::vector<std::byte>(6)),
            "6 bytes of Geneve options: a multiple of 4 is needed");
  EXPECT_EQ(refusal(Octets({0, 0, 0, 0, 0, 0, 0, 1})),
            "the Geneve option at byte 4 runs over the end of the options");
}

}  // namespace
}  // namespace vpcmirror
