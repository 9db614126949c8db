#include "analysis/compare/flow_partition.h"

#include <array>

#include "models/mirror/refused_flows.h"

namespace vpcmirror {
namespace {

FlowSet InOneOnly(const FlowSet& a, const FlowSet& b) {
  FlowSet only = a;
  only.Subtract(b);
  FlowSet other = b;
  other.Subtract(a);
  only.Unite(other);
  return only;
}

// Of what may differ, so many boxes are looked at: those of some hundred rules that are edited.
// What mirrors make of them takes time by their square.
constexpr std::size_t kMostOfRegion = 1500;

// A partition that nobody could follow: its only set gave up.
std::map<Copiers, FlowSet> GaveUp() {
  FlowSet all = FlowSet::All();
  all.GiveUp();
  return {{Copiers{}, std::move(all)}};
}

}  // namespace

const FlowPartition::Refused& FlowPartition::RefusedBy(const TapRules& rules) {
  const auto [place, is_new] = refused_.try_emplace(&rules);
  if (is_new) place->second = {NeverMirroredFlows(rules), MirrorPortFlows(rules)};
  return place->second;
}

const FlowPartition::Refused& FlowPartition::RefusedByOne(const TapRules& before,
                                                          const TapRules& after) {
  const auto [place, is_new] = refused_by_one_.try_emplace({&before, &after});
  if (is_new && &before != &after) {
    const Refused& a = RefusedBy(before);
    const Refused& b = RefusedBy(after);
    place->second = {InOneOnly(a.never, b.never), InOneOnly(a.ports, b.ports)};
  }
  return place->second;
}

FlowSet FlowPartition::WhereTheyMayDiffer(const BothWatches& watches, const SessionPairs& pairs,
                                          Direction direction) {
  std::array<std::vector<bool>, 2> is_paired{std::vector<bool>(watches[0].sessions.size()),
                                             std::vector<bool>(watches[1].sessions.size())};
  FlowSet region;  // its boxes may overlap
  for (const auto& [a, b] : pairs) {
    is_paired[0][a] = is_paired[1][b] = true;
    const int filter_a = watches[0].sessions[a].filter;
    const int filter_b = watches[1].sessions[b].filter;
    if (filter_a == filter_b) continue;
    const FilterSets::Sets& sets_a = filters_.Of(filter_a, direction);
    const FilterSets::Sets& sets_b = filters_.Of(filter_b, direction);
    region.Unite(InOneOnly(sets_a.copied, sets_b.copied));
    if (watches[0].rules->reject_stops_later) {
      region.Unite(InOneOnly(sets_a.rejected, sets_b.rejected));
    }
    if (region.boxes().size() > kMostOfRegion) region.GiveUp();
    if (region.gave_up()) return region;
  }
  for (std::size_t side = 0; side < 2; ++side) {
    for (std::size_t i = 0; i < is_paired[side].size(); ++i) {
      if (is_paired[side][i]) continue;
      const WatchedSession& session = watches[side].sessions[i];
      region.Unite(filters_.Of(session.filter, direction).copied);
      if (watches[side].rules->reject_stops_later) {
        region.Unite(filters_.Of(session.filter, direction).rejected);
      }
    }
  }
  if (region.boxes().size() > kMostOfRegion) region.GiveUp();
  return region;
}

std::map<Copiers, FlowSet> FlowPartition::Of(const MirrorWatch& watch, FlowSet region,
                                             Direction direction, Refusals refusals) {
  std::map<Copiers, FlowSet> parts;
  const auto add = [&](const Copiers& copiers, FlowSet flows) {
    if (!flows.IsEmpty()) parts[copiers].UniteDisjoint(std::move(flows));
  };
  const Refused& refused = RefusedBy(*watch.rules);
  for (const FlowSet* each : {&refused.never, &refused.ports}) {
    if (refusals == Refusals::kIgnored) break;
    FlowSet flows = region;
    flows.Intersect(*each);
    add({}, std::move(flows));
    region.Subtract(*each);
  }
  std::vector<std::pair<Copiers, FlowSet>> open;
  open.emplace_back(Copiers{}, std::move(region));
  for (std::size_t i = 0; i < watch.sessions.size(); ++i) {
    const WatchedSession& session = watch.sessions[i];
    const FilterSets::Sets& sets = filters_.Of(session.filter, direction);
    std::vector<std::pair<Copiers, FlowSet>> still_open;
    std::size_t boxes = 0;
    for (auto& [copiers, flows] : open) {
      if (boxes > kMostPieces) return GaveUp();
      FlowSet copied = flows;
      copied.Intersect(sets.copied);
      if (!copied.IsEmpty()) {
        Copiers more = copiers;
        more.push_back(i);
        if (watch.is_ordered() && !session.leaves_some) {
          add(more, std::move(copied));
        } else {
          copied.Simplify();
          boxes += copied.boxes().size();
          still_open.emplace_back(std::move(more), std::move(copied));
        }
        flows.Subtract(sets.copied);
      }
      if (watch.is_ordered() && watch.rules->reject_stops_later) {
        FlowSet rejected = flows;
        rejected.Intersect(sets.rejected);
        add(copiers, std::move(rejected));
        flows.Subtract(sets.rejected);
      }
      flows.Simplify();
      boxes += flows.boxes().size();
      if (!flows.IsEmpty()) still_open.emplace_back(std::move(copiers), std::move(flows));
    }
    open = std::move(still_open);
  }
  for (auto& [copiers, flows] : open) add(copiers, std::move(flows));
  return parts;
}

}  // namespace vpcmirror
