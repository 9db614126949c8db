#include "sim/fluid/couplings.h"

#include <algorithm>
#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/connected_components.hpp>
#include <limits>

namespace vpcmirror::sim {
namespace {

constexpr auto kNoVertex = std::numeric_limits<std::uint32_t>::max();

// Lossy places as vertices of a graph.
class Places {
 public:
  Places(const Deployment& deployment, const LossyPlaces& lossy)
      : deployment_(deployment), of_cvms_(lossy.cvms.size(), kNoVertex) {
    for (std::uint32_t i = 0; i < lossy.cvms.size(); ++i) {
      if (lossy.cvms[i] == 0) continue;
      of_cvms_[i] = size_++;
      cvms_.push_back(i);
    }
    for (std::uint32_t i = 0; i < lossy.zones.size(); ++i) {
      auto& of_balancer = of_zones_.emplace_back(lossy.zones[i].size(), kNoVertex);
      for (std::uint32_t zone = 0; zone < of_balancer.size(); ++zone) {
        if (lossy.zones[i][zone] == 0) continue;
        of_balancer[zone] = size_++;
        zones_.emplace_back(i, zone);
      }
    }
  }

  std::uint32_t size() const { return size_; }
  std::uint32_t OfEni(std::size_t eni) const { return of_cvms_[deployment_.enis[eni].cvm]; }
  std::uint32_t OfZone(const CopyWay& way) const { return of_zones_[way.balancer][way.zone]; }

  void AddTo(std::uint32_t vertex, Coupling& coupling) const {
    if (vertex < cvms_.size()) {
      coupling.cvms.push_back(cvms_[vertex]);
    } else {
      coupling.zones.push_back(zones_[vertex - cvms_.size()]);
    }
  }

 private:
  const Deployment& deployment_;
  std::vector<std::uint32_t> of_cvms_;
  std::vector<std::vector<std::uint32_t>> of_zones_;
  std::vector<std::uint32_t> cvms_;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> zones_;
  std::uint32_t size_ = 0;
};

// Calls `visit(vertex)` for each lossy place that a bundle or its copies come by.
template <class Visit>
void VisitPlaces(const FlowBundles& flows, const FlowBundle& bundle, const Places& places,
                 Visit visit) {
  const auto visit_place = [&](std::uint32_t vertex) {
    if (vertex != kNoVertex) visit(vertex);
  };
  for (std::uint32_t i = 0; i < bundle.hops; ++i) {
    const Hop& hop = flows.hops[bundle.first_hop + i];
    visit_place(places.OfEni(hop.eni));
    for (std::uint32_t j = 0; j < hop.copies; ++j) {
      const CopyWay& way = flows.copies[hop.first_copy + j].way;
      if (way.landing != kNowhere) visit_place(places.OfEni(way.landing));
      if (way.balancer != kNowhere) visit_place(places.OfZone(way));
      if (way.receiver != kNowhere) visit_place(places.OfEni(way.receiver));
    }
  }
}

}  // namespace

std::vector<Coupling> CouplingsOf(const ValidScenario& scenario, const FlowBundles& flows,
                                  const LossyPlaces& lossy, std::size_t most) {
  const Places places(*scenario.deployment, lossy);
  boost::adjacency_list<boost::vecS, boost::vecS, boost::undirectedS> graph(places.size());
  std::vector<std::uint32_t> first_of_bundle(flows.bundles.size(), kNoVertex);
  std::vector<std::uint32_t> first_of_stream(flows.streams, kNoVertex);
  for (std::size_t i = 0; i < flows.bundles.size(); ++i) {
    const FlowBundle& bundle = flows.bundles[i];
    std::uint32_t& first = first_of_bundle[i];
    const auto connect = [&](std::uint32_t vertex) {
      if (first == kNoVertex) first = vertex;
      if (first != vertex) boost::add_edge(first, vertex, graph);
    };
    if (bundle.asked_by != FlowBundle::kNone && first_of_stream[bundle.asked_by] != kNoVertex) {
      connect(first_of_stream[bundle.asked_by]);
    }
    VisitPlaces(flows, bundle, places, connect);
    // Of a stream that has several bundles, one may be what another's answer waits for.
    std::uint32_t& of_stream = first_of_stream[bundle.stream];
    if (first == kNoVertex) continue;
    if (of_stream == kNoVertex) of_stream = first;
    connect(of_stream);
  }
  std::vector<std::uint32_t> components(places.size());
  const auto count =
      static_cast<std::size_t>(boost::connected_components(graph, components.data()));
  std::vector<Coupling> couplings(std::min(most, count));
  const auto of_component = [&](std::uint32_t vertex) -> Coupling& {
    return couplings[components[vertex] % couplings.size()];
  };
  for (std::uint32_t vertex = 0; vertex < places.size(); ++vertex) {
    places.AddTo(vertex, of_component(vertex));
  }
  for (std::uint32_t i = 0; i < flows.bundles.size(); ++i) {
    if (first_of_bundle[i] != kNoVertex) of_component(first_of_bundle[i]).bundles.push_back(i);
  }
  return couplings;
}

}  // namespace vpcmirror::sim
