// A mirror session, compiled: what every ENI in its collection range shares.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/mirror/direction.h"
#include "models/mirror/filter.h"
#include "models/units/quantity.h"
#include "models/wire/address.h"
#include "models/wire/encapsulation.h"
#include "models/wire/flow_key.h"

namespace vpcmirror {

enum class MirrorState : std::uint8_t { kRunning, kStopped };

// How one receiver of several is chosen for a copy.
enum class ReceiverChoice : std::uint8_t {
  kBySourceEni,  // Tencent AlgHash ENI: every copy of one source ENI to one receiver
  kByFlow,       // Tencent AlgHash FIVE_TUPLE_FLOW: by flow hash
};

// What happens to a copy that is larger than the MTU that counts for it.
enum class MtuPolicy : std::uint8_t {
  kTruncate,          // its end is cut off
  kTruncateRepaired,  // the same, and lengths and checksums inside say so
  kSegment,           // a TCP or UDP super-frame becomes frames that fit; others are truncated
  kFragment,          // the outer packet is fragmented
  kDrop,
};

// Which MTU that is.
enum class MtuBasis : std::uint8_t {
  kPath,      // the smaller of source ENI and receiver
  kReceiver,  // the receiver's
  kSource,    // the source ENI's
  kFixed,     // MtuRule::fixed, whatever they have
};

struct MtuRule {
  MtuBasis basis = MtuBasis::kPath;
  Bytes fixed{1500};
  // By how many bytes the cloud reckons a copy's outer IP packet to be longer
  // than the packet inside, over IPv4 and IPv6; empty: by what it really is.
  std::optional<Bytes> counted_overhead_v4;
  std::optional<Bytes> counted_overhead_v6;

  friend bool operator==(const MtuRule&, const MtuRule&) = default;
};

struct ReceiverAddress {
  IpAddress address;
  Bytes mtu{};               // of its ENI: the largest IP packet, outer headers included
  std::uint32_t weight = 1;  // its share of flows or ENIs among the receivers; at least 1
  MtuPolicy mtu_policy = MtuPolicy::kTruncate;

  friend bool operator==(const ReceiverAddress&, const ReceiverAddress&) = default;
};

// Where copies of some mirror arrive. Traffic to one of these is mirror traffic
// and is never collected, whichever mirror it belongs to.
struct MirrorPort {
  IpAddress receiver;
  std::uint8_t protocol = kProtocolUdp;  // IANA number: UDP, or GRE
  std::uint16_t port = 0;                // 0 for GRE

  friend auto operator<=>(const MirrorPort&, const MirrorPort&) = default;
};

// Whole flows, both directions and all fragments alike: a flow is kept or left out
// for good. Which flows are kept hangs on the mirror's ID, so that the samples of
// two mirrors are independent: of 1/10 and 1/10, 1/100 of all flows is in both.
// 0 < keep <= of.
struct Sampling {
  std::uint32_t keep = 1;
  std::uint32_t of = 1;

  friend bool operator==(const Sampling&, const Sampling&) = default;
};

// A copy as long as this fits nowhere: what does not limit a copy's length.
inline constexpr Bytes kNoLimit{std::int64_t{1} << 40};

struct MirrorSettings {
  std::string id;
  std::int64_t number = 0;  // sessions of one ENI are asked in ascending order
  MirrorState state = MirrorState::kRunning;
  DirectionSet directions = DirectionSet::kAll;
  Filter filter;
  Sampling sampling;
  std::vector<ReceiverAddress> receivers;  // at least one
  ReceiverChoice choice = ReceiverChoice::kBySourceEni;
  HashSymmetry hash_symmetry = HashSymmetry::kSymmetric;       // of the choice by flow
  HashSymmetry port_hash_symmetry = HashSymmetry::kSymmetric;  // of the outer source port
  TunnelSettings tunnel;
  // Bytes of each frame that are copied, by Direction; empty: all.
  std::array<std::optional<Bytes>, 2> packet_length;
  MtuRule mtu;
  bool receiver_checks_copies = true;  // the receiver's security groups and ACL apply to them
};

// What spreads a frame's copies, reckoned once for all sessions.
// FlowHash of the flow of a frame that has one; of a fragment, first or later, as
// if it had no ports, so that those of a datagram stay together.
inline std::uint64_t SpreadingHash(const FrameInfo& frame, HashSymmetry symmetry) noexcept {
  if (!frame.is_fragment) [[likely]]
    return FlowHash(frame.flow, symmetry);
  FlowKey portless = frame.flow;
  portless.source_port = portless.destination_port = 0;
  return FlowHash(portless, symmetry);
}

struct FrameHashes {
  std::uint64_t flow = 0;  // SpreadingHash of kSymmetric; 0 without a flow
  std::uint64_t source_eni = 0;
};

// Immutable, so that all ENIs of a mirror and any thread may share one.
class Mirror {
 public:
  // Throws std::invalid_argument: no receiver, receivers of both families, a
  // weight of 0, an MTU with no room for a single byte of inner frame, a packet
  // length or sampling of 0 or less, sampling that keeps more than all, and what
  // Encapsulation refuses.
  explicit Mirror(MirrorSettings settings);

