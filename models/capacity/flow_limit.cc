#include "models/capacity/flow_limit.h"

#include <algorithm>
#include <stdexcept>

#include "models/units/rates.h"

namespace vpcmirror {

FlowLimit::FlowLimit(BitsPerSecond rate, Bytes burst) : rate_(rate) {
  if (rate.count() <= 0) throw std::invalid_argument("a flow's limit must be over 0");
  if (burst.count() <= 0) throw std::invalid_argument("a flow's burst must be over 0");
  burst_time_ = SerialisationDelay(burst, rate);
}

bool FlowLimit::Admits(Picoseconds now, std::uint64_t flow_hash, Bytes frame,
                       TrafficClass traffic) {
  if (bucket_full_.size() >= forget_at_) Forget(now);
  Picoseconds& full = bucket_full_[flow_hash];
  const Picoseconds paid = std::max(full, now) + SerialisationDelay(frame, rate_);
  const Picoseconds most = traffic == TrafficClass::kCopy ? burst_time_ / 2 : burst_time_;
  if (paid - now > most) return false;
  full = paid;
  return true;
}

void FlowLimit::Forget(Picoseconds now) {
  std::erase_if(bucket_full_, [now](const auto& flow) { return flow.second <= now; });
  forget_at_ = std::max<std::size_t>(1024, 2 * bucket_full_.size());
}

}  // namespace vpcmirror
