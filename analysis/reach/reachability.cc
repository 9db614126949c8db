#include "analysis/reach/reachability.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "analysis/reach/source_classes.h"
#include "analysis/reach/written_places.h"
#include "models/cloud/firewall.h"

namespace vpcmirror {
namespace {

// IPv4, UDP and Geneve without options (RFC 8926), which a load balancer may put around.
constexpr Bytes kGeneveOverIpv4{20 + 8 + 8};
constexpr Bytes kEthernetHeader{14};

Block BlockOf(const Path& path, std::size_t receiver) {
  switch (path.stop) {
    case Stop::kNoRoute:
      return Block::kNoRoute;
    case Stop::kBlackhole:
      return Block::kBlackhole;
    case Stop::kNoSuchAddress:
      return Block::kNoSuchAddress;
    case Stop::kPeerHasNoRouteBack:
      return Block::kNoRouteBack;
    case Stop::kLoop:
      return Block::kLoop;
    case Stop::kSourceAcl:
    case Stop::kTargetAcl:
      return Block::kAcl;
    case Stop::kSourceSecurityGroup:
    case Stop::kTargetSecurityGroup:
      return Block::kSecurityGroup;
    case Stop::kNone:
      break;
  }
  if (!path.destination) return Block::kOutside;
  return *path.destination == receiver ? Block::kNone : Block::kOtherEni;
}

std::string TypeOf(HopPlace::Kind kind) {
  switch (kind) {
    case HopPlace::Kind::kEni:
      return "host";
    case HopPlace::Kind::kRouteTable:
      return "route_table";
    case HopPlace::Kind::kSecurityGroup:
      return "security_group";
    case HopPlace::Kind::kAcl:
      break;
  }
  return "acl";
}

// The last, or where copies were led astray: the last route there, behind which the route
// back and the rules of those that they came by may stand.
std::vector<Hop>::const_iterator HopToBlame(const Path& path, Block block) {
  const auto last = path.hops.end() - 1;
  if (block != Block::kOutside && block != Block::kOtherEni && block != Block::kLoop) return last;
  const auto is_table = [](const Hop& hop) {
    return hop.place.kind == HopPlace::Kind::kRouteTable;
  };
  const auto table = std::find_if(path.hops.rbegin(), path.hops.rend(), is_table);
  if (table == path.hops.rend()) return last;
  const auto there = std::next(table);
  const bool is_back = there != path.hops.rend() && is_table(*there);
  return (is_back ? there : table).base() - 1;
}

// What a way is asked by: whoever has the same gets the same answer.
struct WayKey {
  SourceClasses::Key sources;
  std::size_t receiver = 0;  // ENI
  IpAddress address;         // of it, that copies are sent to
  std::uint8_t protocol = 0;
  std::uint16_t port = 0;
  bool is_checked = true;                        // by the receiver's security groups and ACL
  Bytes room{};                                  // for a copy, by the mirror's MTU rule
  Bytes shortest{};                              // that a copy may be
  Bytes overhead{};                              // of its outer headers
  bool may_drop = false;                         // what does not fit
  std::size_t backend = SourceClasses::kNobody;  // ENI

  friend auto operator<=>(const WayKey&, const WayKey&) = default;
};

class Asker {
 public:
  Asker(const Scenario& written, const ValidScenario& valid)
      : valid_(valid),
        deployment_(*valid.deployment),
        places_(written, deployment_),
        classes_(valid) {}

  Reachability Run() {
    for (std::size_t i = 0; i < valid_.mirrors.size(); ++i) {
      if (!valid_.mirrors[i].sources.empty()) AskMirror(i);
    }
    reachability_.ways = ways_.size();
    return std::move(reachability_);
  }

 private:
  using Shared = std::shared_ptr<const Way>;

