#include "models/scenario/logged_traffic.h"

#include <algorithm>
#include <cmath>

namespace vpcmirror {

const WindowTotals& SizingWindow(const LoggedTraffic& logged, double share) {
  std::vector<double> rates;
  rates.reserve(logged.windows.size());
  for (const WindowTotals& each : logged.windows) rates.push_back(each.copies.bits_per_second);
  const auto count = static_cast<double>(rates.size());
  // What rounding added to a product that is whole is no rank more.
  constexpr double kRounding = 1e-9;
  const double rank = std::clamp(std::ceil(share * count * (1 - kRounding)), 1.0, count);
  const auto at = rates.begin() + static_cast<std::ptrdiff_t>(rank) - 1;
  std::nth_element(rates.begin(), at, rates.end());
  return *std::find_if(logged.windows.begin(), logged.windows.end(), [&](const WindowTotals& each) {
    return each.copies.bits_per_second == *at;
  });
}

}  // namespace vpcmirror
