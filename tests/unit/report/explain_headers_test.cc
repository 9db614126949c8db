#include <gtest/gtest.h>

#include <initializer_list>
#include <map>
#include <string>
#include <vector>

#include "analysis/report/outer_headers.h"

namespace vpcmirror {
namespace {

std::vector<std::byte> Octets(std::initializer_list<int> values) {
  std::vector<std::byte> octets;
  for (const int value : values) octets.push_back(static_cast<std::byte>(value));
  return octets;
}

// "vxlan.vni" to its value.
std::map<std::string, std::string> FieldsOf(const std::vector<std::byte>& outer,
                                            const TunnelSettings& settings) {
  std::map<std::string, std::string> fields;
  for (const OuterHeader& header : OuterHeaders(outer, settings)) {
    for (const HeaderField& field : header.fields) {
      const auto* number = std::get_if<std::int64_t>(&field.value);
      fields[std::string(header.name) + "." + std::string(field.name)] =
          number != nullptr ? std::to_string(*number) : std::get<std::string>(field.value);
    }
  }
  return fields;
}

// Written out by hand from RFC 791, 768 and 7348.
const std::vector<std::byte> kVxlan = Octets(
    {0x45, 0,    0,    100,  0,    0,    0x40, 0, 64, 17, 0, 0, 10, 0, 1, 7, 10, 0, 9, 4,  // IPv4
     0xc0, 0x0e, 0x12, 0xb5, 0,    80,   0,    0,                                          // UDP
     8,    0,    0,    0,    0x12, 0x34, 0x56, 0});                                        // VXLAN

TEST(OuterHeadersTest, ReadsVxlan) {
  const auto fields = FieldsOf(kVxlan, {.kind = EncapsulationKind::kVxlan});
  EXPECT_EQ(fields.at("ipv4.source"), "10.0.1.7");
  EXPECT_EQ(fields.at("ipv4.destination"), "10.0.9.4");
  EXPECT_EQ(fields.at("ipv4.total_length"), "100");
  EXPECT_EQ(fields.at("ipv4.dont_fragment"), "1");
  EXPECT_EQ(fields.at("udp.source_port"), "49166");
  EXPECT_EQ(fields.at("udp.destination_port"), "4789");
  EXPECT_EQ(fields.at("udp.length"), "80");
  EXPECT_EQ(fields.at("vxlan.vni"), "1193046");  // 0x123456
}

// RFC 2890: flags 0x3000 say key and sequence number.
TEST(OuterHeadersTest, ReadsGreWithKeyAndSequence) {
  const auto outer = Octets({0x60, 0, 0,    0,    0, 78, 47, 64,                          // IPv6
                             0x20, 1, 0x0d, 0xb8, 0, 0,  0,  0,  0, 0, 0, 0, 0, 0, 0, 1,  //
                             0x20, 1, 0x0d, 0xb8, 0, 0,  0,  0,  0, 0, 0, 0, 0, 0, 0, 2,  //
                             0x30, 0, 0x65, 0x58, 0, 0,  0,  5,  0, 0, 0, 9});            // GRE
  const auto fields = FieldsOf(outer, {.kind = EncapsulationKind::kGreEthernet, .gre_key = 5});
  EXPECT_EQ(fields.at("ipv6.source"), "2001:db8::1");
  EXPECT_EQ(fields.at("ipv6.payload_length"), "78");
  EXPECT_EQ(fields.at("gre.protocol_type"), "0x6558");
  EXPECT_EQ(fields.at("gre.key"), "5");
  EXPECT_EQ(fields.at("gre.sequence"), "9");
}

// draft-foschiano-erspan-03, 4.2: version 1, VLAN 30, bit T, session 100.
TEST(OuterHeadersTest, ReadsErspanTypeTwo) {
  const auto outer =
      Octets({0x45, 0,  0,    50,  0, 0, 0x40, 0, 64,   47,   0, 0, 10, 0,
              1,    7,  10,   0,   9, 4, 0x10, 0, 0x88, 0xbe, 0, 0, 0,  7,  // GRE with sequence
              0x10, 30, 0x04, 100, 0, 0, 0,    0});                         // ERSPAN
  const auto fields = FieldsOf(outer, {.kind = EncapsulationKind::kErspan2});
  EXPECT_EQ(fields.at("gre.sequence"), "7");
  EXPECT_EQ(fields.at("erspan.type"), "2");
  EXPECT_EQ(fields.at("erspan.vlan"), "30");
  EXPECT_EQ(fields.at("erspan.session"), "100");
  EXPECT_EQ(fields.at("erspan.truncated"), "1");
}

// RFC 791: offset 185 in units of 8 bytes; a later fragment has no UDP header.
TEST(OuterHeadersTest, ReadsNoFurtherThanTheIpHeaderOfALaterFragment) {
  const auto outer = Octets({0x45, 0, 0, 60, 0, 1, 0, 185, 64, 17, 0, 0, 10, 0, 1, 7, 10, 0, 9, 4});
  const auto headers = OuterHeaders(outer, {.kind = EncapsulationKind::kVxlan});
  ASSERT_EQ(headers.size(), 1u);
  EXPECT_EQ(FieldsOf(outer, {.kind = EncapsulationKind::kVxlan}).at("ipv4.fragment_offset"),
            "1480");
}

TEST(OuterHeadersTest, HasNoneOfNothing) {
  EXPECT_TRUE(OuterHeaders({}, {.kind = EncapsulationKind::kNone}).empty());
}

}  // namespace
}  // namespace vpcmirror
