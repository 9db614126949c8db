// Asks the core about single frames of one ENI, without a simulation.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "models/mirror/mirror_tap.h"
#include "models/mirror/trail.h"
#include "models/scenario/eni_mirroring.h"
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

  const Eni& eni() const { return mirroring_.eni(); }
  const MirrorTap& tap() const { return mirroring_.tap(); }
  std::size_t mirror_of(std::size_t session) const { return mirroring_.mirror_of(session); }

  // `answer` may have been used before: its room is used again.
  void Ask(const FrameInfo& frame, Direction direction, Answer& answer);

  // EniMirroring's: calls `take(piece)` for each packet that a copy becomes.
  template <class Take>
  EniMirroring::Sending ForEachPiece(const Answer& answer, const Outcome& outcome,
                                     std::span<const std::byte> captured, Take&& take) {
    constexpr std::uint32_t kNoTime = 0;
    return mirroring_.ForEachPiece(answer.frame, outcome, captured, kNoTime,
                                   std::forward<Take>(take));
  }

  // The whole of it for one frame.
  Explanation Explain(std::span<const std::byte> captured, Bytes wire_length, Direction direction);

 private:
  std::vector<Hop> SecurityOf(const FlowKey& flow, Direction direction) const;
  ExplainedSession SessionOf(const Answer& answer, const Outcome& outcome,
                             std::span<const std::byte> captured);
  std::optional<ExplainedBalancing> BalancingOf(const Answer& answer, const PlacedMirror& placed,
                                                const ExplainedCopy& copy) const;
  Path PathOf(const ExplainedCopy& copy, const MirrorSettings& settings,
              std::uint32_t receiver) const;

  const ValidScenario& scenario_;
  std::size_t eni_;
  EniMirroring mirroring_;
};

}  // namespace vpcmirror::sim
