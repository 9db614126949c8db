// The mean of replications, and how far it may be off.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace vpcmirror {

struct MeanInterval {
  double mean = 0;
  // Half the width of the confidence interval around the mean; empty for one sample,
  // which says nothing of how others would come out.
  std::optional<double> half_width;
};

// Student's t interval (Law 2015, Simulation Modeling and Analysis, 4.5): right for
// samples that are independent and roughly normal, as means and shares of many frames
// are. Requires at least one sample, and a confidence in (0, 1).
MeanInterval IntervalOf(std::span<const double> samples, double confidence);

}  // namespace vpcmirror
