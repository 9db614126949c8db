// A scenario's errors as lines that editors can jump to.
#pragma once

#include <ostream>

#include "models/scenario/error.h"

namespace vpcmirror::sim {

// file:line:column: message (at /pointer)
//   accepted: what would do
// Names from the scenario are made Printable: none can move the terminal's cursor.
void PrintErrors(const ScenarioException& exception, std::ostream& out);

}  // namespace vpcmirror::sim
