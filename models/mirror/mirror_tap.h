// THE decision: what happens to a frame that passes a source ENI. The packet
// engine, the live backend and explain all ask here and nowhere else.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "models/mirror/direction.h"
#include "models/mirror/flow_cache.h"
#include "models/mirror/mirror.h"
#include "models/mirror/refusal.h"
#include "models/mirror/trail.h"
#include "models/wire/frame.h"
#include "models/wire/plain_frame.h"

namespace vpcmirror {

// Traffic that a provider never mirrors. Every given field must hold; the
// address and the port may be at either end of the flow.
struct NeverMirrored {
  std::string name;
  std::uint16_t ether_type = 0;          // 0: any
  std::optional<std::uint8_t> protocol;  // IANA number
  std::optional<IpPrefix> service;       // the provider's service addresses
  std::vector<std::uint16_t> ports;      // empty: any; both ends for `both_ports`
  bool both_ports = false;               // DHCP: both ends are among `ports`

  bool Matches(const FrameInfo& frame) const noexcept;
};

// What all taps of one provider share. Immutable.
struct TapRules {
  std::vector<NeverMirrored> never_mirrored;
  std::vector<MirrorPort> mirror_ports;  // sorted
  bool mirrors_what_security_drops = false;
  bool mirrors_outbound_drops = false;  // of the above, only what the ENI sends
  // A frame is copied by the first of an ENI's sessions that copies it, and no other.
  bool at_most_one_copy = false;
  // With the above: the reject of a session's rule ends it for later sessions too. A
  // network service that its filter does not name is no such rule: a later session
  // that names it gets it.
  bool reject_stops_later = false;
  // A frame that is longer than the source ENI's MTU is what an offloading device would make
  // several of: it is copied as those (MtuAction::kSegment), whatever the MtuPolicy, where it can
  // be and is not cut by a packet length.
  bool segments_super_frames = false;
};

// A frame as its driver saw it; everything looked up comes in as a value.
struct Frame {
  const FrameInfo& info;
  Direction direction = Direction::kEgress;
  bool admitted = true;         // by the ENI's security groups and the subnet's ACL
  bool is_mirror_copy = false;  // marked so by its carrier (encapsulation none)
  NextHop next_hop;
};

enum class MtuAction : std::uint8_t {
  kWhole,
  kTruncate,  // its end is cut off, by the packet length or the MTU
  kRepair,    // cut, and lengths and checksums inside say so
  kSegment,   // cut into frames that fit
  kFragment,  // in one outer packet, which is fragmented
  kDrop,
};

struct CopyPlan {
  std::uint32_t receiver = 0;  // index into the mirror's receivers
  MtuAction mtu_action = MtuAction::kWhole;
  Bytes offset{};        // of the first byte that is carried: 0, or that of the IP header
  Bytes kept{};          // bytes carried from there
  Bytes room{};          // the most that an uncut copy carries
  Bytes segment_room{};  // kSegment: the most that a segment has, counted as room is
  std::uint64_t entropy = 0;
};

inline constexpr std::size_t kMaxSessions = 8;  // mirrors that may watch one ENI

// What one session says of one frame.
struct Outcome {
  std::uint32_t session = 0;  // index into the tap's sessions
  Refusal refusal = Refusal::kNone;
  CopyPlan plan;  // meaningful when refusal is kNone
};

class Decision {
 public:
  Decision() noexcept {}
  Decision(const Decision& other) noexcept { *this = other; }
  Decision& operator=(const Decision& other) noexcept;

  std::span<const Outcome> outcomes() const { return {outcomes_, size_}; }

 private:
  friend class MirrorTap;
  std::size_t size_ = 0;  // first, so that it shares a cache line with the usual only outcome
  // Room that is not filled costs nothing: zeroing it all would take longer than deciding.
  union {
    Outcome outcomes_[kMaxSessions];
  };
};

// A frame as it was captured, before anything of it is read. It was admitted, as Frame has it,
// and is not marked as a copy.
struct RawFrame {
  std::span<const std::byte> octets;
  Bytes wire_length{};  // as for ParseFrame
  Direction direction = Direction::kEgress;
};

// What does not depend on a frame's length: a refusal of 4 bits for each session of a tap.
struct SessionRefusals {
  std::uint32_t nibbles = 0;

  Refusal of(std::size_t session) const {
    return static_cast<Refusal>((nibbles >> (4 * session)) & 15);
  }
};

// What OnFrame says of a frame all of whose copies are whole and to the first receiver.
class WholeDecision {
 public:
  WholeDecision() = default;  // nothing is known
  explicit operator bool() const { return known_; }

  // Of the session, an index into the tap's sessions.
  Refusal refusal(std::size_t session) const { return verdict_.of(session); }
  // CopyPlan::kept and entropy of every copy; its offset and receiver are 0.
  Bytes kept() const { return kept_; }
  std::uint64_t entropy() const { return entropy_; }

 private:
  friend class MirrorTap;
  WholeDecision(const FlowMemory& memory, Bytes kept)
      : kept_(kept), entropy_(memory.hash), verdict_{memory.verdict}, known_(true) {}

