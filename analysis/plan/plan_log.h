// A plan for the traffic of flow logs: which window it is for, and how other windows would do.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "analysis/plan/outline.h"
#include "models/scenario/logged_traffic.h"
#include "models/scenario/valid_scenario.h"

namespace vpcmirror {

// A window by its place among all of its logs.
struct RankedWindow {
  std::string at;        // "p99", "max"
  std::size_t rank = 1;  // by the rate of copies, counted from the least
  WindowTotals totals;   // mean rates
};

struct WindowOutline {
  RankedWindow window;
  Outline outline;
};

// An interface of the logs that was found by something other than its ID.
struct FoundInterface {
  std::string id;
  std::string eni;
  bool by_rule = false;  // the user's; else by an address
};

struct PlannedLog {
  LoggedTraffic logged;
  RankedWindow window;       // that is planned for, at logged.peak_to_mean times its rates
  std::size_t flows = 0;     // at ENIs, in that window
  std::size_t reckoned = 0;  // of them, after small ones were put together
  std::vector<FoundInterface> found;
  std::vector<WindowOutline> windows;  // for comparison; filled in by MakePlan, in order
};

// Windows to compare with, each with the scenario that it makes.
using WindowTrials = std::vector<std::pair<RankedWindow, ValidScenario>>;

}  // namespace vpcmirror
