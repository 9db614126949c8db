#include "analysis/compare/mirror_diff.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <memory>
#include <span>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "models/mirror/copied_flows.h"
#include "models/mirror/refused_flows.h"
#include "models/scenario/taps.h"
#include "models/wire/hash.h"

namespace vpcmirror {
namespace {

constexpr std::array<Direction, 2> kBothWays{Direction::kIngress, Direction::kEgress};
// As many boxes of all parts as are followed: what two lists of mirrors make of what
// may differ. Edits of rules come to hundreds.
constexpr std::size_t kMostPieces = 4000;

// Filters that say the same of every flow because their rules are the same have one
// number, so that what each copies is found once.
class FilterSets {
 public:
  int NumberOf(const Filter& filter) {
    std::vector<int>& alike = by_hash_[HashOf(filter)];
    for (const int number : alike) {
      if (SaysTheSame(filters_[static_cast<std::size_t>(number)], filter)) return number;
    }
    filters_.push_back(filter);
    alike.push_back(static_cast<int>(filters_.size() - 1));
    return alike.back();
  }

  struct Sets {
    FlowSet copied;
    FlowSet rejected;
  };
  const Sets& Of(int number, Direction direction) {
    const auto [place, is_new] = sets_.try_emplace({number, direction});
    if (is_new) {
      const Filter& filter = filters_[static_cast<std::size_t>(number)];
      place->second = {CopiedBy(filter, direction).flows, RejectedByRule(filter, direction)};
    }
    return place->second;
  }

 private:
  static std::uint64_t HashOf(const Filter& filter) {
    std::uint64_t hash = filter.copies_everything() ? 1 : 2;
    for (const Direction direction : kBothWays) {
      hash = MixBits(hash + filter.rules(direction).size());
      for (const FilterRule& rule : filter.rules(direction)) {
        const Condition& condition = rule.condition;
        hash ^= condition.source ? condition.source->address().high_bits() : 1;
        hash = MixBits(hash);
        hash ^= condition.destination ? condition.destination->address().high_bits() : 1;
        hash = MixBits(hash ^ std::uint64_t{condition.destination_ports.first} << 16);
      }
    }
    return hash;
  }

  static bool SaysTheSame(const Filter& a, const Filter& b) {
    const auto what = [](const Filter& filter) {
      return std::tuple(filter.copies_everything(), filter.all_must_hold(), filter.nat_gateway(),
                        filter.copies_what_no_rule_matches(), filter.service_rules());
    };
    if (what(a) != what(b)) return false;
    return std::all_of(kBothWays.begin(), kBothWays.end(), [&](Direction direction) {
      const auto of_a = a.rules(direction);
      const auto of_b = b.rules(direction);
      return of_a.data() == of_b.data() ||
             std::equal(of_a.begin(), of_a.end(), of_b.begin(), of_b.end(),
                        [](const FilterRule& x, const FilterRule& y) {
                          return x.action == y.action && x.condition == y.condition;
                        });
    });
  }

  std::vector<Filter> filters_;
  std::unordered_map<std::uint64_t, std::vector<int>> by_hash_;
  std::map<std::pair<int, Direction>, Sets> sets_;
};

// What a session makes of a frame that its filter passes, in numbers that are equal
// where it is the same.
struct Effect {
  int receivers = 0;  // where copies go
  int form = 0;       // what they look like
  int head = 0;       // of that, what hangs on no receiver
  int share = 0;      // of which flows there are any

  friend auto operator<=>(const Effect&, const Effect&) = default;
};

// A session that copies frames of one direction at all.
struct Session {
  std::size_t mirror = 0;  // index into ValidScenario::mirrors
  const Mirror* core = nullptr;
  int filter = 0;
  Effect effect;
  bool leaves_some = false;  // what its filter passes it may still not copy
  std::string nat_gateway;   // that a frame's route has to lead to; empty: any
};

// Sessions that copy a flow, as places in a list of sessions.
using Copiers = std::vector<std::size_t>;

// Of one scenario and one group of ENIs.
struct Watch {
  const ValidScenario* scenario = nullptr;
  std::optional<MirrorTap> tap;  // empty: the ENI is not there
  std::shared_ptr<const TapRules> rules;
  std::vector<IpAddress> addresses;
  std::vector<Session> sessions;  // of the direction that is looked at

