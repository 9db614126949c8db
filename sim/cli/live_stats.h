// What a live mirror has done so far, for those who watch it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/cli/live_report.h"
#include "sim/live/send_lane.h"

namespace vpcmirror::sim {

struct ReceiverStats {
  ReceiverCounters counters;  // of all workers
  bool is_up = true;
  std::int64_t moved = 0;  // copies meant for it that went to another one while it was down
};

struct LiveStats {
  LiveReport report;  // of all workers, since the start
  std::vector<ReceiverStats> receivers;
  std::int64_t time_ns = 0;  // since 1970-01-01 00:00 UTC
  std::int64_t uptime_ns = 0;
  std::int64_t reloads = 0;          // of the scenario, that were taken
  std::int64_t refused_reloads = 0;  // the scenario before went on
  std::int64_t workers = 1;
};

// JSON on one line, with its newline: the keys of LiveJson, and before them when it was.
std::string StatsLine(const LiveStats& stats);

// Prometheus text format 0.0.4: vpcmirror_live_FIGURE in base units. What counts from the start on
// ends in _total and is there from the start on, but for errors, which are there once they occur.
std::string StatsPrometheus(const LiveStats& stats);

}  // namespace vpcmirror::sim
