// What of the mirroring differs between two scenarios: which packets, and how.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/compare/copy_form.h"
#include "models/mirror/direction.h"
#include "models/mirror/flow_set.h"
#include "models/scenario/valid_scenario.h"
#include "models/units/quantity.h"
#include "models/wire/flow_key.h"
#include "models/wire/frame.h"

namespace vpcmirror {

// Packets that pass an ENI and are treated otherwise after than before.
struct MirroringChange {
  enum class Kind : std::uint8_t {
    kStarts,          // nobody copied them
    kStops,           // nobody copies them any more
    kOtherReceivers,  // copies go elsewhere, are spread otherwise, or are more or fewer
    kAltered,         // the same copies with other headers, cut elsewhere, or the like
    kOtherShare,      // the same copies of more, fewer or other flows (sampling, a NAT gateway)
  };
  Kind kind = Kind::kStarts;
  Direction direction = Direction::kIngress;
  // What is said holds of all that the mirror of `before` or `after` copies, but for what
  // changes with `flows` say; `flows` is empty. A mirror without a partner starts or stops:
  // it stands here where it could not be followed what others copy of the same.
  bool is_whole_mirror = false;
  bool is_also_altered = false;       // kOtherReceivers: the form of copies differs, too
  bool has_also_other_share = false;  // kOtherReceivers, kAltered
  // Traffic to the mirror port of a receiver, which the loop guard refuses, of
  // either scenario: it changes with the receivers, whatever the filters say.
  bool is_to_mirror_port = false;
  // Those that copy them, as indices into ValidScenario::mirrors, in the order in
  // which they are asked. Of several, where a cloud makes one copy at most, a later
  // one gets what sampling or a route keeps from an earlier one.
  std::vector<std::size_t> before;
  std::vector<std::size_t> after;
  // What is another of their copies, where one mirror copies them before and one after.
  std::vector<TraitChange> traits;
  // Empty for frames that have no flow; what they are is in `ether_types`.
  FlowSet flows;
  // With what mirrors of neither scenario ever copy, in boxes that are easier to say; empty
  // where only `flows` will do.
  FlowSet flows_and_refused;
  std::vector<std::uint16_t> ether_types;  // kAnyOtherEtherType stands for all that no rule names
  // A flow that OnFrame treats otherwise after than before; one of the ENI's own where
  // there is one. Empty where none was found among kWitnessTurns, as may be of few flows
  // that are all kept, or left out, by sampling.
  std::optional<FlowKey> witness;
  std::optional<std::string> nat_gateway;  // that the witness's route has to lead to
  // Security groups and routes as they are let the witness prove the change: explain does.
  bool holds_in_place = false;
};

// LLDP: a frame that is neither ARP nor IP, in place of all.
inline constexpr std::uint16_t kAnyOtherEtherType = 0x88cc;
inline constexpr std::uint64_t kWitnessTurns = 2000;

// ENIs, matched by ID, that have the same mirrors before and the same after.
struct MirroringGroup {
  enum class Presence : std::uint8_t { kBoth, kOnlyBefore, kOnlyAfter };
  Presence presence = Presence::kBoth;
  std::vector<std::string> enis;    // IDs; witnesses are of the first
  std::vector<std::size_t> before;  // mirrors that watch them, as indices
  std::vector<std::size_t> after;
  std::vector<MirroringChange> changes;
  // By Direction: too many pieces to follow, so that changes may be missing, of what the
  // mirrors in `not_compared` copy.
  std::array<bool, 2> gave_up{};
  struct NotCompared {
    std::vector<std::size_t> before;  // mirrors
    std::vector<std::size_t> after;
  };
  std::array<NotCompared, 2> not_compared;
  // By Direction: of what security groups and ACLs drop, the clouds' rules mirror it
  // in one of the two only. `changes` are about frames that they admit.
  std::array<bool, 2> drops_differ{};

  bool is_unchanged() const {
    return changes.empty() && !gave_up[0] && !gave_up[1] && !drops_differ[0] && !drops_differ[1];
  }
};

struct MirrorDiff {
  std::vector<MirroringGroup> groups;  // that differ, by their first ENI in `before`, then `after`
  std::size_t unchanged_enis = 0;      // of those that any mirror watches
  bool gave_up() const;
};

// As both are at their beginning; later changes of their timelines are not looked at.
// What a tap decides is compared: not what becomes of a copy on its way, nor which
// frames security groups admit and where routes lead them.
MirrorDiff DiffMirroring(const ValidScenario& before, const ValidScenario& after);

// "starts", "stops", "other_receivers", "altered", "other_share".
std::string_view ToString(MirroringChange::Kind kind);

}  // namespace vpcmirror
