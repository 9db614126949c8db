#include "analysis/report/sparkline.h"

#include <algorithm>
#include <cmath>
#include <string_view>

namespace vpcmirror {
namespace {

constexpr std::string_view kHeights[] = {"\u2581", "\u2582", "\u2583", "\u2584",
                                         "\u2585", "\u2586", "\u2587", "\u2588"};

// Means of as many values as share a column.
std::vector<double> Thinned(const std::vector<double>& values, std::size_t columns) {
  const std::size_t step = (values.size() + columns - 1) / columns;
  std::vector<double> means;
  for (std::size_t at = 0; at < values.size(); at += step) {
    double sum = 0;
    std::size_t count = 0;
    for (std::size_t i = at; i < std::min(values.size(), at + step); ++i) {
      if (!std::isfinite(values[i])) continue;
      sum += values[i];
      ++count;
    }
    means.push_back(count == 0 ? NAN : sum / static_cast<double>(count));
  }
  return means;
}

}  // namespace

std::string Sparkline(const std::vector<double>& values, std::size_t columns) {
  if (values.empty() || columns == 0) return "";
  const std::vector<double> means = Thinned(values, columns);
  double low = INFINITY;
  double high = -INFINITY;
  for (const double mean : means) {
    if (!std::isfinite(mean)) continue;
    low = std::min(low, mean);
    high = std::max(high, mean);
  }
  std::string line;
  for (const double mean : means) {
    if (!std::isfinite(mean)) {
      line += ' ';
      continue;
    }
    const double share = high > low ? (mean - low) / (high - low) : 0;
    line += kHeights[static_cast<std::size_t>(std::lround(share * 7))];
  }
  return line;
}

}  // namespace vpcmirror
