#include "sim/live/live_mirror.h"

#include <algorithm>
#include <array>
#include <utility>

namespace vpcmirror::sim {
namespace {

// ERSPAN III counts in units of 100 ns and wraps.
std::uint32_t TunnelTime(std::int64_t time_ns) {
  constexpr std::int64_t kNanosecondsPerTick = 100;
  return static_cast<std::uint32_t>(time_ns / kNanosecondsPerTick);
}

// What the capture has of a part of the frame, and how much it lacks.
struct CapturedPart {
  std::span<const std::byte> octets;
  Bytes missing{};
};

CapturedPart PartOf(const CapturedFrame& frame, Bytes offset, Bytes length) {
  const Bytes captured(static_cast<std::int64_t>(frame.octets.size()));
  const Bytes begin = std::min(offset, captured);
  const Bytes present = std::min(length, captured - begin);
  return {.octets = frame.octets.subspan(static_cast<std::size_t>(begin.count()),
                                         static_cast<std::size_t>(present.count())),
          .missing = length - present};
}

template <class List, class Is>
auto& FindOrAdd(List& list, const Is& is) {
  const auto found = std::find_if(list.begin(), list.end(), is);
  return found == list.end() ? list.emplace_back() : *found;
}

}  // namespace

std::optional<std::string> WhyNothingCanBeSent(const MirroredEni& mirrored) {
  const EniMirroring mirroring(*mirrored.scenario, mirrored.eni);
  for (std::size_t i = 0; i < mirroring.tap().size(); ++i) {
    const MirrorSettings& settings = mirroring.tap().session(i).settings();
    if (settings.tunnel.kind != EncapsulationKind::kNone) continue;
    return "mirror " + settings.id +
           " has encapsulation \"none\": its copies have no outer headers, and nothing would tell "
           "them from the frames that they are copies of";
  }
  return std::nullopt;
}

LiveMirror::LiveMirror(MirroredEni mirrored) { Change(std::move(mirrored)); }

void LiveMirror::Change(MirroredEni mirrored) {
  auto next = std::make_unique<EniMirroring>(*mirrored.scenario, mirrored.eni);
  if (mirroring_) next->GoOnFrom(*mirroring_);
  mirroring_ = std::move(next);
  mirrored_ = std::move(mirrored);
  times_forgotten_ = mirroring_->times_forgotten();
  own_ = OwnAddressesOf(mirroring_->eni(), mirrored_.local);
  OpenAccounts();
}

void LiveMirror::OpenAccounts() {
  const MirrorTap& tap = mirroring_->tap();
  const ValidScenario& scenario = *mirrored_.scenario;
  const auto account_of = [&](std::size_t session) -> MirrorAccount& {
    const std::string& id = tap.session(session).settings().id;
    return FindOrAdd(account_.mirrors, [&](const MirrorAccount& each) { return each.id == id; });
  };
  const auto receiver_of = [](MirrorAccount & account, const IpAddress& address) -> auto& {
    return FindOrAdd(account.receivers,
                     [&](const ReceiverAccount& each) { return each.address == address; });
  };
  // All of them first: a list that grows moves what it holds.
  for (std::size_t i = 0; i < tap.size(); ++i) {
    MirrorAccount& account = account_of(i);
    const MirrorSettings& settings = tap.session(i).settings();
    account.id = settings.id;
    const PlacedMirror& placed = scenario.mirrors[mirroring_->mirror_of(i)];
    for (std::size_t j = 0; j < settings.receivers.size(); ++j) {
      ReceiverAccount& receiver = receiver_of(account, settings.receivers[j].address);
      receiver.eni = scenario.deployment->enis[placed.receiver_enis[j]].id;
      receiver.address = settings.receivers[j].address;
    }
  }
  sessions_.clear();
  for (std::size_t i = 0; i < tap.size(); ++i) {
    Session& session = sessions_.emplace_back();
    session.account = &account_of(i);
    for (const ReceiverAddress& receiver : tap.session(i).settings().receivers) {
      session.receivers.push_back(&receiver_of(*session.account, receiver.address));
    }
    if (mirrored_.health && session.receivers.size() > 1) {
      session.fail_over = std::make_unique<FailOver>(tap.session(i), *mirrored_.health);
    }
  }
}

void LiveMirror::ForEachTunnel(const std::function<void(const Tunnel&)>& use) {
  for (std::size_t session = 0; session < sessions_.size(); ++session) {
    if (mirroring_->tap().session(session).settings().tunnel.kind == EncapsulationKind::kNone) {
      continue;
    }
    for (std::uint32_t i = 0; i < sessions_[session].receivers.size(); ++i) {
      use(mirroring_->way(session, i).tunnel);
    }
  }
}

void LiveMirror::Take(std::span<const CapturedFrame> batch, CopySink& sink) {
  for (const CapturedFrame& frame : batch) TakeFrame(frame, sink);
}

void LiveMirror::TakeFrame(const CapturedFrame& frame, CopySink& sink) {
  if (frame.direction && TakeKnown(frame, *frame.direction, sink)) return;
  const FrameInfo info = ParseFrame(frame.octets, frame.wire_length);
  std::optional<Direction> direction = frame.direction;
  if (!direction) {
    direction = PassingDirection(info, frame.octets, own_);
    if (direction && TakeKnown(frame, *direction, sink)) return;
  }
  if (info.state == FrameState::kCutShort) ++account_.cut_short;
  if (info.state == FrameState::kMalformed) ++account_.malformed;
  if (direction) {
    TakeParsed(frame, info, *direction, sink);
  } else {
    account_.others.Add(info.wire_length);
  }
}

bool LiveMirror::TakeKnown(const CapturedFrame& frame, Direction direction, CopySink& sink) {
  const WholeDecision decision = mirroring_->tap().Recall(
      {.octets = frame.octets, .wire_length = frame.wire_length, .direction = direction}, cache_);
  if (!decision) return false;
  account_.passed[static_cast<std::size_t>(direction)].Add(frame.wire_length);
  for (std::size_t session = 0; session < sessions_.size(); ++session) {
    const Refusal refusal = decision.refusal(session);
    if (refusal == Refusal::kNone) {
      CopyWhole(frame, session, decision, sink);
    } else {
      Reject(session, refusal, frame.wire_length);
    }
  }
  return true;
}

void LiveMirror::TakeParsed(const CapturedFrame& frame, const FrameInfo& info, Direction direction,
                            CopySink& sink) {
  account_.passed[static_cast<std::size_t>(direction)].Add(info.wire_length);
  const bool is_admitted = mirroring_->Admit(info, direction) == Admission::kAdmitted;
  if (times_forgotten_ != mirroring_->times_forgotten()) {
    cache_ = FlowCache(kCacheBytes);  // once in a million flows
    times_forgotten_ = mirroring_->times_forgotten();
  }
  const MirrorTap& tap = mirroring_->tap();
  const NextHop next_hop =
      tap.asks_next_hop() ? mirroring_->RouteOf(info, direction).next_hop : NextHop{};
  const Decision decision = tap.OnFrame(
      {.info = info, .direction = direction, .admitted = is_admitted, .next_hop = next_hop},
      &cache_);
  for (const Outcome& outcome : decision.outcomes()) {
    if (outcome.refusal == Refusal::kNone) {
      CopyPieces(frame, info, outcome, sink);
    } else {
      Reject(outcome.session, outcome.refusal, info.wire_length);
    }
  }
}

void LiveMirror::CopyWhole(const CapturedFrame& frame, std::size_t session,
                           const WholeDecision& decision, CopySink& sink) {
  CopyWay& way = mirroring_->way(session, 0);
  std::array<std::byte, PreparedHeaders::kBytes> outer;
  if (!way.is_reachable || !way.tunnel.WriteWhole(decision, outer)) {
    const FrameInfo info = ParseFrame(frame.octets, frame.wire_length);
    const Outcome outcome{.session = static_cast<std::uint32_t>(session),
                          .refusal = Refusal::kNone,
                          .plan = {.kept = decision.kept(), .entropy = decision.entropy()}};
    return CopyPieces(frame, info, outcome, sink);
  }
  const CapturedPart part = PartOf(frame, Bytes(0), frame.wire_length);
  sink.Take({.tunnel = way.tunnel,
             .outer = outer,
             .inner = {},
             .payload = part.octets,
             .missing = part.missing,
             .time_ns = frame.time_ns,
             .ethernet = way.ethernet,
             .entropy = decision.entropy(),
             .shed = &sessions_[session].receivers[0]->shed});
  sessions_[session].account->ledger.offered.Add(frame.wire_length);
  constexpr Bytes kHeaders(kEthernetHeaderBytes + PreparedHeaders::kBytes);
  Book(session, 0, frame.wire_length, {.datagrams = 1, .wire = kHeaders + frame.wire_length});
}

void LiveMirror::CopyPieces(const CapturedFrame& frame, const FrameInfo& info,
                            const Outcome& decided, CopySink& sink) {
  Outcome outcome = decided;
  if (const auto& fail_over = sessions_[outcome.session].fail_over) {
    outcome.plan.receiver = fail_over->ReceiverOf(outcome.plan);
    if (outcome.plan.receiver != decided.plan.receiver) {
      ++sessions_[outcome.session].receivers[decided.plan.receiver]->moved;
    }
  }
  Ledger& ledger = sessions_[outcome.session].account->ledger;
  ShedCounters& shed = sessions_[outcome.session].receivers[outcome.plan.receiver]->shed;
  ledger.offered.Add(info.wire_length);
  const CopyWay& way = mirroring_->way(outcome.session, outcome.plan.receiver);
  Booking booking;
  const auto sending = mirroring_->ForEachPiece(
      info, outcome, frame.octets, TunnelTime(frame.time_ns), [&](const Piece& piece) {
        const CapturedPart part = PartOf(frame, piece.payload_offset, piece.payload);
        sink.Take({.tunnel = way.tunnel,
                   .outer = std::span(piece.outer).first(piece.outer_bytes),
                   .inner = std::span(piece.inner).first(piece.inner_bytes),
                   .payload = part.octets,
                   .missing = part.missing,
                   .time_ns = frame.time_ns,
                   .ethernet = way.ethernet,
                   .entropy = outcome.plan.entropy,
                   .is_continued = booking.datagrams > 0,
                   .shed = &shed});
        ++booking.datagrams;
        booking.wire += EniMirroring::WireLength(piece);
      });
  if (sending.dropped) {
    ledger.dropped[static_cast<std::size_t>(*sending.dropped)].Add(info.wire_length);
    return;
  }
  Book(outcome.session, outcome.plan.receiver, info.wire_length, booking);
  const Bytes cut = info.wire_length - outcome.plan.offset - sending.kept;
  if (!sending.is_cut() || cut <= Bytes(0)) return;
  ledger.truncated.Add(info.wire_length);
  ledger.truncated_away += cut;
}

void LiveMirror::Reject(std::size_t session, Refusal refusal, Bytes frame) {
  Ledger& ledger = sessions_[session].account->ledger;
  ledger.offered.Add(frame);
  ledger.rejected[static_cast<std::size_t>(refusal)].Add(frame);
}

void LiveMirror::Book(std::size_t session, std::uint32_t receiver, Bytes frame,
                      const Booking& booking) {
  Ledger& ledger = sessions_[session].account->ledger;
  ledger.mirrored.Add(frame);
  ledger.wire_datagrams += booking.datagrams;
  ledger.wire_bytes += booking.wire;
  ReceiverAccount& account = *sessions_[session].receivers[receiver];
  account.mirrored.Add(frame);
  account.wire_datagrams += booking.datagrams;
  account.wire_bytes += booking.wire;
}

}  // namespace vpcmirror::sim
