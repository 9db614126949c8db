// What is held against a limit.
#pragma once

#include <string>
#include <string_view>

#include "models/cloud/limits.h"

namespace vpcmirror {

template <class Rate>
struct Usage {
  Rate rate{};
  std::string_view direction;  // "in" or "out"; empty for both together
};

// In and out together, or the worse direction; in, where both are the same.
template <class Rate>
Usage<Rate> UsageOf(LimitModel model, Rate in, Rate out) {
  if (model == LimitModel::kCombined) return {in + out, ""};
  return out > in ? Usage<Rate>{out, "out"} : Usage<Rate>{in, "in"};
}

// "bandwidth", "packet rate in", "vCPUs" of what result.json calls tightest.
std::string LimitName(const std::string& tightest);

}  // namespace vpcmirror
