// What the sessions of an ENI copy of a set of flows: MirrorTap's judgement, of sets in
// place of frames.
#pragma once

#include <cstddef>
#include <map>
#include <utility>
#include <vector>

#include "analysis/compare/filter_sets.h"
#include "analysis/compare/mirror_watch.h"
#include "models/mirror/flow_set.h"

namespace vpcmirror {

using SessionPairs = std::vector<std::pair<std::size_t, std::size_t>>;

class FlowPartition {
 public:
  // As many boxes of all parts as are followed: what two lists of mirrors make of what
  // may differ. Edits of rules come to hundreds.
  static constexpr std::size_t kMostPieces = 4000;

  // `filters` knows the filters of all sessions that it is asked about.
  explicit FlowPartition(FilterSets& filters) : filters_(filters) {}

  // Whether what the rules refuse for all mirrors is told apart, or shared out as if it were
  // copied too: fewer boxes, for who says that it is not.
  enum class Refusals { kApart, kIgnored };
  // By the sessions that copy them. A part that gave_up is one that nobody could follow.
  std::map<Copiers, FlowSet> Of(const MirrorWatch& watch, FlowSet region, Direction direction,
                                Refusals refusals = Refusals::kApart);

  // A flow outside is in the same sets of the sessions of each pair before and after, and in
  // none of a session without one.
  FlowSet WhereTheyMayDiffer(const BothWatches& watches, const SessionPairs& pairs,
                             Direction direction);

  // What no mirror copies, of one scenario's rules.
  struct Refused {
    FlowSet never;
    FlowSet ports;
  };
  const Refused& RefusedBy(const TapRules& rules);
  // By one of them only.
  const Refused& RefusedByOne(const TapRules& before, const TapRules& after);

 private:
  FilterSets& filters_;
  std::map<const TapRules*, Refused> refused_;
  std::map<std::pair<const TapRules*, const TapRules*>, Refused> refused_by_one_;
};

}  // namespace vpcmirror
