// The bars of what is used of limits.
#pragma once

#include <string>

#include "analysis/report/report.h"

namespace vpcmirror {

// Without bars yet; a limit used up is 1, and `key` is Bars::key.
Bars LimitBars(std::string key, double margin_goal);

}  // namespace vpcmirror
