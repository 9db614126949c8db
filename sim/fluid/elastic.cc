#include "sim/fluid/elastic.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "models/units/rates.h"
#include "sim/fluid/exchanges.h"

namespace vpcmirror::sim {
namespace {

// A budget's bandwidth and packet rate are two resources.
std::uint32_t BandwidthOf(std::uint32_t budget) { return 2 * budget; }
std::uint32_t PacketRateOf(std::uint32_t budget) { return 2 * budget + 1; }

// Of budgets without a limit there is enough for whatever a flow may want.
constexpr double kEnough = 1e18;

}  // namespace

double RoundTripSeconds(const ValidScenario& scenario, const Workload& workload) {
  const TcpStream& stream = workload.tcp_streams.front();
  const bool is_outside = !stream.client.eni || !stream.server.eni;
  return 2 * Seconds(is_outside ? workload.tcp->outside_delay : scenario.fabric_delay);
}

double SegmentsOfUnit(const TcpSettings& tcp) {
  if (!tcp.exchanges_requests()) return 1;
  return std::ceil(static_cast<double>(tcp.response.count()) /
                   static_cast<double>(std::max<std::int64_t>(1, tcp.segment.count())));
}

ElasticFlows::ElasticFlows(const ValidScenario& scenario, const FlowBundles& flows,
                           const BudgetNumbers& numbers)
    : scenario_(scenario), flows_(flows), numbers_(numbers) {
  for (const ElasticGroup& group : flows.elastic) {
    uses_.push_back(UsesOf(group));
    const bool asks = TcpOf(group).exchanges_requests();
    asks_ |= asks;
    demands_.push_back(asks ? kEnough : WindowRateOf(group));
  }
  left_.resize(uses_.size());
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
      if (hop.is_felt) use(leaves ? numbers_.Out(hop.eni) : numbers_.In(hop.eni), bundle.flux);
      if (!hop.copies_are_felt || !CopiesCount(hop.eni)) continue;
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

const TcpSettings& ElasticFlows::TcpOf(const ElasticGroup& group) const {
  return *scenario_.workloads[group.workload].tcp;
}

// Segments a second of each flow, when nothing is in its way.
double ElasticFlows::WindowRateOf(const ElasticGroup& group) const {
  const TcpSettings& tcp = TcpOf(group);
  const double round_trip = RoundTripSeconds(scenario_, scenario_.workloads[group.workload]);
  const double segment = static_cast<double>(tcp.segment.count());
  const double window = std::max(segment, static_cast<double>(tcp.buffer.count()));
  return round_trip > 0 ? window / segment / round_trip : std::numeric_limits<double>::infinity();
}

// Of each flow, `available` being what each could have if all asked at once.
double ElasticFlows::ExchangeRateOf(const ElasticGroup& group, double available) const {
  const int clients = scenario_.workloads[group.workload].flows;
  const double alone = available * clients;
  return ExchangeRate(clients, IdleSeconds(TcpOf(group), RoundTripSeconds(scenario_, scenario_.workloads[group.workload]), alone),
                      alone > 0 ? 1 / alone : std::numeric_limits<double>::infinity());
}

// What each flow of a group could have if the others took no more than they do.
std::vector<double> ElasticFlows::LeftBeside(const std::vector<double>& capacities,
                                             const std::vector<double>& rates) const {
  std::vector<double> left = capacities;
  for (std::size_t i = 0; i < uses_.size(); ++i) {
    for (const ResourceUse& use : uses_[i]) left[use.resource] -= use.per_rate * rates[i];
  }
  std::vector<double> of_groups;
  for (std::size_t i = 0; i < uses_.size(); ++i) {
    double most = std::numeric_limits<double>::infinity();
    for (const ResourceUse& use : uses_[i]) {
      most = std::min(most, rates[i] + std::max(0.0, left[use.resource]) / use.per_rate);
    }
    of_groups.push_back(most);
  }
  return of_groups;
}

std::vector<double> ElasticFlows::Share(const std::vector<BudgetRest>& rests) {
  std::vector<double> capacities;
  for (const BudgetRest& rest : rests) {
    capacities.push_back(std::min(kEnough, std::max(0.0, rest.bits_per_second)));
    capacities.push_back(std::min(kEnough, std::max(0.0, rest.frames_per_second)));
  }
  MaxMinShares shares(capacities);
  for (std::size_t i = 0; i < uses_.size(); ++i) {
    shares.AddFlow(std::min(kEnough, demands_[i]), uses_[i]);
  }
  const auto solve = [&] {
    shares.Solve();
    std::vector<double> rates;
    for (std::uint32_t i = 0; i < uses_.size(); ++i) rates.push_back(shares.RateOf(i));
    return rates;
  };
  std::vector<double> rates = solve();
  if (!asks_) return rates;
  // So far as if all flows had something to send all the time.
  for (std::size_t i = 0; i < uses_.size(); ++i) {
    if (!TcpOf(flows_.elastic[i]).exchanges_requests()) continue;
    const double available = std::max(rates[i], left_[i]);
    shares.SetDemand(static_cast<std::uint32_t>(i),
                     std::min(kEnough, ExchangeRateOf(flows_.elastic[i], available)));
  }
  rates = solve();
  left_ = LeftBeside(capacities, rates);
  return rates;
}

}  // namespace vpcmirror::sim
