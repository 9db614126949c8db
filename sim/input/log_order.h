// In which order of time logs come: oldest first, as they are written, or newest first, as consoles
// and queries give them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "sim/input/flow_log.h"

namespace vpcmirror::sim {

// Seconds; of no length, all of it is at `start`.
struct TimeSpan {
  std::int64_t start = 0;
  std::int64_t end = 0;  // not before `start`

  friend bool operator==(const TimeSpan&, const TimeSpan&) = default;
};

// When a record passed: at its end where it has no start, at its start where it ends before that.
TimeSpan SpanOf(const FlowRecord& record);

// The same on a clock that runs backwards, on which a log that is newest first is one that is
// oldest first. Windows of `length` seconds become such windows, and twice mirrored is as before.
TimeSpan Mirrored(const TimeSpan& span, std::int64_t length);

// What ends over an hour after all records before it is ahead of them; ten such records behind
// one another are right, and there was nothing for an hour.
inline constexpr std::int64_t kFarAheadSeconds = 3'600;
inline constexpr std::size_t kConfirming = 10;

// Whether fewer records come late when the logs are taken for newest first, of which `most_open`
// windows of `length` seconds wait at a time. Reads the logs twice. Throws as FlowLogs does.
bool IsNewestFirst(const std::vector<std::string>& files, std::int64_t length,
                   std::size_t most_open);

}  // namespace vpcmirror::sim
