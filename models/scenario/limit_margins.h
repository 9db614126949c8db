// What each limit of a part of a deployment leaves, of several members or stretches of a run.
#pragma once

#include <vector>

#include "models/scenario/run_result.h"

namespace vpcmirror {

// Adds `more` to `margins`, of which each limit keeps the least.
void KeepLeastMargins(const std::vector<LimitMargin>& more, std::vector<LimitMargin>& margins);

}  // namespace vpcmirror
