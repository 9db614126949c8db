// What a CVM may use.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "models/units/quantity.h"

namespace vpcmirror {

// Whether a limit is for in and out together or for each on its own.
enum class LimitModel : std::uint8_t { kCombined, kPerDirection };

struct Limits {
  LimitModel model = LimitModel::kCombined;
  std::optional<BitsPerSecond> bandwidth;       // empty: unknown, not limited
  Bytes burst{};                                // RateSettings::burst of `bandwidth`
  std::optional<BitsPerSecond> peak_bandwidth;  // while the burst lasts; empty: not limited
  std::optional<BitsPerSecond> flow_bandwidth;  // of one flow that leaves; empty: not limited
  std::optional<PacketsPerSecond> packet_rate;  // empty: unknown, not limited
  std::optional<int> vcpus;
  std::optional<Bytes> memory;
};

// A row of the instance catalogue.
struct InstanceType {
  std::string name;  // "S5.4XLARGE32"
  Limits limits;
  std::optional<int> max_enis;
  std::string source;  // where the row comes from
  std::string as_of;   // ISO date of that
};

// What a receiver's software digests, from planning catalogues.
struct ReceiverProfile {
  std::string name;                                 // "suricata"
  std::optional<BitsPerSecond> bandwidth_per_vcpu;  // empty: not limited
  // The least and the most that its maker publishes of a vCPU; empty: one figure.
  std::optional<BitsPerSecond> bandwidth_low;
  std::optional<BitsPerSecond> bandwidth_high;
  std::optional<BitsPerSecond> bandwidth_most;       // of a whole receiver; empty: not limited
  std::optional<PacketsPerSecond> packets_per_vcpu;  // empty: not limited
  double scaling_efficiency = 1.0;                   // (0, 1]: of n vCPUs against n times one
  int ring_frames = 0;                               // frames that wait for the software
  std::string source;
  std::string as_of;
};

// vCPUs that a receiver takes for this, by whichever of its figures asks for more;
// 0 where the profile has none.
inline double ReceiverCores(const ReceiverProfile& profile, double packets_per_second,
                            double bytes_per_second) {
  double cores = 0;
  if (profile.bandwidth_per_vcpu) {
    cores =
        bytes_per_second * kBitsPerByte / static_cast<double>(profile.bandwidth_per_vcpu->count());
  }
  if (profile.packets_per_vcpu) {
    cores = std::max(cores,
                     packets_per_second / static_cast<double>(profile.packets_per_vcpu->count()));
  }
  return cores / profile.scaling_efficiency;
}

constexpr std::string_view ToString(LimitModel model) {
  return model == LimitModel::kCombined ? "combined" : "per_direction";
}

}  // namespace vpcmirror
