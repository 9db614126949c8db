#include "models/mirror/pieces.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "models/wire/byte_order.h"
#include "tests/support/packet_builder.h"
#include "tests/unit/mirror/mirror_samples.h"

namespace vpcmirror {
namespace {

TEST(PiecesTest, WholeCopyIsOnePieceWithItsOuterHeaders) {
  MirrorSettings settings = Settings();
  settings.tunnel.vni = 0x123456;
  const Mirror mirror(settings);
  const Tunnel tunnel(mirror, 0, kSourceEni);
  const CopyPlan plan{.receiver = 0, .kept = Bytes(2), .entropy = 64 * 7 + 3};
  const FrameInfo frame{.wire_length = Bytes(2)};
  TunnelCounters counters;
  Pieces pieces(tunnel, plan, frame, {}, counters);
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
  const Tunnel tunnel(mirror, 0, kSourceEni);
  const CopyPlan plan{.kept = Bytes(1514)};
  const FrameInfo frame{.wire_length = Bytes(1514)};
  TunnelCounters counters;
  Pieces pieces(tunnel, plan, frame, {}, counters);
  Piece piece;
  ASSERT_TRUE(pieces.Next(piece));
  EXPECT_EQ(piece.outer_bytes, 0u);
  EXPECT_EQ(piece.payload, Bytes(1514));
}

TEST(PiecesTest, DroppedCopyHasNone) {
  const Mirror mirror(Settings());
  const Tunnel tunnel(mirror, 0, kSourceEni);
  const CopyPlan plan{.mtu_action = MtuAction::kDrop};
  const FrameInfo frame{.wire_length = Bytes(1514)};
  TunnelCounters counters;
  Pieces pieces(tunnel, plan, frame, {}, counters);
  Piece piece;
  EXPECT_FALSE(pieces.Next(piece));
  EXPECT_FALSE(pieces.failed());
}

TEST(PiecesTest, SaysWhenTheOuterLengthFieldIsTooSmall) {
  const Mirror mirror(Settings());
  const Tunnel tunnel(mirror, 0, kSourceEni);
  const CopyPlan plan{.kept = Bytes(65500)};
  const FrameInfo frame{.wire_length = Bytes(65500)};
  TunnelCounters counters;
  Pieces pieces(tunnel, plan, frame, {}, counters);  // 65,536 with 36 bytes of headers
  Piece piece;
  EXPECT_FALSE(pieces.Next(piece));
  EXPECT_TRUE(pieces.failed());
}

// A TCP super-frame of 4,000 bytes of payload and what a tap plans for it.
class SuperFrameTest : public testing::Test {
 protected:
  // Outer packets of 1500 bytes hold 1464 of frame over IPv4: 1410 of payload
  // behind 14 + 20 + 20 bytes of headers.
  Decision Decide(MtuPolicy policy, EncapsulationKind kind = EncapsulationKind::kVxlan) {
    MirrorSettings settings = Settings();
    settings.tunnel.kind = kind;
    settings.receivers[0].mtu = receiver_mtu_;
    settings.receivers[0].mtu_policy = policy;
    settings.mtu.basis = MtuBasis::kReceiver;
    mirror_ = std::make_shared<const Mirror>(settings);
    const MirrorTap tap({.eni_id = "eni", .mtu = Bytes(1500)},
                        std::make_shared<const TapRules>(rules_), {mirror_});
    info_ = ParseFrame(frame_, Bytes(static_cast<std::int64_t>(frame_.size())));
    return tap.OnFrame({.info = info_});
  }

  std::vector<Piece> PiecesOf(const Decision& decision) {
    const Tunnel tunnel(*mirror_, 0, kSourceEni);
    Pieces pieces(tunnel, decision.outcomes()[0].plan, info_, frame_, counters_);
    std::vector<Piece> all;
    Piece piece;
    while (pieces.Next(piece)) {
      all.push_back(piece);
      is_last_.push_back(pieces.done());
    }
    EXPECT_FALSE(pieces.failed());
    return all;
  }

