// Subnets in place of ENIs, where a quota counts what is named.
#pragma once

#include <cstddef>
#include <vector>

#include "models/cloud/deployment.h"

namespace vpcmirror {

struct SubnetCover {
  std::vector<std::size_t> subnets;  // the fewest that hold all of the ENIs; ascending
  std::size_t others = 0;            // ENIs that are in them, too
};
// An ENI is in one subnet, so that each that has one of them is needed. `enis` without repetition.
SubnetCover CoverBySubnets(const Deployment& deployment, const std::vector<std::size_t>& enis);

}  // namespace vpcmirror
