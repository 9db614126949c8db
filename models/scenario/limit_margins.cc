#include "models/scenario/limit_margins.h"

#include <algorithm>

namespace vpcmirror {

void KeepLeastMargins(const std::vector<LimitMargin>& more, std::vector<LimitMargin>& margins) {
  for (const LimitMargin& each : more) {
    const auto known =
        std::find_if(margins.begin(), margins.end(),
                     [&](const LimitMargin& other) { return other.limit == each.limit; });
    if (known == margins.end()) {
      margins.push_back(each);
    } else {
      known->margin = std::min(known->margin, each.margin);
    }
  }
}

}  // namespace vpcmirror
