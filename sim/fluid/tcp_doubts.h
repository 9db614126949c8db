// Where TCP does what equal shares of a limit do not tell.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "models/scenario/valid_scenario.h"
#include "sim/fluid/equilibrium.h"
#include "sim/fluid/flow_bundles.h"
#include "sim/fluid/losses.h"

namespace vpcmirror::sim {

// Gathers from state to state, and says each doubt once.
class TcpDoubts {
 public:
  void Add(const ValidScenario& scenario, const FlowBundles& flows, const BudgetNumbers& numbers,
           const Equilibrium& rest);

  // Sentences for RunResult::notes.
  std::vector<std::string> Notes() const;

 private:
  std::set<std::string> small_;   // CVMs where TCP loses more than the engine may leave out
  std::set<std::string> unlike_;  // where flows of unlike round trips share a limit
  std::set<std::string> ending_;  // workloads whose flows end
  std::set<std::string> busy_;    // CVMs with TCP that are short of CPU time
};

}  // namespace vpcmirror::sim
