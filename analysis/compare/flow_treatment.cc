#include "analysis/compare/flow_treatment.h"

#include <algorithm>
#include <compare>
#include <cstdint>
#include <optional>
#include <type_traits>
#include <utility>

#include "models/cloud/firewall.h"

namespace vpcmirror {
namespace {

// What becomes of a flow, so that two that are equal are treated alike. `part` is the
// field of Effect that is looked at, or the whole.
template <class Part>
auto TreatmentOf(const MirrorWatch& watch, const Copiers& copiers, const Part& part) {
  std::vector<std::decay_t<decltype(part(SessionEffect{}))>> all;
  for (const std::size_t each : copiers) all.push_back(part(watch.sessions[each].effect));
  const bool is_ordered = watch.is_ordered() && copiers.size() > 1;
  if (!is_ordered) std::sort(all.begin(), all.end());
  return std::pair(is_ordered, all);
}

// A copy as the tap makes it, in what a change may be about.
struct SeenCopy {
  IpAddress receiver;
  int head = 0;
  Bytes room{};
  MtuPolicy policy = MtuPolicy::kTruncate;

  friend auto operator<=>(const SeenCopy&, const SeenCopy&) = default;
};

std::vector<SeenCopy> CopiesOf(const MirrorWatch& watch, const Frame& frame) {
  std::vector<SeenCopy> copies;
  if (!watch.tap) return copies;
  const Decision decision = watch.tap->OnFrame(frame);
  for (const Outcome& outcome : decision.outcomes()) {
    if (outcome.refusal != Refusal::kNone) continue;
    const Mirror& mirror = watch.tap->session(outcome.session);
    const auto session =
        std::find_if(watch.sessions.begin(), watch.sessions.end(),
                     [&](const WatchedSession& each) { return each.core == &mirror; });
    const ReceiverAddress& receiver = mirror.settings().receivers[outcome.plan.receiver];
    copies.push_back({.receiver = receiver.address,
                      .head = session->effect.head,
                      .room = outcome.plan.room,
                      .policy = receiver.mtu_policy});
  }
  std::sort(copies.begin(), copies.end());
  return copies;
}

NextHop RouteTo(const MirrorWatch& watch, const std::string& nat_gateway) {
  const auto& gateways = watch.scenario->deployment->nat_gateways;
  for (std::uint32_t i = 0; i < gateways.size() && !nat_gateway.empty(); ++i) {
    if (gateways[i].id == nat_gateway) return {NextHop::Kind::kNatGateway, i};
  }
  return {};
}

// Whether the taps' answers differ, on the route that is supposed.
bool Differs(const BothWatches& watches, const FrameInfo& info, Direction direction,
             const std::string& nat_gateway) {
  const auto copies = [&](const MirrorWatch& watch) {
    return CopiesOf(
        watch, {.info = info, .direction = direction, .next_hop = RouteTo(watch, nat_gateway)});
  };
  return copies(watches[0]) != copies(watches[1]);
}

// The frame as its ENI meets it: security groups asked, the route looked up.
std::vector<SeenCopy> CopiesInPlace(const MirrorWatch& watch, const FrameInfo& info,
                                    Direction direction) {
  if (!watch.eni) return {};
  Frame frame{.info = info, .direction = direction};
  Firewall firewall(*watch.scenario->deployment, *watch.eni);
  frame.admitted =
      firewall.is_open() || firewall.Admit(info.flow, direction) == Admission::kAdmitted;
  if (direction == Direction::kEgress && watch.scenario->topology) {
    frame.next_hop = watch.scenario->topology->Lookup(*watch.eni, info.flow.destination).next_hop;
  }
  return CopiesOf(watch, frame);
}

bool DiffersInPlace(const BothWatches& watches, const FrameInfo& info,
                    const MirroringChange& change) {
  const auto was = CopiesInPlace(watches[0], info, change.direction);
  const auto is = CopiesInPlace(watches[1], info, change.direction);
  if (change.kind == MirroringChange::Kind::kStarts && !change.is_whole_mirror) {
    return was.empty() && !is.empty();
  }
  if (change.kind == MirroringChange::Kind::kStops && !change.is_whole_mirror) {
    return !was.empty() && is.empty();
  }
  return was != is;
}

// "" and the NAT gateways that the sessions ask for.
std::vector<std::string> RoutesOf(const BothWatches& watches,
                                  const std::array<Copiers, 2>& copiers) {
  std::vector<std::string> routes{""};
  for (std::size_t side = 0; side < 2; ++side) {
    for (const std::size_t each : copiers[side]) {
      const std::string& gateway = watches[side].sessions[each].nat_gateway;
      if (!gateway.empty()) routes.push_back(gateway);
    }
  }
  return routes;
}

// As the ENI itself sends or gets them.
FlowSet OfItsOwn(const BothWatches& watches, Direction direction) {
  FlowSet flows;
  for (const MirrorWatch& watch : watches) {
    for (const IpAddress& address : watch.addresses) {
      const IpPrefix host(address, address.is_v4() ? 32 : 128);
      Condition condition{.source_ports = {0, 65535}, .destination_ports = {0, 65535}};
      (direction == Direction::kIngress ? condition.destination : condition.source) = host;
      flows.Unite(FlowSet(condition));
    }
  }
  return flows;
}

// What the first rule that matches accepts.
FlowSet AcceptedBy(const std::vector<SecurityRule>& rules, Direction direction) {
  FlowSet accepted;
  FlowSet decided;
  for (const SecurityRule& rule : rules) {
    Condition condition{
        .protocol = rule.protocol, .source_ports = {0, 65535}, .destination_ports = rule.ports};
    (direction == Direction::kIngress ? condition.source : condition.destination) = rule.peer;
    FlowSet flows(condition);
    flows.Subtract(decided);
    decided.Unite(flows);
    if (rule.accept) accepted.Unite(flows);
  }
  return accepted;
}

// What the ENI's security groups and its subnet's ACL let pass as the first packet of a flow;
// less than that where the other end is in the subnet. Where to look first, and no more.
FlowSet LikelyAdmitted(const MirrorWatch& watch, Direction direction) {
  if (!watch.eni) return FlowSet::All();
  const Deployment& deployment = *watch.scenario->deployment;
  const Eni& eni = deployment.enis[*watch.eni];
  const bool is_in = direction == Direction::kIngress;
  FlowSet flows = eni.security_groups.empty() ? FlowSet::All() : FlowSet();
  for (const std::size_t each : eni.security_groups) {
    const SecurityGroup& group = deployment.security_groups[each];
    flows.Unite(AcceptedBy(is_in ? group.ingress : group.egress, direction));
  }
  const auto& acl = deployment.subnets[eni.subnet].acl;
  if (acl) {
    const NetworkAcl& rules = deployment.acls[*acl];
    flows.Intersect(AcceptedBy(is_in ? rules.ingress : rules.egress, direction));
  }
  return flows;
}

}  // namespace

bool ClassifyChange(const BothWatches& watches, const std::array<Copiers, 2>& copiers,
                    MirroringChange& change) {
  const auto differ = [&](const auto& part) {
    return TreatmentOf(watches[0], copiers[0], part) != TreatmentOf(watches[1], copiers[1], part);
  };
  if (!differ([](const SessionEffect& effect) { return effect; })) return false;
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
  const bool receivers = differ([](const SessionEffect& effect) { return effect.receivers; });
  const bool form =
      differ([](const SessionEffect& effect) { return std::pair(effect.receivers, effect.form); });
  const bool share =
      differ([](const SessionEffect& effect) { return std::pair(effect.receivers, effect.share); });
  change.kind = receivers ? MirroringChange::Kind::kOtherReceivers
                : form    ? MirroringChange::Kind::kAltered
                          : MirroringChange::Kind::kOtherShare;
  // Of copies that are elsewhere, more or fewer, form and share are compared by themselves.
  if (receivers) {
    change.is_also_altered = differ([](const SessionEffect& effect) { return effect.form; }) &&
                             copiers[0].size() == copiers[1].size();
    change.has_also_other_share =
        differ([](const SessionEffect& effect) { return effect.share; }) &&
        copiers[0].size() == copiers[1].size();
  } else if (form) {
    change.has_also_other_share = share;
  }
  return true;
}

std::vector<TraitChange> TraitChangesOf(const BothWatches& watches, const MirroringChange& change) {
  if (change.before.size() != 1 || change.after.size() != 1) return {};
  std::array<CopyTraits, 2> traits;
  for (std::size_t side = 0; side < 2; ++side) {
    const MirrorWatch& watch = watches[side];
    const std::size_t mirror = (side == 0 ? change.before : change.after).front();
    const auto session =
        std::find_if(watch.sessions.begin(), watch.sessions.end(),
                     [&](const WatchedSession& each) { return each.mirror == mirror; });
    const Bytes mtu = watch.scenario->deployment->enis[*watch.eni].mtu;
    for (const CopyTraits& more :
         {ReceiverTraits(*session->core), HeadTraits(*session->core, mtu, change.direction),
          RoomTraits(*session->core, mtu), ShareTraits(*session->core, session->nat_gateway)}) {
      traits[side].insert(traits[side].end(), more.begin(), more.end());
    }
  }
  return DifferencesOf(traits[0], traits[1]);
}

void FindWitness(const BothWatches& watches, const std::array<Copiers, 2>& copiers,
                 const FlowSet& flows, MirroringChange& change) {
  // Turns that are spent on finding a better one than the first.
  constexpr std::uint64_t kMoreTurns = 200;
  const std::vector<std::string> routes = RoutesOf(watches, copiers);
  FlowSet own = flows;
  own.Intersect(OfItsOwn(watches, change.direction));
  FlowSet admitted = own;
  for (const MirrorWatch& watch : watches) {
    admitted.Intersect(LikelyAdmitted(watch, change.direction));
  }
  for (const FlowSet* each :
       {static_cast<const FlowSet*>(&admitted), static_cast<const FlowSet*>(&own), &flows}) {
    std::uint64_t turns = each->gave_up() || each->IsEmpty() ? 0 : kWitnessTurns;
    for (std::uint64_t turn = 0; turn < turns; ++turn) {
      const FlowKey flow = each->PickWitness(turn).value();
      const FrameInfo info = WitnessFrame(flow);
      const auto route = std::find_if(routes.begin(), routes.end(), [&](const std::string& to) {
        return Differs(watches, info, change.direction, to);
      });
      if (route == routes.end()) continue;
      if (!change.witness) {
        turns = std::min(turns, turn + kMoreTurns);
        change.witness = flow;
        change.nat_gateway = route->empty() ? std::nullopt : std::optional(*route);
      }
      if (!DiffersInPlace(watches, info, change)) continue;
      change.witness = flow;
      change.nat_gateway = route->empty() ? std::nullopt : std::optional(*route);
      change.holds_in_place = true;
      return;
    }
    if (change.witness) return;
  }
}

}  // namespace vpcmirror