  bool is_ordered() const { return rules->at_most_one_copy; }
};

class Differ {
 public:
  Differ(const ValidScenario& before, const ValidScenario& after)
      : scenarios_{&before, &after}, mirrors_by_eni_{MirrorsByEni(before), MirrorsByEni(after)} {}

  MirrorDiff Run();

 private:
  // Index of the ENI in either scenario.
  using Places = std::array<std::optional<std::size_t>, 2>;
  using GroupKey = std::tuple<std::vector<std::size_t>, std::vector<std::size_t>, const TapRules*,
                              const TapRules*, std::int64_t, std::int64_t, int>;

  GroupKey KeyOf(const Places& places) const;
  MirroringGroup Compare(const Places& places);
  Watch WatchOf(std::size_t side, const Places& places) const;
  std::vector<Session> SessionsOf(std::size_t side, const Watch& watch, std::size_t eni,
                                  Direction direction);
  Effect EffectOf(const Session& session, const Eni& eni, Direction direction);
  int NumberOf(std::string text) {
    return numbers_.try_emplace(std::move(text), static_cast<int>(numbers_.size())).first->second;
  }

  struct Refused {
    FlowSet never;
    FlowSet ports;
  };
  const Refused& RefusedBy(const TapRules& rules);
  const Refused& RefusedByOne(const TapRules& before, const TapRules& after);

  FlowSet WhereTheyMayDiffer(const std::array<Watch, 2>& watches, Direction direction);
  std::map<Copiers, FlowSet> Partition(const Watch& watch, FlowSet region, Direction direction);
  void CompareFlows(const std::array<Watch, 2>& watches, const FlowSet& region,
                    MirroringChange change, MirroringGroup& group);
  void CompareOthers(const std::array<Watch, 2>& watches, Direction direction,
                     MirroringGroup& group);

