// What a timeline makes of limits and rates, in the mean.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <vector>

#include "models/scenario/timeline.h"
#include "models/units/quantity.h"

namespace vpcmirror {

// From `at` on.
template <class Value>
struct Step {
  Picoseconds at;
  Value value;
};

// The changes of bandwidth in a timeline, found by their CVM.
class BandwidthChanges {
 public:
  explicit BandwidthChanges(const std::vector<TimelineEvent>& timeline);

  // The mean from `start` to `end` of the CVM's limit, which is `at_first` when the run
  // begins, over the time in which it has one; empty where it never has.
  std::optional<BitsPerSecond> Mean(std::size_t cvm, std::optional<BitsPerSecond> at_first,
                                    Picoseconds start, Picoseconds end) const;

 private:
  std::map<std::size_t, std::vector<Step<BitsPerSecond>>> by_cvm_;  // in order
};

// The speeds of receivers' software, found by their CVM.
class SpeedChanges {
 public:
  explicit SpeedChanges(const std::vector<TimelineEvent>& timeline);

  // The mean from `start` to `end`, of 1 where nothing changes; one that is down keeps the
  // speed that it had.
  double Mean(std::size_t cvm, Picoseconds start, Picoseconds end) const;

 private:
  std::map<std::size_t, std::vector<Step<double>>> by_cvm_;  // in order
};

// The mean factor of a workload's rates from `start` to `end`.
double MeanScale(const std::vector<TimelineEvent>& timeline, std::size_t workload,
                 Picoseconds start, Picoseconds end);

}  // namespace vpcmirror
