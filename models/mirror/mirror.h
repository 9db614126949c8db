// A mirror, compiled: what every ENI in its collection range shares.
#pragma once

#include <cstdint>
#include <string>
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

// What happens to a copy that is larger than the MTU on its way.
enum class MtuPolicy : std::uint8_t { kTruncate, kDrop };

struct ReceiverAddress {
  IpAddress address;
  Bytes mtu{};  // of its ENI: the largest IP packet, outer headers included

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

struct MirrorSettings {
  std::string id;
  MirrorState state = MirrorState::kRunning;
  DirectionSet directions = DirectionSet::kAll;
  Filter filter;
  std::vector<ReceiverAddress> receivers;  // at least one
  ReceiverChoice choice = ReceiverChoice::kBySourceEni;
  HashSymmetry hash_symmetry = HashSymmetry::kSymmetric;
  TunnelSettings tunnel;
  MtuPolicy mtu_policy = MtuPolicy::kTruncate;
};

// Immutable, so that all ENIs of a mirror and any thread may share one.
class Mirror {
 public:
  // Throws std::invalid_argument: no receiver, a receiver that is not IPv4, an
  // MTU with no room for a single byte of inner frame, and what Encapsulation refuses.
  explicit Mirror(MirrorSettings settings);

  const MirrorSettings& settings() const { return settings_; }
  const Encapsulation& encapsulation() const { return encapsulation_; }

  // By how much an uncut copy is longer than its frame, as Ethernet frames
  // without FCS: the outer Ethernet header and what follows it; 0 for kNone.
  Bytes WireOverhead() const;

  // Where copies arrive at each receiver; empty for kNone, whose copies are marked by their
  // carrier.
  std::vector<MirrorPort> MirrorPorts() const;

  // The receiver of a copy: FlowHash mod n, or `source_eni_hash` mod n. A frame
  // without a flow goes where its source ENI's copies go.
  std::uint32_t ChooseReceiver(const FrameInfo& frame,
                               std::uint64_t source_eni_hash) const noexcept;

  // Entropy of the outer source port: always the flow hash, whatever chose the receiver.
  std::uint64_t Entropy(const FrameInfo& frame) const noexcept;

 private:
  MirrorSettings settings_;
  Encapsulation encapsulation_;
};

}  // namespace vpcmirror
