#include "models/cloud/topology.h"

#include <algorithm>
#include <boost/graph/adjacency_list.hpp>
#include <functional>
#include <limits>
#include <map>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "models/cloud/firewall.h"

namespace vpcmirror {
namespace {

enum class Place : std::uint8_t {
  kEni,
  kSubnet,
  kRouteTable,
  kVpc,
  kNatGateway,
  kGateway,
  kOutside,
  kBlackhole,
};

struct Vertex {
  Place place = Place::kOutside;
  std::uint32_t index = 0;  // in the Deployment's vector of its kind
};

// Edges mean "asks next": ENI to subnet to route table, along a route to its
// next hop, gateway to the VPC behind it. Only those that leave a route table
// are routes.
struct Edge {
  IpPrefix prefix;
  NextHop next_hop;
  std::optional<std::size_t> route;  // in its table; empty: the VPC's own
};

using Adjacency = boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS, Vertex, Edge>;
using VertexId = boost::graph_traits<Adjacency>::vertex_descriptor;
using EdgeId = boost::graph_traits<Adjacency>::edge_descriptor;

struct AddressHasher {
  std::size_t operator()(const IpAddress& address) const noexcept {
    const auto octets = address.octets();
    return std::hash<std::string_view>{}(
        {reinterpret_cast<const char*>(octets.data()), octets.size()});
  }
};

// The routes of one table by prefix length, longest first, so that a lookup
// costs one hash for each length in use however many routes there are.
struct RouteIndex {
  std::map<int, std::unordered_map<IpAddress, EdgeId, AddressHasher>, std::greater<>> by_length;

  // Of two routes with one prefix the first stays: the VPC's own is added first.
  void Add(const IpPrefix& prefix, EdgeId edge) {
    by_length[prefix.length()].emplace(prefix.address(), edge);
  }

  std::optional<EdgeId> Match(const IpAddress& destination) const {
    const int bits = destination.is_v4() ? 32 : 128;
    for (const auto& [length, routes] : by_length) {
      if (length > bits) continue;
      const auto found = routes.find(IpPrefix(destination, length).address());
      if (found != routes.end()) return found->second;
    }
    return std::nullopt;
  }
};

std::string_view DirectionWord(Direction direction) {
  return direction == Direction::kIngress ? "ingress" : "egress";
}

const std::vector<SecurityRule>& RulesOf(const SecurityGroup& group, Direction direction) {
  return direction == Direction::kIngress ? group.ingress : group.egress;
}

std::string Judgement(const std::vector<SecurityRule>& rules, const FlowKey& flow,
                      Direction direction) {
  const auto rule = DecidingRule(rules, flow, direction);
  const std::string word(DirectionWord(direction));
  if (!rule) return "no " + word + " rule matches";
  return word + " rule " + std::to_string(*rule + 1) +
         (rules[*rule].accept ? " accepts" : " drops");
}

std::string EndText(const IpAddress& address, std::uint16_t port, Ports ports) {
  if (ports != Ports::kKnown) return ToString(address);
  return ToString(address) + ":" + std::to_string(port);
}

std::string FlowText(const FlowKey& flow) {
  return "protocol " + std::to_string(flow.protocol) + " from " +
         EndText(flow.source, flow.source_port, flow.ports) + " to " +
         EndText(flow.destination, flow.destination_port, flow.ports);
}

}  // namespace

struct Topology::Graph {
  explicit Graph(const Deployment& described);

  const Deployment& deployment;
  Adjacency adjacency;
  VertexId first_eni = 0, first_subnet = 0, first_table = 0, first_vpc = 0, first_nat = 0,
           first_gateway = 0, outside = 0, blackhole = 0;
  std::vector<RouteIndex> routes;                                                 // by route table
  std::vector<std::unordered_map<IpAddress, std::uint32_t, AddressHasher>> enis;  // by VPC

  VertexId AddAll(Place place, std::size_t count);
  void AddRoutes(std::size_t table);
  VertexId Target(const RouteTable& table, const NextHop& next_hop) const;

