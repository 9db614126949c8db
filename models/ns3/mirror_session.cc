#include "models/ns3/mirror_session.h"

#include <ns3/enum.h>

#include <utility>

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
  Pieces pieces(*mirror_, outcome.plan, eni_->primary_address());
  Piece piece;
  while (pieces.Next(piece)) Send(packet, outcome.plan, piece);
  if (pieces.failed()) Drop(packet, DropReason::kHeaderTooLong, original);
}

void MirrorSession::Send(const ns3::Ptr<const ns3::Packet>& packet, const CopyPlan& plan,
                         const Piece& piece) {
  const Bytes original(packet->GetSize());
  const ns3::Ptr<ns3::Packet> copy =
      piece.payload == original
          ? packet->Copy()
          : packet->CreateFragment(static_cast<std::uint32_t>(piece.payload_offset.count()),
                                   static_cast<std::uint32_t>(piece.payload.count()));
  const IpAddress& receiver = mirror_->settings().receivers[plan.receiver].address;
  const auto outer = std::span(piece.outer).first(piece.outer_bytes);
  if (const auto dropped = eni_->SendCopy(copy, receiver, outer, *this, original)) {
    Drop(packet, *dropped, original);
    return;
  }
  ledger_.mirrored.Add(original);
  ++ledger_.wire_datagrams;
  ledger_.wire_bytes += Bytes(copy->GetSize());
  if (piece.payload < original) {
    ledger_.truncated.Add(original);
    ledger_.truncated_away += original - piece.payload;
  }
  mirror_tx_(copy);
}

void MirrorSession::Drop(const ns3::Ptr<const ns3::Packet>& packet, DropReason reason,
                         Bytes original) {
  ledger_.dropped[static_cast<std::size_t>(reason)].Add(original);
  mirror_drop_(packet, reason);
}

void MirrorSession::StillWaits(Bytes original, Bytes wire) {
  const Count one{.frames = 1, .bytes = original};
  ledger_.mirrored -= one;
  ledger_.queued_at_end += one;
  --ledger_.wire_datagrams;
  ledger_.wire_bytes -= wire;
  const Bytes whole = original + mirror_->WireOverhead();
  if (wire < whole) {
    ledger_.truncated -= one;
    ledger_.truncated_away -= whole - wire;
  }
}

void MirrorSession::Lost(CopyLoss loss, Bytes original) {
  losses_[static_cast<std::size_t>(loss)].Add(original);
}

void MirrorSession::DoDispose() {
  eni_ = nullptr;
  mirror_.reset();
  ns3::Object::DoDispose();
}

}  // namespace vpcmirror
