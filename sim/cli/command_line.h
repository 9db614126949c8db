// From arguments to an exit code.
#pragma once

#include <string>
#include <vector>

#include "sim/cli/surroundings.h"

namespace vpcmirror::sim {

// Colour for a terminal alone, and never with NO_COLOR set and not empty
// (no-color.org). `no_color` is null when it is not set.
bool WantsColor(bool is_terminal, const char* no_color);

// Characters beyond ASCII for a terminal alone, and where the locale is of UTF-8. `locale` is what
// LC_ALL, LC_CTYPE or LANG says, the first that is set; null when none is.
bool WantsSparks(bool is_terminal, const char* locale);

// `arguments` without the program's name. Every exception ends here.
int RunProgram(const std::vector<std::string>& arguments, const Surroundings& around);

}  // namespace vpcmirror::sim
