// What a live mirror has done so far, for those who watch it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/cli/live_report.h"

namespace vpcmirror::sim {

struct LiveStats {
  // By ENI, at least one: of all workers, since the start. What was captured and sent stands with
  // the first.
  std::vector<LiveReport> reports;
  std::int64_t time_ns = 0;  // since 1970-01-01 00:00 UTC
  std::int64_t uptime_ns = 0;
  std::int64_t reloads = 0;          // of the scenario, that were taken
  std::int64_t refused_reloads = 0;  // the scenario before went on
  std::int64_t workers = 1;
};

// JSON on one line, with its newline: when it was, and the keys of LiveJson; of several ENIs these
// are in the list "enis".
std::string StatsLine(const LiveStats& stats);

// Prometheus text format 0.0.4: vpcmirror_live_FIGURE in base units. What counts from the start on
// ends in _total and is there from the start on, but for errors, which are there once they occur.
std::string StatsPrometheus(const LiveStats& stats);

}  // namespace vpcmirror::sim