  VertexId OnlyNeighbour(VertexId vertex) const {
    return boost::target(*boost::out_edges(vertex, adjacency).first, adjacency);
  }
  std::size_t VpcOf(std::size_t eni) const {
    return deployment.subnets[deployment.enis[eni].subnet].vpc;
  }
  std::size_t TableOf(std::size_t eni) const {
    return adjacency[OnlyNeighbour(OnlyNeighbour(first_eni + eni))].index;
  }
  std::optional<EdgeId> Match(std::size_t eni, const IpAddress& destination) const {
    return routes[TableOf(eni)].Match(destination);
  }
  std::optional<std::size_t> EniOf(std::size_t vpc, const IpAddress& address) const;
  std::optional<std::size_t> VpcBehind(VertexId gateway) const;
  bool LeadsBack(std::size_t eni, const IpAddress& source, std::size_t vpc) const;
  RouteAnswer Follow(std::size_t source_eni, EdgeId route, const IpAddress& destination,
                     const IpAddress& source) const;
  RouteAnswer Through(VertexId gateway, std::size_t source_vpc, const IpAddress& destination,
                      const IpAddress& source) const;
  std::string RouteText(const Edge& route) const;
};

Topology::Graph::Graph(const Deployment& described) : deployment(described) {
  first_eni = AddAll(Place::kEni, deployment.enis.size());
  first_subnet = AddAll(Place::kSubnet, deployment.subnets.size());
  first_table = AddAll(Place::kRouteTable, deployment.route_tables.size());
  first_vpc = AddAll(Place::kVpc, deployment.vpcs.size());
  first_nat = AddAll(Place::kNatGateway, deployment.nat_gateways.size());
  first_gateway = AddAll(Place::kGateway, deployment.gateways.size());
  outside = AddAll(Place::kOutside, 1);
  blackhole = AddAll(Place::kBlackhole, 1);

  enis.resize(deployment.vpcs.size());
  for (std::size_t i = 0; i < deployment.enis.size(); ++i) {
    boost::add_edge(first_eni + i, first_subnet + deployment.enis[i].subnet, adjacency);
    for (const IpAddress& address : deployment.enis[i].addresses) {
      enis[VpcOf(i)].emplace(address, static_cast<std::uint32_t>(i));
    }
  }
  for (std::size_t i = 0; i < deployment.subnets.size(); ++i) {
    boost::add_edge(first_subnet + i, first_table + deployment.subnets[i].route_table, adjacency);
  }
  for (std::size_t i = 0; i < deployment.gateways.size(); ++i) {
    const auto peer = deployment.gateways[i].peer_vpc;
    if (peer) boost::add_edge(first_gateway + i, first_vpc + *peer, adjacency);
  }
  routes.resize(deployment.route_tables.size());
  for (std::size_t i = 0; i < routes.size(); ++i) AddRoutes(i);
}

VertexId Topology::Graph::AddAll(Place place, std::size_t count) {
  const VertexId first = boost::num_vertices(adjacency);
  for (std::size_t i = 0; i < count; ++i) {
    boost::add_vertex(Vertex{place, static_cast<std::uint32_t>(i)}, adjacency);
  }
  return first;
}

void Topology::Graph::AddRoutes(std::size_t index) {
  const RouteTable& table = deployment.route_tables[index];
  const auto add = [&](const IpPrefix& prefix, const NextHop& next_hop,
                       std::optional<std::size_t> route) {
    boost::add_edge(first_table + index, Target(table, next_hop), Edge{prefix, next_hop, route},
                    adjacency);
  };
  const Vpc& vpc = deployment.vpcs[table.vpc];
  const NextHop local{NextHop::Kind::kLocal, 0};
  add(vpc.cidr, local, std::nullopt);
  if (vpc.ipv6_cidr) add(*vpc.ipv6_cidr, local, std::nullopt);
  for (std::size_t i = 0; i < table.routes.size(); ++i) {
    add(table.routes[i].destination, table.routes[i].next_hop, i);
  }

  const auto [begin, end] = boost::out_edges(first_table + index, adjacency);
  for (auto edge = begin; edge != end; ++edge) routes[index].Add(adjacency[*edge].prefix, *edge);
}

VertexId Topology::Graph::Target(const RouteTable& table, const NextHop& next_hop) const {
  switch (next_hop.kind) {
    case NextHop::Kind::kLocal:
      return first_vpc + table.vpc;
    case NextHop::Kind::kNatGateway:
      return first_nat + next_hop.gateway;
    case NextHop::Kind::kCvm:
      return first_eni + next_hop.gateway;
    case NextHop::Kind::kPeering:
    case NextHop::Kind::kCcn:
      return first_gateway + next_hop.gateway;
    case NextHop::Kind::kBlackhole:
      return blackhole;
    case NextHop::Kind::kOutside:
    case NextHop::Kind::kNotLookedUp:
    case NextHop::Kind::kNoRoute:
      break;
  }
  return outside;
}

std::optional<std::size_t> Topology::Graph::EniOf(std::size_t vpc, const IpAddress& address) const {
  const auto found = enis[vpc].find(address);
  if (found == enis[vpc].end()) return std::nullopt;
  return found->second;
}

std::optional<std::size_t> Topology::Graph::VpcBehind(VertexId gateway) const {
  if (boost::out_degree(gateway, adjacency) == 0) return std::nullopt;
  return adjacency[OnlyNeighbour(gateway)].index;
}

bool Topology::Graph::LeadsBack(std::size_t eni, const IpAddress& source, std::size_t vpc) const {
  const auto route = Match(eni, source);
  if (!route) return false;
  const VertexId target = boost::target(*route, adjacency);
  return adjacency[target].place == Place::kGateway && VpcBehind(target) == vpc;
}

RouteAnswer Topology::Graph::Follow(std::size_t source_eni, EdgeId route,
                                    const IpAddress& destination, const IpAddress& source) const {
  RouteAnswer answer{Stop::kNone, adjacency[route].next_hop, std::nullopt};
  const VertexId target = boost::target(route, adjacency);
  const Vertex& at = adjacency[target];
  switch (at.place) {
    case Place::kVpc:
      answer.destination = EniOf(at.index, destination);
      if (!answer.destination) answer.stop = Stop::kNoSuchAddress;
      return answer;
    case Place::kEni:
      answer.destination = at.index;
      if (at.index != source_eni) return answer;
      return {Stop::kLoop, answer.next_hop, std::nullopt};
    case Place::kGateway: {
      const RouteAnswer beyond = Through(target, VpcOf(source_eni), destination, source);
      return {beyond.stop, answer.next_hop, beyond.destination};
    }
    case Place::kBlackhole:
      answer.stop = Stop::kBlackhole;
      return answer;
    case Place::kSubnet:
    case Place::kRouteTable:
    case Place::kNatGateway:
    case Place::kOutside:
      break;
  }
  return answer;
}

RouteAnswer Topology::Graph::Through(VertexId gateway, std::size_t source_vpc,
                                     const IpAddress& destination, const IpAddress& source) const {
  const auto peer = VpcBehind(gateway);
  if (!peer) return {};
  // Peering does not reach through the other VPC to what lies behind it.
  if (!Holds(deployment.vpcs[*peer], destination)) return {Stop::kNoRoute, {}, {}};
  const auto eni = EniOf(*peer, destination);
  if (!eni) return {Stop::kNoSuchAddress, {}, {}};
  if (!LeadsBack(*eni, source, source_vpc)) return {Stop::kPeerHasNoRouteBack, {}, eni};
  return {Stop::kNone, {}, eni};
}

std::string Topology::Graph::RouteText(const Edge& route) const {
  std::string text = "route " + ToString(route.prefix);
  const std::uint32_t gateway = route.next_hop.gateway;
  switch (route.next_hop.kind) {
    case NextHop::Kind::kLocal:
      return text + " local";
    case NextHop::Kind::kBlackhole:
      return text + " blackhole";
    case NextHop::Kind::kNatGateway:
      return text + " to NAT gateway " + deployment.nat_gateways[gateway].id;
    case NextHop::Kind::kCvm:
      return text + " to CVM " + deployment.enis[gateway].id;
    case NextHop::Kind::kPeering:
      return text + " to peering " + deployment.gateways[gateway].id;
    case NextHop::Kind::kCcn:
      return text + " to CCN " + deployment.gateways[gateway].id;
    default:
      return text + " to the outside";
  }
}

Topology::Topology(const Deployment& deployment) : graph_(std::make_unique<Graph>(deployment)) {}
Topology::~Topology() = default;
Topology::Topology(Topology&&) noexcept = default;
Topology& Topology::operator=(Topology&&) noexcept = default;

std::optional<std::size_t> Topology::EniOf(std::size_t vpc, const IpAddress& address) const {
  return graph_->EniOf(vpc, address);
}

RouteAnswer Topology::Lookup(std::size_t source_eni, const IpAddress& destination) const {
  const auto route = graph_->Match(source_eni, destination);
  if (!route) return {Stop::kNoRoute, NextHop{NextHop::Kind::kNoRoute, 0}, std::nullopt};
  return graph_->Follow(source_eni, *route, destination,
                        AddressTowards(graph_->deployment.enis[source_eni].addresses, destination));
}

// One packet on its way, hop by hop.
class Topology::Walk {
 public:
  Walk(const Graph& graph, const PathQuestion& question) : graph_(graph), question_(question) {}

