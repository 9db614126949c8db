#include "sim/input/logged_traffic.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <system_error>
#include <utility>

#include "models/scenario/error.h"
#include "sim/input/flow_frame.h"
#include "sim/input/flow_logs.h"
#include "sim/input/log_order.h"
#include "sim/input/traffic_windows.h"

namespace vpcmirror::sim {
namespace {

constexpr std::int64_t kOpenSeconds = 1'800;
constexpr std::size_t kLeastOpen = 3;
constexpr std::size_t kMostOpenBytes = std::size_t{256} << 20;
// So many of each log's first records tell its interval and its interfaces.
constexpr int kProbed = 10'000;

// More are not told.
constexpr auto kEnoughBadLines = static_cast<std::int64_t>(FlowLog::kMostToldLines);

void RefuseBadLines(const FlowLogs& logs) {
  std::vector<ScenarioError> errors;
  for (const FlowLogs::ToldLine& each : logs.ToldLines()) {
    ScenarioError error;
    error.file = each.file;
    error.line = static_cast<int>(each.bad.line);
    error.column = 1;
    error.message = each.bad.message;
    error.accepted = "a record, or no --strict: lines that are none are then counted";
    errors.push_back(std::move(error));
  }
  if (!errors.empty()) throw ScenarioException(errors);
}

// A pipe is empty after it was read once. What is not there, the reader tells.
void RequireFile(const std::string& file) {
  std::error_code error;
  const auto type = std::filesystem::status(file, error).type();
  using Type = std::filesystem::file_type;
  if (type != Type::fifo && type != Type::character && type != Type::socket) return;
  ScenarioError wrong;
  wrong.file = file;
  wrong.message = "this is no file, and what comes from it comes once";
  wrong.accepted = "a file: logs are read from their beginning several times";
  throw ScenarioException({wrong});
}

// Twice the same records would be twice the traffic.
void RefuseTwins(const std::vector<std::string>& files) {
  std::set<std::filesystem::path> known;
  std::vector<ScenarioError> errors;
  for (const std::string& file : files) {
    std::error_code error;
    const std::filesystem::path path = std::filesystem::canonical(file, error);
    if (error || known.insert(path).second) continue;
    ScenarioError wrong;
    wrong.file = file;
    wrong.message = "this log is named twice, and would count twice";
    wrong.accepted = "each log once";
    errors.push_back(std::move(wrong));
  }
  if (!errors.empty()) throw ScenarioException(std::move(errors));
}

[[noreturn]] void RefuseLate(const FlowLogs& logs, const LoggedTraffic& logged) {
  ScenarioError error;
  error.file = logs.file();
  error.line = static_cast<int>(logs.line());
  error.column = 1;
  error.message = fmt::format("this record is over {} s {} than others before it",
                              logged.open_seconds, logged.is_newest_first ? "younger" : "older");
  error.accepted = "logs sorted by time, or no --strict: what is late is then left out";
  throw ScenarioException({error});
}

// A record whose ENIs are known, without its texts.
struct Observation {
  TimeSpan span;     // mirrored where the logs are newest first
  double bytes = 0;  // of IP packets
  Flux amount;       // bits and frames
  std::size_t ends = 0;
  std::array<Passing, 2> passings;  // of both ends: the sender's first
};

std::size_t BytesOf(const SteadyTraffic& traffic) {
  std::size_t bytes = traffic.enis.size() * sizeof(EniTraffic) +
                      traffic.mirrors.size() * sizeof(MirrorTraffic) +
                      traffic.workloads.size() * sizeof(WorkloadTraffic);
  for (const MirrorTraffic& each : traffic.mirrors) bytes += each.by_receiver.size() * sizeof(Flux);
  return bytes;
}

std::size_t WindowsOpen(std::int64_t length, const SteadyTraffic& nothing) {
  const auto wanted = static_cast<std::size_t>((kOpenSeconds + length - 1) / length);
  const std::size_t room = kMostOpenBytes / std::max<std::size_t>(1, BytesOf(nothing));
  return std::max(kLeastOpen, std::min(wanted, room));
}

void Note(LoggedRate& rate, const Flux& flux, const TrafficWindow& window) {
  const auto seconds = static_cast<double>(window.length);
  rate.bytes += flux.bits_per_second * seconds / kBitsPerByte;
  rate.frames += flux.frames_per_second * seconds;
  // Of equals the earliest.
  const bool is_as_much = flux.bits_per_second == rate.peak.bits_per_second;
  if (flux.bits_per_second > rate.peak.bits_per_second ||
      (is_as_much && rate.peak_start > window.start)) {
    rate.peak = flux;
    rate.peak_start = window.start;
  }
}

class LogReader {
 public:
  // Without an order it is oldest first, until that is in doubt.
  LogReader(const ValidScenario& scenario, const LoggedTrafficOptions& options,
            const OnWindow& on_window, const OnPassing& on_passing, std::optional<LogOrder> order)
      : options_(options),
        on_window_(on_window),
        on_passing_(on_passing),
        order_(order),
        passing_(scenario),
        interfaces_(scenario, options.rules) {
    result_.files = options.files;
    result_.peak_to_mean = options.peak_to_mean;
    result_.is_newest_first = order == LogOrder::kNewestFirst;
    result_.enis.resize(scenario.deployment->enis.size());
    result_.mirrors.resize(scenario.mirrors.size());
  }

