#include "models/mirror/mirror_tap.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "models/wire/hash.h"

namespace vpcmirror {
namespace {

CopyPlan PlanOf(const Mirror& mirror, const FrameInfo& frame, std::uint64_t eni_hash,
                Bytes source_mtu) noexcept {
  const std::uint32_t receiver = mirror.ChooseReceiver(frame, eni_hash);
  const Bytes mtu = std::min(source_mtu, mirror.settings().receivers[receiver].mtu);
  const Bytes room = mirror.encapsulation().MaxInner(mtu);
  CopyPlan plan{.receiver = receiver,
                .kept = frame.wire_length,
                .mtu_action = MtuAction::kWhole,
                .entropy = mirror.Entropy(frame)};
  if (frame.wire_length <= room) return plan;
  if (mirror.settings().mtu_policy == MtuPolicy::kDrop) {
    plan.mtu_action = MtuAction::kDrop;
    plan.kept = Bytes(0);
  } else {
    plan.mtu_action = MtuAction::kTruncate;
    plan.kept = room;
  }
  return plan;
}

Refusal RefusalOf(const Mirror& mirror, const Frame& frame) noexcept {
  const MirrorSettings& settings = mirror.settings();
  if (settings.state == MirrorState::kStopped) return Refusal::kStopped;
  if (!Contains(settings.directions, frame.direction)) return Refusal::kDirection;
  return settings.filter.Decide(frame.info, frame.next_hop);
}

}  // namespace

bool NeverMirrored::Matches(const FrameInfo& frame) const noexcept {
  if (ether_type != 0 && frame.ether_type != ether_type) return false;
  const bool asks_for_flow = protocol || service || !ports.empty();
  if (!asks_for_flow) return true;
  if (!frame.has_flow) return false;
  const FlowKey& flow = frame.flow;
  if (protocol && *protocol != flow.protocol) return false;
  if (service && !service->Contains(flow.source) && !service->Contains(flow.destination)) {
    return false;
  }
  if (ports.empty()) return true;
  if (flow.ports != Ports::kKnown) return false;
  const auto listed = [&](std::uint16_t port) {
    return std::find(ports.begin(), ports.end(), port) != ports.end();
  };
  return both_ports ? listed(flow.source_port) && listed(flow.destination_port)
                    : listed(flow.source_port) || listed(flow.destination_port);
}

MirrorTap::MirrorTap(const TapSource& source, std::shared_ptr<const TapRules> rules,
                     std::vector<std::shared_ptr<const Mirror>> sessions)
    : rules_(std::move(rules)),
      sessions_(std::move(sessions)),
      eni_hash_(HashText(source.eni_id)),
      mtu_(source.mtu) {
  if (sessions_.size() > kMaxSessions) {
    throw std::invalid_argument("more than " + std::to_string(kMaxSessions) +
                                " mirrors on one ENI");
  }
}

Refusal MirrorTap::RefusalForAll(const Frame& frame) const noexcept {
  for (const NeverMirrored& never : rules_->never_mirrored) {
    if (never.Matches(frame.info)) return Refusal::kNeverMirrored;
  }
  if (frame.is_mirror_copy) return Refusal::kMirrorTraffic;
  const FlowKey& flow = frame.info.flow;
  if (frame.info.has_flow) {
    const MirrorPort port{flow.destination, flow.protocol, flow.destination_port};
    if (std::binary_search(rules_->mirror_ports.begin(), rules_->mirror_ports.end(), port)) {
      return Refusal::kMirrorTraffic;
    }
  }
  if (!frame.admitted && !rules_->mirrors_what_security_drops) return Refusal::kNotAdmitted;
  return Refusal::kNone;
}

Decision MirrorTap::OnFrame(const Frame& frame) const noexcept {
  Decision decision;
  const Refusal for_all = RefusalForAll(frame);
  for (const auto& mirror : sessions_) {
    Outcome& outcome = decision.outcomes_[decision.size_];
    outcome.session = static_cast<std::uint32_t>(decision.size_);
    ++decision.size_;
    outcome.refusal = for_all == Refusal::kNone ? RefusalOf(*mirror, frame) : for_all;
    if (outcome.refusal == Refusal::kNone)
      outcome.plan = PlanOf(*mirror, frame.info, eni_hash_, mtu_);
  }
  return decision;
}

Pieces::Pieces(const Mirror& mirror, const CopyPlan& plan, const IpAddress& source) noexcept
    : mirror_(mirror), plan_(plan), source_(source), done_(plan.mtu_action == MtuAction::kDrop) {}

bool Pieces::Next(Piece& piece) noexcept {
  if (done_) return false;
  done_ = true;
  const Encapsulation& encapsulation = mirror_.encapsulation();
  piece.payload_offset = Bytes(0);
  piece.payload = plan_.kept;
  piece.outer_bytes = 0;
  if (encapsulation.header_bytes() == 0) return true;
  piece.outer_bytes = encapsulation.WriteHeaders(
      {.source = source_,
       .destination = mirror_.settings().receivers[plan_.receiver].address,
       .entropy = plan_.entropy},
      plan_.kept, piece.outer);
  failed_ = piece.outer_bytes == 0;
  return !failed_;
}

}  // namespace vpcmirror
