// What to leave out so that copies fit what receivers take, and what of the traffic is then
// still seen.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analysis/plan/levers.h"
#include "models/scenario/valid_scenario.h"
#include "models/units/quantity.h"

namespace vpcmirror {

// Of all copies together as they arrive, outer headers on.
struct CopyBudget {
  std::optional<BitsPerSecond> bandwidth;  // empty: not limited
  std::optional<PacketsPerSecond> packet_rate;
  // What the cloud asks of so many receivers; empty: no rule, or none that is known.
  std::optional<std::int64_t> sources;            // ENIs at most
  std::optional<BitsPerSecond> source_bandwidth;  // of their CVMs together, whatever is copied
};

// What `receivers` like the scenario's first one take, `margin_goal` of each limit left free.
// By the provider's rules, too. Empty where it has no receiver, or nothing is known of it.
std::optional<CopyBudget> BudgetOf(const ValidScenario& scenario, std::int64_t receivers,
                                   double margin_goal);

// One way to stay within it.
struct BudgetChoice {
  std::optional<LeverKind> lever;    // of every mirror that has it; empty: copies are as they were
  std::vector<std::string> sources;  // ENIs that are still mirrored, the first to keep first
  std::size_t sources_before = 0;
  BitsPerSecond copies{};
  PacketsPerSecond copies_packet_rate{};
  double kept = 0;  // of the bytes that are copied without a budget, outer headers left aside
};

// For no lever and each one that there is: as many sources as fit, those with the most bytes
// first, and of the rest whichever still fits. The most bytes kept first; what keeps nothing is
// left out. Reckoned from the workloads' steady traffic, as if copies spread evenly.
std::vector<BudgetChoice> ChoicesFor(const ValidScenario& scenario, const CopyBudget& budget);

}  // namespace vpcmirror
