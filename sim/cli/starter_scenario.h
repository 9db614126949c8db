#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace vpcmirror::sim {

// The providers that there is a starter for, by the names of their profiles.
std::vector<std::string> StarterProviders();

// A commented scenario in the words of a provider that shows the most used keys,
// and runs. Requires one of StarterProviders().
std::string StarterScenario(std::string_view provider);

}  // namespace vpcmirror::sim
