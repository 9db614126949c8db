// Internal to analysis/check: what finds, one function a rule. Each adds its findings
// without code, severity and confidence, which the table has.
#pragma once

#include <vector>

#include "analysis/check/check.h"

namespace vpcmirror {

void FindStoppedMirrors(const CheckContext& context, std::vector<Finding>& findings);

}  // namespace vpcmirror
