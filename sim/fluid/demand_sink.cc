#include "sim/fluid/demand_sink.h"

#include <cstddef>
#include <limits>

#include "models/units/rates.h"

namespace vpcmirror::sim {

DemandSink::DemandSink(const ValidScenario& scenario, const BudgetNumbers& numbers)
    : scenario_(scenario),
      deployment_(*scenario.deployment),
      numbers_(numbers),
      budgets(numbers.size()) {
  for (const LoadBalancer& balancer : deployment_.load_balancers) {
    zones.emplace_back(balancer.zones.size());
  }
  for (const Cvm& cvm : deployment_.cvms) {
    workers.emplace_back(cvm.receiver ? static_cast<std::size_t>(cvm.workers) : 0);
  }
}

void DemandSink::AddBursts(std::uint32_t budget, double bits) {
  for (OfBundle& each : of_bundle_) {
    if (each.budget != budget) continue;
    each.bits_per_second += bits;
    return;
  }
  of_bundle_.push_back({budget, bits});
}

void DemandSink::AddUpBursts() {
  // Of a Pareto distribution; without a variance up to a shape of 2.
  const double shape = on_off_->shape;
  const double on = Seconds(on_off_->mean_on);
  OnOffSource source{.on_share = on / (on + Seconds(on_off_->mean_off)),
                     .burst_seconds = on,
                     .burst_variation = shape > 2 ? 1 / (shape * (shape - 2))
                                                  : std::numeric_limits<double>::infinity()};
  for (const OfBundle& each : of_bundle_) {
    source.mean = each.bits_per_second;
    budgets[each.budget].bursty.Add(source);
  }
  of_bundle_.clear();
  on_off_ = nullptr;
}

}  // namespace vpcmirror::sim
