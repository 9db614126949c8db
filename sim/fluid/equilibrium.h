// The steady state of a deployment under its traffic: what each budget loses when all of them
// feed one another.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "models/capacity/rate_limits.h"
#include "models/scenario/valid_scenario.h"
#include "sim/fluid/carry.h"
#include "sim/fluid/flow_bundles.h"
#include "sim/fluid/losses.h"

namespace vpcmirror::sim {

// What a stretch of a run has to spend.
struct Means {
  std::vector<RateSettings> rates;  // by CVM
  std::vector<double> speeds;       // by CVM, of its receiver's software; 0: it is down
  // How far queues may still fill, in frames a second of the stretch: of each budget, and of
  // each worker's ring by CVM.
  std::vector<double> budget_rooms;
  std::vector<std::vector<double>> worker_rooms;
};

// Budgets, and workers by CVM, that were offered more than their limit.
struct Overloads {
  std::vector<char> budgets;
  std::vector<std::vector<char>> workers;
  // How much room of a queue is taken in a second, in frames, by budget and by worker: never more
  // than Means has; 0 of what is not overloaded.
  std::vector<double> budget_rooms_taken;
  std::vector<std::vector<double>> worker_rooms_taken;
};

struct Equilibrium {
  Losses losses;
  // The largest change of a loss in the last round; 0 when it came to rest.
  double unrest = 0;
  int rounds = 0;
  Overloads is_full;
  std::vector<double> passed_bps;  // by budget: what it let through
  std::vector<double> used;        // by budget: what is asked of its tightest limit, as a share

  // Flows that react fill a budget, but for rounding, and no more.
  bool IsSpent(std::size_t budget) const { return used[budget] > 1 - 1e-6; }
};

// Asked every few rounds by the thread that called; false: what there is will do.
using GoesOn = std::function<bool()>;

// Losses feed one another: frames that one budget loses are not there to fill the next, and the
// copies of frames that came in share a budget with what comes in. Reckoned in rounds until no
// loss changes by more than 1e-9, on all cores: parts of the deployment that no lossy place
// connects come to rest by themselves, and what comes by no lossy place is reckoned once.
Equilibrium FindEquilibrium(const ValidScenario& scenario, const FlowBundles& flows,
                            const BudgetNumbers& numbers, const FlowLimits& limits,
                            const Means& means, const GoesOn& goes_on);

}  // namespace vpcmirror::sim
