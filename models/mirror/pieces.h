// What goes on the wire for a copy.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "models/mirror/mirror.h"
#include "models/mirror/mirror_tap.h"
#include "models/wire/encapsulation.h"
#include "models/wire/frame.h"
#include "models/wire/outer_fragments.h"
#include "models/wire/repair.h"
#include "models/wire/segment.h"

namespace vpcmirror {

// One outer packet: outer headers, then headers that stand for the first of the
// frame's own, then a slice of the frame. Arrays are filled as far as their
// length says and no further.
struct Piece {
  std::array<std::byte, kMaxOuterHeaderBytes + kIpv6FragmentHeaderBytes> outer;
  std::array<std::byte, kMaxSegmentHeaderBytes> inner;
  std::size_t outer_bytes = 0;
  std::size_t inner_bytes = 0;
  Bytes payload_offset{};  // into the original frame
  Bytes payload{};         // bytes of the original frame from there
};

// What a sender of copies counts for each session and receiver.
struct TunnelCounters {
  std::uint32_t sequence = 0;        // of the next copy, where the format has it
  std::uint32_t identification = 0;  // of the next outer packet that is fragmented
};

struct PieceContext {
  IpAddress source;             // outer source address: the source ENI's primary one
  std::uint32_t timestamp = 0;  // TunnelRoute::timestamp
};

// A cursor, so that one copy may become several pieces. Allocates nothing.
class Pieces {
 public:
  // `captured` are the frame's first bytes, as far as there are any: segmenting
  // and repairing need its headers, and their checksums its payload. A frame that
  // cannot be segmented or repaired is truncated. All but `context` must outlive
  // the cursor.
  Pieces(const Mirror& mirror, const CopyPlan& plan, const FrameInfo& frame,
         std::span<const std::byte> captured, const PieceContext& context,
         TunnelCounters& counters) noexcept
      : mirror_(mirror),
        plan_(plan),
        frame_(frame),
        captured_(captured),
        context_(context),
        counters_(counters),
        kept_(plan.kept),
        done_(plan.mtu_action == MtuAction::kDrop) {
    if (plan.mtu_action == MtuAction::kSegment) StartSegments();
    if (plan.mtu_action == MtuAction::kFragment) StartFragments();
  }

  // The next piece; false when there is none (left), or when its outer headers
  // cannot be written, which failed() tells.
  [[nodiscard]] bool Next(Piece& piece) noexcept {
    if (done_) return false;
    if (segmenter_) return NextSegment(piece);
    if (fragments_) return NextFragment(piece);
    return NextSingle(piece);
  }
  // Whether Next has nothing more to give.
  bool done() const { return done_; }
  bool failed() const { return failed_; }

 private:
  bool NextSingle(Piece& piece) noexcept;
  void Repair(Piece& piece) const noexcept;
  bool NextSegment(Piece& piece) noexcept;
  void StartSegments() noexcept;
  void StartFragments() noexcept;
  bool NextFragment(Piece& piece) noexcept;
  // Outer headers for `carried` bytes; 0 and failed_ when they cannot be.
  std::size_t WriteOuter(Bytes carried, std::span<std::byte, kMaxOuterHeaderBytes> out) noexcept;

  const Mirror& mirror_;
  const CopyPlan& plan_;
  const FrameInfo& frame_;
  std::span<const std::byte> captured_;
  PieceContext context_;
  TunnelCounters& counters_;
  Bytes kept_{};
  bool done_ = false;
  bool failed_ = false;
  std::size_t segments_left_ = 0;
  std::optional<Segmenter> segmenter_;
  std::optional<OuterFragments> fragments_;
  Bytes fragments_left_{};  // bytes of the frame that no fragment has carried yet
  std::array<std::byte, kMaxOuterHeaderBytes> outer_;  // what fragments_ cuts
};

}  // namespace vpcmirror