  void AskMirror(std::size_t index);
  void AskReceiver(const PlacedMirror& placed, std::size_t receiver, std::size_t source_class,
                   MirrorReach& reach);
  void AskBackends(const PlacedMirror& placed, const WayKey& to_balancer, std::size_t source,
                   std::size_t source_class, MirrorReach& reach);
  WayKey KeyTo(const PlacedMirror& placed, std::size_t receiver, std::size_t source) const;
  Shared Follow(const WayKey& key, std::size_t source);
  Shared ToBackend(const WayKey& key, const Way& before, const LoadBalancer& balancer);
  FlowKey FlowOf(const WayKey& key, std::size_t source) const;

  Blame BlameOf(const Path& path, Block block) const {
    const Hop& at = *HopToBlame(path, block);
    return {TypeOf(at.place.kind), at.id, at.what, places_.PathOf(at.place), at.place};
  }
  Blame BlameMtu(std::size_t eni, Bytes copy) const;
  Blame BlameBalancer(const LoadBalancer& balancer, std::string what) const {
    const std::size_t index = *deployment_.enis[balancer.eni].load_balancer;
    return {"load_balancer",
            balancer.id,
            std::move(what),
            places_.LoadBalancerPath(index),
            {.index = balancer.eni}};
  }
  bool BackendAdmits(std::size_t eni, const FlowKey& flow, Way& way) const;

