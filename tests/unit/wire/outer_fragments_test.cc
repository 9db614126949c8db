#include "models/wire/outer_fragments.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "models/wire/byte_order.h"
#include "models/wire/checksum.h"
#include "tests/support/hex_diff.h"

namespace vpcmirror {
namespace {

struct TunnelPacket {
  std::vector<std::byte> outer;
  std::vector<std::byte> carried;
};

TunnelPacket MakePacket(const TunnelSettings& settings, IpFamily family,
                        std::size_t carried_bytes) {
  const bool is_v4 = family == IpFamily::kV4;
  const TunnelRoute route = {
      .source = ParseIpAddress(is_v4 ? "10.0.0.1" : "2001:db8::1").value(),
      .destination = ParseIpAddress(is_v4 ? "10.0.0.2" : "2001:db8::2").value()};
  std::array<std::byte, kMaxOuterHeaderBytes> out{};
  TunnelPacket packet;
  const std::size_t bytes = Encapsulation(settings).WriteHeaders(
      route, Bytes(static_cast<std::int64_t>(carried_bytes)), out);
  packet.outer.assign(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(bytes));
  for (std::size_t i = 0; i < carried_bytes; ++i) {
    packet.carried.push_back(static_cast<std::byte>(i % 251));
  }
  return packet;
}

std::vector<std::vector<std::byte>> FragmentsOf(const TunnelPacket& packet, std::int64_t mtu,
                                                std::uint32_t identification = 0x01020304) {
  OuterFragments fragments(packet.outer, Bytes(std::ssize(packet.carried)), Bytes(mtu),
                           identification);
  std::vector<std::vector<std::byte>> pieces;
  for (OuterFragment fragment; fragments.Next(fragment);) {
    const auto header = std::span(fragment.header).first(fragment.header_bytes);
    std::vector<std::byte> piece(header.begin(), header.end());
    const auto slice = packet.carried.begin() + fragment.carried_offset.count();
    piece.insert(piece.end(), slice, slice + fragment.carried.count());
    pieces.push_back(piece);
  }
  return pieces;
}

// By hand from RFC 791, 3.1: GRE of 4 bytes and 8 carried in packets of at most 28, so 8 bytes
// and 4. Identification 0304, offset 0 with MF (2000), then offset 1; checksums computed with
// Python.
TEST(OuterFragmentsTest, WritesEveryByteOverIpVersionFour) {
  const TunnelPacket packet =
      MakePacket({.kind = EncapsulationKind::kGreEthernet}, IpFamily::kV4, 8);
  const auto pieces = FragmentsOf(packet, 28);
  ASSERT_EQ(pieces.size(), 2u);
  EXPECT_THAT(pieces[0],
              BytesAre(Octets({0x45, 0x00, 0x00, 0x1c, 0x03, 0x04, 0x20, 0x00, 0x40, 0x2f,  //
                               0x43, 0xad, 0x0a, 0x00, 0x00, 0x01, 0x0a, 0x00, 0x00, 0x02,  //
                               0x00, 0x00, 0x65, 0x58, 0x00, 0x01, 0x02, 0x03})));
  EXPECT_THAT(pieces[1],
              BytesAre(Octets({0x45, 0x00, 0x00, 0x18, 0x03, 0x04, 0x00, 0x01, 0x40, 0x2f,  //
                               0x63, 0xb0, 0x0a, 0x00, 0x00, 0x01, 0x0a, 0x00, 0x00, 0x02,  //
                               0x04, 0x05, 0x06, 0x07})));
}

// By hand from RFC 8200, 4.5: 8 bytes of fragment header, whose third and fourth octet are the
// offset in bytes (its low three bits reserved) and M.
TEST(OuterFragmentsTest, PutsAFragmentHeaderIntoIpVersionSix) {
  const TunnelPacket packet =
      MakePacket({.kind = EncapsulationKind::kGreEthernet}, IpFamily::kV6, 16);
  const auto pieces = FragmentsOf(packet, 59);  // 11 bytes of room, of which 8 are used
  ASSERT_EQ(pieces.size(), 3u);
  const auto addresses = Octets({0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,
                                 0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2});
  const auto piece = [&](std::vector<std::byte> first, const std::vector<std::byte>& behind) {
    first.insert(first.end(), addresses.begin(), addresses.end());
    first.insert(first.end(), behind.begin(), behind.end());
    return first;
  };
  EXPECT_THAT(pieces[0], BytesAre(piece(Octets({0x60, 0, 0, 0, 0, 0x10, 44, 64}),
                                        Octets({47, 0, 0x00, 0x01, 1, 2, 3, 4,  //
                                                0, 0, 0x65, 0x58, 0, 1, 2, 3}))));
  EXPECT_THAT(pieces[1], BytesAre(piece(Octets({0x60, 0, 0, 0, 0, 0x10, 44, 64}),
                                        Octets({47, 0, 0x00, 0x09, 1, 2, 3, 4,  //
                                                4, 5, 6, 7, 8, 9, 10, 11}))));
  EXPECT_THAT(pieces[2], BytesAre(piece(Octets({0x60, 0, 0, 0, 0, 0x0c, 44, 64}),
                                        Octets({47, 0, 0x00, 0x10, 1, 2, 3, 4, 12, 13, 14, 15}))));
}

TEST(OuterFragmentsTest, LeavesAPacketThatFits) {
  for (const IpFamily family : {IpFamily::kV4, IpFamily::kV6}) {
    const TunnelPacket packet = MakePacket({}, family, 100);
    const auto whole = std::ssize(packet.outer) + 100;
    const auto pieces = FragmentsOf(packet, whole);
    ASSERT_EQ(pieces.size(), 1u);
    EXPECT_TRUE(std::equal(packet.outer.begin(), packet.outer.end(), pieces[0].begin()));
    EXPECT_EQ(FragmentsOf(packet, whole - 1).size(), 2u);
  }
}

struct Reassembled {
  std::vector<std::byte> octets;  // behind the IP header
  bool ended = false;
};

// As a receiver does (RFC 791, 3.2; RFC 8200, 4.5), and strictly: in order, no overlap.
void Add(Reassembled& packet, const std::vector<std::byte>& piece, IpFamily family) {
  const bool is_v4 = family == IpFamily::kV4;
  const std::uint16_t field = LoadBe16(&piece[is_v4 ? 6 : 42]);
  const std::size_t offset = is_v4 ? (field & 0x1fffu) * 8u : field & 0xfff8u;
  const bool more = (field & (is_v4 ? 0x2000u : 1u)) != 0;
  const std::size_t header_bytes = is_v4 ? 20 : 48;
  ASSERT_EQ(offset, packet.octets.size());
  ASSERT_FALSE(packet.ended);
  ASSERT_EQ(LoadBe16(&piece[is_v4 ? 2 : 4]), piece.size() - (is_v4 ? 0 : 40));
  if (is_v4) {
    ASSERT_EQ(FoldChecksum(SumWords(std::span(piece).first(20))), 0);
    ASSERT_EQ(field & 0x4000u, 0u) << "DF";
  }
  packet.octets.insert(packet.octets.end(), piece.begin() + header_bytes, piece.end());
  packet.ended = !more;
}

// Also where the MTU cuts the tunnel's own headers, which Geneve's options make long.
TEST(OuterFragmentsTest, IsPutTogetherAsItWasAtEveryMtu) {
  const TunnelSettings long_geneve = {.kind = EncapsulationKind::kGeneve,
                                      .geneve_options = std::vector<std::byte>(100)};
  for (const IpFamily family : {IpFamily::kV4, IpFamily::kV6}) {
    const std::int64_t ip_bytes = family == IpFamily::kV4 ? 20 : 40;
    const TunnelPacket packet = MakePacket(long_geneve, family, 300);
    std::vector<std::byte> want(packet.outer.begin() + ip_bytes, packet.outer.end());
    want.insert(want.end(), packet.carried.begin(), packet.carried.end());
    for (std::int64_t mtu = 56; mtu < ip_bytes + std::ssize(want); ++mtu) {
      Reassembled packet_again;
      for (const auto& piece : FragmentsOf(packet, mtu)) {
        ASSERT_LE(std::ssize(piece), mtu);
        ASSERT_NO_FATAL_FAILURE(Add(packet_again, piece, family)) << mtu;
      }
      ASSERT_TRUE(packet_again.ended) << mtu;
      ASSERT_THAT(packet_again.octets, BytesAre(want)) << mtu;
    }
  }
}

TEST(OuterFragmentsTest, RefusesWhatIsNoOuterHeader) {
  const TunnelPacket packet = MakePacket({}, IpFamily::kV4, 100);
  const auto possible = [](std::span<const std::byte> outer, std::int64_t carried,
                           std::int64_t mtu) {
    return OuterFragments(outer, Bytes(carried), Bytes(mtu), 0).possible();
  };
  EXPECT_TRUE(possible(packet.outer, 100, 28));
  EXPECT_FALSE(possible(packet.outer, 100, 27));
  EXPECT_FALSE(possible(packet.outer, 100, -1));
  EXPECT_FALSE(possible(packet.outer, 99, 1500));
  EXPECT_FALSE(possible(packet.outer, -1, 1500));
  EXPECT_FALSE(possible({}, 0, 1500));
  EXPECT_FALSE(possible(std::span(packet.outer).first(20), 116, 1500));
  EXPECT_FALSE(possible(std::vector<std::byte>(500), 100, 1500));
}

}  // namespace
}  // namespace vpcmirror
