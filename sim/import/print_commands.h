// How to get what an import reads.
#pragma once

#include <string>

#include "sim/import/cloud_api.h"

namespace vpcmirror::sim {

// The read-only calls that ask for it, each a line of shell, and the permissions that they
// need. Ends in a newline.
std::string CommandsOf(const CloudApi& api);

}  // namespace vpcmirror::sim