  Bytes kept_{};
  std::uint64_t entropy_ = 0;
  SessionRefusals verdict_;
  bool known_ = false;
};

struct TapSource {
  std::string_view eni_id;  // kBySourceEni hashes it by HashText
  Bytes mtu{};              // the largest IP packet that the ENI sends
};

// The sessions of one source ENI. OnFrame is const and may be called from any
// thread, with a cache of that thread's own.
class MirrorTap {
 public:
  // Sessions are asked by their number; those with one number in the order
  // given. A null is nobody, but has its place in the list. Throws std::invalid_argument for more than kMaxSessions sessions.
  MirrorTap(const TapSource& source, std::shared_ptr<const TapRules> rules,
            std::vector<std::shared_ptr<const Mirror>> sessions);

  std::size_t size() const { return size_; }
  // In the order in which they are asked, which Outcome::session counts.
  const Mirror& session(std::size_t index) const { return *sessions_[index].mirror; }
  // Has the cache fetch what OnFrame reads of the sessions.
  void FetchSessions() const {
    for (const Session& session : sessions_) __builtin_prefetch(&session);
  }
  // Has the cache of the machine fetch what OnFrame looks up of an IPv4 flow.
  void FetchFlow(const FlowKey& flow, Direction direction, const FlowCache& cache) const {
    cache.Prefetch(flow, Tag(direction));
  }
  // Whether any answer hangs on Frame::next_hop.
  bool asks_next_hop() const { return asks_next_hop_; }
  // Position of that session in the list that the constructor was given.
  std::size_t given_position(std::size_t index) const { return sessions_[index].given; }

  // One outcome per session, in session order. A cache changes no decision, only
  // how long it takes; null: none.
  Decision OnFrame(const Frame& frame, FlowCache* cache = nullptr) const noexcept;
  // The same for many frames, faster than one by one. `decisions` is as long as `frames`.
  void OnFrames(std::span<const Frame> frames, std::span<Decision> decisions,
                FlowCache* cache = nullptr) const noexcept;
  // The short way from captured bytes for what most frames are: plain, of a flow that the cache
  // knows, all copies whole. Nothing where ParseFrame and OnFrame have to be asked, with the
  // same cache, so that it knows the flow.
  WholeDecision Recall(const RawFrame& frame, const FlowCache& cache) const noexcept;
  // The same, and every step on the way.
  Decision Explain(const Frame& frame, Trail& trail) const;

 private:
  struct Session {
    std::shared_ptr<const Mirror> mirror;
    Bytes room_at_source{};
    // Frames up to this length are copied whole and by their symmetric hash to the
    // only receiver, by Direction; below 0: Plan decides about all.
    std::array<Bytes, 2> whole_room{Bytes(-1), Bytes(-1)};
    std::uint32_t given = 0;
  };
  template <class Trail>
  SessionRefusals Judge(const Frame& frame, Trail& trail) const noexcept;
  template <class Trail>
  Refusal RefusalForAll(const Frame& frame, Trail& trail) const noexcept;
  template <class Trail>
  CopyPlan Plan(const Session& session, const Frame& frame, const FrameHashes& hashes,
                Trail& trail) const noexcept;
  template <class Trail>
  void Fill(const Frame& frame, SessionRefusals verdict, std::uint64_t flow_hash, Trail& trail,
            Decision& decision) const noexcept;
  // Plan, for a copy that is not whole by Session::whole_room.
  void PlanByRules(const Frame& frame, std::uint64_t flow_hash, Outcome& outcome) const noexcept;

  bool IsCacheable(const Frame& frame) const noexcept;
  // SessionRefusals and FrameHashes::flow of a frame.
  FlowMemory Remember(const Frame& frame, FlowCache& cache) const noexcept;
  FlowMemory JudgeAndStore(const Frame& frame, FlowCache& cache) const noexcept;
  std::uint32_t Tag(Direction direction) const {
    return tag_ + (direction == Direction::kEgress ? 1u : 0u);
  }

  std::shared_ptr<const TapRules> rules_;
  std::vector<Session> sessions_;
  std::uint64_t eni_hash_ = 0;
  Bytes source_mtu_{};
  std::uint32_t tag_ = 0;  // of what a FlowCache keeps for this tap; even
  bool asks_next_hop_ = false;
  // Frames up to this length have whole copies only, by Direction: the least whole_room.
  std::array<Bytes, 2> recalled_room_{};
  std::uint8_t size_ = 0;  // of sessions_, which takes a division to say it
};

[[gnu::always_inline]] inline WholeDecision MirrorTap::Recall(
    const RawFrame& frame, const FlowCache& cache) const noexcept {
  const std::uint32_t tag = Tag(frame.direction);
  const Bytes room = recalled_room_[static_cast<std::size_t>(frame.direction)];
  const auto of_plain = [&](const auto& plain) __attribute__((always_inline))->WholeDecision {
    if (plain.wire_length() > room) [[unlikely]]
      return {};
    const FlowMemory* known = cache.FindKept(plain.Words(), tag);
    if (known == nullptr) [[unlikely]]
      return {};
    return {*known, plain.wire_length()};
  };
  return VisitPlainFrame(frame.octets, frame.wire_length, of_plain, [] { return WholeDecision(); });
}

}  // namespace vpcmirror
