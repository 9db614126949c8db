// Names in a sentence.
#pragma once

#include <set>
#include <string>

namespace vpcmirror::sim {

// "web[0], web[1], web[2] and 4 more".
std::string ListOf(const std::set<std::string>& names);

}  // namespace vpcmirror::sim
