// Every run to whoever is free.
#pragma once

#include <cstddef>
#include <functional>
#include <stop_token>
#include <vector>

#include "sim/sweep/outcome.h"
#include "sim/sweep/workers.h"

namespace vpcmirror::sim {

struct GiveOutControl {
  std::stop_token stop;
  // Called once for each run, as it ends. What it throws ends all.
  std::function<void(std::size_t run, const Outcome& outcome)> ended;
  // Called many times a second with the number of runs that are under way. May be empty.
  std::function<void(std::size_t under_way)> look;
};

// Gives out `runs` in their order to all of `workers`, and again those that come back without an
// outcome. Returns false when a stop came first: what is under way then is left. Requires that
// one of the workers is always there.
bool GiveOut(std::vector<std::size_t> runs, const std::vector<Workers*>& workers,
             const GiveOutControl& control);

}  // namespace vpcmirror::sim
