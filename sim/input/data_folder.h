// Where the data that ships with the program lies.
#pragma once

#include <string>

namespace vpcmirror::sim {

// The folder that holds schema/, profiles/, costs/ and catalog/: `given` (the --data
// option) unless empty, else $VPCMIRROR_DATA, else ../share/vpcmirror beside the
// program, else scenarios/ of the source tree that it was built from. The first
// two are taken at their word, so that a wrong one is reported and not replaced.
std::string FindDataFolder(const std::string& given = "");

}  // namespace vpcmirror::sim
