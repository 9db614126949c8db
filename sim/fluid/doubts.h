// Where a steady state is known to differ from what packets do.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "models/scenario/valid_scenario.h"
#include "sim/fluid/equilibrium.h"
#include "sim/fluid/flow_bundles.h"
#include "sim/fluid/losses.h"
#include "sim/fluid/tcp_doubts.h"

namespace vpcmirror::sim {

// Gathers from state to state, and says each doubt once.
class Doubts {
 public:
  void Add(const ValidScenario& scenario, const FlowBundles& flows, const BudgetNumbers& numbers,
           const Equilibrium& rest);

  // Sentences for RunResult::notes.
  std::vector<std::string> Notes() const;

 private:
  std::set<std::string> in_phase_;  // CVMs under kFifo whose full queue is fed by another full one
  std::set<std::string> constant_;  // under kFifo, by few sources of a constant rate
  TcpDoubts of_tcp_;
  std::set<std::string> mixed_;     // with a queue that drops its tail, by frames of several sizes
};

}  // namespace vpcmirror::sim
