#pragma once

namespace vpcmirror::sim {

inline constexpr char kVersion[] = "0.1.0";  // as in the root CMakeLists.txt

}  // namespace vpcmirror::sim