  Path Run() {
    std::size_t at = question_.source_eni;
    Visit(at, "sends " + FlowText(question_.flow));
    bool asks_source = question_.source_security;
    while (Step(at, asks_source)) asks_source = true;
    return std::move(path_);
  }

 private:
  const Deployment& deployment() const { return graph_.deployment; }

  void Visit(std::size_t eni, std::string what) {
    const Bytes mtu = deployment().enis[eni].mtu;
    path_.mtu = visited_.empty() ? mtu : std::min(path_.mtu, mtu);
    visited_.insert(eni);
    path_.hops.push_back({deployment().enis[eni].id, std::move(what), {.index = eni}});
  }

  bool StopAt(Stop stop) {
    path_.stop = stop;
    return false;
  }

  // The ENI that would be reached cannot answer.
  bool StopAtReturn(std::size_t eni) {
    AddReturn(eni);
    return StopAt(Stop::kPeerHasNoRouteBack);
  }

  // Behind a peering or CCN: the route from there to the source.
  void AddReturn(std::size_t eni) {
    const auto route = graph_.Match(eni, question_.flow.source);
    if (!route) {
      AddTable(eni, route, "no route back to " + ToString(question_.flow.source));
      return;
    }
    const std::size_t vpc = graph_.VpcOf(question_.source_eni);
    const bool leads_back = graph_.LeadsBack(eni, question_.flow.source, vpc);
    AddTable(eni, route,
             graph_.RouteText(graph_.adjacency[*route]) +
                 (leads_back ? " leads back" : " does not lead back"));
  }

