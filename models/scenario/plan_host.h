// Internal to models/scenario: what the members of a host have in common.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "models/scenario/draft.h"

namespace vpcmirror {

// One ENI of every member of a host, resolved but for its addresses.
struct EniPlan {
  const EniSpec* spec = nullptr;  // null: the one that a host has unasked
  std::size_t subnet = 0;
  Bytes mtu{};
  std::vector<std::size_t> security_groups;
};

// What the members of a host have in common.
struct CvmPlan {
  std::string type;
  Limits limits;
  std::optional<ReceiverProfile> receiver;
  QueueRoom queue;
  Picoseconds timer_delay{};
  int workers = 1;
  bool workers_given = false;
  std::optional<Bytes> ring_bytes;
  std::shared_ptr<const CpuCostTable> costs;
  std::vector<EniPlan> enis;
};

// Why a CVM cannot have such limits.
struct LimitFault {
  std::string message;
  std::string accepted;
};
std::optional<LimitFault> QueueTimeFault(const Limits& limits, std::int64_t queue_frames);
std::optional<LimitFault> BurstFault(const Limits& limits);
std::optional<LimitFault> PeakFault(const Limits& limits);

// Of the settings of a host, or of a member with an override. Empty when they have
// an error.
std::optional<CvmPlan> PlanHost(Draft& draft, const HostSpec& host, const HostSettings& settings);

}  // namespace vpcmirror
