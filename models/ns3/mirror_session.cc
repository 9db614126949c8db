#include "models/ns3/mirror_session.h"

#include <ns3/enum.h>

#include <algorithm>
#include <utility>

#include "models/ns3/clock.h"
#include "models/ns3/eni_device.h"
#include "models/ns3/raw_header.h"

namespace vpcmirror {

ns3::TypeId MirrorSession::GetTypeId() {
  static const ns3::TypeId tid =
      ns3::TypeId("vpcmirror::MirrorSession")
          .SetParent<ns3::Object>()
          .AddConstructor<MirrorSession>()
          .AddAttribute("State", "Whether the mirror copies at all",
                        ns3::TypeId::ATTR_GET | ns3::TypeId::ATTR_SET,
                        ns3::EnumValue(static_cast<int>(MirrorState::kRunning)),
                        ns3::MakeEnumAccessor(&MirrorSession::SetState, &MirrorSession::GetState),
                        ns3::MakeEnumChecker(static_cast<int>(MirrorState::kRunning), "RUNNING",
                                             static_cast<int>(MirrorState::kStopped), "STOPED"))
          .AddAttribute(
              "Direction", "Which frames of the ENI are collected",
              ns3::TypeId::ATTR_GET | ns3::TypeId::ATTR_SET,
              ns3::EnumValue(static_cast<int>(DirectionSet::kAll)),
              ns3::MakeEnumAccessor(&MirrorSession::SetDirections, &MirrorSession::GetDirections),
              ns3::MakeEnumChecker(static_cast<int>(DirectionSet::kAll), "ALL",
                                   static_cast<int>(DirectionSet::kIngress), "INGRESS",
                                   static_cast<int>(DirectionSet::kEgress), "EGRESS"))
          .AddTraceSource("MirrorTx", "A copy was handed to the egress, outer headers on",
                          ns3::MakeTraceSourceAccessor(&MirrorSession::mirror_tx_),
                          "vpcmirror::MirrorSession::TxTracedCallback")
          .AddTraceSource("MirrorDrop", "A copy was decided on and lost at the source",
                          ns3::MakeTraceSourceAccessor(&MirrorSession::mirror_drop_),
                          "vpcmirror::MirrorSession::DropTracedCallback")
          .AddTraceSource("MirrorReject", "A frame was not to be copied",
                          ns3::MakeTraceSourceAccessor(&MirrorSession::mirror_reject_),
                          "vpcmirror::MirrorSession::RejectTracedCallback");
  return tid;
}

void MirrorSession::SetMirror(std::shared_ptr<const Mirror> mirror) {
  mirror_ = std::move(mirror);
  tunnels_.clear();
  if (eni_ != nullptr) eni_->RebuildTap();
}

int MirrorSession::GetState() const {
  return static_cast<int>(mirror_ ? mirror_->settings().state : MirrorState::kRunning);
}

int MirrorSession::GetDirections() const {
  return static_cast<int>(mirror_ ? mirror_->settings().directions : DirectionSet::kAll);
}

void MirrorSession::SetState(MirrorState state) {
  if (!mirror_) return;
  MirrorSettings settings = mirror_->settings();
  settings.state = state;
  Replace(std::move(settings));
}

void MirrorSession::SetDirections(DirectionSet directions) {
  if (!mirror_) return;
  MirrorSettings settings = mirror_->settings();
  settings.directions = directions;
  Replace(std::move(settings));
}

// ERSPAN III counts in units of 100 ns and wraps.
std::uint32_t MirrorSession::TunnelTime() {
  constexpr std::int64_t kPicosecondsPerTick = 100'000;
  return static_cast<std::uint32_t>(SimulatedNow().count() / kPicosecondsPerTick);
}

void MirrorSession::Replace(MirrorSettings settings) {
  SetMirror(std::make_shared<const Mirror>(std::move(settings)));
}

void MirrorSession::Take(const ns3::Ptr<const ns3::Packet>& packet, const Frame& frame,
                         const Outcome& outcome) {
  const Bytes original = frame.info.wire_length;
  ledger_.offered.Add(original);
  if (outcome.refusal != Refusal::kNone) {
    ledger_.rejected[static_cast<std::size_t>(outcome.refusal)].Add(original);
    mirror_reject_(packet, outcome.refusal);
    return;
  }
  if (outcome.plan.mtu_action == MtuAction::kDrop) {
    Drop(packet, DropReason::kMtu, original);
    return;
  }
  const CopyPlan& plan = outcome.plan;
  // Kept here: whoever traces may replace the session's while this copy is sent.
  const std::shared_ptr<const Mirror> mirror = mirror_;
  const Tunnel tunnel = TunnelTo(plan.receiver);
  Pieces pieces(tunnel, plan, frame.info, BytesOf(*packet, plan), counters_[plan.receiver],
                TunnelTime());
  const bool is_cut =
      pieces.action() == MtuAction::kTruncate || pieces.action() == MtuAction::kRepair;
  CopyAccount account{.original = original,
                      .cut = is_cut ? original - plan.offset - pieces.kept() : Bytes(0),
                      .copy = next_copy_++};
  std::optional<DropReason> lost;
  Piece piece;
  while (pieces.Next(piece)) {
    account.stands_for_frame = pieces.done() && !lost;
    const std::optional<DropReason> dropped = Send(packet, plan, piece, account);
    if (!lost) lost = dropped;
  }
  if (pieces.failed()) lost = DropReason::kHeaderTooLong;
  if (lost) return Drop(packet, *lost, original);
  ledger_.mirrored.Add(original);
  if (account.cut > Bytes(0)) {
    ledger_.truncated.Add(original);
    ledger_.truncated_away += account.cut;
  }
}

const Tunnel& MirrorSession::TunnelTo(std::uint32_t receiver) {
  if (tunnels_.empty()) {
    const auto receivers = static_cast<std::uint32_t>(mirror_->settings().receivers.size());
    for (std::uint32_t i = 0; i < receivers; ++i) {
      tunnels_.emplace_back(*mirror_, i, eni_->primary_address());
    }
    counters_.resize(receivers);
  }
  return tunnels_[receiver];
}

std::span<const std::byte> MirrorSession::BytesOf(const ns3::Packet& packet, const CopyPlan& plan) {
  if (plan.mtu_action != MtuAction::kSegment && plan.mtu_action != MtuAction::kRepair) return {};
  frame_bytes_.resize(packet.GetSize());
  packet.CopyData(reinterpret_cast<std::uint8_t*>(frame_bytes_.data()), packet.GetSize());
  return frame_bytes_;
}

std::optional<DropReason> MirrorSession::Send(const ns3::Ptr<const ns3::Packet>& packet,
                                              const CopyPlan& plan, const Piece& piece,
                                              const CopyAccount& account) {
  const ns3::Ptr<ns3::Packet> copy =
      piece.payload == Bytes(packet->GetSize())
          ? packet->Copy()
          : packet->CreateFragment(static_cast<std::uint32_t>(piece.payload_offset.count()),
                                   static_cast<std::uint32_t>(piece.payload.count()));
  if (piece.inner_bytes > 0) {
    RawHeader header(piece.inner_bytes);
    std::copy_n(piece.inner.begin(), piece.inner_bytes, header.bytes().begin());
    copy->AddHeader(header);
  }
  const IpAddress& receiver = mirror_->settings().receivers[plan.receiver].address;
  const auto outer = std::span(piece.outer).first(piece.outer_bytes);
  if (const auto dropped = eni_->SendCopy(copy, receiver, outer, *this, account)) return dropped;
  ++ledger_.wire_datagrams;
  ledger_.wire_bytes += Bytes(copy->GetSize());
  mirror_tx_(copy);
  return std::nullopt;
}

void MirrorSession::Drop(const ns3::Ptr<const ns3::Packet>& packet, DropReason reason,
                         Bytes original) {
  ledger_.dropped[static_cast<std::size_t>(reason)].Add(original);
  mirror_drop_(packet, reason);
}

void MirrorSession::StillWaits(Bytes original, Bytes cut, Bytes wire) {
  --ledger_.wire_datagrams;
  ledger_.wire_bytes -= wire;
  if (original == Bytes(0)) return;
  const Count one{.frames = 1, .bytes = original};
  ledger_.mirrored -= one;
  ledger_.queued_at_end += one;
  if (cut == Bytes(0)) return;
  ledger_.truncated -= one;
  ledger_.truncated_away -= cut;
}

// The packets of a copy leave and travel one behind the other.
void MirrorSession::Lost(CopyLoss loss, const Passage& passage) {
  if (passage.copy == last_lost_) return;
  last_lost_ = passage.copy;
  losses_[static_cast<std::size_t>(loss)].Add(passage.original);
}

void MirrorSession::DoDispose() {
  eni_ = nullptr;
  mirror_.reset();
  ns3::Object::DoDispose();
}

}  // namespace vpcmirror
