// How far a run is, on one line of a terminal.
#pragma once

#include <functional>
#include <ostream>
#include <string>

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

class ProgressBar {
 public:
  ProgressBar(std::ostream& terminal, std::function<double()> seconds);
  ~ProgressBar();  // wipes the line
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  // Draws at most ten times a second.
  void Show(const Progress& progress);

 private:
  std::ostream& terminal_;
  std::function<double()> seconds_;
  double started_ = 0;
  double drawn_ = 0;
  bool visible_ = false;
};

}  // namespace vpcmirror::sim