  std::array<const ValidScenario*, 2> scenarios_;
  std::array<std::vector<std::vector<std::size_t>>, 2> mirrors_by_eni_;
  FilterSets filters_;
  std::map<std::string, int> numbers_;
  std::map<std::tuple<const Mirror*, std::int64_t, Direction>, Effect> effects_;
  std::map<const Mirror*, int> filter_numbers_;
  std::map<const TapRules*, Refused> refused_;
  std::map<std::pair<const TapRules*, const TapRules*>, Refused> refused_by_one_;
};

std::string ReceiversText(const MirrorSettings& settings) {
  std::string text;
  if (settings.receivers.size() > 1) {
    const bool by_flow = settings.choice == ReceiverChoice::kByFlow;
    const bool one_way = settings.hash_symmetry == HashSymmetry::kDirectional;
    text = by_flow ? (one_way ? "one way:" : "flow:") : "eni:";
  }
  for (const ReceiverAddress& receiver : settings.receivers) {
    text += ToString(receiver.address);
    if (settings.receivers.size() > 1) text += fmt::format("*{}", receiver.weight);
    text += ' ';
  }
  return text;
}

// What all copies of a mirror have in common, whichever receiver they go to.
std::string HeadText(const Mirror& mirror, const Eni& eni, Direction direction) {
  const MirrorSettings& settings = mirror.settings();
  const TunnelSettings& tunnel = settings.tunnel;
  std::string text =
      fmt::format("{} {} {} {} {} {} {} {} {} {}", static_cast<int>(tunnel.kind), tunnel.vni,
                  mirror.encapsulation().destination_port().value_or(0), tunnel.first_source_port,
                  tunnel.source_ports, tunnel.gre_key ? std::to_string(*tunnel.gre_key) : "none",
                  tunnel.sequence_numbers, tunnel.erspan_session, tunnel.erspan_platform_subheader,
                  tunnel.geneve_carries_ip);
  for (const std::byte octet : tunnel.geneve_options) {
    text += fmt::format(" {}", std::to_integer<int>(octet));
  }
  const auto& length = settings.packet_length[static_cast<std::size_t>(direction)];
  text += fmt::format(" hash {} length {}", static_cast<int>(settings.port_hash_symmetry),
                      length ? length->count() : -1);
  const bool segments = std::any_of(
      settings.receivers.begin(), settings.receivers.end(),
      [](const ReceiverAddress& each) { return each.mtu_policy == MtuPolicy::kSegment; });
  if (segments) text += fmt::format(" segments {}", eni.mtu.count());
  return text;
}

// How long copies to each receiver may be; said once where it is the same for all.
std::string RoomsText(const Mirror& mirror, const Eni& eni) {
  std::vector<std::string> rooms;
  for (std::uint32_t i = 0; i < mirror.settings().receivers.size(); ++i) {
    const Bytes room = std::min(mirror.RoomAtSource(eni.mtu), mirror.RoomAtReceiver(i));
    const int policy = static_cast<int>(mirror.settings().receivers[i].mtu_policy);
    rooms.push_back(fmt::format(" room {} {}", room.count(), policy));
  }
  const bool all_alike = std::equal(rooms.begin() + 1, rooms.end(), rooms.begin());
  std::string text;
  for (std::size_t i = 0; i < (all_alike ? 1 : rooms.size()); ++i) text += rooms[i];
  return text;
}

std::string ShareText(const Session& session) {
  const Sampling& sampling = session.core->settings().sampling;
  std::string text;
  if (sampling.keep != sampling.of) {
    text = fmt::format("{} {}", (std::uint64_t{sampling.keep} << 32) / sampling.of,
                       session.core->settings().id);
  }
  return text + "|" + session.nat_gateway;
}

Effect Differ::EffectOf(const Session& session, const Eni& eni, Direction direction) {
  const auto [place, is_new] =
      effects_.try_emplace({session.core, eni.mtu.count(), direction}, Effect{});
  if (is_new) {
    const std::string head = HeadText(*session.core, eni, direction);
    place->second = {.receivers = NumberOf("to " + ReceiversText(session.core->settings())),
                     .form = NumberOf("as " + head + RoomsText(*session.core, eni)),
                     .head = NumberOf("with " + head),
                     .share = NumberOf("of " + ShareText(session))};
  }
  return place->second;
}

std::vector<Session> Differ::SessionsOf(std::size_t side, const Watch& watch, std::size_t eni,
                                        Direction direction) {
  const ValidScenario& scenario = *scenarios_[side];
  std::vector<Session> sessions;
  for (std::size_t i = 0; i < watch.tap->size(); ++i) {
    const Mirror& core = watch.tap->session(i);
    const MirrorSettings& settings = core.settings();
    const bool copies =
        settings.state == MirrorState::kRunning && Contains(settings.directions, direction);
    if (!copies) continue;
    Session session{.mirror = mirrors_by_eni_[side][eni][watch.tap->given_position(i)],
                    .core = &core};
    if (const auto gateway = settings.filter.nat_gateway()) {
      session.nat_gateway = scenario.deployment->nat_gateways[*gateway].id;
    }
    session.leaves_some =
        settings.sampling.keep != settings.sampling.of || !session.nat_gateway.empty();
    session.effect = EffectOf(session, scenario.deployment->enis[eni], direction);
    const auto [place, is_new] = filter_numbers_.try_emplace(&core);
    if (is_new) place->second = filters_.NumberOf(settings.filter);
    session.filter = place->second;
    sessions.push_back(std::move(session));
  }
  return sessions;
}

const Differ::Refused& Differ::RefusedBy(const TapRules& rules) {
  const auto [place, is_new] = refused_.try_emplace(&rules);
  if (is_new) place->second = {NeverMirroredFlows(rules), MirrorPortFlows(rules)};
  return place->second;
}

FlowSet InOneOnly(const FlowSet& a, const FlowSet& b) {
  FlowSet only = a;
  only.Subtract(b);
  FlowSet other = b;
  other.Subtract(a);
  only.Unite(other);
  return only;
}

const Differ::Refused& Differ::RefusedByOne(const TapRules& before, const TapRules& after) {
  const auto [place, is_new] = refused_by_one_.try_emplace({&before, &after});
  if (is_new && &before != &after) {
    const Refused& a = RefusedBy(before);
    const Refused& b = RefusedBy(after);
    place->second = {InOneOnly(a.never, b.never), InOneOnly(a.ports, b.ports)};
  }
  return place->second;
}

// Pairs of sessions, in order, that do the same with what they copy; those that ask the
// same, and those of one mirror, rather than others.
std::vector<std::pair<std::size_t, std::size_t>> Paired(const std::array<Watch, 2>& watches) {
  const auto& a = watches[0].sessions;
  const auto& b = watches[1].sessions;
  const auto worth = [&](const Session& x, const Session& y) {
    if (x.effect != y.effect) return 0;
    const bool is_one = x.core->settings().id == y.core->settings().id;
    return 100 + (x.filter == y.filter ? 10 : 0) + (is_one ? 1 : 0);
  };
  std::vector<std::vector<int>> best(a.size() + 1, std::vector<int>(b.size() + 1));
  for (std::size_t i = a.size(); i-- > 0;) {
    for (std::size_t j = b.size(); j-- > 0;) {
      const int both = worth(a[i], b[j]);
      best[i][j] = std::max(best[i + 1][j], best[i][j + 1]);
      if (both > 0) best[i][j] = std::max(best[i][j], both + best[i + 1][j + 1]);
    }
  }
  std::vector<std::pair<std::size_t, std::size_t>> pairs;
  for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    const int both = worth(a[i], b[j]);
    if (both > 0 && best[i][j] == both + best[i + 1][j + 1]) {
      pairs.emplace_back(i++, j++);
    } else {
      best[i][j] == best[i + 1][j] ? ++i : ++j;
    }
  }
  return pairs;
}

// A flow outside is in the same sets of the same sessions before and after, and so is
// treated alike: few flows are left to look at, of two scenarios that differ little.
FlowSet Differ::WhereTheyMayDiffer(const std::array<Watch, 2>& watches, Direction direction) {
  const TapRules& before = *watches[0].rules;
  const TapRules& after = *watches[1].rules;
  const bool same_order = before.at_most_one_copy == after.at_most_one_copy &&
                          before.reject_stops_later == after.reject_stops_later;
  const auto pairs = same_order ? Paired(watches) : decltype(Paired(watches)){};
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
    if (before.reject_stops_later) region.Unite(InOneOnly(sets_a.rejected, sets_b.rejected));
  }
  for (std::size_t side = 0; side < 2; ++side) {
    for (std::size_t i = 0; i < is_paired[side].size(); ++i) {
      if (is_paired[side][i]) continue;
      const Session& session = watches[side].sessions[i];
      region.Unite(filters_.Of(session.filter, direction).copied);
      if (watches[side].rules->reject_stops_later) {
        region.Unite(filters_.Of(session.filter, direction).rejected);
      }
    }
  }
  return region;
}