  // The inner frame or packet that a piece carries.
  std::vector<std::byte> Carried(const Piece& piece) const {
    std::vector<std::byte> octets(piece.inner.begin(), piece.inner.begin() + piece.inner_bytes);
    const auto from = frame_.begin() + piece.payload_offset.count();
    octets.insert(octets.end(), from, from + piece.payload.count());
    return octets;
  }

  const std::vector<std::byte> frame_ =
      PacketBuilder().Ethernet().Ipv4("10.0.0.5", "10.0.1.1").Tcp(40000, 443).Payload(4000).Build();
  TapRules rules_;
  Bytes receiver_mtu_{1500};
  FrameInfo info_;
  std::shared_ptr<const Mirror> mirror_;
  TunnelCounters counters_;
  std::vector<bool> is_last_;
};

// As an offloading host captures it: the wire has frames of 1514 bytes, 1460 of them payload.
TEST_F(SuperFrameTest, IsCopiedAsTheFramesOnTheWireWhereRulesSaySo) {
  rules_.segments_super_frames = true;
  receiver_mtu_ = Bytes(9000);  // even where the copy would fit in one
  for (const MtuPolicy policy : {MtuPolicy::kTruncate, MtuPolicy::kFragment, MtuPolicy::kDrop}) {
    const std::vector<Piece> pieces = PiecesOf(Decide(policy));
    ASSERT_EQ(pieces.size(), 3u);  // 1460 + 1460 + 1080
    EXPECT_EQ(pieces[0].payload, Bytes(1460));
    EXPECT_EQ(pieces[2].payload, Bytes(1080));
  }
  receiver_mtu_ = Bytes(1500);
  EXPECT_EQ(PiecesOf(Decide(MtuPolicy::kTruncate))[0].payload, Bytes(1410));
}

TEST_F(SuperFrameTest, IsLeftToThePolicyWhereRulesDoNotSaySo) {
  receiver_mtu_ = Bytes(9000);
  EXPECT_EQ(Decide(MtuPolicy::kDrop).outcomes()[0].plan.mtu_action, MtuAction::kWhole);
  receiver_mtu_ = Bytes(1500);
  EXPECT_EQ(Decide(MtuPolicy::kDrop).outcomes()[0].plan.mtu_action, MtuAction::kDrop);
}

TEST_F(SuperFrameTest, IsSentAsSegmentsThatFit) {
  const std::vector<Piece> pieces = PiecesOf(Decide(MtuPolicy::kSegment));
  ASSERT_EQ(pieces.size(), 3u);  // 1410 + 1410 + 1180
  EXPECT_THAT(is_last_, testing::ElementsAre(false, false, true));
  std::int64_t payload = 0;
  for (const Piece& piece : pieces) {
    const std::vector<std::byte> inner = Carried(piece);
    EXPECT_LE(inner.size() + piece.outer_bytes, 1500u);
    const FrameInfo info = ParseFrame(inner, Bytes(static_cast<std::int64_t>(inner.size())));
    EXPECT_EQ(info.state, FrameState::kWhole);
    EXPECT_EQ(info.flow, info_.flow);
    payload += piece.payload.count();
  }
  EXPECT_EQ(payload, 4000);
}

// 1500 - 20 - 4 of GRE leave 1476 for the IP packet: 1436 of payload.
TEST_F(SuperFrameTest, SegmentsWithoutEthernetBeginAtTheIpHeader) {
  const std::vector<Piece> pieces =
      PiecesOf(Decide(MtuPolicy::kSegment, EncapsulationKind::kGreIp));
  ASSERT_EQ(pieces.size(), 3u);
  EXPECT_EQ(pieces[0].payload, Bytes(1436));
  EXPECT_EQ(pieces[0].inner_bytes, 40u);
  EXPECT_EQ(pieces[0].inner[0], std::byte{0x45});
}

// Outer fragments: 1480 bytes behind each IP header, of 16 + 4054 in all.
TEST_F(SuperFrameTest, IsSentWholeInOuterFragments) {
  const std::vector<Piece> pieces = PiecesOf(Decide(MtuPolicy::kFragment));
  ASSERT_EQ(pieces.size(), 3u);
  EXPECT_EQ(pieces[0].payload, Bytes(1480 - 16));
  EXPECT_EQ(pieces[1].payload, Bytes(1480));
  EXPECT_EQ(pieces[2].payload, Bytes(4054 - 1464 - 1480));
  EXPECT_EQ(pieces[1].outer_bytes, 20u);
  EXPECT_THAT(is_last_, testing::ElementsAre(false, false, true));
  EXPECT_EQ(counters_.identification, 1u);
}

TEST_F(SuperFrameTest, IsCutAndSaysSoInside) {
  const std::vector<Piece> pieces = PiecesOf(Decide(MtuPolicy::kTruncateRepaired));
  ASSERT_EQ(pieces.size(), 1u);
  const std::vector<std::byte> inner = Carried(pieces[0]);
  EXPECT_EQ(inner.size(), 1464u);
  const FrameInfo info = ParseFrame(inner, Bytes(1464));
  EXPECT_EQ(info.state, FrameState::kWhole);
  EXPECT_EQ(info.flow, info_.flow);
}

// Without its bytes a frame cannot be segmented: what is sent instead is said.
TEST_F(SuperFrameTest, SaysThatItIsCutWhereItCannotBeSegmented) {
  const Decision decision = Decide(MtuPolicy::kSegment);
  const CopyPlan& plan = decision.outcomes()[0].plan;
  ASSERT_EQ(plan.mtu_action, MtuAction::kSegment);
  const Tunnel tunnel(*mirror_, 0, kSourceEni);
  Pieces pieces(tunnel, plan, info_, {}, counters_);
  EXPECT_EQ(pieces.action(), MtuAction::kTruncate);
  EXPECT_EQ(pieces.kept(), Bytes(1464));
  Piece piece;
  ASSERT_TRUE(pieces.Next(piece));
  EXPECT_EQ(piece.payload, Bytes(1464));
  EXPECT_TRUE(pieces.done());
}

// What has no outer packet cannot be fragmented.
TEST_F(SuperFrameTest, IsCutWithoutAnOuterPacketToFragment) {
  const Decision decision = Decide(MtuPolicy::kFragment, EncapsulationKind::kNone);
  EXPECT_EQ(decision.outcomes()[0].plan.mtu_action, MtuAction::kTruncate);
  EXPECT_EQ(decision.outcomes()[0].plan.kept, Bytes(1514));
}

TEST_F(SuperFrameTest, IsCutAndKeepsItsLengths) {
  const std::vector<Piece> pieces = PiecesOf(Decide(MtuPolicy::kTruncate));
  ASSERT_EQ(pieces.size(), 1u);
  const std::vector<std::byte> inner = Carried(pieces[0]);
  EXPECT_EQ(inner, std::vector<std::byte>(frame_.begin(), frame_.begin() + 1464));
}

TEST(PiecesTest, CopiesOfAReceiverAreNumbered) {
  MirrorSettings settings = Settings();
  settings.tunnel.kind = EncapsulationKind::kErspan2;
  const Mirror mirror(settings);
  const Tunnel tunnel(mirror, 0, kSourceEni);
  const CopyPlan plan{.kept = Bytes(60)};
  const FrameInfo frame{.wire_length = Bytes(60)};
  TunnelCounters counters{.sequence = 0xfffffffe};
  for (const std::uint32_t want : {0xfffffffeu, 0xffffffffu, 0u}) {
    Pieces pieces(tunnel, plan, frame, {}, counters);
    Piece piece;
    ASSERT_TRUE(pieces.Next(piece));
    // draft-foschiano-erspan-03: behind IPv4 (20) and the first GRE word.
    EXPECT_EQ(LoadBe32(&piece.outer[24]), want);
  }
}

}  // namespace
}  // namespace vpcmirror
