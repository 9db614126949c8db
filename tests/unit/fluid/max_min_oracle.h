// Max-min fair rates in as few lines as possible, however long they take.
#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <vector>

#include "sim/fluid/max_min.h"

namespace vpcmirror::sim {

struct OracleFlow {
  double demand = 0;
  std::vector<ResourceUse> uses;
  double weight = 1;
};

struct Problem {
  std::vector<double> capacities;
  std::vector<OracleFlow> flows;
};

// The level at which `resource` is spent when the flows that have none yet, below 0, rise
// together; infinite without such flows.
inline double OracleLevel(const Problem& problem, const std::vector<double>& levels,
                          std::size_t resource) {
  double left = problem.capacities[resource];
  double rising = 0;
  for (std::size_t i = 0; i < levels.size(); ++i) {
    for (const ResourceUse& use : problem.flows[i].uses) {
      if (use.resource != resource) continue;
      const double per_level = use.per_rate * problem.flows[i].weight;
      if (levels[i] < 0) {
        rising += per_level;
      } else {
        left -= per_level * levels[i];
      }
    }
  }
  return rising > 0 ? std::max(left, 0.0) / rising : std::numeric_limits<double>::infinity();
}

// The definition: raise all, stop who has to, begin again with the others. Cubic.
inline std::vector<double> OracleRates(const Problem& problem) {
  std::vector<double> levels(problem.flows.size(), -1);
  const auto rises = [](double level) { return level < 0; };
  while (std::any_of(levels.begin(), levels.end(), rises)) {
    std::vector<double> stops(levels.size(), std::numeric_limits<double>::infinity());
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < levels.size(); ++i) {
      if (levels[i] >= 0) continue;
      stops[i] = problem.flows[i].demand / problem.flows[i].weight;
      for (const ResourceUse& use : problem.flows[i].uses) {
        stops[i] = std::min(stops[i], OracleLevel(problem, levels, use.resource));
      }
      least = std::min(least, stops[i]);
    }
    for (std::size_t i = 0; i < levels.size(); ++i) {
      if (levels[i] < 0 && stops[i] <= least) levels[i] = least;
    }
  }
  for (std::size_t i = 0; i < levels.size(); ++i) levels[i] *= problem.flows[i].weight;
  return levels;
}

}  // namespace vpcmirror::sim