// A partition that nobody could follow: its only set gave up.
std::map<Copiers, FlowSet> GaveUp() {
  FlowSet all = FlowSet::All();
  all.GiveUp();
  return {{Copiers{}, std::move(all)}};
}

// MirrorTap's judgement, of sets in place of frames.
std::map<Copiers, FlowSet> Differ::Partition(const Watch& watch, FlowSet region,
                                             Direction direction) {
  std::map<Copiers, FlowSet> parts;
  const auto add = [&](const Copiers& copiers, FlowSet flows) {
    if (!flows.IsEmpty()) parts[copiers].UniteDisjoint(std::move(flows));
  };
  const Refused& refused = RefusedBy(*watch.rules);
  for (const FlowSet* each : {&refused.never, &refused.ports}) {
    FlowSet flows = region;
    flows.Intersect(*each);
    add({}, std::move(flows));
    region.Subtract(*each);
  }
  std::vector<std::pair<Copiers, FlowSet>> open;
  open.emplace_back(Copiers{}, std::move(region));
  for (std::size_t i = 0; i < watch.sessions.size(); ++i) {
    const Session& session = watch.sessions[i];
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

// What becomes of a flow, so that two that are equal are treated alike. `part` is the
// field of Effect that is looked at, or the whole.
template <class Part>
auto TreatmentOf(const Watch& watch, const Copiers& copiers, const Part& part) {
  std::vector<std::decay_t<decltype(part(Effect{}))>> all;
  for (const std::size_t each : copiers) all.push_back(part(watch.sessions[each].effect));
  const bool is_ordered = watch.is_ordered() && copiers.size() > 1;
  if (!is_ordered) std::sort(all.begin(), all.end());
  return std::pair(is_ordered, all);
}

// Fills in how they differ; false when they do not.
bool Classify(const std::array<Watch, 2>& watches, const std::array<Copiers, 2>& copiers,
              MirroringChange& change) {
  const auto differ = [&](const auto& part) {
    return TreatmentOf(watches[0], copiers[0], part) != TreatmentOf(watches[1], copiers[1], part);
  };
  if (!differ([](const Effect& effect) { return effect; })) return false;
  const auto mirrors = [&](std::size_t side) {
    std::vector<std::size_t> indices;
    for (const std::size_t each : copiers[side]) {
      indices.push_back(watches[side].sessions[each].mirror);
    }
    return indices;
  };
  change.before = mirrors(0);
  change.after = mirrors(1);
  if (change.before.empty() || change.after.empty()) {
    change.kind =
        change.before.empty() ? MirroringChange::Kind::kStarts : MirroringChange::Kind::kStops;
    return true;
  }
  const bool receivers = differ([](const Effect& effect) { return effect.receivers; });
  const bool form =
      differ([](const Effect& effect) { return std::pair(effect.receivers, effect.form); });
  const bool share =
      differ([](const Effect& effect) { return std::pair(effect.receivers, effect.share); });
  change.kind = receivers ? MirroringChange::Kind::kOtherReceivers
                : form    ? MirroringChange::Kind::kAltered
                          : MirroringChange::Kind::kOtherShare;
  // Of copies that are elsewhere, more or fewer, form and share are compared by themselves.
  if (receivers) {
    change.is_also_altered = differ([](const Effect& effect) { return effect.form; }) &&
                             copiers[0].size() == copiers[1].size();
    change.has_also_other_share = differ([](const Effect& effect) { return effect.share; }) &&
                                  copiers[0].size() == copiers[1].size();
  } else if (form) {
    change.has_also_other_share = share;
  }
  return true;
}

// A copy as the tap makes it, in what a change may be about.
struct Seen {
  IpAddress receiver;
  int head = 0;
  Bytes room{};
  MtuPolicy policy = MtuPolicy::kTruncate;

  friend auto operator<=>(const Seen&, const Seen&) = default;
};

std::vector<Seen> CopiesOf(const Watch& watch, const FrameInfo& info, Direction direction,
                           const std::string& nat_gateway) {
  std::vector<Seen> copies;
  if (!watch.tap) return copies;
  Frame frame{.info = info, .direction = direction};
  const auto& gateways = watch.scenario->deployment->nat_gateways;
  for (std::uint32_t i = 0; i < gateways.size() && !nat_gateway.empty(); ++i) {
    if (gateways[i].id == nat_gateway) frame.next_hop = {NextHop::Kind::kNatGateway, i};
  }
  const Decision decision = watch.tap->OnFrame(frame);
  for (const Outcome& outcome : decision.outcomes()) {
    if (outcome.refusal != Refusal::kNone) continue;
    const Mirror& mirror = watch.tap->session(outcome.session);
    const auto session = std::find_if(watch.sessions.begin(), watch.sessions.end(),
                                      [&](const Session& each) { return each.core == &mirror; });
    const ReceiverAddress& receiver = mirror.settings().receivers[outcome.plan.receiver];
    copies.push_back({.receiver = receiver.address,
                      .head = session->effect.head,
                      .room = outcome.plan.room,
                      .policy = receiver.mtu_policy});
  }
  std::sort(copies.begin(), copies.end());
  return copies;
}

// As the ENI itself sends or gets them.
FlowSet OfItsOwn(const std::array<Watch, 2>& watches, Direction direction) {
  FlowSet flows;
  for (const Watch& watch : watches) {
    for (const IpAddress& address : watch.addresses) {
      const IpPrefix host(address, address.is_v4() ? 32 : 128);
      Condition condition{.source_ports = {0, 65535}, .destination_ports = {0, 65535}};
      (direction == Direction::kIngress ? condition.destination : condition.source) = host;
      flows.Unite(FlowSet(condition));
    }
  }
  return flows;
}

void FindWitness(const std::array<Watch, 2>& watches, const std::array<Copiers, 2>& copiers,
                 MirroringChange& change) {
  std::vector<std::string> routes{""};
  for (std::size_t side = 0; side < 2; ++side) {
    for (const std::size_t each : copiers[side]) {
      const std::string& gateway = watches[side].sessions[each].nat_gateway;
      if (!gateway.empty()) routes.push_back(gateway);
    }
  }
  FlowSet own = change.flows;
  own.Intersect(OfItsOwn(watches, change.direction));
  for (const FlowSet* flows : {&own, &change.flows}) {
    for (std::uint64_t turn = 0; turn < kWitnessTurns && !flows->IsEmpty(); ++turn) {
      const FlowKey flow = flows->PickWitness(turn).value();
      const FrameInfo info = WitnessFrame(flow);
      for (const std::string& route : routes) {
        if (CopiesOf(watches[0], info, change.direction, route) ==
            CopiesOf(watches[1], info, change.direction, route)) {
          continue;
        }
        change.witness = flow;
        if (!route.empty()) change.nat_gateway = route;
        return;
      }
    }
  }
}

void Differ::CompareFlows(const std::array<Watch, 2>& watches, const FlowSet& region,
                          MirroringChange change, MirroringGroup& group) {
  const Direction direction = change.direction;
  bool& gave_up = group.gave_up[static_cast<std::size_t>(direction)];
  std::map<std::array<Copiers, 2>, FlowSet> parts;
  for (const auto& [before, flows] : Partition(watches[0], region, direction)) {
    if (flows.gave_up()) {
      gave_up = true;
      return;
    }
    for (const auto& [after, both] : Partition(watches[1], flows, direction)) {
      parts[{before, after}].UniteDisjoint(both);
    }
  }
  for (auto& [copiers, flows] : parts) {
    MirroringChange each = change;
    if (flows.gave_up()) {
      gave_up = true;
      continue;
    }
    if (!Classify(watches, copiers, each)) continue;
    flows.Simplify();
    each.flows = std::move(flows);
    FindWitness(watches, copiers, each);
    group.changes.push_back(std::move(each));
  }
}

// Frames without a flow: what is asked about them is their EtherType alone.
void Differ::CompareOthers(const std::array<Watch, 2>& watches, Direction direction,
                           MirroringGroup& group) {
  std::vector<std::uint16_t> types{kEtherTypeArp, kAnyOtherEtherType};
  for (const Watch& watch : watches) {
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
      const Watch& watch = watches[side];
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
    if (!Classify(watches, copiers, change)) continue;
    // Sampling keeps every frame that has no flow.
    if (change.kind == MirroringChange::Kind::kOtherShare) continue;
    change.has_also_other_share = false;
    change.ether_types = ether_types;
    group.changes.push_back(std::move(change));
  }
}

Watch Differ::WatchOf(std::size_t side, const Places& places) const {
  const ValidScenario& scenario = *scenarios_[side];
  // Where it is not, the rules are those of where it is: nothing else differs.
  const std::size_t of_rules = places[side] ? side : 1 - side;
  Watch watch{.scenario = &scenario, .rules = TapRulesOf(*scenarios_[of_rules], *places[of_rules])};
  if (places[side]) {
    const std::size_t eni = *places[side];
    watch.tap.emplace(MakeTap(scenario, eni, mirrors_by_eni_[side][eni]));
    watch.addresses = scenario.deployment->enis[eni].addresses;
  }
  return watch;
}

MirroringGroup Differ::Compare(const Places& places) {
  std::array<Watch, 2> watches{WatchOf(0, places), WatchOf(1, places)};
  MirroringGroup group;
  const auto mirrors = [&](std::size_t side) {
    return places[side] ? mirrors_by_eni_[side][*places[side]] : std::vector<std::size_t>{};
  };
  group.before = mirrors(0);
  group.after = mirrors(1);
  if (!places[1]) group.presence = MirroringGroup::Presence::kOnlyBefore;
  if (!places[0]) group.presence = MirroringGroup::Presence::kOnlyAfter;
  const TapRules& before = *watches[0].rules;
  const TapRules& after = *watches[1].rules;
  const bool in_both = places[0] && places[1] && !group.before.empty() && !group.after.empty();
  const auto mirrors_drops = [](const TapRules& rules, Direction direction) {
    return rules.mirrors_what_security_drops ||
           (rules.mirrors_outbound_drops && direction == Direction::kEgress);
  };
  for (const Direction direction : kBothWays) {
    for (std::size_t side = 0; side < 2; ++side) {
      watches[side].sessions.clear();
      if (!places[side]) continue;
      watches[side].sessions = SessionsOf(side, watches[side], *places[side], direction);
    }
    group.drops_differ[static_cast<std::size_t>(direction)] =
        in_both && mirrors_drops(before, direction) != mirrors_drops(after, direction);
    FlowSet region = WhereTheyMayDiffer(watches, direction);
    const Refused& refused = RefusedByOne(before, after);
    region.Unite(refused.never);
    region.Subtract(refused.ports);
    if (region.gave_up()) group.gave_up[static_cast<std::size_t>(direction)] = true;
    if (!region.gave_up()) CompareFlows(watches, region, {.direction = direction}, group);
    CompareFlows(watches, refused.ports, {.direction = direction, .is_to_mirror_port = true},
                 group);
    CompareOthers(watches, direction, group);
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
