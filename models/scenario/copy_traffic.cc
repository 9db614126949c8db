#include "models/scenario/copy_traffic.h"

#include <algorithm>

namespace vpcmirror {
namespace {

bool IsCut(const CopyPlan& plan) {
  return plan.mtu_action == MtuAction::kTruncate || plan.mtu_action == MtuAction::kRepair;
}

// By the MTU on its way; what is cut to the packet length alone is not.
bool IsUnfit(const CopyPlan& plan) {
  return IsCut(plan) ? plan.kept >= plan.room : plan.mtu_action != MtuAction::kWhole;
}

void Arrive(std::size_t receiver, bool of_out, const Flux& copy, std::vector<std::size_t>& arrived,
            SteadyTraffic& traffic) {
  EniTraffic& eni = traffic.enis[receiver];
  eni.copies_in += copy;
  if (of_out) eni.copies_in_of_out += copy;
  if (std::find(arrived.begin(), arrived.end(), receiver) != arrived.end()) {
    eni.duplicates_in += copy;
  } else {
    arrived.push_back(receiver);
  }
}

}  // namespace

CopyTraffic::CopyTraffic(const ValidScenario& scenario) : scenario_(scenario) {
  for (const LoadBalancer& each : scenario.deployment->load_balancers) choices_.emplace_back(each);
}

void CopyTraffic::Add(const MirroredPassing& passing, std::vector<std::size_t>& arrived,
                      SteadyTraffic& traffic) const {
  const Flux& flux = passing.flux;
  MirrorTraffic& mirror = traffic.mirrors[passing.mirror];
  mirror.offered += flux;
  if (passing.outcome.refusal != Refusal::kNone) return;
  const CopyPlan& plan = passing.outcome.plan;
  if (IsUnfit(plan)) mirror.unfit += flux;
  if (plan.mtu_action == MtuAction::kDrop) return;
  const bool leaves = passing.direction == Direction::kEgress;
  mirror.mirrored += flux;
  if (leaves) mirror.mirrored_of_out += flux;
  if (IsCut(plan)) mirror.cut += flux;
  const Flux copy = CopiesOf(passing.session, plan, passing.frame, flux);
  mirror.wire += copy;
  EniTraffic& source = traffic.enis[passing.eni];
  source.copies_out += copy;
  if (leaves) source.copies_of_out += copy;
  Deliver(passing, copy, arrived, traffic);
}

// A load balancer's hash spreads flows about evenly.
void CopyTraffic::Deliver(const MirroredPassing& passing, const Flux& copy,
                          std::vector<std::size_t>& arrived, SteadyTraffic& traffic) const {
  const bool leaves = passing.direction == Direction::kEgress;
  const PlacedMirror& placed = scenario_.mirrors[passing.mirror];
  if (!placed.load_balancer) {
    auto& by_receiver = traffic.mirrors[passing.mirror].by_receiver;
    const std::size_t receiver = passing.outcome.plan.receiver;
    by_receiver.resize(placed.receiver_enis.size());
    by_receiver[receiver] += copy;
    Arrive(placed.receiver_enis[receiver], leaves, copy, arrived, traffic);
    return;
  }
  const Deployment& deployment = *scenario_.deployment;
  const LoadBalancer& balancer = deployment.load_balancers[*placed.load_balancer];
  const std::size_t zone =
      balancer.ZoneFor(deployment.subnets[deployment.enis[passing.eni].subnet].zone);
  const auto& eligible = choices_[*placed.load_balancer].Eligible(zone);
  const Flux each = copy * (1.0 / static_cast<double>(eligible.size()));
  for (const std::size_t backend : eligible) {
    Arrive(balancer.backends[backend].eni, leaves, each, arrived, traffic);
  }
}

}  // namespace vpcmirror
