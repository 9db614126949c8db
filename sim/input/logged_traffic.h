// From flow logs to the traffic that planners reckon with.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "models/scenario/logged_traffic.h"
#include "models/scenario/passing_traffic.h"
#include "models/scenario/valid_scenario.h"
#include "sim/input/flow_logs.h"
#include "sim/input/logged_interfaces.h"

namespace vpcmirror::sim {

struct LoggedTrafficOptions {
  std::vector<std::string> files;  // at least one
  // Of a window, in seconds, at least 1; empty: the logs' own interval, which is the shortest of
  // 1, 5, 10 and 60 minutes that none of their first records is longer than.
  std::optional<std::int64_t> window_seconds;
  std::vector<InterfaceRule> rules;
  std::optional<LogOrder> order;  // empty: what the records say
  double peak_to_mean = 1;        // is carried along, and in no rate
  bool strict = false;            // a line that is no record is an error, and a record that is late
};

// The order in which its records came.
LogOrder OrderOf(const LoggedTraffic& logged);

// Frames of a record that passed an ENI in the window that begins at `start`: amounts, bits and
// frames. Those of what is late are left out.
// Requires LoggedTrafficOptions::order: while that is in doubt, records may be told twice.
using OnPassing =
    std::function<void(std::int64_t start, const Passing& passing, const Flux& amount)>;

// Shows each record to the mirrors of its ENI and calls `on_window` with each window of time,
// in order of time (newest first where the logs are: what they are is seen when a record comes too
// late and no window is done yet, and then they are read twice more), once no more records are
// taken for it: half an hour after its end in the logs' time, or three windows, sooner where that
// takes more than 256 MiB. What ends in a closed window is late, what ends over an hour after all
// before it, and is not followed by ten such records, is ahead: both are counted and left out. A
// record that spans several windows is spread over them in proportion.
//
// A record is what its interface saw: a flow that two interfaces recorded is two observations.
// One of no interface (nfdump's, a matrix's) passed the ENIs at both its ends.
//
// Memory grows with ENIs, interfaces and windows, not with records. Throws ScenarioException
// when a log cannot be read (three times over, so that it has to be a file) or is named twice,
// `strict` finds a broken line or a late record, a rule is wrong (LoggedInterfaces), or there are
// more than kMostWindows windows.
LoggedTraffic ReadLoggedTraffic(const ValidScenario& scenario, const LoggedTrafficOptions& options,
                                const OnWindow& on_window = {}, const OnPassing& on_passing = {});

// The window of `logged` that begins at `start`, which is one of its windows: whose traffic to
// plan for is known only when all is read. Reads the logs once more, by the same options.
TrafficWindow ReadWindow(const ValidScenario& scenario, const LoggedTrafficOptions& options,
                         const LoggedTraffic& logged, std::int64_t start);

inline constexpr std::size_t kMostWindows = 1'000'000;

}  // namespace vpcmirror::sim
