#pragma once

#include <string>

namespace vpcmirror::sim {

extern const char kVersion[];  // "0.1.0", as CMake's project has it

// In hexadecimal, what the linker calls this very program: the same only for the same code.
// "unknown" where it does not.
std::string BuildId();

}  // namespace vpcmirror::sim