  const ValidScenario& valid_;
  const Deployment& deployment_;
  WrittenPlaces places_;
  SourceClasses classes_;
  std::map<WayKey, Shared> ways_;
  Reachability reachability_;
};

void Asker::AskMirror(std::size_t index) {
  const PlacedMirror& placed = valid_.mirrors[index];
  MirrorReach reach{.mirror = index, .classes = {}, .reaches = {}};
  std::map<std::pair<SourceClasses::Key, bool>, std::size_t> known;
  const std::set<std::size_t> receivers(placed.receiver_enis.begin(), placed.receiver_enis.end());
  for (const std::size_t source : placed.sources) {
    SourceClasses::Key key = classes_.KeyOf(source);
    const bool receives = receivers.count(source) != 0;  // asked about the others only
    if (receives) key.itself = source;
    const auto [at, fresh] = known.try_emplace({key, receives}, reach.classes.size());
    if (fresh) reach.classes.emplace_back();
    reach.classes[at->second].sources.push_back(source);
  }
  for (std::size_t i = 0; i < reach.classes.size(); ++i) {
    for (std::size_t k = 0; k < placed.receiver_enis.size(); ++k) AskReceiver(placed, k, i, reach);
  }
  reachability_.mirrors.push_back(std::move(reach));
}

void Asker::AskReceiver(const PlacedMirror& placed, std::size_t receiver, std::size_t source_class,
                        MirrorReach& reach) {
  const std::size_t source = reach.classes[source_class].sources.front();
  const WayKey key = KeyTo(placed, receiver, source);
  if (key.receiver == source) return;
  Shared& way = ways_[key];
  if (!way) way = Follow(key, source);
  if (placed.load_balancer && way->block == Block::kNone) {
    AskBackends(placed, key, source, source_class, reach);
  } else {
    reach.reaches.push_back({source_class, key.receiver, way});
  }
}

WayKey Asker::KeyTo(const PlacedMirror& placed, std::size_t receiver, std::size_t source) const {
  const Mirror& mirror = *placed.mirror;
  const MirrorSettings& settings = mirror.settings();
  const ReceiverAddress& to = settings.receivers[receiver];
  const auto port = mirror.encapsulation().destination_port();
  const bool is_bare = mirror.encapsulation().header_bytes() == 0;
  WayKey key;
  key.sources = classes_.KeyOf(source);
  key.receiver = placed.receiver_enis[receiver];
  key.address = to.address;
  if (!is_bare) key.protocol = port ? kProtocolUdp : kProtocolGre;
  key.port = port.value_or(0);
  key.is_checked = settings.receiver_checks_copies && !is_bare;
  // Counted in frames: an encapsulation that carries IP leaves their Ethernet header out.
  const Bytes left_out = mirror.encapsulation().carries_ip() ? kEthernetHeader : Bytes(0);
  key.room = std::min(mirror.RoomAtSource(deployment_.enis[source].mtu),
                      mirror.RoomAtReceiver(static_cast<std::uint32_t>(receiver)));
  if (key.room < kNoLimit) key.room += left_out;
  key.shortest = kShortestFrame;
  for (const auto& length : settings.packet_length) {
    if (length) key.shortest = std::min(key.shortest, *length);
  }
  key.overhead = mirror.WireOverhead();
  key.may_drop = to.mtu_policy == MtuPolicy::kDrop;
  return key;
}

FlowKey Asker::FlowOf(const WayKey& key, std::size_t source) const {
  FlowKey flow;
  flow.source = AddressTowards(deployment_.enis[source].addresses, key.address);
  flow.destination = key.address;
  flow.protocol = key.protocol;
  flow.ports = key.port != 0 ? Ports::kKnown : Ports::kNotInProtocol;
  flow.source_port = key.port != 0 ? TunnelSettings{}.first_source_port : std::uint16_t{0};
  flow.destination_port = key.port;
  return flow;
}

Asker::Shared Asker::Follow(const WayKey& key, std::size_t source) {
  auto way = std::make_shared<Way>();
  way->flow = FlowOf(key, source);
  way->path = valid_.topology->Trace({.source_eni = source,
                                      .flow = way->flow,
                                      .source_security = false,
                                      .target_security = key.is_checked});
  way->block = BlockOf(way->path, key.receiver);
  if (way->block != Block::kNone) {
    way->blame = BlameOf(way->path, way->block);
    return way;
  }
  way->longest_whole = key.room;
  if (key.may_drop && key.room < key.shortest) {
    way->block = Block::kMtu;
    way->longest_whole = Bytes(0);
    way->blame = BlameMtu(key.receiver, key.shortest + key.overhead);
  }
  return way;
}

Blame Asker::BlameMtu(std::size_t eni, Bytes copy) const {
  const HopPlace place{.index = eni};
  return {"host", deployment_.enis[eni].id,
          "has an MTU of " + std::to_string(deployment_.enis[eni].mtu.count()) +
              ", and the shortest copy is a packet of " +
              std::to_string((copy - kEthernetHeader).count()) + " bytes",
          places_.PathOf(place), place};
}

void Asker::AskBackends(const PlacedMirror& placed, const WayKey& to_balancer, std::size_t source,
                        std::size_t source_class, MirrorReach& reach) {
  const LoadBalancer& balancer = deployment_.load_balancers[*placed.load_balancer];
  const Way before = *ways_[to_balancer];
  const bool has_outer = placed.mirror->encapsulation().header_bytes() > 0;
  FrameInfo copy;
  copy.has_flow = true;
  copy.flow = before.flow;
  const std::size_t zone =
      balancer.ZoneFor(deployment_.subnets[deployment_.enis[source].subnet].zone);
  const BackendChoice choice(balancer);
  const auto& eligible = choice.Eligible(zone);
  const bool listens = balancer.Listens(copy, has_outer);
  if (!listens || eligible.empty()) {
    auto way = std::make_shared<Way>(before);
    way->load_balancer = placed.load_balancer;
    way->block = listens ? Block::kBackend : Block::kListener;
    way->longest_whole = Bytes(0);
    way->blame = BlameBalancer(
        balancer, listens ? "has no healthy backend for what comes in " +
                                (balancer.zones[zone].empty() ? std::string("at its zone")
                                                              : "in zone " + balancer.zones[zone])
                  : balancer.listener
                      ? "listens on " + ToString(*balancer.listener) + ", not for copies"
                      : "has no listener");
    reach.reaches.push_back({source_class, balancer.eni, std::move(way)});
    return;
  }
  for (const std::size_t index : eligible) {
    WayKey key = to_balancer;
    key.backend = balancer.backends[index].eni;
    if (key.backend == source) continue;
    Shared& way = ways_[key];
    if (!way) way = ToBackend(key, before, balancer);
    reach.reaches.push_back({source_class, key.backend, way});
  }
}

// It takes the copy as it is and writes the backend's address into it, or wraps it again.
Asker::Shared Asker::ToBackend(const WayKey& key, const Way& before, const LoadBalancer& balancer) {
  auto way = std::make_shared<Way>(before);
  const Eni& backend = deployment_.enis[key.backend];
  way->load_balancer = *deployment_.enis[balancer.eni].load_balancer;
  way->path.hops.back().what = "passes on";
  way->path.destination = key.backend;
  way->path.mtu = std::min(way->path.mtu, backend.mtu);
  FlowKey flow = before.flow;
  flow.destination = backend.addresses.front();
  Bytes overhead = key.overhead;
  if (const auto& options = balancer.kind.geneve_options) {
    flow.source = deployment_.enis[balancer.eni].addresses.front();
    const auto port = Encapsulation({.kind = EncapsulationKind::kGeneve}).destination_port();
    flow.destination_port = port.value_or(0);
    overhead += kGeneveOverIpv4 + *options;
  }
  way->flow = flow;
  const Bytes copy = std::min(key.shortest, key.room) + overhead;
  if (copy > backend.mtu + kEthernetHeader) {
    way->block = Block::kMtu;
    way->blame = BlameMtu(key.backend, copy);
    way->longest_whole = Bytes(0);
    return way;
  }
  way->longest_whole = std::min(key.room, backend.mtu + kEthernetHeader - overhead);
  if (key.is_checked && !BackendAdmits(key.backend, flow, *way)) {
    way->blame = BlameOf(way->path, way->block);
    way->longest_whole = Bytes(0);
    return way;
  }
  way->path.hops.push_back({backend.id, "receives", {.index = key.backend}});
  return way;
}

// As Firewall judges what comes in, with the words for it.
bool Asker::BackendAdmits(std::size_t index, const FlowKey& flow, Way& way) const {
  const Eni& eni = deployment_.enis[index];
  const auto judge = [&](HopPlace::Kind kind, std::size_t set, const std::string& id,
                         const std::vector<SecurityRule>& rules) {
    const auto rule = DecidingRule(rules, flow, Direction::kIngress);
    const bool accepts = rule && rules[*rule].accept;
    const std::string what =
        rule ? "ingress rule " + std::to_string(*rule + 1) + (accepts ? " accepts" : " drops")
             : "no ingress rule matches";
    way.path.hops.push_back({id, what, {.kind = kind, .index = set, .entry = rule}});
    return accepts;
  };
  const Subnet& subnet = deployment_.subnets[eni.subnet];
  if (subnet.acl && !Holds(subnet, flow.source)) {
    const NetworkAcl& acl = deployment_.acls[*subnet.acl];
    if (!judge(HopPlace::Kind::kAcl, *subnet.acl, acl.id, acl.ingress)) {
      way.block = Block::kAcl;
      return false;
    }
  }
  bool admitted = eni.security_groups.empty();
  for (const std::size_t group : eni.security_groups) {
    const SecurityGroup& of = deployment_.security_groups[group];
    const bool accepts = judge(HopPlace::Kind::kSecurityGroup, group, of.id, of.ingress);
    admitted = admitted || accepts;
  }
  if (!admitted) way.block = Block::kSecurityGroup;
  return admitted;
}

}  // namespace

Reachability ReachabilityOf(const Scenario& written, const ValidScenario& valid) {
  return Asker(written, valid).Run();
}

std::string ProtocolText(const FlowKey& flow) {
  if (flow.ports == Ports::kKnown) return "UDP " + std::to_string(flow.destination_port);
  return flow.protocol == kProtocolGre ? "GRE (protocol 47)" : "";
}

std::string_view ToString(Block block) {
  constexpr std::string_view kWords[kBlocks] = {
      "none",    "no_route",       "blackhole",     "no_such_address",
      "outside", "other_eni",      "no_route_back", "loop",
      "acl",     "security_group", "listener",      "backend",
      "mtu"};
  return kWords[static_cast<std::size_t>(block)];
}

}  // namespace vpcmirror
