// How far a run is, on one line of a terminal.
#pragma once

#include <functional>
#include <ostream>
#include <string>

#include "models/units/quantity.h"

namespace vpcmirror::sim {

// " 45 % [#########...........] 450 ms of 1 s, 0.3 s a second, 2 s left", at
// most 79 columns. Rate and time left are told once there is something to go by.
std::string ProgressLine(Picoseconds done, Picoseconds total, double elapsed_seconds);

class ProgressBar {
 public:
  ProgressBar(std::ostream& terminal, Picoseconds total, std::function<double()> seconds);
  ~ProgressBar();  // wipes the line
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  // Draws at most ten times a second.
  void Show(Picoseconds done);

 private:
  std::ostream& terminal_;
  Picoseconds total_;
  std::function<double()> seconds_;
  double started_ = 0;
  double drawn_ = 0;
  bool visible_ = false;
};

}  // namespace vpcmirror::sim
