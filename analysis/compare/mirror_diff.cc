#include "analysis/compare/mirror_diff.h"

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "analysis/compare/filter_sets.h"
#include "analysis/compare/flow_partition.h"
#include "analysis/compare/flow_treatment.h"
#include "analysis/compare/mirror_watch.h"
#include "analysis/compare/watch_maker.h"
#include "models/scenario/taps.h"

namespace vpcmirror {
namespace {

constexpr std::array<Direction, 2> kBothWays{Direction::kIngress, Direction::kEgress};

class Differ {
 public:
  Differ(const ValidScenario& before, const ValidScenario& after)
      : scenarios_{&before, &after},
        mirrors_by_eni_{MirrorsByEni(before), MirrorsByEni(after)},
        maker_(scenarios_, mirrors_by_eni_, filters_) {}

  MirrorDiff Run();

 private:
  using Places = WatchMaker::Places;
  using GroupKey = std::tuple<std::vector<std::size_t>, std::vector<std::size_t>, const TapRules*,
                              const TapRules*, std::int64_t, std::int64_t, int>;

  GroupKey KeyOf(const Places& places) const;
  MirroringGroup Compare(const Places& places);
  void CompareDirection(BothWatches& watches, Direction direction, MirroringGroup& group);

  using Parts = std::map<std::array<Copiers, 2>, FlowSet>;
  std::optional<Parts> PartsOf(const BothWatches& watches, const FlowSet& region,
                               Direction direction, FlowPartition::Refusals refusals);
  bool CompareFlows(const BothWatches& watches, const FlowSet& region, MirroringChange change,
                    MirroringGroup& group);
  void CompareWhole(const BothWatches& watches, const SessionPairs& pairs, Direction direction,
                    MirroringGroup& group);
  void GiveUp(const BothWatches& watches, const SessionPairs& pairs, Direction direction,
              MirroringGroup& group);
  void CompareOthers(const BothWatches& watches, Direction direction, MirroringGroup& group);
  FlowSet CopiedFirstBy(const MirrorWatch& watch, std::size_t session, Direction direction);

