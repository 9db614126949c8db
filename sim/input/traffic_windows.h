// Windows of time into which records fall, in about the order in which they end.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "models/scenario/logged_traffic.h"

namespace vpcmirror::sim {

// So many windows wait at a time, each in a SteadyTraffic of its own; the rest is closed and
// forgotten, in order of time. Windows begin at multiples of their length since 1970. One into
// which nothing falls is none.
class TrafficWindows {
 public:
  struct Settings {
    std::int64_t length = 60;  // seconds
    std::size_t most_open = 3;
    SteadyTraffic nothing;  // with the ENIs and mirrors of all windows
    OnWindow on_window;     // gets mean rates
    // Times are mirrored (log_order.h), and the windows that are given are not: the newest first.
    bool is_mirrored = false;
  };
  explicit TrafficWindows(Settings settings);

  // Closes what is too old to be open when a window ends behind `time`.
  void Reach(std::int64_t time);
  // The end of the last window that is open or was; empty windows count. 0 before any.
  std::int64_t reached() const { return (newest_ + 1) * length(); }
  bool IsClosed(std::int64_t time) const { return WindowOf(time) < oldest_open(); }

  // Where the window begins whose sums `take` of Spread got last.
  std::int64_t taken_start() const { return last_window_ * length(); }

  // Calls `take(SteadyTraffic& sums, double share)` for each open window that [start, end) lies
  // in, with its share of that time; of no time, all of it is at `start`. What it adds are
  // amounts: bits and frames. Requires Reach(end) before. The share that lies in windows that
  // are closed.
  template <class Take>
  double Spread(std::int64_t start, std::int64_t end, Take&& take);

  void CloseAll();

 private:
  std::int64_t length() const { return settings_.length; }
  std::int64_t WindowOf(std::int64_t time) const { return time / length(); }
  std::int64_t oldest_open() const {
    return newest_ + 1 - static_cast<std::int64_t>(settings_.most_open);
  }
  SteadyTraffic& Sums(std::int64_t window);
  void Close(std::int64_t window, SteadyTraffic& sums);

  Settings settings_;
  bool has_any_ = false;
  std::int64_t newest_ = -1;                    // window
  std::map<std::int64_t, SteadyTraffic> open_;  // by window; those that have something
  std::vector<SteadyTraffic> spare_;            // to be filled again
  std::int64_t last_window_ = -1;               // that was asked for
  SteadyTraffic* last_ = nullptr;
};

template <class Take>
double TrafficWindows::Spread(std::int64_t start, std::int64_t end, Take&& take) {
  const std::int64_t first = WindowOf(start);
  if (end <= start || WindowOf(end - 1) == first) {
    if (first < oldest_open()) return 1;
    take(Sums(first), 1.0);
    return 0;
  }
  const auto all = static_cast<double>(end - start);
  double left_out = 0;
  if (first < oldest_open()) {
    left_out = static_cast<double>(std::min(end, oldest_open() * length()) - start) / all;
  }
  for (std::int64_t i = std::max(first, oldest_open()); i <= WindowOf(end - 1); ++i) {
    const std::int64_t from = std::max(start, i * length());
    const std::int64_t to = std::min(end, (i + 1) * length());
    take(Sums(i), static_cast<double>(to - from) / all);
  }
  return left_out;
}

}  // namespace vpcmirror::sim