  // From one ENI to the next; true when that is a CVM that forwards, `at` then.
  bool Step(std::size_t& at, bool asks_source) {
    if (asks_source && !GroupsAdmit(at, Direction::kEgress)) {
      return StopAt(Stop::kSourceSecurityGroup);
    }
    const auto answer = Route(at);
    if (answer.stop != Stop::kNone && answer.stop != Stop::kPeerHasNoRouteBack) {
      return StopAt(answer.stop);
    }
    const auto next = answer.destination;
    const bool crosses = !next || deployment().enis[*next].subnet != deployment().enis[at].subnet;
    if (asks_source && crosses && !AclAdmits(at, Direction::kEgress)) {
      return StopAt(Stop::kSourceAcl);
    }
    if (answer.stop != Stop::kNone) return StopAtReturn(*next);
    if (!next) return false;
    const NextHop::Kind kind = answer.next_hop.kind;
    if (kind == NextHop::Kind::kPeering || kind == NextHop::Kind::kCcn) AddReturn(*next);
    return Enter(at, *next, crosses, answer.next_hop.kind == NextHop::Kind::kCvm);
  }

  bool Enter(std::size_t& at, std::size_t next, bool crosses, bool has_next_hop) {
    const auto& addresses = deployment().enis[next].addresses;
    const bool is_destination = std::find(addresses.begin(), addresses.end(),
                                          question_.flow.destination) != addresses.end();
    const bool forwards = has_next_hop && !is_destination;
    if (forwards && visited_.count(next) != 0) return StopAt(Stop::kLoop);
    if (question_.target_security) {
      if (crosses && !AclAdmits(next, Direction::kIngress)) return StopAt(Stop::kTargetAcl);
      if (!GroupsAdmit(next, Direction::kIngress)) return StopAt(Stop::kTargetSecurityGroup);
    }
    Visit(next, forwards ? "forwards" : "receives");
    if (!forwards) path_.destination = next;
    at = next;
    return forwards;
  }

