// Asks the core about single frames of one ENI, without a simulation.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "models/cloud/firewall.h"
#include "models/mirror/mirror_tap.h"
#include "models/mirror/pieces.h"
#include "models/mirror/trail.h"
#include "models/scenario/explanation.h"
#include "models/scenario/valid_scenario.h"

namespace vpcmirror::sim {

// What the tap answered about one frame, and all that it was told.
struct Answer {
  FrameInfo frame;
  Direction direction = Direction::kEgress;
  RouteAnswer route;
  Admission admission = Admission::kAdmitted;
  Decision decision;
  Trail trail;

  // By session; for the first of a refusal for all, the step of that refusal.
  Ruling RulingOf(const Outcome& outcome, const Mirror& mirror) const;
};

// Looks up what the packet engine looks up for a frame, asks the same tap, and
// makes the same packets. Security groups remember flows from frame to frame.
// Keeps a reference to the scenario, which must outlive it.
class Explainer {
 public:
  Explainer(const ValidScenario& scenario, std::size_t eni);

  const Eni& eni() const { return scenario_.deployment->enis[eni_]; }
  const MirrorTap& tap() const { return tap_; }
  std::size_t mirror_of(std::size_t session) const {
    return mirrors_[tap_.given_position(session)];
  }

  // `answer` may have been used before: its room is used again.
  void Ask(const FrameInfo& frame, Direction direction, Answer& answer);

  // What a plan comes to.
  struct Sending {
    std::optional<DropReason> dropped;  // what kept the copy from leaving
    MtuAction action = MtuAction::kWhole;
    Bytes kept{};
  };
  // Calls `take(piece, wire)` for each packet that a copy becomes; `wire` is the
  // Ethernet frame without FCS.
  template <class Take>
  Sending ForEachPacket(const Answer& answer, const Outcome& outcome,
                        std::span<const std::byte> captured, Take&& take) {
    const CopyPlan& plan = outcome.plan;
    Sending sending{.action = plan.mtu_action, .kept = plan.kept};
    if (plan.mtu_action == MtuAction::kDrop) {
      sending.dropped = DropReason::kMtu;
    } else if (!reachable_[outcome.session][plan.receiver]) {
      sending.dropped = DropReason::kNoRoute;
    }
    if (sending.dropped) return sending;
    const Tunnel& tunnel = tunnels_[outcome.session][outcome.plan.receiver];
    Pieces pieces(tunnel, outcome.plan, answer.frame, captured,
                  counters_[outcome.session][outcome.plan.receiver]);
    Piece piece;
    while (pieces.Next(piece)) take(piece, WireLength(piece));
    if (pieces.failed()) sending.dropped = DropReason::kHeaderTooLong;
    sending.action = pieces.action();
    sending.kept = pieces.kept();
    return sending;
  }

  // The whole of it for one frame.
  Explanation Explain(std::span<const std::byte> captured, Bytes wire_length, Direction direction);

 private:
  static Bytes WireLength(const Piece& piece);
  std::vector<Hop> SecurityOf(const FlowKey& flow, Direction direction) const;
  ExplainedSession SessionOf(const Answer& answer, const Outcome& outcome,
                             std::span<const std::byte> captured);
  std::optional<ExplainedBalancing> BalancingOf(const Answer& answer, const PlacedMirror& placed,
                                                const ExplainedCopy& copy) const;
  Path PathOf(const ExplainedCopy& copy, const MirrorSettings& settings,
              std::uint32_t receiver) const;

  const ValidScenario& scenario_;
  std::size_t eni_;
  std::vector<std::size_t> mirrors_;
  MirrorTap tap_;
  Firewall firewall_;
  std::vector<std::vector<bool>> reachable_;           // by session and receiver
  std::vector<std::vector<Tunnel>> tunnels_;           // by session and receiver
  std::vector<std::vector<TunnelCounters>> counters_;  // by session and receiver
};

}  // namespace vpcmirror::sim
