// Completion of the command line by shells.
#pragma once

#include <string>

#include "sim/cli/option_table.h"

namespace vpcmirror::sim {

// Scripts for a shell to read: commands, options, values that are to be chosen; files elsewhere.
std::string BashCompletion(const CommandEntry& program);
std::string ZshCompletion(const CommandEntry& program);
std::string FishCompletion(const CommandEntry& program);

}  // namespace vpcmirror::sim
