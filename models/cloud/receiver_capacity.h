// What the software of a receiver digests.
#pragma once

#include <optional>

#include "models/cloud/deployment.h"
#include "models/units/quantity.h"

namespace vpcmirror {

// On a CVM of that size; empty where its profile or the CVM's vCPUs say nothing.
struct ReceiverCapacity {
  std::optional<BitsPerSecond> bandwidth;
  std::optional<PacketsPerSecond> packet_rate;
};
ReceiverCapacity CapacityOf(const Cvm& cvm);

}  // namespace vpcmirror
