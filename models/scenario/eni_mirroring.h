// What drivers that meet real bytes look up and send for the frames of one ENI.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "models/cloud/firewall.h"
#include "models/cloud/topology.h"
#include "models/mirror/mirror_tap.h"
#include "models/mirror/passing.h"
#include "models/mirror/pieces.h"
#include "models/scenario/valid_scenario.h"

namespace vpcmirror {

// Addresses that are given stand for the ENI's own, which a capture then need not have; none:
// its MAC address and its addresses.
OwnAddresses OwnAddressesOf(const Eni& eni, const std::vector<IpPrefix>& given);

// In front of the outer headers of copies from one ENI to another, as the packet engine has it.
using CopyEthernet = std::array<std::byte, kEthernetHeaderBytes>;

// The way of a session's copies to one of its receivers.
struct CopyWay {
  Tunnel tunnel;
  TunnelCounters counters;
  bool is_reachable = false;  // by the route tables of the source
  CopyEthernet ethernet;
};

// The tap of one ENI, and all that whoever asks it has to know beside the frame. Security
// groups remember flows from frame to frame, tunnels count what they carry: one for each
// thread. Keeps a reference to the scenario, which must outlive it.
class EniMirroring {
 public:
  EniMirroring(const ValidScenario& scenario, std::size_t eni);

  const Eni& eni() const { return scenario_.deployment->enis[eni_]; }
  const MirrorTap& tap() const { return tap_; }
  // Index into ValidScenario::mirrors of one of the tap's sessions.
  std::size_t mirror_of(std::size_t session) const {
    return mirrors_[tap_.given_position(session)];
  }
  CopyWay& way(std::size_t session, std::uint32_t receiver) { return ways_[session][receiver]; }

  // Frames without an IP flow have no route and meet no rule of security, and the route of
  // what arrives is its sender's: as in the packet engine.
  Admission Admit(const FrameInfo& frame, Direction direction) {
    return frame.has_flow && !firewall_.is_open() ? firewall_.Admit(frame.flow, direction)
                                                  : Admission::kAdmitted;
  }
  RouteAnswer RouteOf(const FrameInfo& frame, Direction direction) const;
  // How often security groups have forgotten all flows. What a FlowCache knows of this tap
  // holds for as long as that stays the same.
  std::int64_t times_forgotten() const { return firewall_.times_forgotten(); }

  // Of the same ENI under another scenario: flows that security groups know, and what tunnels
  // of a mirror with the same ID to the same receiver counted.
  void GoOnFrom(EniMirroring& before);

  // What a plan comes to.
  struct Sending {
    std::optional<DropReason> dropped;  // what kept the copy from leaving
    MtuAction action = MtuAction::kWhole;
    Bytes kept{};

    bool is_cut() const { return action == MtuAction::kTruncate || action == MtuAction::kRepair; }
  };
  // Calls `take(piece)` for each packet that a copy becomes. `captured` are the frame's first
  // bytes, from which `frame` was parsed; `timestamp` is TunnelRoute's.
  template <class Take>
  Sending ForEachPiece(const FrameInfo& frame, const Outcome& outcome,
                       std::span<const std::byte> captured, std::uint32_t timestamp, Take&& take) {
    const CopyPlan& plan = outcome.plan;
    Sending sending{.action = plan.mtu_action, .kept = plan.kept};
    CopyWay& to = ways_[outcome.session][plan.receiver];
    if (plan.mtu_action == MtuAction::kDrop) {
      sending.dropped = DropReason::kMtu;
    } else if (!to.is_reachable) {
      sending.dropped = DropReason::kNoRoute;
    }
    if (sending.dropped) return sending;
    Pieces pieces(to.tunnel, plan, frame, captured, to.counters, timestamp);
    Piece piece;
    while (pieces.Next(piece)) take(piece);
    if (pieces.failed()) sending.dropped = DropReason::kHeaderTooLong;
    sending.action = pieces.action();
    sending.kept = pieces.kept();
    return sending;
  }

  // The Ethernet frame, without FCS, that a packet of a copy is. A copy without outer headers
  // is the frame itself; any other has an Ethernet header of its own.
  static Bytes WireLength(const Piece& piece);

 private:
  CopyWay WayTo(std::size_t session, std::uint32_t receiver) const;

  const ValidScenario& scenario_;
  std::size_t eni_;
  std::vector<std::size_t> mirrors_;
  MirrorTap tap_;
  Firewall firewall_;
  std::vector<std::vector<CopyWay>> ways_;  // by session and receiver
};

}  // namespace vpcmirror
