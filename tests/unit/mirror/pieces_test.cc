#include "models/mirror/pieces.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace vpcmirror {
namespace {

const IpAddress kSourceEni = *ParseIpAddress("10.0.0.5");
const IpAddress kReceiver = *ParseIpAddress("10.0.9.9");

MirrorSettings Settings() {
  return {.id = "imgf-1", .receivers = {{.address = kReceiver, .mtu = Bytes(8500)}}};
}

TEST(PiecesTest, WholeCopyIsOnePieceWithItsOuterHeaders) {
  MirrorSettings settings = Settings();
  settings.tunnel.vni = 0x123456;
  const Mirror mirror(settings);
  const CopyPlan plan{.receiver = 0, .kept = Bytes(2), .entropy = 64 * 7 + 3};
  const FrameInfo frame{.wire_length = Bytes(2)};
  TunnelCounters counters;
  Pieces pieces(mirror, plan, frame, {}, {.source = kSourceEni}, counters);
  Piece piece;
  ASSERT_TRUE(pieces.Next(piece));
  EXPECT_EQ(piece.payload_offset, Bytes(0));
  EXPECT_EQ(piece.payload, Bytes(2));
  ASSERT_EQ(piece.outer_bytes, 36u);
  // By hand from RFC 791, 768 and 7348: total length 38, source port 49152 + 3.
  const std::vector<std::byte> want = [] {
    std::vector<std::byte> octets;
    for (const int octet :
         {0x45, 0x00, 0x00, 0x26, 0x00, 0x00, 0x40, 0x00, 0x40, 0x11, 0x1d, 0xba,  // IPv4
          0x0a, 0x00, 0x00, 0x05, 0x0a, 0x00, 0x09, 0x09,                          // addresses
          0xc0, 0x03, 0x12, 0xb5, 0x00, 0x12, 0x00, 0x00,                          // UDP
          0x08, 0x00, 0x00, 0x00, 0x12, 0x34, 0x56, 0x00}) {                       // VXLAN
      octets.push_back(static_cast<std::byte>(octet));
    }
    return octets;
  }();
  EXPECT_THAT(std::vector<std::byte>(piece.outer.begin(), piece.outer.begin() + 36),
              testing::ElementsAreArray(want));
  EXPECT_FALSE(pieces.Next(piece));
  EXPECT_FALSE(pieces.failed());
}

TEST(PiecesTest, WithoutAnEncapsulationTheFrameGoesAsItIs) {
  MirrorSettings settings = Settings();
  settings.tunnel.kind = EncapsulationKind::kNone;
  const Mirror mirror(settings);
  const CopyPlan plan{.kept = Bytes(1514)};
  const FrameInfo frame{.wire_length = Bytes(1514)};
  TunnelCounters counters;
  Pieces pieces(mirror, plan, frame, {}, {.source = kSourceEni}, counters);
  Piece piece;
  ASSERT_TRUE(pieces.Next(piece));
  EXPECT_EQ(piece.outer_bytes, 0u);
  EXPECT_EQ(piece.payload, Bytes(1514));
}

TEST(PiecesTest, DroppedCopyHasNone) {
  const Mirror mirror(Settings());
  const CopyPlan plan{.mtu_action = MtuAction::kDrop};
  const FrameInfo frame{.wire_length = Bytes(1514)};
  TunnelCounters counters;
  Pieces pieces(mirror, plan, frame, {}, {.source = kSourceEni}, counters);
  Piece piece;
  EXPECT_FALSE(pieces.Next(piece));
  EXPECT_FALSE(pieces.failed());
}

TEST(PiecesTest, SaysWhenTheOuterLengthFieldIsTooSmall) {
  const Mirror mirror(Settings());
  const CopyPlan plan{.kept = Bytes(65500)};
  const FrameInfo frame{.wire_length = Bytes(65500)};
  TunnelCounters counters;
  Pieces pieces(mirror, plan, frame, {}, {.source = kSourceEni},
                counters);  // 65,536 with 36 bytes of headers
  Piece piece;
  EXPECT_FALSE(pieces.Next(piece));
  EXPECT_TRUE(pieces.failed());
}

}  // namespace
}  // namespace vpcmirror
