#include "models/scenario/steady_traffic.h"

#include <algorithm>
#include <utility>

#include "models/scenario/copy_traffic.h"

namespace vpcmirror {
namespace {

class Reckoner {
 public:
  Reckoner(const ValidScenario& scenario, const SteadyObserver& observe)
      : scenario_(scenario), observe_(observe), copies_(scenario) {
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
    for (const Outcome& outcome : passing.decision.outcomes()) {
      copies_.Add({.eni = passing.eni,
                   .direction = passing.direction,
                   .mirror = passing.mirrors[passing.tap.given_position(outcome.session)],
                   .session = passing.tap.session(outcome.session),
                   .outcome = outcome,
                   .frame = passing.frame.wire_length,
                   .flux = passing.flux},
                  arrived_, traffic_);
    }
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

  const ValidScenario& scenario_;
  const SteadyObserver& observe_;
  CopyTraffic copies_;
  std::vector<std::size_t> arrived_;  // ENIs that copies of the frames under way are at
  LeavingFlow leaving_;
  SteadyTraffic traffic_;
};

}  // namespace

SteadyTraffic SteadyTrafficOf(const ValidScenario& scenario, const SteadyObserver& observe) {
  return Reckoner(scenario, observe).Run();
}

}  // namespace vpcmirror
