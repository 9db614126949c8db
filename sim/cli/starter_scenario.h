#pragma once

#include <string_view>

namespace vpcmirror::sim {

// A commented Tencent scenario that shows the most used keys, and runs.
std::string_view StarterScenario();

}  // namespace vpcmirror::sim
