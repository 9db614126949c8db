#include "analysis/reach/failures.h"

#include <algorithm>
#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/biconnected_components.hpp>
#include <boost/graph/connected_components.hpp>
#include <iterator>
#include <map>
#include <set>
#include <utility>

namespace vpcmirror {
namespace {

struct EdgeBlock {
  std::size_t block = 0;
};
using Graph = boost::adjacency_list<boost::setS, boost::vecS, boost::undirectedS,
                                    boost::no_property, EdgeBlock>;
using Vertex = boost::graph_traits<Graph>::vertex_descriptor;

// The components of open ways, each once, between one vertex for all sources and one for
// all receivers.
class WayGraph {
 public:
  static constexpr Vertex kSources = 0;
  static constexpr Vertex kReceivers = 1;

  WayGraph() : graph_(2), components_(2) {}

  void Add(const std::vector<Component>& way) {
    Vertex before = kSources;
    for (const Component& each : way) {
      const Vertex at = VertexOf(each);
      boost::add_edge(before, at, graph_);
      before = at;
    }
    boost::add_edge(before, kReceivers, graph_);
  }

  // Those that part the sources from the receivers.
  std::set<Component> Parting() {
    std::vector<Vertex> points;
    boost::articulation_points(graph_, std::back_inserter(points));
    std::set<Component> parting;
    for (const Vertex point : points) {
      if (point > kReceivers && !Connects(point)) parting.insert(components_[point]);
    }
    return parting;
  }

 private:
  Vertex VertexOf(const Component& component) {
    const auto [at, fresh] = known_.try_emplace(component, 0);
    if (!fresh) return at->second;
    at->second = boost::add_vertex(graph_);
    components_.push_back(component);
    return at->second;
  }

  // Whether a way is left without this one.
  bool Connects(Vertex without) const {
    std::vector<bool> seen(boost::num_vertices(graph_), false);
    std::vector<Vertex> next = {kSources};
    seen[kSources] = seen[without] = true;
    while (!next.empty()) {
      const Vertex at = next.back();
      next.pop_back();
      if (at == kReceivers) return true;
      for (auto [edge, end] = boost::adjacent_vertices(at, graph_); edge != end; ++edge) {
        if (seen[*edge]) continue;
        seen[*edge] = true;
        next.push_back(*edge);
      }
    }
    return false;
  }

