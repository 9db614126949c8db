#include "models/scenario/logged_traffic.h"

#include <algorithm>
#include <cmath>

namespace vpcmirror {

std::size_t SizingRank(std::size_t windows, double share) {
  const auto count = static_cast<double>(windows);
  // What rounding added to a product that is whole is no rank more.
  constexpr double kRounding = 1e-9;
  return static_cast<std::size_t>(
      std::clamp(std::ceil(share * count * (1 - kRounding)), 1.0, count));
}

const WindowTotals& SizingWindow(const LoggedTraffic& logged, double share) {
  std::vector<double> rates;
  rates.reserve(logged.windows.size());
  for (const WindowTotals& each : logged.windows) rates.push_back(each.copies.bits_per_second);
  const std::size_t rank = SizingRank(rates.size(), share);
  const auto at = rates.begin() + static_cast<std::ptrdiff_t>(rank) - 1;
  std::nth_element(rates.begin(), at, rates.end());
  return *std::find_if(logged.windows.begin(), logged.windows.end(), [&](const WindowTotals& each) {
    return each.copies.bits_per_second == *at;
  });
}

}  // namespace vpcmirror
