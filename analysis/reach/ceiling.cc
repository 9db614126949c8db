#include "analysis/reach/ceiling.h"

#include <algorithm>
#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/push_relabel_max_flow.hpp>
#include <map>
#include <set>
#include <utility>

namespace vpcmirror {
namespace {

using Traits = boost::adjacency_list_traits<boost::vecS, boost::vecS, boost::directedS>;
struct FlowEdge {
  std::int64_t capacity = 0;
  std::int64_t residual = 0;
  Traits::edge_descriptor reverse{};
};
using FlowGraph =
    boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS, boost::no_property, FlowEdge>;
using Vertex = Traits::vertex_descriptor;

constexpr Vertex kFrom = 0;
constexpr Vertex kTo = 1;

// A limit, as an edge of the graph. Without one it lets anything through.
struct Limited {
  Vertex from;
  Vertex to;
  std::optional<BitsPerSecond> limit;
  CutLimit what;
};

// Hosts with the same sources in the same mirrors are one: their limits add up.
struct HostGroup {
  std::size_t first = 0;  // CVM
  std::size_t hosts = 0;
  std::optional<BitsPerSecond> limit = BitsPerSecond(0);
};

using ClassId = std::pair<std::size_t, std::size_t>;  // of Reachability::mirrors, and in it

class CeilingFinder {
 public:
  CeilingFinder(const ValidScenario& valid, const Reachability& reachability,
                const std::vector<BitsPerSecond>* offered)
      : deployment_(*valid.deployment), reachability_(reachability), offered_(offered) {}

  Ceiling Find() {
    AddReaches();
    AddSources();
    return Solve();
  }

 private:
  Vertex NewVertex() { return vertices_++; }

  void AddReaches();
  void AddSources();
  Vertex FirstOf(const MirrorReach& mirror, const Reach& reach);
  Vertex ReceiverOf(std::size_t cvm);
  Vertex ZoneOf(std::size_t load_balancer, std::size_t zone, Vertex& behind);
  void Link(Vertex from, Vertex to) { links_.emplace(from, to); }
  Ceiling Solve();

