#pragma once

namespace vpcmirror::sim {

extern const char kVersion[];  // "0.1.0", as CMake's project has it

}  // namespace vpcmirror::sim