  RouteAnswer Route(std::size_t at) {
    const auto route = graph_.Match(at, question_.flow.destination);
    RouteAnswer answer{Stop::kNoRoute, NextHop{NextHop::Kind::kNoRoute, 0}, std::nullopt};
    if (route) {
      answer = graph_.Follow(at, *route, question_.flow.destination, question_.flow.source);
      AddTable(at, route, graph_.RouteText(graph_.adjacency[*route]));
    } else {
      AddTable(at, route, "no route to " + ToString(question_.flow.destination));
    }
    if (path_.next_hop.kind == NextHop::Kind::kNotLookedUp) path_.next_hop = answer.next_hop;
    return answer;
  }

  // The route table of an ENI's subnet, and which of its routes was taken.
  void AddTable(std::size_t eni, std::optional<EdgeId> route, std::string what) {
    const std::size_t table = graph_.TableOf(eni);
    HopPlace place{.kind = HopPlace::Kind::kRouteTable, .index = table};
    if (route) place.entry = graph_.adjacency[*route].route;
    path_.hops.push_back({deployment().route_tables[table].id, std::move(what), place});
  }

  void AddJudgement(HopPlace::Kind kind, std::size_t index, const std::string& id,
                    const std::vector<SecurityRule>& rules, Direction direction) {
    path_.hops.push_back({id,
                          Judgement(rules, question_.flow, direction),
                          {.kind = kind,
                           .index = index,
                           .entry = DecidingRule(rules, question_.flow, direction),
                           .direction = direction}});
  }

  bool GroupsAdmit(std::size_t eni, Direction direction) {
    const auto& groups = deployment().enis[eni].security_groups;
    bool admitted = groups.empty();
    for (const std::size_t index : groups) {
      const SecurityGroup& group = deployment().security_groups[index];
      const auto& rules = RulesOf(group, direction);
      AddJudgement(HopPlace::Kind::kSecurityGroup, index, group.id, rules, direction);
      admitted = admitted || Accepts(rules, question_.flow, direction);
    }
    return admitted;
  }

  bool AclAdmits(std::size_t eni, Direction direction) {
    const auto index = deployment().subnets[deployment().enis[eni].subnet].acl;
    if (!index) return true;
    const NetworkAcl& acl = deployment().acls[*index];
    const auto& rules = direction == Direction::kIngress ? acl.ingress : acl.egress;
    AddJudgement(HopPlace::Kind::kAcl, *index, acl.id, rules, direction);
    return Accepts(rules, question_.flow, direction);
  }

  const Graph& graph_;
  const PathQuestion& question_;
  Path path_;
  std::unordered_set<std::size_t> visited_;
};

Path Topology::Trace(const PathQuestion& question) const { return Walk(*graph_, question).Run(); }

}  // namespace vpcmirror