  // False when the order is in doubt: no window is done then, and it is IsNewestFirst that tells.
  bool Read() {
    Probe();
    FlowLogs logs(options_.files, order_.value_or(LogOrder::kOldestFirst));
    result_.is_matrix = logs.is_matrix();
    if (result_.is_matrix) result_.window_seconds = 1;
    TrafficWindows windows = MakeWindows();
    windows_ = &windows;
    FlowRecord record;
    while (logs.Next(record)) {
      Take(record);
      if (is_in_doubt_) return false;
      if (!options_.strict) continue;
      if (result_.tally.late.records > 0) RefuseLate(logs, result_);
      if (logs.bad_lines() >= kEnoughBadLines) break;
    }
    if (options_.strict) RefuseBadLines(logs);
    PlaceBatch();
    if (is_in_doubt_) return false;
    for (const Observation& each : held_) Place(each);
    windows.CloseAll();
    Conclude(logs);
    return true;
  }

  bool IsNewestFirst() const {
    return sim::IsNewestFirst(options_.files, result_.window_seconds, most_open_);
  }
  LoggedTraffic Result() && { return std::move(result_); }

 private:
  TrafficWindows MakeWindows() {
    SteadyTraffic nothing = passing_.NoTraffic();
    const std::int64_t length = result_.window_seconds;
    most_open_ = result_.is_matrix ? 1 : WindowsOpen(length, nothing);
    result_.open_seconds = static_cast<std::int64_t>(most_open_) * length;
    return TrafficWindows({.length = length,
                           .most_open = most_open_,
                           .nothing = std::move(nothing),
                           .on_window = [this](const TrafficWindow& window) { Sum(window); },
                           .is_mirrored = result_.is_newest_first});
  }

