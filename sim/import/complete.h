// An inventory in which all that is named is there.
#pragma once

#include "sim/import/inventory.h"

namespace vpcmirror::sim {

// Adds what mirrors, ENIs and subnets refer to and nobody described, each with a Gap:
// instances, ENIs, subnets, VPCs, load balancers, and ranges that nobody told. Each ENI then
// has an instance or is a host of its own, and a subnet, which has a VPC and a range.
Inventory Completed(Inventory inventory);

}  // namespace vpcmirror::sim