  Graph graph_;
  std::vector<Component> components_;  // by vertex
  std::map<Component, Vertex> known_;
};

// A zone is one component whichever of its subnets is met first.
std::size_t FirstSubnetOf(const Deployment& deployment, const std::string& zone) {
  const auto& subnets = deployment.subnets;
  const auto first = std::find_if(subnets.begin(), subnets.end(),
                                  [&](const Subnet& each) { return each.zone == zone; });
  return static_cast<std::size_t>(first - subnets.begin());
}

void AddHop(const Deployment& deployment, const Hop& hop, const Way& way,
            std::vector<Component>& passed) {
  using Kind = Component::Kind;
  const std::size_t index = hop.place.index;
  switch (hop.place.kind) {
    case HopPlace::Kind::kRouteTable: {
      passed.push_back({Kind::kRouteTable, index});
      if (!hop.place.entry) return;
      const NextHop& next = deployment.route_tables[index].routes[*hop.place.entry].next_hop;
      if (next.kind == NextHop::Kind::kPeering || next.kind == NextHop::Kind::kCcn) {
        passed.push_back({Kind::kGateway, next.gateway});
      }
      return;
    }
    case HopPlace::Kind::kSecurityGroup:
      passed.push_back({Kind::kSecurityGroup, index});
      return;
    case HopPlace::Kind::kAcl:
      passed.push_back({Kind::kAcl, index});
      return;
    case HopPlace::Kind::kEni:
      break;
  }
  const Eni& eni = deployment.enis[index];
  if (&hop == &way.path.hops.front() || &hop == &way.path.hops.back()) return;
  if (eni.load_balancer) {
    passed.push_back({Kind::kLoadBalancer, *eni.load_balancer});
  } else {
    passed.push_back({Kind::kNextHop, eni.cvm});
  }
}

std::size_t SourcesOf(const MirrorReach& mirror) {
  std::size_t sources = 0;
  for (const SourceClass& each : mirror.classes) sources += each.sources.size();
  return sources;
}

MirrorFailures MirrorFailuresOf(const Deployment& deployment, const MirrorReach& mirror) {
  MirrorFailures failures;
  WayGraph graph;
  std::vector<Component> first;
  std::set<std::size_t> receivers;
  for (const Reach& reach : mirror.reaches) {
    if (!reach.is_open()) continue;
    const std::vector<Component> way = ComponentsOf(deployment, mirror, reach);
    if (failures.open++ == 0) first = way;
    receivers.insert(reach.receiver);
    graph.Add(way);
  }
  if (failures.open == 0) return failures;
  const std::set<Component> parting = graph.Parting();
  for (const Component& each : first) {  // which all ways have in common are on the first
    const bool is_obvious =
        (each.kind == Component::Kind::kSourceSubnet && SourcesOf(mirror) == 1) ||
        (each.kind == Component::Kind::kZone && receivers.size() == 1);
    if (parting.count(each) != 0 && !is_obvious) failures.single_points.push_back(each);
  }
  return failures;
}

std::vector<FailureGroup> GroupsOf(const Deployment& deployment, const Reachability& reachability) {
  Graph graph;
  std::map<Component, Vertex> known;
  std::vector<Component> components;
  struct Member {
    std::size_t mirror;
    std::size_t source_class;
    Vertex at;
  };
  std::vector<Member> members;
  for (const MirrorReach& mirror : reachability.mirrors) {
    for (const Reach& reach : mirror.reaches) {
      if (!reach.is_open()) continue;
      std::optional<Vertex> before;
      for (const Component& each : ComponentsOf(deployment, mirror, reach)) {
        const auto [at, fresh] = known.try_emplace(each, components.size());
        if (fresh) {
          boost::add_vertex(graph);
          components.push_back(each);
        }
        if (before) boost::add_edge(*before, at->second, graph);
        before = at->second;
      }
      members.push_back({mirror.mirror, reach.source_class, *before});
    }
  }
  std::vector<std::size_t> group_of(components.size());
  const auto count = boost::connected_components(
      graph,
      boost::make_iterator_property_map(group_of.begin(), boost::get(boost::vertex_index, graph)));
  std::vector<FailureGroup> groups(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < components.size(); ++i) {
    groups[group_of[i]].components.push_back(components[i]);
  }
  std::vector<std::set<std::size_t>> sources(groups.size());
  std::map<std::size_t, const MirrorReach*> by_index;
  for (const MirrorReach& mirror : reachability.mirrors) by_index[mirror.mirror] = &mirror;
  std::set<std::pair<std::size_t, std::size_t>> counted;  // mirror, class
  for (const Member& each : members) {
    FailureGroup& group = groups[group_of[each.at]];
    if (group.mirrors.empty() || group.mirrors.back() != each.mirror) {
      group.mirrors.push_back(each.mirror);
    }
    if (!counted.emplace(each.mirror, each.source_class).second) continue;
    const auto& of = by_index[each.mirror]->classes[each.source_class].sources;
    sources[group_of[each.at]].insert(of.begin(), of.end());
  }
  for (std::size_t i = 0; i < groups.size(); ++i) {
    groups[i].sources = sources[i].size();
    std::sort(groups[i].components.begin(), groups[i].components.end());
  }
  return groups;
}

}  // namespace

std::vector<Component> ComponentsOf(const Deployment& deployment, const MirrorReach& mirror,
                                    const Reach& reach) {
  const Eni& source = deployment.enis[mirror.classes[reach.source_class].sources.front()];
  std::vector<Component> passed = {{Component::Kind::kSourceSubnet, source.subnet}};
  for (const Hop& hop : reach.way->path.hops) AddHop(deployment, hop, *reach.way, passed);
  const Eni& receiver = deployment.enis[reach.receiver];
  const std::string& zone = deployment.subnets[receiver.subnet].zone;
  if (!zone.empty()) passed.push_back({Component::Kind::kZone, FirstSubnetOf(deployment, zone)});
  passed.push_back({Component::Kind::kReceiver, receiver.cvm});
  return passed;
}

Failures FailuresOf(const Deployment& deployment, const Reachability& reachability) {
  Failures failures;
  for (const MirrorReach& mirror : reachability.mirrors) {
    failures.mirrors.push_back(MirrorFailuresOf(deployment, mirror));
  }
  failures.groups = GroupsOf(deployment, reachability);
  return failures;
}

bool CanFail(Component::Kind kind) {
  return kind == Component::Kind::kNextHop || kind == Component::Kind::kZone ||
         kind == Component::Kind::kReceiver;
}

std::string_view ToString(Component::Kind kind) {
  switch (kind) {
    case Component::Kind::kSourceSubnet:
      return "subnet";
    case Component::Kind::kRouteTable:
      return "route table";
    case Component::Kind::kGateway:
      return "gateway";
    case Component::Kind::kNextHop:
      return "next hop";
    case Component::Kind::kLoadBalancer:
      return "load balancer";
    case Component::Kind::kAcl:
      return "network ACL";
    case Component::Kind::kSecurityGroup:
      return "security group";
    case Component::Kind::kZone:
      return "zone";
    case Component::Kind::kReceiver:
      break;
  }
  return "receiver";
}

std::string NameOf(const Deployment& deployment, const Component& each) {
  switch (each.kind) {
    case Component::Kind::kSourceSubnet:
      return deployment.subnets[each.index].id;
    case Component::Kind::kRouteTable:
      return deployment.route_tables[each.index].id;
    case Component::Kind::kGateway:
      return deployment.gateways[each.index].id;
    case Component::Kind::kLoadBalancer:
      return deployment.load_balancers[each.index].id;
    case Component::Kind::kAcl:
      return deployment.acls[each.index].id;
    case Component::Kind::kSecurityGroup:
      return deployment.security_groups[each.index].id;
    case Component::Kind::kZone:
      return deployment.subnets[each.index].zone;
    case Component::Kind::kNextHop:
    case Component::Kind::kReceiver:
      break;
  }
  return deployment.cvms[each.index].id;
}

}  // namespace vpcmirror
