// How far a run is, on one line of a terminal.
#pragma once

#include <cstddef>
#include <functional>
#include <ostream>
#include <string>
#include <string_view>

#include "models/units/quantity.h"

namespace vpcmirror::sim {

// Of several runs one behind the other, each of which simulates `total`.
struct Progress {
  Picoseconds done{};  // of the run that is under way
  Picoseconds total{};
  double share = 0;  // of the work of all runs
  int run = 1;
  int runs = 1;
};

// " 45 % [#########...........] 450 ms of 1 s, 0.3 s a second, 2 s left", at
// most 79 columns; of several runs it says which it is instead of the rate. Rate
// and time left, of all runs, are told once there is something to go by.
std::string ProgressLine(const Progress& progress, double elapsed_seconds);

// Of many steps, several at once.
struct RunsProgress {
  double share = 0;       // of the work of all, those under way left out
  double share_then = 0;  // of the work that was done before the clock started
  std::size_t done = 0;
  std::size_t total = 0;
  std::size_t failed = 0;
  std::size_t under_way = 0;
  std::string_view what = "runs";
};

// " 45 % [#########...........] 90 of 200 runs, 3 failed, 2 under way, 12 s left", at most 79
// columns.
std::string RunsLine(const RunsProgress& progress, double elapsed_seconds);

// "12 s", "3 min", "5 h": rounded up.
std::string DurationText(double seconds);

class ProgressBar {
 public:
  ProgressBar(std::ostream& terminal, std::function<double()> seconds);
  ~ProgressBar();  // wipes the line
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  // Draws at most ten times a second.
  void Show(const Progress& progress);
  void Show(const RunsProgress& progress);

 private:
  template <class Line>
  void Draw(const Line& line);

  std::ostream& terminal_;
  std::function<double()> seconds_;
  double started_ = 0;
  double drawn_ = 0;
  bool visible_ = false;
};

}  // namespace vpcmirror::sim
