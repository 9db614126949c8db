#include "analysis/compare/mean_interval.h"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <numeric>

namespace vpcmirror {

MeanInterval IntervalOf(std::span<const double> samples, double confidence) {
  const auto count = static_cast<double>(samples.size());
  MeanInterval interval;
  interval.mean = std::accumulate(samples.begin(), samples.end(), 0.0) / count;
  if (samples.size() < 2) return interval;
  const auto [smallest, largest] = std::minmax_element(samples.begin(), samples.end());
  if (*smallest == *largest) return {.mean = *smallest, .half_width = 0};  // to the last bit
  double squares = 0;
  for (const double sample : samples) squares += std::pow(sample - interval.mean, 2);
  const double standard_error = std::sqrt(squares / (count - 1) / count);
  const boost::math::students_t_distribution<double> distribution(count - 1);
  const double t =
      boost::math::quantile(boost::math::complement(distribution, (1 - confidence) / 2));
  interval.half_width = t * standard_error;
  return interval;
}

}  // namespace vpcmirror