  const MirrorSettings& settings() const { return settings_; }
  const Encapsulation& encapsulation() const { return encapsulation_; }
  IpFamily family() const { return settings_.receivers.front().address.family(); }

  // By how much an uncut copy is longer than its frame, as Ethernet frames
  // without FCS: the outer Ethernet header and what follows it, less the inner
  // Ethernet header (untagged) where that is left out; 0 for kNone.
  Bytes WireOverhead() const;

  // Where copies arrive at each receiver; empty for kNone, whose copies are marked by their
  // carrier.
  std::vector<MirrorPort> MirrorPorts() const;

  // The most bytes that a copy to a receiver holds uncut, by the MtuRule, as far
  // as the receiver's side limits them and as far as the source ENI's does;
  // kNoLimit where a side does not count. Counted from the
  // frame's first byte, or from its IP header where the encapsulation carries IP.
  Bytes RoomAtReceiver(std::uint32_t receiver) const noexcept { return rooms_[receiver]; }
  Bytes RoomAtSource(Bytes source_mtu) const noexcept;

  // The receiver of a copy, by weight: FlowHash mod the sum of weights, or the
  // source ENI's hash mod that sum. A frame without a flow goes where its source
  // ENI's copies go.
  std::uint32_t ChooseReceiver(const FrameInfo& frame, const FrameHashes& hashes) const noexcept {
    return by_share_.size() == 1 ? 0 : ChooseAmongSeveral(frame, hashes);
  }

  // Whether the sampling keeps this flow: with h the FlowHash that both directions
  // and all fragments share, whether MixBits(h ^ HashText(id)) / 2^64 lies below
  // keep / of, to 32 bits. A frame without a flow is kept.
  bool Keeps(const FrameInfo& frame) const noexcept;

  // Entropy of the outer source port: always the flow hash, whatever chose the
  // receiver; 0 without a flow.
  std::uint64_t Entropy(const FrameInfo& frame, const FrameHashes& hashes) const noexcept {
    return HashOf(frame, settings_.port_hash_symmetry, hashes);
  }

 private:
  static std::uint64_t HashOf(const FrameInfo& frame, HashSymmetry symmetry,
                              const FrameHashes& hashes) noexcept {
    if (symmetry == HashSymmetry::kSymmetric || !frame.has_flow) return hashes.flow;
    return SpreadingHash(frame, symmetry);
  }
  std::uint32_t ChooseAmongSeveral(const FrameInfo& frame,
                                   const FrameHashes& hashes) const noexcept;

  MirrorSettings settings_;
  Encapsulation encapsulation_;
  std::vector<Bytes> rooms_;             // by receiver
  std::vector<std::uint32_t> by_share_;  // receiver of each unit of weight
  std::uint64_t sample_ = 0;             // HashText of the ID
  std::uint64_t keep_below_ = 0;         // of the sampling hash's upper half
};

// "truncate", "truncate_repaired", "segment", "fragment", "drop".
std::string_view ToString(MtuPolicy policy);
// "path", "receiver", "source", "fixed".
std::string_view ToString(MtuBasis basis);

}  // namespace vpcmirror
