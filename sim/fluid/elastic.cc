#include "sim/fluid/elastic.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "models/units/rates.h"

namespace vpcmirror::sim {
namespace {

// A budget's bandwidth and packet rate are two resources.
std::uint32_t BandwidthOf(std::uint32_t budget) { return 2 * budget; }
std::uint32_t PacketRateOf(std::uint32_t budget) { return 2 * budget + 1; }

}  // namespace

ElasticFlows::ElasticFlows(const ValidScenario& scenario, const FlowBundles& flows,
                           const BudgetNumbers& numbers)
    : scenario_(scenario), flows_(flows), numbers_(numbers) {
  for (const ElasticGroup& group : flows.elastic) {
    uses_.push_back(UsesOf(group));
    demands_.push_back(DemandOf(group));
  }
}

bool ElasticFlows::CopiesCount(std::size_t eni) const {
  const Deployment& deployment = *scenario_.deployment;
  const std::size_t vpc = deployment.subnets[deployment.enis[eni].subnet].vpc;
  return scenario_.providers[deployment.vpcs[vpc].provider].congestion !=
         Congestion::kProductionFirst;
}

std::vector<ResourceUse> ElasticFlows::UsesOf(const ElasticGroup& group) const {
  std::map<std::uint32_t, double> uses;
  const auto use = [&](std::uint32_t budget, const Flux& flux) {
    uses[BandwidthOf(budget)] += flux.bits_per_second;
    uses[PacketRateOf(budget)] += flux.frames_per_second;
  };
  for (std::uint32_t i = 0; i < group.bundles; ++i) {
    const FlowBundle& bundle = flows_.bundles[group.first_bundle + i];
    for (std::uint32_t j = 0; j < bundle.hops; ++j) {
      const Hop& hop = flows_.hops[bundle.first_hop + j];
      const bool leaves = hop.direction == Direction::kEgress;
      use(leaves ? numbers_.Out(hop.eni) : numbers_.In(hop.eni), bundle.flux);
      if (!CopiesCount(hop.eni)) continue;
      for (std::uint32_t k = 0; k < hop.copies; ++k) {
        const CopyBundle& copy = flows_.copies[hop.first_copy + k];
        if (!copy.way.dropped) use(numbers_.Out(hop.eni), copy.wire);
      }
    }
  }
  std::vector<ResourceUse> list;
  for (const auto& [resource, per_rate] : uses) {
    if (per_rate > 0) list.push_back({resource, per_rate});
  }
  return list;
}

// Units a second of each flow, when nothing is in its way.
double ElasticFlows::DemandOf(const ElasticGroup& group) const {
  const Workload& workload = scenario_.workloads[group.workload];
  const TcpSettings& tcp = *workload.tcp;
  const TcpStream& stream = workload.tcp_streams.front();
  const bool is_outside = !stream.client.eni || !stream.server.eni;
  const double round_trip = 2 * Seconds(is_outside ? tcp.outside_delay : scenario_.fabric_delay);
  const double segment = static_cast<double>(tcp.segment.count());
  const double window = std::max(segment, static_cast<double>(tcp.buffer.count()));
  if (!tcp.exchanges_requests()) {
    return round_trip > 0 ? window / segment / round_trip : std::numeric_limits<double>::infinity();
  }
  const double rounds = std::ceil(static_cast<double>(tcp.response.count()) / window);
  const double time = Seconds(tcp.think) + rounds * round_trip;
  return time > 0 ? 1 / time : std::numeric_limits<double>::infinity();
}

std::vector<double> ElasticFlows::Share(const std::vector<BudgetRest>& rests) {
  // Of budgets without a limit there is enough for whatever a flow may want.
  constexpr double kEnough = 1e18;
  std::vector<double> capacities;
  for (const BudgetRest& rest : rests) {
    capacities.push_back(std::min(kEnough, std::max(0.0, rest.bits_per_second)));
    capacities.push_back(std::min(kEnough, std::max(0.0, rest.frames_per_second)));
  }
  MaxMinShares shares(std::move(capacities));
  std::vector<std::uint32_t> numbers;
  for (std::size_t i = 0; i < uses_.size(); ++i) {
    const double demand = uses_[i].empty() ? std::min(kEnough, demands_[i]) : demands_[i];
    numbers.push_back(shares.AddFlow(demand, uses_[i]));
  }
  shares.Solve();
  std::vector<double> rates;
  for (const std::uint32_t number : numbers) rates.push_back(shares.RateOf(number));
  return rates;
}

}  // namespace vpcmirror::sim
