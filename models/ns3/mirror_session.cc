#include "models/ns3/mirror_session.h"

#include <ns3/enum.h>

#include <algorithm>
#include <utility>

#include "models/ns3/clock.h"
#include "models/ns3/eni_device.h"
#include "models/ns3/raw_header.h"

namespace vpcmirror {

NS_OBJECT_ENSURE_REGISTERED(MirrorSession);

ns3::TypeId MirrorSession::GetTypeId() {
  static const ns3::TypeId tid =
      ns3::TypeId("vpcmirror::MirrorSession")
          .SetParent<ns3::Object>()
          .SetGroupName("vpcmirror")
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
  is_watching_ = true;
  ways_.clear();
  if (eni_ != nullptr) eni_->RebuildTap();
}

void MirrorSession::Withdraw() {
  is_watching_ = false;
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

void MirrorSession::Take(const ns3::Ptr<Transit>& transit, const Frame& frame,
                         const Outcome& outcome) {
  const Bytes original = frame.info.wire_length;
  ledger_.offered.Add(original);
  if (outcome.refusal != Refusal::kNone) {
    ledger_.rejected[static_cast<std::size_t>(outcome.refusal)].Add(original);
    if (!mirror_reject_.IsEmpty()) mirror_reject_(transit->packet(), outcome.refusal);
    return;
  }
  const CopyPlan& plan = outcome.plan;
  if (plan.mtu_action == MtuAction::kDrop) {
    Drop(*transit, DropReason::kMtu, original);
    return;
  }
  // Kept here: whoever traces may replace the session's while this copy is sent.
  const std::shared_ptr<const Mirror> mirror = mirror_;
  Way& way = WayTo(plan.receiver);
  if (!TakeWhole(transit, plan, way)) TakePieces(transit, frame.info, plan, way);
}

bool MirrorSession::TakeWhole(const ns3::Ptr<Transit>& transit, const CopyPlan& plan,
                              const Way& way) {
  constexpr std::size_t kOuter = PreparedHeaders::kBytes;
  std::array<std::byte, kEthernetHeaderBytes + kOuter> outer;
  if (plan.offset > Bytes(0) ||
      !way.tunnel.WriteWhole(plan, std::span(outer).subspan<kEthernetHeaderBytes, kOuter>())) {
    return false;
  }
  std::copy(way.route.ethernet.begin(), way.route.ethernet.end(), outer.begin());
  const Bytes length = transit->length();
  const auto dropped = Send(Transit::CopyOf(transit, outer, {}, Bytes(0), length), way.route,
                            {.original = length,
                             .number = next_copy_++,
                             .stands_for_frame = true,
                             .is_only_packet = true});
  if (dropped) {
    Drop(*transit, *dropped, length);
  } else {
    ledger_.mirrored.Add(length);
  }
  return true;
}

void MirrorSession::TakePieces(const ns3::Ptr<Transit>& transit, const FrameInfo& info,
                               const CopyPlan& plan, Way& way) {
  const Bytes original = info.wire_length;
  const CopyRoute route = way.route;
  const Tunnel tunnel = way.tunnel;
  Pieces pieces(tunnel, plan, info, BytesOf(*transit, plan), way.counters, TunnelTime());
  const bool is_cut =
      pieces.action() == MtuAction::kTruncate || pieces.action() == MtuAction::kRepair;
  CopyAccount account{.original = original,
                      .cut = is_cut ? original - plan.offset - pieces.kept() : Bytes(0),
                      .number = next_copy_++};
  std::optional<DropReason> lost;
  Piece piece;
  while (pieces.Next(piece)) {
    account.stands_for_frame = pieces.done() && !lost;
    const std::optional<DropReason> dropped = SendPiece(transit, piece, route, account);
    if (!lost) lost = dropped;
  }
  if (pieces.failed()) lost = DropReason::kHeaderTooLong;
  if (lost) return Drop(*transit, *lost, original);
  ledger_.mirrored.Add(original);
  if (account.cut > Bytes(0)) {
    ledger_.truncated.Add(original);
    ledger_.truncated_away += account.cut;
  }
}

MirrorSession::Way& MirrorSession::WayTo(std::uint32_t receiver) {
  if (ways_.empty()) {
    const auto& receivers = mirror_->settings().receivers;
    for (std::uint32_t i = 0; i < receivers.size(); ++i) {
      const IpAddress& address = receivers[i].address;
      ways_.push_back({.tunnel = Tunnel(*mirror_, i, AddressTowards(eni_->addresses(), address)),
                       .counters = {},
                       .route = eni_->RouteCopy(address)});
    }
  }
  return ways_[receiver];
}

std::span<const std::byte> MirrorSession::BytesOf(const Transit& transit, const CopyPlan& plan) {
  if (plan.mtu_action != MtuAction::kSegment && plan.mtu_action != MtuAction::kRepair) return {};
  frame_bytes_.resize(static_cast<std::size_t>(transit.captured().count()));
  transit.CopyBytes(frame_bytes_);
  return frame_bytes_;
}

std::optional<DropReason> MirrorSession::SendPiece(const ns3::Ptr<Transit>& transit,
                                                   const Piece& piece, const CopyRoute& route,
                                                   const CopyAccount& account) {
  std::array<std::byte, kEthernetHeaderBytes + std::tuple_size_v<decltype(Piece::outer)>> outer;
  std::size_t outer_bytes = 0;
  if (piece.outer_bytes > 0) {
    const auto behind = std::copy(route.ethernet.begin(), route.ethernet.end(), outer.begin());
    std::copy_n(piece.outer.begin(), piece.outer_bytes, behind);
    outer_bytes = kEthernetHeaderBytes + piece.outer_bytes;
  }
  return Send(Transit::CopyOf(transit, std::span(outer).first(outer_bytes),
                              std::span(piece.inner).first(piece.inner_bytes), piece.payload_offset,
                              piece.payload),
              route, account);
}

std::optional<DropReason> MirrorSession::Send(const ns3::Ptr<Transit>& copy, const CopyRoute& route,
                                              const CopyAccount& account) {
  copy->passage.copy_of = this;
  copy->passage.copy = account;
  if (const auto dropped = eni_->SendCopy(copy, route)) return dropped;
  ++ledger_.wire_datagrams;
  ledger_.wire_bytes += copy->length();
  if (!mirror_tx_.IsEmpty()) mirror_tx_(copy->packet());
  return std::nullopt;
}

void MirrorSession::Drop(const Transit& transit, DropReason reason, Bytes original) {
  ledger_.dropped[static_cast<std::size_t>(reason)].Add(original);
  if (!mirror_drop_.IsEmpty()) mirror_drop_(transit.packet(), reason);
}

void MirrorSession::TakeBack(Bytes original, Bytes cut) {
  const Count one{.frames = 1, .bytes = original};
  ledger_.mirrored -= one;
  if (cut == Bytes(0)) return;
  ledger_.truncated -= one;
  ledger_.truncated_away -= cut;
}

void CopiesWaiting::Add(Bytes wire_bytes, Bytes original, Bytes taken) {
  ++datagrams;
  wire += wire_bytes;
  if (original == Bytes(0)) return;
  originals.Add(original);
  if (taken == Bytes(0)) return;
  cut_originals.Add(original);
  cut += taken;
}

Ledger MirrorSession::LedgerAt(Picoseconds now) const {
  Ledger ledger = ledger_;
  const EniWaiting all = eni_->Waiting(now);
  if (all.of_sessions.empty()) return ledger;
  const CopiesWaiting& waiting = all.of_sessions[place_];
  ledger.wire_datagrams -= waiting.datagrams;
  ledger.wire_bytes -= waiting.wire;
  ledger.mirrored -= waiting.originals;
  ledger.truncated -= waiting.cut_originals;
  ledger.truncated_away -= waiting.cut;
  ledger.queued_at_end += waiting.originals;
  return ledger;
}

// The last packet of a copy, which stands for it, is pushed out first.
void MirrorSession::LoseQueued(const Transit& packet, DropReason reason) {
  --ledger_.wire_datagrams;
  ledger_.wire_bytes -= packet.length();
  const CopyAccount& copy = packet.passage.copy;
  if (!copy.stands_for_frame) return;
  TakeBack(copy.original, copy.cut);
  Drop(packet, reason, copy.original);
}

// The packets of a copy may be lost at different places, others' in between.
void MirrorSession::Lost(CopyLoss loss, const Passage& passage) {
  if (!passage.copy.is_only_packet) {
    while (!lost_in_part_.empty() && *lost_in_part_.begin() + kUnderWay < passage.copy.number) {
      lost_in_part_.erase(lost_in_part_.begin());
    }
    if (!lost_in_part_.insert(passage.copy.number).second) return;
  }
  if (!losses_) losses_ = std::make_unique<std::array<Count, kCopyLosses>>();
  (*losses_)[static_cast<std::size_t>(loss)].Add(passage.copy.original);
}

void MirrorSession::DoDispose() {
  eni_ = nullptr;
  mirror_.reset();
  ns3::Object::DoDispose();
}

}  // namespace vpcmirror
