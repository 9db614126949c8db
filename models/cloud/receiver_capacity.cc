#include "models/cloud/receiver_capacity.h"

#include <algorithm>
#include <cmath>

namespace vpcmirror {

ReceiverCapacity CapacityOf(const Cvm& cvm) {
  ReceiverCapacity capacity;
  if (!cvm.receiver) return capacity;
  capacity.bandwidth = cvm.receiver->bandwidth_most;
  if (!cvm.limits.vcpus) return capacity;
  const double scale = *cvm.limits.vcpus * cvm.receiver->scaling_efficiency;
  const auto scaled = [&](std::int64_t one) {
    return std::max<std::int64_t>(1, std::llround(static_cast<double>(one) * scale));
  };
  if (cvm.receiver->bandwidth_per_vcpu) {
    const BitsPerSecond of_vcpus(scaled(cvm.receiver->bandwidth_per_vcpu->count()));
    capacity.bandwidth = std::min(of_vcpus, capacity.bandwidth.value_or(of_vcpus));
  }
  if (cvm.receiver->packets_per_vcpu) {
    capacity.packet_rate = PacketsPerSecond(scaled(cvm.receiver->packets_per_vcpu->count()));
  }
  return capacity;
}

}  // namespace vpcmirror
