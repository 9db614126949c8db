// Copies of frames as the core makes them, handed to a sink.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <vector>

#include "models/mirror/mirror_tap.h"
#include "models/mirror/pieces.h"
#include "models/wire/frame.h"
#include "sim/live/copy_sink.h"
#include "sim/live/receiver_health.h"

namespace vpcmirror::sim {

// The mirror of one ENI, asked as a live backend asks it.
class CopyMaker {
 public:
  CopyMaker(const MirrorSettings& settings, const IpAddress& source, Bytes source_mtu = Bytes(8500))
      : mirror_(std::make_shared<const Mirror>(settings)),
        tap_({.eni_id = "eni-1", .mtu = source_mtu}, std::make_shared<const TapRules>(),
             {mirror_}) {
    for (std::uint32_t i = 0; i < settings.receivers.size(); ++i) {
      tunnels_.emplace_back(*mirror_, i, source);
      counters_.emplace_back();
    }
  }

  const Mirror& mirror() const { return *mirror_; }
  const Tunnel& tunnel(std::size_t receiver = 0) const { return tunnels_[receiver]; }

  // From here on copies go where it says.
  void UseFailOver(FailOver& fail_over) { fail_over_ = &fail_over; }

  // The frame must hold until the sink's next flush.
  void Offer(std::span<const std::byte> frame, CopySink& sink,
             std::size_t captured_bytes = 1 << 20) {
    const auto captured = frame.first(std::min(frame.size(), captured_bytes));
    const FrameInfo info = ParseFrame(captured, Bytes(static_cast<std::int64_t>(frame.size())));
    const Decision decision = tap_.OnFrame({.info = info, .next_hop = {}});
    Outcome outcome = decision.outcomes().front();
    if (outcome.refusal != Refusal::kNone) return;
    if (fail_over_ != nullptr) outcome.plan.receiver = fail_over_->ReceiverOf(outcome.plan);
    const Tunnel& tunnel = tunnels_[outcome.plan.receiver];
    Pieces pieces(tunnel, outcome.plan, info, captured, counters_[outcome.plan.receiver]);
    Piece piece;
    while (pieces.Next(piece)) Hand(tunnel, piece, captured, sink);
  }

  // What was handed over so far: outer IP packets.
  const std::vector<std::vector<std::byte>>& packets() const { return packets_; }

 private:
  void Hand(const Tunnel& tunnel, const Piece& piece, std::span<const std::byte> captured,
            CopySink& sink) {
    const auto wanted = static_cast<std::size_t>(piece.payload.count());
    const auto offset =
        std::min(static_cast<std::size_t>(piece.payload_offset.count()), captured.size());
    const auto payload = captured.subspan(offset).first(std::min(wanted, captured.size() - offset));
    const LiveCopy copy{.tunnel = tunnel,
                        .outer = std::span(piece.outer).first(piece.outer_bytes),
                        .inner = std::span(piece.inner).first(piece.inner_bytes),
                        .payload = payload,
                        .missing = Bytes(static_cast<std::int64_t>(wanted - payload.size()))};
    std::vector<std::byte>& packet = packets_.emplace_back();
    for (const auto part : {copy.outer, copy.inner, copy.payload}) {
      packet.insert(packet.end(), part.begin(), part.end());
    }
    sink.Take(copy);
  }

  FailOver* fail_over_ = nullptr;
  std::shared_ptr<const Mirror> mirror_;
  MirrorTap tap_;
  std::deque<Tunnel> tunnels_;
  std::deque<TunnelCounters> counters_;
  std::vector<std::vector<std::byte>> packets_;
};

}  // namespace vpcmirror::sim
