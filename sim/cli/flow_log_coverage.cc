#include "sim/cli/flow_log_coverage.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "sim/input/flow_frame.h"
#include "sim/input/flow_log.h"
#include "sim/input/logged_interfaces.h"

namespace vpcmirror::sim {
namespace {

void TellUnknown(std::string_view id, FlowLogTally& tally) {
  ++tally.unknown;
  auto& told = tally.unknown_interfaces;
  if (told.size() >= FlowLogTally::kMostToldInterfaces) return;
  if (std::find(told.begin(), told.end(), id) == told.end()) told.emplace_back(id);
}

}  // namespace

FlowLogTally AddFlowLog(const std::string& file, const ValidScenario& scenario,
                        CoverageCount& count) {
  LoggedInterfaces interfaces(scenario, {});
  FlowLogTally tally{.file = file};
  FlowLog log(file);
  FlowRecord record;
  while (log.Next(record)) {
    ++tally.records;
    if (record.kind == FlowRecord::Kind::kRejected) ++tally.rejected;
    if (record.kind == FlowRecord::Kind::kNoData) ++tally.no_data;
    if (record.kind == FlowRecord::Kind::kSkipped) ++tally.skipped;
    if (record.kind != FlowRecord::Kind::kTraffic) continue;
    const LoggedInterfaces::Ends ends = interfaces.EndsOf(record);
    if (ends.state == LoggedInterfaces::State::kUnknown) TellUnknown(ends.unknown, tally);
    if (ends.state == LoggedInterfaces::State::kElsewhere) ++tally.elsewhere;
    if (ends.state == LoggedInterfaces::State::kUndecided) TellUnknown(record.interface_id, tally);
    if (ends.state != LoggedInterfaces::State::kKnown) continue;
    ++tally.observed;
    FrameInfo frame = FrameOf(record);
    frame.flow = ends.flow;
    for (std::size_t i = 0; i < ends.count; ++i) {
      count.Add(ends.ends[i].eni, ends.ends[i].direction, frame, static_cast<double>(record.bytes));
    }
  }
  tally.bad_lines = log.bad_lines();
  for (const FlowLog::BadLine& each : log.told_lines()) {
    tally.told_lines.push_back(fmt::format("{}:{}: {}", file, each.line, each.message));
  }
  return tally;
}

}  // namespace vpcmirror::sim
