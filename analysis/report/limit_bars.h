// The bars of what is used of limits.
#pragma once

#include "analysis/report/report.h"

namespace vpcmirror {

// Without bars yet; a limit used up is 1.
Bars LimitBars(double margin_goal);

}  // namespace vpcmirror
