// What a timeline makes of limits and rates, in the mean.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "models/scenario/timeline.h"
#include "models/units/quantity.h"

namespace vpcmirror {

// The mean from `start` to `end` of a CVM's limit, which is `at_first` when the run begins,
// over the time in which it has one; empty where it never has.
std::optional<BitsPerSecond> MeanBandwidth(const std::vector<TimelineEvent>& timeline,
                                           std::size_t cvm, std::optional<BitsPerSecond> at_first,
                                           Picoseconds start, Picoseconds end);
// The mean factor of a workload's rates from `start` to `end`.
double MeanScale(const std::vector<TimelineEvent>& timeline, std::size_t workload,
                 Picoseconds start, Picoseconds end);

}  // namespace vpcmirror
