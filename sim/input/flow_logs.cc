#include "sim/input/flow_logs.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "models/scenario/error.h"

namespace vpcmirror::sim {
namespace {

constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

[[noreturn]] void FailIn(const std::string& file, std::string message, std::string accepted) {
  ScenarioError error;
  error.file = file;
  error.message = std::move(message);
  error.accepted = std::move(accepted);
  throw ScenarioException({error});
}

}  // namespace

FlowLogs::FlowLogs(const std::vector<std::string>& files, LogOrder order) : order_(order) {
  std::size_t matrices = 0;
  for (const std::string& file : files) {
    FlowLog log(file);
    if (log.is_matrix()) ++matrices;
    FlowRecord record;
    const bool has_record = log.Next(record);
    waiting_.push_back({file, has_record ? TurnOf(record) : 0});
    if (matrices > 0 && matrices != waiting_.size()) {
      FailIn(file, "a traffic matrix and logs with times do not add up",
             "either logs or matrices in one call");
    }
  }
  is_matrix_ = matrices > 0;
  std::stable_sort(waiting_.begin(), waiting_.end(),
                   [](const Waiting& a, const Waiting& b) { return a.first_turn > b.first_turn; });
}

void FlowLogs::Tell(const FlowLog& log, std::vector<ToldLine>& told) {
  for (const FlowLog::BadLine& each : log.told_lines()) {
    if (told.size() >= FlowLog::kMostToldLines) return;
    told.push_back({log.file(), each});
  }
}

void FlowLogs::Close(std::size_t index) {
  bad_lines_ += open_[index]->log.bad_lines();
  Tell(open_[index]->log, told_);
  open_.erase(open_.begin() + static_cast<std::ptrdiff_t>(index));
}

std::int64_t FlowLogs::bad_lines() const {
  std::int64_t all = bad_lines_;
  for (const auto& each : open_) all += each->log.bad_lines();
  return all;
}

std::vector<FlowLogs::ToldLine> FlowLogs::ToldLines() const {
  std::vector<ToldLine> told = told_;
  for (const auto& each : open_) Tell(each->log, told);
  return told;
}

void FlowLogs::OpenDue() {
  for (;;) {
    std::int64_t first = kNever;
    for (const auto& each : open_) first = std::min(first, TurnOf(each->record));
    if (waiting_.empty() || (!open_.empty() && waiting_.back().first_turn > first)) return;
    if (open_.size() >= kMostOpen) {
      FailIn(waiting_.back().file, fmt::format("more than {} logs tell of one time", kMostOpen),
             "fewer files: merge those of one time, as by sort -m");
    }
    open_.push_back(std::make_unique<Open>(waiting_.back().file));
    waiting_.pop_back();
    if (!open_.back()->log.Next(open_.back()->record)) Close(open_.size() - 1);
  }
}

void FlowLogs::Choose() {
  OpenDue();
  next_best_ = waiting_.empty() ? kNever : waiting_.back().first_turn;
  std::int64_t best = kNever;
  for (std::size_t i = 0; i < open_.size(); ++i) {
    const std::int64_t turn = TurnOf(open_[i]->record);
    if (turn < best || i == 0) {
      if (i > 0) next_best_ = std::min(next_best_, best);
      best = turn;
      current_ = i;
    } else {
      next_best_ = std::min(next_best_, turn);
    }
  }
}

void FlowLogs::Advance() {
  Open& open = *open_[current_];
  if (open.log.Next(open.record)) {
    if (TurnOf(open.record) > next_best_) Choose();
    return;
  }
  Close(current_);
  Choose();
}

bool FlowLogs::Next(FlowRecord& record) {
  if (has_given_) {
    Advance();
  } else {
    has_given_ = true;
    Choose();
  }
  if (open_.empty()) return false;
  record = open_[current_]->record;
  return true;
}

}  // namespace vpcmirror::sim
