#include "models/mirror/mirror_tap.h"

#include <algorithm>
#include <atomic>
#include <memory>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include "models/wire/hash.h"

namespace vpcmirror {
namespace {

// Each tap has its own, so that one cache serves many taps and what it keeps of
// a tap that is gone is never found again.
std::uint32_t NextTag() {
  static std::atomic<std::uint32_t> next{0};
  return next.fetch_add(2, std::memory_order_relaxed);
}

bool CanSegment(const FrameInfo& frame) noexcept {
  const bool has_payload = frame.payload_offset != 0 && !frame.is_fragment;
  return has_payload && frame.state == FrameState::kWhole &&
         (frame.flow.protocol == kProtocolTcp || frame.flow.protocol == kProtocolUdp);
}

MtuAction ActionOf(MtuPolicy policy, const FrameInfo& frame, bool is_cut, bool has_outer) noexcept {
  switch (policy) {
    case MtuPolicy::kTruncate:
      return MtuAction::kTruncate;
    case MtuPolicy::kTruncateRepaired:
      return MtuAction::kRepair;
    case MtuPolicy::kSegment:
      return CanSegment(frame) && !is_cut ? MtuAction::kSegment : MtuAction::kTruncate;
    case MtuPolicy::kFragment:
      return has_outer ? MtuAction::kFragment : MtuAction::kTruncate;
    case MtuPolicy::kDrop:
      return MtuAction::kDrop;
  }
  return MtuAction::kTruncate;
}

// A copy that is longer than its room: what the policy makes of it.
void FitInto(MtuPolicy policy, const FrameInfo& frame, bool is_cut, bool has_outer,
             CopyPlan& plan) noexcept {
  plan.mtu_action = ActionOf(policy, frame, is_cut, has_outer);
  if (plan.mtu_action == MtuAction::kDrop) plan.kept = Bytes(0);
  if (plan.mtu_action == MtuAction::kTruncate || plan.mtu_action == MtuAction::kRepair) {
    plan.kept = plan.room;
  }
}

// Session::whole_room of a mirror whose room at the source is known.
std::array<Bytes, 2> WholeRoom(const Mirror& mirror, Bytes room_at_source) {
  const MirrorSettings& settings = mirror.settings();
  std::array<Bytes, 2> rooms{Bytes(-1), Bytes(-1)};
  const bool is_plain = settings.receivers.size() == 1 && !mirror.encapsulation().carries_ip() &&
                        settings.port_hash_symmetry == HashSymmetry::kSymmetric;
  if (!is_plain) return rooms;
  for (std::size_t i = 0; i < rooms.size(); ++i) {
    if (!settings.packet_length[i]) rooms[i] = std::min(room_at_source, mirror.RoomAtReceiver(0));
  }
  return rooms;
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

Decision& Decision::operator=(const Decision& other) noexcept {
  static_assert(std::is_trivially_copyable_v<Outcome>);
  std::copy_n(other.outcomes_, other.size_, outcomes_);
  size_ = other.size_;
  return *this;
}

MirrorTap::MirrorTap(const TapSource& source, std::shared_ptr<const TapRules> rules,
                     std::vector<std::shared_ptr<const Mirror>> sessions)
    : rules_(std::move(rules)),
      eni_hash_(HashText(source.eni_id)),
      source_mtu_(source.mtu),
      tag_(NextTag()) {
  const auto nobody = std::count(sessions.begin(), sessions.end(), nullptr);
  if (sessions.size() - static_cast<std::size_t>(nobody) > kMaxSessions) {
    throw std::invalid_argument("more than " + std::to_string(kMaxSessions) +
                                " mirrors on one ENI");
  }
  sessions_.reserve(sessions.size());
  for (std::size_t given = 0; given < sessions.size(); ++given) {
    std::shared_ptr<const Mirror>& mirror = sessions[given];
    if (mirror == nullptr) continue;
    asks_next_hop_ = asks_next_hop_ || mirror->settings().filter.asks_next_hop();
    const Bytes room = mirror->RoomAtSource(source.mtu);
    auto whole_room = WholeRoom(*mirror, room);
    if (rules_->segments_super_frames) {
      const Bytes longest = source.mtu + Bytes(kEthernetHeaderBytes);
      for (Bytes& each : whole_room) each = std::min(each, longest);
    }
    sessions_.push_back({.mirror = std::move(mirror),
                         .room_at_source = room,
                         .whole_room = whole_room,
                         .given = static_cast<std::uint32_t>(given)});
  }
  size_ = static_cast<std::uint8_t>(sessions_.size());
  for (std::size_t i = 0; i < recalled_room_.size(); ++i) {
    recalled_room_[i] = kNoLimit;
    for (const Session& session : sessions_) {
      recalled_room_[i] = std::min(recalled_room_[i], session.whole_room[i]);
    }
  }
  const auto number = [](const Session& session) { return session.mirror->settings().number; };
  std::stable_sort(sessions_.begin(), sessions_.end(),
                   [&](const Session& a, const Session& b) { return number(a) < number(b); });
}

namespace {

// Without its port, a fragment for a receiver may be one of a copy: a loop is
// worse than a fragment that is not copied.
bool LeadsToMirrorPort(const TapRules& rules, const FlowKey& flow) noexcept {
  const MirrorPort port{flow.destination, flow.protocol, flow.destination_port};
  const auto at = std::lower_bound(rules.mirror_ports.begin(), rules.mirror_ports.end(), port);
  if (at == rules.mirror_ports.end()) return false;
  const bool port_is_hidden =
      flow.ports == Ports::kLaterFragment || flow.ports == Ports::kNotCaptured;
  if (!port_is_hidden) return *at == port;
  return at->receiver == port.receiver && at->protocol == port.protocol;
}

}  // namespace

template <class Trail>
Refusal MirrorTap::RefusalForAll(const Frame& frame, Trail& trail) const noexcept {
  const auto& never = rules_->never_mirrored;
  for (std::uint32_t i = 0; i < never.size(); ++i) {
    const bool matches = never[i].Matches(frame.info);
    trail.Add({.stage = Stage::kNeverMirrored, .holds = matches, .item = i});
    if (matches) return Refusal::kNeverMirrored;
  }
  bool is_mirror_traffic = frame.is_mirror_copy;
  if (frame.info.has_flow) {
    is_mirror_traffic = is_mirror_traffic || LeadsToMirrorPort(*rules_, frame.info.flow);
  }
  trail.Add({.stage = Stage::kMirrorTraffic, .holds = is_mirror_traffic});
  if (is_mirror_traffic) return Refusal::kMirrorTraffic;
  trail.Add({.stage = Stage::kAdmission, .holds = frame.admitted});
  const bool mirrors_drops =
      rules_->mirrors_what_security_drops ||
      (rules_->mirrors_outbound_drops && frame.direction == Direction::kEgress);
  if (!frame.admitted && !mirrors_drops) return Refusal::kNotAdmitted;
  return Refusal::kNone;
}

namespace {

static_assert(kRefusals <= 16 && kMaxSessions <= 8, "a verdict has 4 bits for each session");

// What one session says of a frame that no earlier one has decided about.
template <class Trail>
Refusal RefusalOf(const Mirror& mirror, const Frame& frame, Trail& trail) noexcept {
  const MirrorSettings& settings = mirror.settings();
  const bool right_way = Contains(settings.directions, frame.direction);
  trail.Add({.stage = Stage::kDirection, .holds = right_way});
  if (!right_way) return Refusal::kDirection;
  const Filter::Answer answer =
      settings.filter.Decide(frame.info, frame.direction, frame.next_hop, trail);
  if (answer.refusal != Refusal::kNone) return answer.refusal;
  if (settings.sampling.keep != settings.sampling.of) {
    const bool keeps = mirror.Keeps(frame.info);
    trail.Add({.stage = Stage::kSampling, .holds = keeps});
    if (!keeps) return Refusal::kSampled;
  }
  if (mirror.encapsulation().carries_ip()) {
    trail.Add({.stage = Stage::kCarried, .holds = frame.info.has_flow});
    if (!frame.info.has_flow) return Refusal::kNotIp;
  }
  return Refusal::kNone;
}

}  // namespace

template <class Trail>
SessionRefusals MirrorTap::Judge(const Frame& frame, Trail& trail) const noexcept {
  const Refusal for_all = RefusalForAll(frame, trail);
  SessionRefusals verdict;
  bool decided = false;
  for (std::size_t i = 0; i < sessions_.size(); ++i) {
    Refusal refusal = for_all;
    if (for_all == Refusal::kNone) {
      if constexpr (Trail::kKept) trail.session = static_cast<std::uint32_t>(i);
      const Mirror& mirror = *sessions_[i].mirror;
      const bool running = mirror.settings().state == MirrorState::kRunning;
      trail.Add({.stage = Stage::kState, .holds = running});
      if (running && rules_->at_most_one_copy && i > 0) {
        trail.Add({.stage = Stage::kEarlierCopy, .holds = decided});
      }
      if (!running) {
        refusal = Refusal::kStopped;
      } else if (decided) {
        refusal = Refusal::kEarlierSession;
      } else {
        refusal = RefusalOf(mirror, frame, trail);
        const bool decides =
            refusal == Refusal::kNone || (refusal == Refusal::kRule && rules_->reject_stops_later);
        decided = rules_->at_most_one_copy && decides;
      }
    }
    verdict.nibbles |= static_cast<std::uint32_t>(refusal) << (4 * i);
  }
  return verdict;
}

template <class Trail>
CopyPlan MirrorTap::Plan(const Session& session, const Frame& frame, const FrameHashes& hashes,
                         Trail& trail) const noexcept {
  const Mirror& mirror = *session.mirror;
  const MirrorSettings& settings = mirror.settings();
  CopyPlan plan;
  plan.receiver = mirror.ChooseReceiver(frame.info, hashes);
  plan.entropy = mirror.Entropy(frame.info, hashes);
  plan.room = std::min(session.room_at_source, mirror.RoomAtReceiver(plan.receiver));
  if (mirror.encapsulation().carries_ip()) plan.offset = Bytes(frame.info.network_offset);
  plan.kept = frame.info.wire_length - plan.offset;
  trail.Add({.stage = Stage::kReceiver, .holds = true, .item = plan.receiver});

  const ReceiverAddress& receiver = settings.receivers[plan.receiver];
  const auto& length = settings.packet_length[static_cast<std::size_t>(frame.direction)];
  const bool is_cut = length && *length < plan.kept;
  if (is_cut) {
    plan.kept = *length;
    plan.mtu_action = receiver.mtu_policy == MtuPolicy::kTruncateRepaired ? MtuAction::kRepair
                                                                          : MtuAction::kTruncate;
  }
  if (length) {
    trail.Add({.stage = Stage::kPacketLength, .holds = is_cut, .value = plan.kept.count()});
  }
  const bool fits = plan.kept <= plan.room;
  trail.Add({.stage = Stage::kMtu, .holds = fits, .value = plan.room.count()});
  const bool is_super_frame =
      rules_->segments_super_frames &&
      frame.info.wire_length > source_mtu_ + Bytes(frame.info.network_offset);
  if (is_super_frame && !is_cut && CanSegment(frame.info)) {
    plan.mtu_action = MtuAction::kSegment;
  } else if (!fits) {
    const bool has_outer = settings.tunnel.kind != EncapsulationKind::kNone;
    FitInto(receiver.mtu_policy, frame.info, is_cut, has_outer, plan);
  }
  if (plan.mtu_action == MtuAction::kSegment) {
    // As the frames would be on the source's own wire, where the path allows it.
    const Bytes on_the_wire = source_mtu_ + Bytes(frame.info.network_offset) - plan.offset;
    plan.segment_room = std::min(plan.room, on_the_wire);
  }
  return plan;
}

// Apart, so that the short way saves no registers for it.
[[gnu::noinline]] void MirrorTap::PlanByRules(const Frame& frame, std::uint64_t flow_hash,
                                              Outcome& outcome) const noexcept {
  NoTrail none;
  const FrameHashes hashes{.flow = flow_hash, .source_eni = eni_hash_};
  outcome.plan = Plan(sessions_[outcome.session], frame, hashes, none);
}

template <class Trail>
[[gnu::always_inline]] inline void MirrorTap::Fill(const Frame& frame, SessionRefusals verdict,
                                                   std::uint64_t flow_hash, Trail& trail,
                                                   Decision& decision) const noexcept {
  const Session* const sessions = sessions_.data();
  const std::size_t size = size_;
  decision.size_ = size;
  for (std::size_t i = 0; i < size; ++i) {
    const Refusal refusal = verdict.of(i);
    Outcome& outcome = decision.outcomes_[i];
    // What most copies are, found without Plan, which would say the same.
    const Bytes room = sessions[i].whole_room[static_cast<std::size_t>(frame.direction)];
    const bool is_whole = frame.info.wire_length <= room;
    std::construct_at(
        &outcome,
        Outcome{.session = static_cast<std::uint32_t>(i),
                .refusal = refusal,
                .plan = {.kept = frame.info.wire_length, .room = room, .entropy = flow_hash}});
    if constexpr (Trail::kKept) {
      if (refusal != Refusal::kNone) continue;
      trail.session = static_cast<std::uint32_t>(i);
      outcome.plan = Plan(sessions[i], frame, {.flow = flow_hash, .source_eni = eni_hash_}, trail);
    } else if (!is_whole && refusal == Refusal::kNone) {
      PlanByRules(frame, flow_hash, outcome);
    }
  }
}

// Everything else that a verdict rests on is in the flow and the direction. A
// first fragment has the ports of its flow and another hash.
inline bool MirrorTap::IsCacheable(const Frame& frame) const noexcept {
  return frame.info.has_flow & !frame.info.is_fragment & frame.admitted & !frame.is_mirror_copy &
         !asks_next_hop_;
}

namespace {

// FrameHashes::flow.
inline std::uint64_t FlowHashOf(const Frame& frame) noexcept {
  return frame.info.has_flow ? SpreadingHash(frame.info, HashSymmetry::kSymmetric) : 0;
}

}  // namespace

[[gnu::noinline]] FlowMemory MirrorTap::JudgeAndStore(const Frame& frame,
                                                      FlowCache& cache) const noexcept {
  NoTrail none;
  const FlowMemory memory{.hash = FlowHashOf(frame),
                          .verdict = Judge(frame, none).nibbles,
                          .tag = Tag(frame.direction)};
  if (IsCacheable(frame)) cache.Store(frame.info.flow, memory);
  return memory;
}

[[gnu::always_inline]] inline FlowMemory MirrorTap::Remember(const Frame& frame,
                                                             FlowCache& cache) const noexcept {
  if (IsCacheable(frame)) [[likely]] {
    const FlowMemory* known = cache.Find(frame.info.flow, Tag(frame.direction));
    if (known != nullptr) [[likely]]
      return *known;
  }
  return JudgeAndStore(frame, cache);
}

Decision MirrorTap::OnFrame(const Frame& frame, FlowCache* cache) const noexcept {
  Decision decision;
  NoTrail none;
  if (cache != nullptr) {
    const FlowMemory memory = Remember(frame, *cache);
    Fill(frame, {memory.verdict}, memory.hash, none, decision);
  } else {
    Fill(frame, Judge(frame, none), FlowHashOf(frame), none, decision);
  }
  return decision;
}

void MirrorTap::OnFrames(std::span<const Frame> frames, std::span<Decision> decisions,
                         FlowCache* cache) const noexcept {
  NoTrail none;
  if (cache == nullptr) {
    for (std::size_t i = 0; i < frames.size(); ++i) {
      Fill(frames[i], Judge(frames[i], none), FlowHashOf(frames[i]), none, decisions[i]);
    }
    return;
  }
  // As many as keep the cache's lines on their way without driving each other out of L1.
  constexpr std::size_t kBatch = 32;
  for (std::size_t start = 0; start < frames.size(); start += kBatch) {
    const auto batch = frames.subspan(start, std::min(kBatch, frames.size() - start));
    if (cache->StrayedSinceAsked()) {
      for (const Frame& frame : batch) cache->Prefetch(frame.info.flow, Tag(frame.direction));
    }
    for (std::size_t i = 0; i < batch.size(); ++i) {
      const FlowMemory memory = Remember(batch[i], *cache);
      Fill(batch[i], {memory.verdict}, memory.hash, none, decisions[start + i]);
    }
  }
}

Decision MirrorTap::Explain(const Frame& frame, Trail& trail) const {
  Decision decision;
  Fill(frame, Judge(frame, trail), FlowHashOf(frame), trail, decision);
  return decision;
}

}  // namespace vpcmirror
