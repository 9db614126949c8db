// What in a filter can never have an effect, by exact arithmetic on sets of flows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "models/mirror/direction.h"
#include "models/mirror/filter.h"
#include "models/wire/flow_key.h"

namespace vpcmirror {

// What is left of a rule behind those that are asked before it.
struct RuleReach {
  // A flow that the rule decides; empty when there is none, and then the rule is
  // shadowed by those of `hidden_by`, which together cover it. (It covers no flow
  // at all when that is empty too.)
  std::optional<FlowKey> witness;
  std::vector<std::uint32_t> hidden_by;  // earlier rules that take something from it
  // The pieces that are left of the rule became too many to follow to the end:
  // neither a witness nor a shadow was found.
  bool gave_up = false;

  bool is_shadowed() const { return !witness && !gave_up; }
};

// `rules` in the order in which they are asked. A flow has ports if its protocol
// is TCP, UDP or SCTP and it is no later fragment; of any protocol there are
// frames whose ports are not known.
RuleReach ReachOf(std::span<const FilterRule> rules, std::size_t index);

struct FilterFinding {
  enum class Kind : std::uint8_t {
    kContradiction,  // conditions `rule` and `others[0]` (or it alone) can never hold
    kShadowed,       // `others` take every flow before `rule` is asked
    kCopiesNothing,  // no flow of this direction is copied
  };
  Kind kind = Kind::kShadowed;
  Direction direction = Direction::kIngress;  // both for a filter whose conditions must all hold
  std::uint32_t rule = 0;                     // index into Filter::rules(direction)
  std::vector<std::uint32_t> others;
  Mismatch field = Mismatch::kNone;  // kContradiction: where they differ

  friend bool operator==(const FilterFinding&, const FilterFinding&) = default;
};

// In the order of directions and rules; rules of network services are not judged.
std::vector<FilterFinding> FindIneffective(const Filter& filter);

}  // namespace vpcmirror
