// Several flow logs as one, in order of time.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "sim/input/flow_log.h"

namespace vpcmirror::sim {

enum class LogOrder : std::uint8_t { kOldestFirst, kNewestFirst };

// The records of several logs, always the one of those at hand that ended first, or last where
// they are newest first: each log's own order stays. A log is opened when its first record's turn
// comes and let go at its end, so that of a day in many files few are open at a time.
class FlowLogs {
 public:
  // Reads the first record of each. Throws ScenarioException as FlowLog does, and when a matrix
  // is among other logs.
  explicit FlowLogs(const std::vector<std::string>& files, LogOrder order = LogOrder::kOldestFirst);

  // False at the end. `record` is valid until the next call. Throws ScenarioException when
  // reading fails, or when more than kMostOpen logs tell of one time.
  bool Next(FlowRecord& record);

  bool is_matrix() const { return is_matrix_; }
  // Of the record given last, which there has to be.
  const std::string& file() const { return open_[current_]->log.file(); }
  std::int64_t line() const { return open_[current_]->log.line(); }
  // Of all logs, as far as they are read.
  std::int64_t bad_lines() const;
  struct ToldLine {
    std::string file;
    FlowLog::BadLine bad;
  };
  // The first FlowLog::kMostToldLines of them, log by log in the order of their ends.
  std::vector<ToldLine> ToldLines() const;

  static constexpr std::size_t kMostOpen = 256;

 private:
  struct Waiting {
    std::string file;
    std::int64_t first_turn = 0;
  };
  struct Open {
    explicit Open(const std::string& file) : log(file) {}
    FlowLog log;
    FlowRecord record;  // its next
  };
  // The lowest is next. What has no time is, at once.
  std::int64_t TurnOf(const FlowRecord& record) const {
    const std::int64_t time = std::max(record.end, record.start);
    if (order_ == LogOrder::kOldestFirst) return time;
    return time == 0 ? std::numeric_limits<std::int64_t>::min() : -time;
  }
  void OpenDue();
  // Reads on in the log of the record given last, and lets go of it at its end.
  void Advance();
  void Close(std::size_t index);
  static void Tell(const FlowLog& log, std::vector<ToldLine>& told);
  void Choose();

  LogOrder order_;
  std::vector<Waiting> waiting_;             // the next last
  std::vector<std::unique_ptr<Open>> open_;  // apart, since records point into their log
  std::size_t current_ = 0;                  // of the record given last
  std::int64_t next_best_ = 0;               // at which another log's turn comes
  bool has_given_ = false;
  bool is_matrix_ = false;
  std::int64_t bad_lines_ = 0;  // of logs at their end
  std::vector<ToldLine> told_;  // the same
};

}  // namespace vpcmirror::sim