  const Deployment& deployment_;
  const Reachability& reachability_;
  const std::vector<BitsPerSecond>* offered_;
  Vertex vertices_ = 2;
  std::map<ClassId, Vertex> classes_;         // those that reach a receiver
  std::map<std::set<Vertex>, Vertex> alike_;  // classes by what they reach
  std::map<std::size_t, Vertex> receivers_;
  std::map<std::pair<std::size_t, std::size_t>, std::pair<Vertex, Vertex>> zones_;
  std::set<std::pair<Vertex, Vertex>> links_;  // without a limit
  std::vector<Limited> limits_;
};

Vertex CeilingFinder::ReceiverOf(std::size_t cvm) {
  const auto [at, fresh] = receivers_.try_emplace(cvm, vertices_);
  if (!fresh) return at->second;
  const Vertex vertex = NewVertex();
  const auto& limit = deployment_.cvms[cvm].limits.bandwidth;
  limits_.push_back({vertex,
                     kTo,
                     limit,
                     {.kind = CutLimit::Kind::kReceiver,
                      .index = cvm,
                      .limit = limit.value_or(BitsPerSecond(0))}});
  return vertex;
}

Vertex CeilingFinder::ZoneOf(std::size_t index, std::size_t zone, Vertex& behind) {
  const auto [at, fresh] = zones_.try_emplace({index, zone}, std::pair<Vertex, Vertex>{});
  if (fresh) {
    at->second.first = NewVertex();
    at->second.second = NewVertex();
    const auto& limit = deployment_.load_balancers[index].zone_bandwidth;
    limits_.push_back({at->second.first,
                       at->second.second,
                       limit,
                       {.kind = CutLimit::Kind::kLoadBalancerZone,
                        .index = index,
                        .zone = zone,
                        .limit = limit.value_or(BitsPerSecond(0))}});
  }
  behind = at->second.second;
  return at->second.first;
}

void CeilingFinder::AddReaches() {
  for (std::size_t i = 0; i < reachability_.mirrors.size(); ++i) {
    const MirrorReach& mirror = reachability_.mirrors[i];
    std::map<std::size_t, std::set<Vertex>> reached;  // by class
    for (const Reach& reach : mirror.reaches) {
      if (reach.is_open()) reached[reach.source_class].insert(FirstOf(mirror, reach));
    }
    for (const auto& [source_class, vertices] : reached) {
      const auto [at, fresh] = alike_.try_emplace(vertices, vertices_);
      if (fresh) {
        NewVertex();
        for (const Vertex each : vertices) Link(at->second, each);
      }
      classes_[{i, source_class}] = at->second;
    }
  }
}

// Where copies of a reach go first: the zone of a load balancer, or the receiver.
Vertex CeilingFinder::FirstOf(const MirrorReach& mirror, const Reach& reach) {
  const Vertex receiver = ReceiverOf(deployment_.enis[reach.receiver].cvm);
  if (!reach.way->load_balancer) return receiver;
  const LoadBalancer& balancer = deployment_.load_balancers[*reach.way->load_balancer];
  const std::size_t source = mirror.classes[reach.source_class].sources.front();
  const std::size_t zone =
      balancer.ZoneFor(deployment_.subnets[deployment_.enis[source].subnet].zone);
  Vertex behind = 0;
  const Vertex into = ZoneOf(*reach.way->load_balancer, zone, behind);
  Link(behind, receiver);
  return into;
}

void CeilingFinder::AddSources() {
  std::map<std::size_t, std::vector<Vertex>> by_host;
  for (const auto& [id, vertex] : classes_) {
    for (const std::size_t source : reachability_.mirrors[id.first].classes[id.second].sources) {
      auto& of = by_host[deployment_.enis[source].cvm];
      if (of.empty() || of.back() != vertex) of.push_back(vertex);
    }
  }
  std::map<std::vector<Vertex>, HostGroup> groups;
  for (auto& [cvm, classes] : by_host) {
    std::sort(classes.begin(), classes.end());
    classes.erase(std::unique(classes.begin(), classes.end()), classes.end());
    const auto [at, fresh] = groups.try_emplace(std::move(classes));
    HostGroup& group = at->second;
    if (fresh) group.first = cvm;
    ++group.hosts;
    std::optional<BitsPerSecond> limit = deployment_.cvms[cvm].limits.bandwidth;
    if (offered_ != nullptr) {
      const BitsPerSecond most = (*offered_)[cvm];
      limit = limit ? std::min(*limit, most) : most;
    }
    if (!limit || !group.limit) {
      group.limit.reset();
    } else {
      *group.limit += *limit;
    }
  }
  for (const auto& [classes, group] : groups) {
    const Vertex vertex = NewVertex();
    limits_.push_back({kFrom,
                       vertex,
                       group.limit,
                       {.kind = CutLimit::Kind::kSources,
                        .index = group.first,
                        .hosts = group.hosts,
                        .limit = group.limit.value_or(BitsPerSecond(0))}});
    for (const Vertex each : classes) Link(vertex, each);
  }
}

Ceiling CeilingFinder::Solve() {
  Ceiling ceiling{.most = std::nullopt, .cut = {}, .sent = std::nullopt, .vertices = vertices_};
  // More than all known limits together: an edge that is never in a minimum cut, unless
  // nothing else is left.
  std::int64_t anything = 1;
  std::int64_t at_receivers = 1;
  ceiling.sent = BitsPerSecond(0);
  bool are_known = true;
  for (const Limited& each : limits_) {
    const std::int64_t limit = each.limit.value_or(BitsPerSecond(0)).count();
    anything += limit;
    if (each.from == kFrom) {
      if (!each.limit) ceiling.sent.reset();
      if (ceiling.sent) *ceiling.sent += *each.limit;
    }
    if (each.to != kTo) continue;
    at_receivers += limit;
    are_known = are_known && each.limit;
  }
  // No more is ever asked of those that send, so that sums stay small.
  const std::int64_t enough = are_known ? at_receivers : anything;
  FlowGraph graph(vertices_);
  const auto add = [&](Vertex from, Vertex to, std::int64_t capacity) {
    const auto edge = boost::add_edge(from, to, {.capacity = capacity}, graph).first;
    const auto back = boost::add_edge(to, from, {.capacity = 0}, graph).first;
    graph[edge].reverse = back;
    graph[back].reverse = edge;
  };
  for (const Limited& each : limits_) {
    const std::int64_t limit = each.limit ? each.limit->count() : anything;
    add(each.from, each.to, each.from == kFrom ? std::min(limit, enough) : limit);
  }
  for (const auto& [from, to] : links_) add(from, to, anything);
  const std::int64_t flow = boost::push_relabel_max_flow(
      graph, kFrom, kTo, boost::get(&FlowEdge::capacity, graph),
      boost::get(&FlowEdge::residual, graph), boost::get(&FlowEdge::reverse, graph),
      boost::get(boost::vertex_index, graph));
  if (flow >= anything) return ceiling;
  ceiling.most = BitsPerSecond(flow);

  std::vector<bool> reached(vertices_, false);
  std::vector<Vertex> next = {kFrom};
  reached[kFrom] = true;
  while (!next.empty()) {
    const Vertex at = next.back();
    next.pop_back();
    for (auto [edge, end] = boost::out_edges(at, graph); edge != end; ++edge) {
      const Vertex to = boost::target(*edge, graph);
      if (graph[*edge].residual == 0 || reached[to]) continue;
      reached[to] = true;
      next.push_back(to);
    }
  }
  for (const Limited& each : limits_) {
    if (reached[each.from] && !reached[each.to]) ceiling.cut.push_back(each.what);
  }
  return ceiling;
}

}  // namespace

Ceiling CeilingOf(const ValidScenario& valid, const Reachability& reachability) {
  return CeilingFinder(valid, reachability, nullptr).Find();
}

Ceiling CeilingOf(const ValidScenario& valid, const Reachability& reachability,
                  const std::vector<BitsPerSecond>& offered) {
  return CeilingFinder(valid, reachability, &offered).Find();
}

}  // namespace vpcmirror
