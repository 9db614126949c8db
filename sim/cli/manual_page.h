// The manual page, of the same texts as --help.
#pragma once

#include <string>

#include "sim/cli/option_table.h"

namespace vpcmirror::sim {

// In the macros of man(7); `version` stands at its foot.
std::string ManualPage(const CommandEntry& program, const std::string& version);

}  // namespace vpcmirror::sim
