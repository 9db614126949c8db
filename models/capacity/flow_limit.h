// The bandwidth that a single flow may take.
#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>

#include "models/capacity/egress.h"
#include "models/units/quantity.h"

namespace vpcmirror {

// A token bucket for each flow of what leaves a CVM, by hash: flows of one hash
// share one, and so do a flow and the copies of it. A frame that finds its bucket
// short is lost: a flow over its limit has no queue of its own. Copies may take no
// more than half of the bucket, so that they are lost first.
class FlowLimit {
 public:
  // `burst` is what a flow may send at once, at least two frames. Throws
  // std::invalid_argument for a rate or a burst of 0 or less.
  FlowLimit(BitsPerSecond rate, Bytes burst);

  // Whether the frame passes; then its flow has paid for it. Time must not go
  // backwards between calls.
  bool Admits(Picoseconds now, std::uint64_t flow_hash, Bytes frame, TrafficClass traffic);

  // How many flows took something lately.
  std::size_t flows() const { return bucket_full_.size(); }

 private:
  // Buckets that have filled up again are as if they had never been.
  void Forget(Picoseconds now);

  BitsPerSecond rate_;
  Picoseconds burst_time_{};
  std::unordered_map<std::uint64_t, Picoseconds> bucket_full_;
  std::size_t forget_at_ = 1024;  // flows at which to look for idle ones
};

}  // namespace vpcmirror
