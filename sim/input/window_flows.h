// Which flows passed which ENIs in windows of a flow log.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "models/scenario/logged_traffic.h"
#include "models/scenario/valid_scenario.h"
#include "sim/input/logged_traffic.h"

namespace vpcmirror::sim {

struct WindowFlows {
  std::int64_t start = 0;           // as TrafficWindow has it
  std::vector<ObservedFlow> flows;  // mean rates; by ENI, direction and flow, each once
};

// The flows of the windows of `logged` that begin at `starts`, in that order: together they are the
// production of TrafficWindow. Reads the logs once more, by the same options. Memory grows with
// the flows of these windows. Throws as ReadLoggedTraffic does, and when there are more than
// kMostWindowFlows.
std::vector<WindowFlows> ReadWindowFlows(const ValidScenario& scenario,
                                         const LoggedTrafficOptions& options,
                                         const LoggedTraffic& logged,
                                         const std::vector<std::int64_t>& starts);

// Every window's, each once it is closed: in order of time, or newest first where the logs are.
// Memory grows with the flows of the windows that are open at once, which are kMostWindowFlows at
// most. Reads and throws as ReadWindowFlows does, and throws what `take` throws.
void ReadEveryWindow(const ValidScenario& scenario, const LoggedTrafficOptions& options,
                     const LoggedTraffic& logged,
                     const std::function<void(WindowFlows window)>& take);

inline constexpr std::size_t kMostWindowFlows = 8'000'000;  // of all windows asked for at once

}  // namespace vpcmirror::sim
