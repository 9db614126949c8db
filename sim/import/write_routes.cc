#include "sim/import/write_routes.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "sim/import/ranges.h"

namespace vpcmirror::sim {
namespace {

class RouteWriter {
 public:
  RouteWriter(const FoundVpc& of, Inventory& inventory, const NameBook& names,
              const HostNames& hosts)
      : of_(of), all_(inventory), names_(names), hosts_(hosts), own_(PrefixOf(of.cidr)) {}

  void Write(SourcedJson& vpc) {
    SourcedJson tables = SourcedJson::Object();
    for (const FoundRouteTable& table : all_.route_tables) {
      if (table.vpc && table.vpc->value == of_.id) tables.Set(table.id, Table(table));
    }
    for (const FoundGateway& each : all_.gateways) {
      if (each.kind == RouteVia::kNatGateway && each.vpc && each.vpc->value == of_.id) {
        Nat({each.id, each.origin});
      }
    }
    if (!tables.is_empty()) vpc.Set("route_tables", std::move(tables));
    if (!nats_.is_empty()) vpc.Set("nat_gateways", std::move(nats_));
    if (!peerings_.is_empty()) vpc.Set("peerings", std::move(peerings_));
    if (!ccns_.is_empty()) vpc.Set("ccns", std::move(ccns_));
  }

 private:
  void AddGap(const char* name, std::string message, const char* fix, const Origin& origin) {
    all_.gaps.push_back({name, std::move(message), fix, origin});
  }

  SourcedJson Table(const FoundRouteTable& table) {
    SourcedJson routes = SourcedJson::List(table.origin);
    std::set<std::string> taken;
    for (const FoundRoute& route : table.routes) {
      if (route.via == RouteVia::kLocal) continue;  // the VPC's own range always is
      if (taken.insert(route.destination.value).second) {
        Add(route, route.destination, Via(route, table), routes);
        continue;
      }
      AddGap("route_twice",
             fmt::format("Route table {} has several routes to {}: the first is taken.", table.id,
                         route.destination.value),
             "nothing to do where the others only share its load", route.origin);
    }
    for (const FoundRoute& route : table.routes) AddInside(route, taken, routes);
    return routes;
  }

  static void Add(const FoundRoute& route, const FoundText& to, const FoundText& via,
                  SourcedJson& routes) {
    SourcedJson& written = routes.Add(SourcedJson::Object(route.origin));
    written.Set("to", SourcedJson::Text(to));
    written.Set("via", SourcedJson::Text(via));
  }

  FoundText Via(const FoundRoute& route, const FoundRouteTable& table) {
    const FoundText hop = route.hop ? *route.hop : FoundText{"", route.origin};
    switch (route.via) {
      case RouteVia::kBlackhole:
        return {"blackhole", route.origin};
      case RouteVia::kNatGateway:
        return hop.value.empty() ? Outside(route) : Nat(hop);
      case RouteVia::kPeering:
      case RouteVia::kCcn:
        return hop.value.empty() ? Outside(route) : Far(route, hop);
      case RouteVia::kInstance:
        return Host(route, hop, table);
      default:
        return Outside(route);
    }
  }

  static FoundText Outside(const FoundRoute& route) { return {"outside", route.origin}; }

  FoundText Nat(const FoundText& hop) {
    if (nats_.Get(hop.value) == nullptr) nats_.Set(hop.value, SourcedJson::Object(hop.origin));
    return hop;
  }

  FoundText Host(const FoundRoute& route, const FoundText& hop, const FoundRouteTable& table) {
    const auto host = hosts_.find(hop.value);
    if (host != hosts_.end()) return {host->second, hop.origin};
    AddGap("next_hop_not_listed",
           fmt::format("Route table {} leads {} to \"{}\", which is no host in any file: taken as "
                       "outside.",
                       table.id, route.destination.value, hop.value),
           "add what describes the network interfaces to the files", hop.origin);
    return Outside(route);
  }

