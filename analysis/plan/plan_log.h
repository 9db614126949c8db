// A plan for the traffic of flow logs: which window it is for, and how other windows would do.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
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

struct TriedWindow {
  WindowTotals totals;
  Outline outline;
};

// How all windows of the logs would do, one after the other.
struct LogCourse {
  static constexpr std::size_t kMostToldWindows = 100;

  std::size_t windows = 0;
  std::size_t at_risk = 0;
  std::size_t does_not_fit = 0;
  std::size_t loses_production = 0;
  std::size_t loses_copies = 0;
  // Of those that do not fit or are at risk: the worst (that loses most of production, then of
  // copies, then has the least margin), and the earliest, kMostToldWindows of them at most.
  std::optional<TriedWindow> worst;
  std::vector<TriedWindow> told;
  std::optional<TriedWindow> busiest;  // whatever its verdict: with the most bits of copies

  // Of those that do not fit or are at risk, such as are not in `told`.
  std::size_t not_told() const { return at_risk + does_not_fit - told.size(); }

  void Add(const TriedWindow& window);
};

struct PlannedLog {
  LoggedTraffic logged;
  RankedWindow window;       // that is planned for, at logged.peak_to_mean times its rates
  std::size_t flows = 0;     // at ENIs, in that window
  std::size_t reckoned = 0;  // of them, after small ones were put together
  std::vector<FoundInterface> found;
  std::vector<WindowOutline> windows;  // for comparison; filled in by MakePlan, in order
  std::optional<LogCourse> course;     // the same, where it was asked for
};

// Windows to compare with, each with the scenario that it makes.
using WindowTrials = std::vector<std::pair<RankedWindow, ValidScenario>>;

// Hands over every window that something was logged in, with the scenario that it makes.
using TryWindow = std::function<void(const WindowTotals& totals, const ValidScenario& scenario)>;
using EveryWindow = std::function<void(const TryWindow& take)>;

}  // namespace vpcmirror