  WatchMaker::Scenarios scenarios_;
  WatchMaker::MirrorsOfEnis mirrors_by_eni_;
  FilterSets filters_;
  FlowPartition partition_{filters_};
  WatchMaker maker_;
};

// Nothing when it is too much to follow.
std::optional<Differ::Parts> Differ::PartsOf(const BothWatches& watches, const FlowSet& region,
                                             Direction direction,
                                             FlowPartition::Refusals refusals) {
  Parts parts;
  for (const auto& [before, flows] : partition_.Of(watches[0], region, direction, refusals)) {
    if (flows.gave_up()) return std::nullopt;
    for (const auto& [after, both] : partition_.Of(watches[1], flows, direction, refusals)) {
      parts[{before, after}].UniteDisjoint(both);
    }
  }
  return parts;
}

// False when it is too much to follow.
bool Differ::CompareFlows(const BothWatches& watches, const FlowSet& region, MirroringChange change,
                          MirroringGroup& group) {
  const Direction direction = change.direction;
  std::optional<Parts> parts = PartsOf(watches, region, direction, FlowPartition::Refusals::kApart);
  if (!parts) return false;
  std::optional<Parts> said;
  const bool refuse_the_same =
      partition_.RefusedByOne(*watches[0].rules, *watches[1].rules).never.IsEmpty();
  if (refuse_the_same && !change.is_to_mirror_port) {
    said = PartsOf(watches, region, direction, FlowPartition::Refusals::kIgnored);
  }
  bool followed_all = true;
  for (auto& [copiers, flows] : *parts) {
    MirroringChange each = change;
    if (flows.gave_up()) {
      followed_all = false;
      continue;
    }
    if (!ClassifyChange(watches, copiers, each)) continue;
    flows.Simplify();
    each.flows = std::move(flows);
    if (said) {
      each.flows_and_refused = std::move((*said)[copiers]);
      each.flows_and_refused.Simplify();
    }
    FindWitness(watches, copiers, each.flows, each);
    each.traits = TraitChangesOf(watches, each);
    group.changes.push_back(std::move(each));
  }
  return followed_all;
}

// What the session copies and no earlier one takes from it; more than that where it
// cannot be followed.
FlowSet Differ::CopiedFirstBy(const MirrorWatch& watch, std::size_t session, Direction direction) {
  const FlowSet copied = filters_.Of(watch.sessions[session].filter, direction).copied;
  if (!watch.is_ordered()) return copied;
  FlowSet left = copied;
  for (std::size_t i = 0; i < session; ++i) {
    if (watch.sessions[i].leaves_some) continue;
    left.Subtract(filters_.Of(watch.sessions[i].filter, direction).copied);
    if (left.gave_up()) return copied;
  }
  return left;
}

// Of pairs whose copies differ: all that they copy, since both ask the same but for what
// CompareFlows looks at.
void Differ::CompareWhole(const BothWatches& watches, const SessionPairs& pairs,
                          Direction direction, MirroringGroup& group) {
  for (const auto& [before, after] : pairs) {
    const std::array<Copiers, 2> copiers{Copiers{before}, Copiers{after}};
    MirroringChange change{.direction = direction, .is_whole_mirror = true};
    if (!ClassifyChange(watches, copiers, change)) continue;
    FlowSet flows = CopiedFirstBy(watches[1], after, direction);
    flows.Intersect(filters_.Of(watches[0].sessions[before].filter, direction).copied);
    if (flows.IsEmpty()) continue;
    FindWitness(watches, copiers, flows, change);
    change.traits = TraitChangesOf(watches, change);
    group.changes.push_back(std::move(change));
  }
}

// What is known all the same: which mirrors are new, gone or ask otherwise.
void Differ::GiveUp(const BothWatches& watches, const SessionPairs& pairs, Direction direction,
                    MirroringGroup& group) {
  const auto at = static_cast<std::size_t>(direction);
  group.gave_up[at] = true;
  MirroringGroup::NotCompared& missing = group.not_compared[at];
  for (const auto& [before, after] : pairs) {
    const WatchedSession& was = watches[0].sessions[before];
    const WatchedSession& is = watches[1].sessions[after];
    if (was.filter == is.filter) continue;
    missing.before.push_back(was.mirror);
    missing.after.push_back(is.mirror);
  }
  for (std::size_t side = 0; side < 2; ++side) {
    for (std::size_t i = 0; i < watches[side].sessions.size(); ++i) {
      const bool is_paired = std::any_of(pairs.begin(), pairs.end(), [&](const auto& pair) {
        return (side == 0 ? pair.first : pair.second) == i;
      });
      if (is_paired) continue;
      std::array<Copiers, 2> copiers;
      copiers[side] = {i};
      MirroringChange change{.direction = direction, .is_whole_mirror = true};
      ClassifyChange(watches, copiers, change);
      FindWitness(watches, copiers, CopiedFirstBy(watches[side], i, direction), change);
      group.changes.push_back(std::move(change));
    }
  }
}

// Frames without a flow: what is asked about them is their EtherType alone.
void Differ::CompareOthers(const BothWatches& watches, Direction direction, MirroringGroup& group) {
  std::vector<std::uint16_t> types{kEtherTypeArp, kAnyOtherEtherType};
  for (const MirrorWatch& watch : watches) {
    for (const NeverMirrored& each : watch.rules->never_mirrored) {
      if (each.ether_type != 0) types.push_back(each.ether_type);
    }
  }
  std::sort(types.begin(), types.end());
  types.erase(std::unique(types.begin(), types.end()), types.end());
  std::map<std::array<Copiers, 2>, std::vector<std::uint16_t>> parts;
  for (const std::uint16_t type : types) {
    const FrameInfo info{.ether_type = type, .captured = Bytes(60), .wire_length = Bytes(60)};
    std::array<Copiers, 2> copiers;
    for (std::size_t side = 0; side < 2; ++side) {
      const MirrorWatch& watch = watches[side];
      if (!watch.tap) continue;
      const Decision decision = watch.tap->OnFrame({.info = info, .direction = direction});
      for (std::size_t i = 0; i < watch.sessions.size(); ++i) {
        for (const Outcome& outcome : decision.outcomes()) {
          const bool copies = outcome.refusal == Refusal::kNone &&
                              &watch.tap->session(outcome.session) == watch.sessions[i].core;
          if (copies) copiers[side].push_back(i);
        }
      }
    }
    parts[copiers].push_back(type);
  }
  for (const auto& [copiers, ether_types] : parts) {
    MirroringChange change{.direction = direction};
    if (!ClassifyChange(watches, copiers, change)) continue;
    // Sampling keeps every frame that has no flow.
    if (change.kind == MirroringChange::Kind::kOtherShare) continue;
    change.has_also_other_share = false;
    change.ether_types = ether_types;
    const auto whole =
        std::find_if(group.changes.begin(), group.changes.end(), [&](const MirroringChange& each) {
          return each.is_whole_mirror && each.direction == direction && each.kind == change.kind &&
                 each.before == change.before && each.after == change.after;
        });
    if (whole != group.changes.end()) {
      whole->ether_types = ether_types;
    } else {
      change.traits = TraitChangesOf(watches, change);
      group.changes.push_back(std::move(change));
    }
  }
}

void Differ::CompareDirection(BothWatches& watches, Direction direction, MirroringGroup& group) {
  const TapRules& before = *watches[0].rules;
  const TapRules& after = *watches[1].rules;
  const bool same_order = before.at_most_one_copy == after.at_most_one_copy &&
                          before.reject_stops_later == after.reject_stops_later;
  const SessionPairs pairs = same_order ? PairedSessions(watches) : SessionPairs{};
  FlowSet region = partition_.WhereTheyMayDiffer(watches, pairs, direction);
  const FlowPartition::Refused& refused = partition_.RefusedByOne(before, after);
  region.Unite(refused.never);
  region.Subtract(refused.ports);
  bool followed = !region.gave_up();
  followed = followed && CompareFlows(watches, region, {.direction = direction}, group);
  followed = CompareFlows(watches, refused.ports,
                          {.direction = direction, .is_to_mirror_port = true}, group) &&
             followed;
  if (!followed) GiveUp(watches, pairs, direction, group);
  CompareWhole(watches, pairs, direction, group);
  CompareOthers(watches, direction, group);
}

MirroringGroup Differ::Compare(const Places& places) {
  BothWatches watches = maker_.WatchesOf(places);
  MirroringGroup group;
  const auto mirrors = [&](std::size_t side) {
    return places[side] ? mirrors_by_eni_[side][*places[side]] : std::vector<std::size_t>{};
  };
  group.before = mirrors(0);
  group.after = mirrors(1);
  if (!places[1]) group.presence = MirroringGroup::Presence::kOnlyBefore;
  if (!places[0]) group.presence = MirroringGroup::Presence::kOnlyAfter;
  const bool in_both = places[0] && places[1] && !group.before.empty() && !group.after.empty();
  const auto mirrors_drops = [](const TapRules& rules, Direction direction) {
    return rules.mirrors_what_security_drops ||
           (rules.mirrors_outbound_drops && direction == Direction::kEgress);
  };
  for (const Direction direction : kBothWays) {
    for (std::size_t side = 0; side < 2; ++side) {
      watches[side].sessions.clear();
      if (!places[side]) continue;
      maker_.LookAt(direction, watches[side], mirrors_by_eni_[side][*places[side]]);
    }
    group.drops_differ[static_cast<std::size_t>(direction)] =
        in_both &&
        mirrors_drops(*watches[0].rules, direction) != mirrors_drops(*watches[1].rules, direction);
    CompareDirection(watches, direction, group);
  }
  return group;
}

Differ::GroupKey Differ::KeyOf(const Places& places) const {
  GroupKey key;
  const auto fill = [&](std::size_t side, auto& mirrors, const TapRules*& rules,
                        std::int64_t& mtu) {
    if (!places[side]) return;
    mirrors = mirrors_by_eni_[side][*places[side]];
    rules = TapRulesOf(*scenarios_[side], *places[side]).get();
    mtu = scenarios_[side]->deployment->enis[*places[side]].mtu.count();
  };
  fill(0, std::get<0>(key), std::get<2>(key), std::get<4>(key));
  fill(1, std::get<1>(key), std::get<3>(key), std::get<5>(key));
  std::get<6>(key) = (places[0] ? 1 : 0) + (places[1] ? 2 : 0);
  return key;
}

MirrorDiff Differ::Run() {
  std::vector<Places> enis;
  std::unordered_map<std::string_view, std::size_t> by_id;
  for (std::size_t side = 0; side < 2; ++side) {
    const std::vector<Eni>& of_side = scenarios_[side]->deployment->enis;
    for (std::size_t i = 0; i < of_side.size(); ++i) {
      const auto [place, is_new] = by_id.try_emplace(of_side[i].id, enis.size());
      if (is_new) enis.emplace_back();
      enis[place->second][side] = i;
    }
  }
  struct Alike {
    Places first;
    std::vector<std::string> ids;
  };
  std::map<GroupKey, std::size_t> places_of_groups;
  std::vector<Alike> groups;
  for (const Places& places : enis) {
    GroupKey key = KeyOf(places);
    if (std::get<0>(key).empty() && std::get<1>(key).empty()) continue;
    const auto [place, is_new] = places_of_groups.try_emplace(std::move(key), groups.size());
    if (is_new) groups.push_back({places, {}});
    const std::size_t side = places[0] ? 0 : 1;
    groups[place->second].ids.push_back(scenarios_[side]->deployment->enis[*places[side]].id);
  }
  MirrorDiff diff;
  for (Alike& alike : groups) {
    MirroringGroup group = Compare(alike.first);
    if (group.is_unchanged()) {
      diff.unchanged_enis += alike.ids.size();
      continue;
    }
    group.enis = std::move(alike.ids);
    diff.groups.push_back(std::move(group));
  }
  return diff;
}

}  // namespace

bool MirrorDiff::gave_up() const {
  return std::any_of(groups.begin(), groups.end(), [](const MirroringGroup& group) {
    return group.gave_up[0] || group.gave_up[1];
  });
}

MirrorDiff DiffMirroring(const ValidScenario& before, const ValidScenario& after) {
  return Differ(before, after).Run();
}

std::string_view ToString(MirroringChange::Kind kind) {
  switch (kind) {
    case MirroringChange::Kind::kStarts:
      return "starts";
    case MirroringChange::Kind::kStops:
      return "stops";
    case MirroringChange::Kind::kOtherReceivers:
      return "other_receivers";
    case MirroringChange::Kind::kAltered:
      return "altered";
    case MirroringChange::Kind::kOtherShare:
      return "other_share";
  }
  return "unknown";
}

}  // namespace vpcmirror