  // The VPCs that a peering or transit gateway leads to: the one it names, or those in whose
  // ranges the destination is.
  const FoundVpc* PeerAt(const IpPrefix& destination, const FoundText& hop) const {
    if (const FoundVpc* named = NamedPeer(hop.value)) return named;
    for (const FoundVpc& each : all_.vpcs) {
      const auto range = PrefixOf(each.cidr);
      if (range && IsOther(each, *range) && range->Contains(destination)) return &each;
    }
    return nullptr;
  }

  bool IsOther(const FoundVpc& vpc, const IpPrefix& range) const {
    return vpc.id != of_.id && !(own_ && own_->Overlaps(range));
  }

  const FoundVpc* NamedPeer(const std::string& gateway) const {
    for (const FoundGateway& each : all_.gateways) {
      if (each.id != gateway || !each.peer_vpc) continue;
      const bool is_here = each.peer_vpc->value != of_.id;
      const auto& peer = is_here ? each.peer_vpc : each.vpc;
      for (const FoundVpc& vpc : all_.vpcs) {
        const auto range = PrefixOf(vpc.cidr);
        if (peer && vpc.id == peer->value && range && IsOther(vpc, *range)) return &vpc;
      }
    }
    return nullptr;
  }

  FoundText Far(const FoundRoute& route, const FoundText& hop) {
    const auto destination = PrefixOf(route.destination);
    const FoundVpc* peer = destination ? PeerAt(*destination, hop) : nullptr;
    return peer == nullptr ? FarWithoutPeer(hop) : FarTo(route, hop, *peer);
  }

  FoundText FarWithoutPeer(const FoundText& hop) {
    if (ccns_.Get(hop.value) == nullptr) ccns_.Set(hop.value, SourcedJson::Object(hop.origin));
    return hop;
  }

  // A gateway that leads to several VPCs is one of the scenario's for each.
  FoundText FarTo(const FoundRoute& route, const FoundText& hop, const FoundVpc& peer) {
    SourcedJson& list = route.via == RouteVia::kPeering ? peerings_ : ccns_;
    const std::string name = hop.value + (route.via == RouteVia::kPeering ? "" : ":" + peer.id);
    if (list.Get(name) == nullptr) {
      SourcedJson& gateway = list.Set(name, SourcedJson::Object(hop.origin));
      gateway.Set("peer", SourcedJson::Text(names_.Of(peer), hop.origin));
      if (NamedPeer(hop.value) != &peer) {
        AddGap(
            "gateway_peer",
            fmt::format("{} of VPC {} is assumed to lead to VPC {}, in whose range {} its routes' "
                        "destination is, and to be let in there.",
                        hop.value, of_.id, peer.id, peer.cidr->value),
            "nothing to do where it is so", hop.origin);
      }
    }
    return {name, hop.origin};
  }

  // Of a route to 10.0.0.0/8 that part which is the range of a VPC in the files.
  void AddInside(const FoundRoute& route, std::set<std::string>& taken, SourcedJson& routes) {
    const bool is_far = route.via == RouteVia::kCcn || route.via == RouteVia::kPeering;
    const auto destination = PrefixOf(route.destination);
    if (!is_far || !destination || !route.hop || NamedPeer(route.hop->value)) return;
    for (const FoundVpc& each : all_.vpcs) {
      const auto range = PrefixOf(each.cidr);
      if (!range || !IsOther(each, *range) || range->length() <= destination->length()) continue;
      if (!destination->Contains(*range) || !taken.insert(each.cidr->value).second) continue;
      FoundRoute inside = route;
      inside.via = RouteVia::kCcn;
      Add(route, {each.cidr->value, route.destination.origin}, FarTo(inside, *route.hop, each),
          routes);
    }
  }

  const FoundVpc& of_;
  Inventory& all_;
  const NameBook& names_;
  const HostNames& hosts_;
  std::optional<IpPrefix> own_;
  SourcedJson nats_ = SourcedJson::Object();
  SourcedJson peerings_ = SourcedJson::Object();
  SourcedJson ccns_ = SourcedJson::Object();
};

}  // namespace

void WriteRoutes(const FoundVpc& of, Inventory& inventory, const NameBook& names,
                 const HostNames& hosts, SourcedJson& vpc) {
  RouteWriter(of, inventory, names, hosts).Write(vpc);
}

}  // namespace vpcmirror::sim
