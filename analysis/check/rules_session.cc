// Rules about several mirrors of one ENI, or of one receiver.
#include <algorithm>
#include <map>
#include <set>

#include "analysis/check/rules.h"
#include "analysis/check/witness.h"
#include "models/mirror/copied_flows.h"

namespace vpcmirror {
namespace {

constexpr Direction kDirections[] = {Direction::kIngress, Direction::kEgress};

// Two mirrors that watch some of the same ENIs, where only one of them copies a packet.
struct Pair {
  std::size_t first = 0;  // asked before `later`
  std::size_t later = 0;
  std::vector<std::size_t> enis;
};

std::vector<Pair> PairsOf(const CheckContext& context) {
  std::map<std::pair<std::size_t, std::size_t>, std::vector<std::size_t>> shared;
  const auto number = [&](std::size_t mirror) {
    return context.valid.mirrors[mirror].mirror->settings().number;
  };
  for (std::size_t eni = 0; eni < context.watching.size(); ++eni) {
    std::vector<std::size_t> mirrors = context.watching[eni];
    std::stable_sort(mirrors.begin(), mirrors.end(),
                     [&](std::size_t a, std::size_t b) { return number(a) < number(b); });
    for (std::size_t i = 1; i < mirrors.size(); ++i) {
      shared[{mirrors[0], mirrors[i]}].push_back(eni);
    }
  }
  std::vector<Pair> pairs;
  for (auto& [mirrors, enis] : shared) {
    const auto& [first, later] = mirrors;
    const bool copies =
        context.valid.mirrors[first].mirror->settings().state == MirrorState::kRunning;
    if (!copies || !context.ProfileOf(context.valid.mirrors[later]).sessions.at_most_one_copy) {
      continue;
    }
    pairs.push_back({first, later, std::move(enis)});
  }
  return pairs;
}

// What the first of a pair keeps from the later one, and what it leaves it.
struct Shares {
  std::array<FlowSet, 2> taken;  // by direction
  bool leaves_nothing = true;
  bool takes_nothing = true;
};

Shares SharesOf(const CheckContext& context, const Pair& pair) {
  const PlacedMirror& first = context.valid.mirrors[pair.first];
  const MirrorSettings& settings = first.mirror->settings();
  const bool is_sampled = settings.sampling.keep < settings.sampling.of;
  Shares shares;
  for (const Direction direction : kDirections) {
    FlowSet kept = context.CopiedFlows(pair.first, direction);
    if (context.ProfileOf(first).sessions.reject_stops_later &&
        Contains(settings.directions, direction)) {
      kept.Unite(RejectedByRule(settings.filter, direction));
    }
    FlowSet& taken = shares.taken[static_cast<std::size_t>(direction)];
    taken = context.CopiedFlows(pair.later, direction);
    FlowSet left = taken;
    taken.Intersect(kept);
    left.Subtract(kept);
    shares.takes_nothing = shares.takes_nothing && taken.IsEmpty();
    shares.leaves_nothing =
        shares.leaves_nothing && left.IsEmpty() && !is_sampled && !settings.filter.asks_next_hop();
  }
  return shares;
}

Finding FindingOf(const CheckContext& context, const Pair& pair, const Shares& shares,
                  std::string message, std::string fix) {
  Finding finding = About(context.valid.mirrors[pair.later], std::move(message), std::move(fix));
  finding.numbers = {{"enis", static_cast<double>(pair.enis.size()), ""}};
  for (const Direction direction : kDirections) {
    const WitnessQuestion question{
        .mirror = pair.later, .eni = pair.enis.front(), .direction = direction};
    const FlowSet& taken = shares.taken[static_cast<std::size_t>(direction)];
    auto witness = FindWitness(context, question, taken, false);
    if (!witness) continue;
    finding.witnesses = {*std::move(witness)};
    break;
  }
  return finding;
}

std::string NameOf(const CheckContext& context, std::size_t mirror) {
  return context.valid.mirrors[mirror].mirror->settings().id;
}

}  // namespace

void FindOverlaps(const CheckContext& context, std::vector<Finding>& findings) {
  for (const Pair& pair : PairsOf(context)) {
    const Shares shares = SharesOf(context, pair);
    if (shares.takes_nothing || shares.leaves_nothing) continue;
    findings.push_back(FindingOf(
        context, pair, shares,
        NameOf(context, pair.first) + " and " + NameOf(context, pair.later) + " watch " +
            context.EnisText(pair.enis) +
            " both: of a packet that both would copy, only the one of the smaller number makes "
            "its copy",
        "filters that do not overlap, or one session"));
  }
}

void FindStarvedSessions(const CheckContext& context, std::vector<Finding>& findings) {
  for (const Pair& pair : PairsOf(context)) {
    const Shares shares = SharesOf(context, pair);
    if (shares.takes_nothing || !shares.leaves_nothing) continue;
    findings.push_back(FindingOf(
        context, pair, shares,
        NameOf(context, pair.later) + " gets no copy of " + context.EnisText(pair.enis) + ": " +
            NameOf(context, pair.first) + ", which is asked before it, takes all of its packets",
        "a smaller number for " + NameOf(context, pair.later) + ", a narrower filter for " +
            NameOf(context, pair.first) + ", or one session"));
  }
}

void FindSharedVnis(const CheckContext& context, std::vector<Finding>& findings) {
  std::map<std::pair<std::size_t, std::uint32_t>, const PlacedMirror*> seen;
  std::set<std::pair<const PlacedMirror*, const PlacedMirror*>> told;
  std::set<std::uint32_t> taken;
  std::uint32_t free = 1;  // or taken, and then the next one
  for (const PlacedMirror& placed : context.valid.mirrors) {
    taken.insert(placed.mirror->settings().tunnel.vni);
  }
  for (const PlacedMirror& placed : context.valid.mirrors) {
    const TunnelSettings& tunnel = placed.mirror->settings().tunnel;
    // Where nobody can give one, nobody is told apart by it.
    const bool is_given = context.ProfileOf(placed).vni != VniRule::kNone;
    if (placed.sources.empty() || !HasVni(tunnel.kind) || !is_given) continue;
    for (const std::size_t receiver : placed.receiver_enis) {
      const auto [at, fresh] = seen.emplace(std::pair{receiver, tunnel.vni}, &placed);
      if (fresh || at->second == &placed || !told.emplace(at->second, &placed).second) continue;
      Finding finding =
          About(placed,
                at->second->mirror->settings().id + " and " + placed.mirror->settings().id +
                    " send copies of VNI " + std::to_string(tunnel.vni) + " to " +
                    context.deployment().enis[receiver].id + ", which cannot tell them apart",
                "a VNI of its own for each, where the API has one");
      finding.numbers = {{"vni", static_cast<double>(tunnel.vni), ""}};
      const MirrorSpec* spec = context.SpecOf(placed);
      if (spec != nullptr && !spec->words.vni.empty()) {
        while (taken.count(free) > 0) ++free;
        taken.insert(free);
        finding.fix = "\"" + spec->words.vni + "\": " + std::to_string(free);
        finding.edits = {{spec->path + "/" + spec->words.vni, std::to_string(free)}};
      }
      findings.push_back(std::move(finding));
    }
  }
}

}  // namespace vpcmirror
