#include "models/scenario/steady_traffic.h"

#include <algorithm>
#include <utility>

namespace vpcmirror {
namespace {

class Reckoner {
 public:
  Reckoner(const ValidScenario& scenario, const SteadyObserver& observe)
      : scenario_(scenario), observe_(observe) {
    traffic_.enis.resize(scenario.deployment->enis.size());
    traffic_.mirrors.resize(scenario.mirrors.size());
    traffic_.workloads.resize(scenario.workloads.size());
  }

  SteadyTraffic Run() && {
    for (const Workload& workload : scenario_.workloads) {
      if (workload.tcp_streams.empty() && workload.replays.empty()) continue;
      traffic_.left_out.push_back(workload.name);
    }
    WalkSteadyFlows(scenario_, [this](const SteadyPassing& passing) { See(passing); });
    NoteFlow();
    return std::move(traffic_);
  }

 private:
  // Production that leaves, of one flow and all its sizes.
  struct LeavingFlow {
    std::size_t stream = 0;
    int flow = 0;
    std::size_t eni = 0;
    double bits_per_second = 0;
  };

  void See(const SteadyPassing& passing) {
    if (passing.is_elastic) return;  // nobody knows its rate beforehand
    if (passing.is_first) arrived_.clear();
    const bool leaves = passing.direction == Direction::kEgress;
    EniTraffic& eni = traffic_.enis[passing.eni];
    if (passing.admitted()) (leaves ? eni.out : eni.in) += passing.flux;
    if (leaves && passing.is_first) Leave(passing);
    if (!passing.decision.outcomes().empty()) {
      WorkloadTraffic& workload = traffic_.workloads[passing.workload];
      workload.offered += passing.flux;
      const Refusal refusal = passing.decision.outcomes().front().refusal;
      if (refusal == Refusal::kNeverMirrored) workload.never_mirrored += passing.flux;
    }
    if (observe_) observe_(passing);
    for (const Outcome& outcome : passing.decision.outcomes()) Copy(passing, outcome);
  }

  void Leave(const SteadyPassing& passing) {
    const bool is_same = leaving_.stream == passing.stream && leaving_.flow == passing.flow &&
                         leaving_.eni == passing.eni;
    if (!is_same) {
      NoteFlow();
      leaving_ = {passing.stream, passing.flow, passing.eni, 0};
    }
    leaving_.bits_per_second += passing.flux.bits_per_second;
  }

  void NoteFlow() {
    if (leaving_.bits_per_second == 0) return;
    double& largest = traffic_.enis[leaving_.eni].largest_flow_bps;
    largest = std::max(largest, leaving_.bits_per_second);
  }

  void Copy(const SteadyPassing& passing, const Outcome& outcome) {
    const std::size_t index = passing.mirrors[passing.tap.given_position(outcome.session)];
    const Flux& flux = passing.flux;
    MirrorTraffic& mirror = traffic_.mirrors[index];
    mirror.offered += flux;
    if (outcome.refusal != Refusal::kNone) return;
    const CopyPlan& plan = outcome.plan;
    if (IsUnfit(plan)) mirror.unfit += flux;
    if (plan.mtu_action == MtuAction::kDrop) return;
    mirror.mirrored += flux;
    const bool leaves = passing.direction == Direction::kEgress;
    if (leaves) mirror.mirrored_of_out += flux;
    const bool is_cut =
        plan.mtu_action == MtuAction::kTruncate || plan.mtu_action == MtuAction::kRepair;
    if (is_cut) mirror.cut += flux;
    const Flux copy =
        CopiesOf(passing.tap.session(outcome.session), plan, passing.frame.wire_length, flux);
    mirror.wire += copy;
    EniTraffic& source = traffic_.enis[passing.eni];
    source.copies_out += copy;
    if (leaves) source.copies_of_out += copy;
    const PlacedMirror& placed = scenario_.mirrors[index];
    if (placed.load_balancer) {
      Balance(*placed.load_balancer, passing.eni, leaves, copy);
    } else {
      mirror.by_receiver.resize(placed.receiver_enis.size());
      mirror.by_receiver[plan.receiver] += copy;
      Arrive(placed.receiver_enis[plan.receiver], leaves, copy);
    }
  }

  // Cut to the packet length is not unfit.
  static bool IsUnfit(const CopyPlan& plan) {
    switch (plan.mtu_action) {
      case MtuAction::kWhole:
        return false;
      case MtuAction::kTruncate:
      case MtuAction::kRepair:
        return plan.kept >= plan.room;
      case MtuAction::kSegment:
      case MtuAction::kFragment:
      case MtuAction::kDrop:
        return true;
    }
    return false;
  }

  // A hash spreads flows about evenly.
  void Balance(std::size_t index, std::size_t source, bool of_out, const Flux& copy) {
    const Deployment& deployment = *scenario_.deployment;
    const LoadBalancer& balancer = deployment.load_balancers[index];
    const std::size_t zone =
        balancer.ZoneFor(deployment.subnets[deployment.enis[source].subnet].zone);
    const BackendChoice choice(balancer);
    const auto& eligible = choice.Eligible(zone);
    for (const std::size_t backend : eligible) {
      Arrive(balancer.backends[backend].eni, of_out,
             copy * (1.0 / static_cast<double>(eligible.size())));
    }
  }

  void Arrive(std::size_t receiver, bool of_out, const Flux& copy) {
    EniTraffic& eni = traffic_.enis[receiver];
    eni.copies_in += copy;
    if (of_out) eni.copies_in_of_out += copy;
    if (std::find(arrived_.begin(), arrived_.end(), receiver) != arrived_.end()) {
      eni.duplicates_in += copy;
    }
    arrived_.push_back(receiver);
  }

  const ValidScenario& scenario_;
  const SteadyObserver& observe_;
  std::vector<std::size_t> arrived_;  // ENIs that copies of the frames under way are at
  LeavingFlow leaving_;
  SteadyTraffic traffic_;
};

}  // namespace

SteadyTraffic SteadyTrafficOf(const ValidScenario& scenario, const SteadyObserver& observe) {
  return Reckoner(scenario, observe).Run();
}

}  // namespace vpcmirror