  // The logs' interval, and which interface has which address, from their beginnings.
  void Probe() {
    std::int64_t longest = 0;
    RefuseTwins(options_.files);
    for (const std::string& file : options_.files) {
      RequireFile(file);
      FlowLog log(file);
      FlowRecord record;
      for (int i = 0; i < kProbed && log.Next(record); ++i) {
        longest = std::max(longest, record.end - record.start);
        const bool has_flow =
            record.kind == FlowRecord::Kind::kTraffic || record.kind == FlowRecord::Kind::kRejected;
        if (has_flow && !record.interface_id.empty()) interfaces_.EndsOf(record);
      }
    }
    constexpr std::int64_t kIntervals[] = {60, 300, 600, 3'600};
    const auto* fits = std::find_if(std::begin(kIntervals), std::end(kIntervals) - 1,
                                    [&](std::int64_t each) { return longest <= each; });
    result_.window_seconds = options_.window_seconds.value_or(*fits);
    result_.is_window_given = options_.window_seconds.has_value();
  }

  void Take(const FlowRecord& record) {
    LogTally& tally = result_.tally;
    ++tally.records;
    if (record.kind == FlowRecord::Kind::kNoData) {
      ++tally.no_data;
    } else if (record.kind == FlowRecord::Kind::kSkipped) {
      ++tally.skipped;
    } else if (record.kind == FlowRecord::Kind::kRejected) {
      tally.rejected.Add(static_cast<double>(record.bytes));
    } else if (!result_.is_matrix && record.start == 0 && record.end == 0) {
      tally.untimed.Add(static_cast<double>(record.bytes));
    } else if (Observation& seen = batch_[batched_]; Observe(record, seen)) {
      for (std::size_t i = 0; i < seen.ends; ++i) passing_.Fetch(seen.passings[i]);
      // A late record is to be told by its line.
      if (++batched_ == (options_.strict ? 1 : batch_.size())) PlaceBatch();
    }
  }

  void PlaceBatch() {
    for (std::size_t i = 0; i < batched_ && !is_in_doubt_; ++i) TakeObserved(batch_[i]);
    batched_ = 0;
  }

  // False when it is counted as something else.
  bool Observe(const FlowRecord& record, Observation& seen) {
    seen.span = result_.is_matrix ? TimeSpan{record.start, record.end} : SpanOf(record);
    if (result_.is_newest_first) seen.span = Mirrored(seen.span, result_.window_seconds);
    seen.bytes = static_cast<double>(record.bytes);
    LoggedInterfaces::Ends ends = interfaces_.EndsOf(record);
    LogTally& tally = result_.tally;
    switch (ends.state) {
      case LoggedInterfaces::State::kUndecided:
        tally.undecided.Add(seen.bytes);
        return false;
      case LoggedInterfaces::State::kElsewhere:
        tally.elsewhere.Add(seen.bytes);
        return false;
      case LoggedInterfaces::State::kUnknown:
        AddUnknown(std::move(ends.unknown), seen.bytes);
        return false;
      case LoggedInterfaces::State::kKnown:
        break;
    }
    FrameInfo frame = FrameOf(record);
    frame.flow = ends.flow;
    seen.ends = ends.count;
    for (std::size_t i = 0; i < ends.count; ++i) {
      seen.passings[i] = {ends.ends[i].eni, ends.ends[i].direction, frame};
    }
    seen.amount = AmountOf(record);
    if (record.packets == 0) ++tally.without_packets;
    if (record.end < record.start && record.end > 0) ++tally.backwards;
    return true;
  }

  void AddUnknown(std::string id, double bytes) {
    result_.tally.unknown.Add(bytes);
    if (unknown_.size() >= LoggedInterfaces::kMostRemembered && unknown_.count(id) == 0) return;
    unknown_[std::move(id)].Add(bytes);
  }

  void TakeObserved(Observation& seen) {
    if (result_.is_matrix) {
      // All its periods are one window of one second.
      seen.amount = seen.amount * (1.0 / static_cast<double>(seen.span.end - seen.span.start));
      seen.span = {};
      Place(seen);
      return;
    }
    const bool is_ahead =
        windows_->reached() > 0 && seen.span.end > windows_->reached() + kFarAheadSeconds;
    if (!is_ahead) {
      for (const Observation& each : held_) result_.tally.ahead.Add(each.bytes);
      held_.clear();
      Place(seen);
      return;
    }
    held_.push_back(seen);
    if (held_.size() < kConfirming) return;
    for (const Observation& each : held_) Place(each);
    held_.clear();
  }

  void Place(const Observation& seen) {
    const auto [start, end] = seen.span;
    windows_->Reach(std::max(end, start + 1));
    LogTally& tally = result_.tally;
    if (windows_->IsClosed(std::max(start, end - 1))) {
      is_in_doubt_ = is_in_doubt_ || (!order_ && result_.windows.empty());
      tally.late.Add(seen.bytes);
      return;
    }
    tally.counted.Add(seen.bytes);
    const std::array<Decision, 2> decisions = {
        passing_.Judge(seen.passings[0]),
        seen.ends > 1 ? passing_.Judge(seen.passings[1]) : Decision()};
    const double left_out = windows_->Spread(start, end, [&](SteadyTraffic& sums, double share) {
      const Flux amount = seen.amount * share;
      arrived_.clear();
      for (std::size_t i = 0; i < seen.ends; ++i) {
        passing_.Add(seen.passings[i], decisions[i], amount, arrived_, sums);
        if (on_passing_) on_passing_(StartOfTaken(), seen.passings[i], amount);
      }
    });
    tally.late_bytes += left_out * seen.bytes;
  }

  // Of the window that Spread gave last, on the logs' own clock.
  std::int64_t StartOfTaken() const {
    const std::int64_t start = windows_->taken_start();
    if (!result_.is_newest_first) return start;
    const std::int64_t length = result_.window_seconds;
    return Mirrored({start, start + length}, length).start;
  }

  // A window that is closed.
  void Sum(const TrafficWindow& window) {
    if (result_.windows.size() >= kMostWindows) {
      ScenarioError error;
      error.file = options_.files.front();
      error.message = fmt::format("there are more than {} windows of {} s", kMostWindows,
                                  result_.window_seconds);
      error.accepted = "longer ones, as --per says";
      throw ScenarioException({error});
    }
    WindowTotals totals{.start = window.start};
    const SteadyTraffic& traffic = window.traffic;
    for (std::size_t i = 0; i < traffic.enis.size(); ++i) {
      const EniTraffic& eni = traffic.enis[i];
      totals.in += eni.in;
      totals.out += eni.out;
      Note(result_.enis[i].in, eni.in, window);
      Note(result_.enis[i].out, eni.out, window);
      Note(result_.enis[i].copies_out, eni.copies_out, window);
      Note(result_.enis[i].copies_in, eni.copies_in, window);
    }
    for (std::size_t i = 0; i < traffic.mirrors.size(); ++i) {
      const MirrorTraffic& mirror = traffic.mirrors[i];
      totals.copies += mirror.wire;
      Note(result_.mirrors[i].offered, mirror.offered, window);
      Note(result_.mirrors[i].mirrored, mirror.mirrored, window);
      Note(result_.mirrors[i].wire, mirror.wire, window);
    }
    result_.windows.push_back(totals);
    if (on_window_) on_window_(window);
  }

  void Conclude(const FlowLogs& logs) {
    result_.tally.bad_lines = logs.bad_lines();
    for (const FlowLogs::ToldLine& each : logs.ToldLines()) {
      result_.tally.told_lines.push_back(
          fmt::format("{}:{}: {}", each.file, each.bad.line, each.bad.message));
    }
    if (result_.is_newest_first) std::reverse(result_.windows.begin(), result_.windows.end());
    result_.mapped = interfaces_.Mapped();
    result_.unused_rules = interfaces_.UnusedRules();
    result_.unknown_interfaces = static_cast<std::int64_t>(unknown_.size());
    for (const auto& [id, volume] : unknown_) result_.unknown.push_back({id, volume});
    std::stable_sort(result_.unknown.begin(), result_.unknown.end(),
                     [](const UnknownInterface& a, const UnknownInterface& b) {
                       return a.volume.bytes > b.volume.bytes;
                     });
    result_.unknown.resize(std::min(result_.unknown.size(), LoggedTraffic::kMostToldUnknown));
  }

  const LoggedTrafficOptions& options_;
  const OnWindow& on_window_;
  const OnPassing& on_passing_;
  std::optional<LogOrder> order_;
  bool is_in_doubt_ = false;
  std::size_t most_open_ = 1;  // windows
  PassingTraffic passing_;
  LoggedInterfaces interfaces_;
  TrafficWindows* windows_ = nullptr;
  // Records are placed so many at a time, while what is asked of the filters comes from memory.
  std::array<Observation, 32> batch_;
  std::size_t batched_ = 0;
  std::vector<Observation> held_;  // far ahead of the windows, and not confirmed yet
  std::vector<std::size_t> arrived_;
  std::map<std::string, LoggedVolume> unknown_;
  LoggedTraffic result_;
};

}  // namespace

LoggedTraffic ReadLoggedTraffic(const ValidScenario& scenario, const LoggedTrafficOptions& options,
                                const OnWindow& on_window, const OnPassing& on_passing) {
  LogReader reader(scenario, options, on_window, on_passing, options.order);
  if (reader.Read()) return std::move(reader).Result();
  const LogOrder order = reader.IsNewestFirst() ? LogOrder::kNewestFirst : LogOrder::kOldestFirst;
  LogReader again(scenario, options, on_window, on_passing, order);
  again.Read();
  return std::move(again).Result();
}

LogOrder OrderOf(const LoggedTraffic& logged) {
  return logged.is_newest_first ? LogOrder::kNewestFirst : LogOrder::kOldestFirst;
}

TrafficWindow ReadWindow(const ValidScenario& scenario, const LoggedTrafficOptions& options,
                         const LoggedTraffic& logged, std::int64_t start) {
  LoggedTrafficOptions same = options;
  same.window_seconds = logged.window_seconds;
  same.order = OrderOf(logged);
  TrafficWindow found;
  ReadLoggedTraffic(scenario, same, [&](const TrafficWindow& window) {
    if (window.start == start) found = window;
  });
  return found;
}

}  // namespace vpcmirror::sim
