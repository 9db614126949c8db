#include "models/mirror/pieces.h"

namespace vpcmirror {

Pieces::Pieces(const Mirror& mirror, const CopyPlan& plan, const FrameInfo& frame,
               std::span<const std::byte> captured, const PieceContext& context,
               TunnelCounters& counters) noexcept
    : mirror_(mirror),
      plan_(plan),
      frame_(frame),
      captured_(captured),
      context_(context),
      counters_(counters),
      done_(plan.mtu_action == MtuAction::kDrop) {}

bool Pieces::WriteOuter(Piece& piece, Bytes carried) noexcept {
  const Encapsulation& encapsulation = mirror_.encapsulation();
  piece.outer_bytes = 0;
  if (encapsulation.header_bytes() == 0) return true;
  TunnelRoute route{.source = context_.source,
                    .destination = mirror_.settings().receivers[plan_.receiver].address,
                    .entropy = plan_.entropy,
                    .inner_ether_type = frame_.ether_type,
                    .vlan_id = frame_.vlan_id,
                    .timestamp = context_.timestamp,
                    .truncated = plan_.kept < frame_.wire_length - plan_.offset};
  if (encapsulation.has_sequence()) route.sequence = counters_.sequence++;
  piece.outer_bytes = encapsulation.WriteHeaders(route, carried, piece.outer);
  failed_ = piece.outer_bytes == 0;
  return !failed_;
}

bool Pieces::Next(Piece& piece) noexcept {
  if (done_) return false;
  done_ = true;
  piece.inner_bytes = 0;
  piece.payload_offset = plan_.offset;
  piece.payload = plan_.kept;
  return WriteOuter(piece, plan_.kept);
}

}  // namespace vpcmirror
