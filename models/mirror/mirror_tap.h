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
#include "models/mirror/mirror.h"
#include "models/mirror/refusal.h"
#include "models/wire/frame.h"

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
};

// A frame as its driver saw it; everything looked up comes in as a value.
struct Frame {
  const FrameInfo& info;
  Direction direction = Direction::kEgress;
  bool admitted = true;         // by the ENI's security groups and the subnet's ACL
  bool is_mirror_copy = false;  // marked so by its carrier (encapsulation none)
  NextHop next_hop;
};

enum class MtuAction : std::uint8_t { kWhole, kTruncate, kDrop };

struct CopyPlan {
  std::uint32_t receiver = 0;  // index into the mirror's receivers
  Bytes kept{};                // of the frame, from its first byte
  MtuAction mtu_action = MtuAction::kWhole;
  std::uint64_t entropy = 0;
};

inline constexpr std::size_t kMaxSessions = 8;  // mirrors that may watch one ENI

// What one mirror says of one frame.
struct Outcome {
  std::uint32_t session = 0;  // index into the tap's sessions
  Refusal refusal = Refusal::kNone;
  CopyPlan plan;  // meaningful when refusal is kNone
};

class Decision {
 public:
  std::span<const Outcome> outcomes() const { return std::span(outcomes_).first(size_); }

 private:
  friend class MirrorTap;
  std::array<Outcome, kMaxSessions> outcomes_;
  std::size_t size_ = 0;
};

struct TapSource {
  std::string_view eni_id;  // kBySourceEni hashes it by HashText
  Bytes mtu{};              // the largest IP packet that the ENI sends
};

// The sessions of one source ENI. OnFrame is const and may be called from any thread.
class MirrorTap {
 public:
  // Throws std::invalid_argument for more than kMaxSessions sessions.
  MirrorTap(const TapSource& source, std::shared_ptr<const TapRules> rules,
            std::vector<std::shared_ptr<const Mirror>> sessions);

  std::span<const std::shared_ptr<const Mirror>> sessions() const { return sessions_; }

  // One outcome per session, in session order.
  Decision OnFrame(const Frame& frame) const noexcept;

 private:
  Refusal RefusalForAll(const Frame& frame) const noexcept;

  std::shared_ptr<const TapRules> rules_;
  std::vector<std::shared_ptr<const Mirror>> sessions_;
  std::uint64_t eni_hash_ = 0;
  Bytes mtu_{};
};

// What goes on the wire for a copy: outer headers to write, then a slice of the
// frame. A cursor, so that one copy may become several pieces.
struct Piece {
  std::array<std::byte, kMaxOuterHeaderBytes> outer{};
  std::size_t outer_bytes = 0;
  Bytes payload_offset{};  // into the original frame
  Bytes payload{};         // bytes of the original frame from there
};

class Pieces {
 public:
  // `source` is the source ENI's primary address, the outer source of its copies.
  Pieces(const Mirror& mirror, const CopyPlan& plan, const IpAddress& source) noexcept;

  // The next piece; false when there is none (left), or when its outer headers
  // cannot be written, which failed() tells.
  [[nodiscard]] bool Next(Piece& piece) noexcept;
  bool failed() const { return failed_; }

 private:
  const Mirror& mirror_;
  CopyPlan plan_;
  IpAddress source_;
  bool done_ = false;
  bool failed_ = false;
};

}  // namespace vpcmirror
