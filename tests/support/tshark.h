// Wireshark's dissectors, for the tests that compare with them.
#pragma once

#include <string>

namespace vpcmirror {

bool HasTshark();

// What the shell prints for `command`; empty when it cannot be started.
std::string OutputOf(const std::string& command);

}  // namespace vpcmirror
