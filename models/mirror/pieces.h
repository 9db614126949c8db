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

// The way of a mirror's copies from one source ENI to one receiver. Immutable, so
// threads may share one.
class Tunnel {
 public:
  // `source` is the outer source address: the source ENI's primary one. `mirror`, which
  // has that receiver, must outlive the tunnel.
  Tunnel(const Mirror& mirror, std::uint32_t receiver, const IpAddress& source) noexcept
      : mirror_(&mirror),
        addresses_{.source = source, .destination = mirror.settings().receivers[receiver].address},
        prepared_(mirror.encapsulation(), addresses_) {}

  const Encapsulation& encapsulation() const { return mirror_->encapsulation(); }
  // Source and destination; the rest differs from copy to copy.
  const TunnelRoute& addresses() const { return addresses_; }

  // The short way for what most copies are: the outer headers of one that is carried whole
  // and alone, behind which the frame follows from plan.offset to its end. False, `out`
  // untouched, when Pieces has to be asked.
  [[nodiscard]] bool WriteWhole(const CopyPlan& plan,
                                std::span<std::byte, PreparedHeaders::kBytes> out) const noexcept {
    return plan.mtu_action == MtuAction::kWhole && prepared_.Write(plan.kept, plan.entropy, out);
  }
  // The same of each copy of a WholeDecision: the whole frame follows.
  [[nodiscard]] bool WriteWhole(const WholeDecision& decision,
                                std::span<std::byte, PreparedHeaders::kBytes> out) const noexcept {
    return prepared_.Write(decision.kept(), decision.entropy(), out);
  }

 private:
  const Mirror* mirror_;
  TunnelRoute addresses_;
  PreparedHeaders prepared_;
};

// What the sender of a tunnel's copies counts.
struct TunnelCounters {
  std::uint32_t sequence = 0;        // of the next copy, where the format has it
  std::uint32_t identification = 0;  // of the next outer packet that is fragmented
};

// A cursor, so that one copy may become several pieces. Allocates nothing.
class Pieces {
 public:
  // `tunnel` leads to the plan's receiver. `captured` are the frame's first bytes, as
  // far as there are any: segmenting and repairing need its headers, and their
  // checksums its payload. A frame that cannot be segmented or repaired is truncated.
  // `timestamp` is TunnelRoute's. All arguments must outlive the cursor.
  Pieces(const Tunnel& tunnel, const CopyPlan& plan, const FrameInfo& frame,
         std::span<const std::byte> captured, TunnelCounters& counters,
         std::uint32_t timestamp = 0) noexcept
      : tunnel_(tunnel),
        plan_(plan),
        frame_(frame),
        captured_(captured),
        counters_(counters),
        timestamp_(timestamp),
        action_(plan.mtu_action),
        kept_(plan.kept),
        done_(plan.mtu_action == MtuAction::kDrop) {
    if (plan.mtu_action == MtuAction::kSegment) StartSegments();
    if (plan.mtu_action == MtuAction::kFragment) StartFragments();
  }

  // The next piece; false when there is none (left), or when its outer headers
  // cannot be written, which failed() tells.
  [[nodiscard]] bool Next(Piece& piece) noexcept {
    if (done_) return false;
    return NextWhole(piece) || NextOther(piece);
  }
  // Whether Next has nothing more to give.
  bool done() const { return done_; }
  bool failed() const { return failed_; }

  // What becomes of the copy: the plan's action, or kTruncate where the frame
  // cannot be segmented or fragmented; and how many of its bytes are carried.
  MtuAction action() const { return action_; }
  Bytes kept() const { return kept_; }

 private:
  // False, and nothing done, when the short way is not open.
  bool NextWhole(Piece& piece) noexcept {
    const auto headers = std::span(piece.outer).first<PreparedHeaders::kBytes>();
    if (!tunnel_.WriteWhole(plan_, headers)) return false;
    piece.outer_bytes = headers.size();
    piece.inner_bytes = 0;
    piece.payload_offset = plan_.offset;
    piece.payload = plan_.kept;
    done_ = true;
    return true;
  }
  bool NextOther(Piece& piece) noexcept;
  bool NextSingle(Piece& piece) noexcept;
  void Repair(Piece& piece) const noexcept;
  bool NextSegment(Piece& piece) noexcept;
  void StartSegments() noexcept;
  void StartFragments() noexcept;
  void Truncate() noexcept;
  bool HasCapture() const noexcept;
  bool NextFragment(Piece& piece) noexcept;
  // Outer headers for `carried` bytes; 0 and failed_ when they cannot be.
  std::size_t WriteOuter(Bytes carried, std::span<std::byte, kMaxOuterHeaderBytes> out) noexcept;

  const Tunnel& tunnel_;
  const CopyPlan& plan_;
  const FrameInfo& frame_;
  std::span<const std::byte> captured_;
  TunnelCounters& counters_;
  std::uint32_t timestamp_;
  MtuAction action_;
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
