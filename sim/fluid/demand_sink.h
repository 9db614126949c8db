// What bundles of flows ask of budgets, load balancers and receivers' workers.
#pragma once

#include <cstdint>
#include <vector>

#include "models/scenario/steady_walk.h"
#include "models/scenario/valid_scenario.h"
#include "sim/fluid/bursts.h"
#include "sim/fluid/flow_bundles.h"
#include "sim/fluid/losses.h"

namespace vpcmirror::sim {

// What is asked of a budget.
struct Demand {
  Flux came_in;                   // production, and copies at their receiver
  Flux received;                  // of it, production
  Flux left;                      // production
  Flux copies;                    // that leave
  double pairs_per_second = 0;    // outbound frames and their copies
  double paired_bps = 0;          // of `left`, in pairs
  double paired_copies_bps = 0;   // of `copies`, in pairs
  double paced_per_second = 0;    // copies of inbound frames, in a budget for what leaves
  double in_step_per_second = 0;  // copies of inbound frames, in a combined budget
  // Of all that, what is asked for whatever is lost: by flows that do not react, or not to this.
  Flux inelastic;
  Flux inelastic_copies;
  double squares = 0;  // of sizes, as CopyBundle::wire_squares
  BurstyLoad bursty;   // of all of it, what comes in bursts
};

// Adds up what each budget, load balancer and worker is offered, as Carrier tells it.
class DemandSink {
 public:
  // Both must outlive it.
  DemandSink(const ValidScenario& scenario, const BudgetNumbers& numbers);

  void Sent(const FlowBundle& bundle, double) {
    CloseBursts();
    is_elastic_ = bundle.elastic != FlowBundle::kNone;
    const Workload& workload = scenario_.workloads[bundle.workload];
    on_off_ = workload.arrivals == ArrivalProcess::kOnOff ? &workload.on_off : nullptr;
  }
  // Behind the last bundle.
  void Finish() { CloseBursts(); }
  void Delivered(const FlowBundle&, double) {}
  void Refusals(const Hop&, double) {}
  void Leaves(const FlowBundle& bundle, const Hop& hop, std::uint32_t budget, double,
              double limited, double) {
    budgets[budget].left += bundle.flux * limited;
    if (hop.is_paired) budgets[budget].paired_bps += bundle.flux.bits_per_second * limited;
    NoteBursts(budget, bundle.flux, limited);
    if (!is_elastic_ || !hop.is_felt) budgets[budget].inelastic += bundle.flux * limited;
    budgets[budget].squares += bundle.squares * limited;
  }
  void ComesIn(const FlowBundle& bundle, const Hop& hop, std::uint32_t budget, double share,
               double) {
    if (hop.admission != Admission::kAdmitted) return;
    budgets[budget].came_in += bundle.flux * share;
    budgets[budget].received += bundle.flux * share;
    NoteBursts(budget, bundle.flux, share);
    if (!is_elastic_ || !hop.is_felt) budgets[budget].inelastic += bundle.flux * share;
    budgets[budget].squares += bundle.squares * share;
  }
  void DroppedCopies(const CopyBundle&, double) {}
  void CopiesLeave(const Hop& hop, const CopyBundle& copy, std::uint32_t budget, double,
                   double limited, double) {
    Demand& demand = budgets[budget];
    demand.copies += copy.wire * limited;
    NoteBursts(budget, copy.wire, limited);
    if (!is_elastic_ || !hop.copies_are_felt) demand.inelastic_copies += copy.wire * limited;
    demand.squares += copy.wire_squares * limited;
    const double frames = copy.original.frames_per_second * limited;
    if (hop.is_paired) {
      demand.pairs_per_second += frames;
      demand.paired_copies_bps += copy.wire.bits_per_second * limited;
    } else if (hop.direction == Direction::kIngress) {
      const bool is_combined = numbers_.In(hop.eni) == budget;
      (is_combined ? demand.in_step_per_second : demand.paced_per_second) += frames;
    }
  }
  void CopiesComeIn(const CopyBundle& copy, const Flux& wire, std::uint32_t, std::uint32_t budget,
                    double share, double) {
    budgets[budget].came_in += wire * share;
    NoteBursts(budget, wire, share);
    budgets[budget].inelastic += wire * share;
    budgets[budget].squares += copy.wire_squares * share;
  }
  void CopiesLost(const CopyBundle&, CopyLoss, double) {}
  void CopiesAtBalancer(const CopyBundle& copy, double share) {
    if (copy.way.backend == kNowhere) return;
    zones[copy.way.balancer][copy.way.zone] += copy.wire * share;
  }
  void CopiesLostAtBalancer(const CopyBundle&, CopyLoss, double) {}
  void CopiesToBackend(const CopyBundle&, double) {}
  void CopiesToSoftware(const FlowBundle&, const Hop&, const CopyBundle& copy, const Flux& wire,
                        double share) {
    auto& of_cvm = workers[deployment_.enis[copy.way.receiver].cvm];
    if (copy.way.worker < of_cvm.size()) of_cvm[copy.way.worker] += wire * share;
  }

 private:
  // A bundle's frames and their copies burst together.
  struct OfBundle {
    std::uint32_t budget = 0;
    double bits_per_second = 0;
  };

  void NoteBursts(std::uint32_t budget, const Flux& flux, double share) {
    if (on_off_ != nullptr) AddBursts(budget, flux.bits_per_second * share);
  }
  void AddBursts(std::uint32_t budget, double bits);
  void CloseBursts() {
    if (on_off_ != nullptr) AddUpBursts();
  }
  void AddUpBursts();

  const ValidScenario& scenario_;
  const Deployment& deployment_;
  const BudgetNumbers& numbers_;
  const OnOffSpec* on_off_ = nullptr;  // of the bundle under way, where it comes in bursts
  std::vector<OfBundle> of_bundle_;
  bool is_elastic_ = false;  // the bundle under way

 public:
  std::vector<Demand> budgets;
  std::vector<std::vector<Flux>> zones;
  std::vector<std::vector<Flux>> workers;
};

}  // namespace vpcmirror::sim
