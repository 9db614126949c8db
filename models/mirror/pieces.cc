#include "models/mirror/pieces.h"

#include <algorithm>

namespace vpcmirror {

void Pieces::StartSegments() noexcept {
  if (!HasCapture()) return Truncate();
  const Bytes before_packet = Bytes(frame_.network_offset) - plan_.offset;
  segmenter_.emplace(captured_, frame_, plan_.segment_room - before_packet);
  segments_left_ = segmenter_->segments();
  if (segmenter_->possible()) return;
  segmenter_.reset();
  Truncate();
}

// Whether the bytes are those that the frame was parsed from.
bool Pieces::HasCapture() const noexcept {
  return static_cast<std::int64_t>(captured_.size()) >= frame_.captured.count();
}

void Pieces::Truncate() noexcept {
  action_ = MtuAction::kTruncate;
  kept_ = std::min(kept_, plan_.room);
}

void Pieces::StartFragments() noexcept {
  const std::size_t bytes = WriteOuter(kept_, outer_);
  if (bytes != 0) {
    const Bytes mtu = plan_.room + Bytes(static_cast<std::int64_t>(bytes));
    fragments_.emplace(std::span(outer_).first(bytes), kept_, mtu, counters_.identification++);
    fragments_left_ = kept_;
    if (fragments_->possible()) return;
    fragments_.reset();
    if (tunnel_.encapsulation().has_sequence()) --counters_.sequence;  // for what is sent instead
  }
  Truncate();
}

[[gnu::always_inline]] inline std::size_t Pieces::WriteOuter(
    Bytes carried, std::span<std::byte, kMaxOuterHeaderBytes> out) noexcept {
  const Encapsulation& encapsulation = tunnel_.encapsulation();
  TunnelRoute route{.source = tunnel_.addresses().source,
                    .destination = tunnel_.addresses().destination,
                    .entropy = plan_.entropy,
                    .inner_ether_type = frame_.ether_type,
                    .vlan_id = frame_.vlan_id,
                    .timestamp = timestamp_,
                    .truncated = kept_ < frame_.wire_length - plan_.offset};
  if (encapsulation.has_sequence()) route.sequence = counters_.sequence++;
  const std::size_t bytes = encapsulation.WriteHeaders(route, carried, out);
  if (bytes == 0 && encapsulation.settings().kind != EncapsulationKind::kNone) {
    failed_ = done_ = true;
  }
  return bytes;
}

bool Pieces::NextOther(Piece& piece) noexcept {
  if (segmenter_) return NextSegment(piece);
  if (fragments_) return NextFragment(piece);
  return NextSingle(piece);
}

bool Pieces::NextSingle(Piece& piece) noexcept {
  done_ = true;
  piece.inner_bytes = 0;
  piece.payload_offset = plan_.offset;
  piece.payload = kept_;
  if (plan_.mtu_action == MtuAction::kRepair) Repair(piece);
  piece.outer_bytes = WriteOuter(kept_, std::span(piece.outer).first<kMaxOuterHeaderBytes>());
  return !failed_;
}

// Headers of the frame are rewritten in place; those that are not carried fall away.
void Pieces::Repair(Piece& piece) const noexcept {
  if (!HasCapture()) return;
  const auto room = std::span(piece.inner).first<kMaxRepairedHeaderBytes>();
  const std::size_t replaced = RepairTruncated(captured_, frame_, kept_ + plan_.offset, room);
  if (replaced == 0) return;
  const auto skipped = static_cast<std::size_t>(plan_.offset.count());
  piece.inner_bytes = replaced - skipped;
  std::copy_n(piece.inner.begin() + skipped, piece.inner_bytes, piece.inner.begin());
  piece.payload_offset = Bytes(static_cast<std::int64_t>(replaced));
  piece.payload = kept_ + plan_.offset - piece.payload_offset;
}

bool Pieces::NextSegment(Piece& piece) noexcept {
  Segment segment;
  if (!segmenter_->Next(segment)) {
    done_ = true;
    return false;
  }
  done_ = --segments_left_ == 0;
  const auto skipped = static_cast<std::size_t>(plan_.offset.count());
  piece.inner_bytes = segment.header_bytes - skipped;
  std::copy_n(segment.header.begin() + skipped, piece.inner_bytes, piece.inner.begin());
  piece.payload_offset = segment.payload_offset;
  piece.payload = segment.payload;
  const Bytes carried = Bytes(static_cast<std::int64_t>(piece.inner_bytes)) + segment.payload;
  piece.outer_bytes = WriteOuter(carried, std::span(piece.outer).first<kMaxOuterHeaderBytes>());
  return !failed_;
}

bool Pieces::NextFragment(Piece& piece) noexcept {
  OuterFragment fragment;
  if (!fragments_->Next(fragment)) {
    done_ = true;
    return false;
  }
  piece.outer_bytes = fragment.header_bytes;
  std::copy_n(fragment.header.begin(), fragment.header_bytes, piece.outer.begin());
  piece.inner_bytes = 0;
  piece.payload_offset = plan_.offset + fragment.carried_offset;
  piece.payload = fragment.carried;
  fragments_left_ -= fragment.carried;
  done_ = fragments_left_ == Bytes(0);
  return true;
}

}  // namespace vpcmirror
