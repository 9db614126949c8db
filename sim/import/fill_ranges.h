// Ranges of addresses for subnets and VPCs of which none is known.
#pragma once

#include "sim/import/inventory.h"

namespace vpcmirror::sim {

// Each ENI that is a host has a subnet, each subnet a VPC, and all of them are there. A subnet
// gets a range that holds its ENIs, a VPC one that holds its subnets; where a VPC's own is too
// small for them, a wider one, with a Gap.
void FillRanges(Inventory& inventory);

}  // namespace vpcmirror::sim
