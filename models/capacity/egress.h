// What leaves a CVM, and who loses when it does not fit.
#pragma once

#include <cstdint>
#include <optional>
#include <variant>

#include "models/capacity/rated_queue.h"

namespace vpcmirror {

// Who loses when a CVM's budget is spent.
enum class Congestion : std::uint8_t {
  kFifo,          // the last to come is lost when the queue is full
  kSharedRandom,  // loss hits whatever comes in proportion, by chance
};

struct Departs {
  Picoseconds time{};
};
struct Dropped {
  BindingLimit limit = BindingLimit::kBandwidth;
};
using EgressAnswer = std::variant<Departs, Dropped>;

// The one egress: production and copies of a CVM share its queue and its
// limits. kSharedRandom drops an arrival with a probability that rises linearly
// from 0 at a half-full queue to 1 at a full one (Floyd and Jacobson 1993, RED
// on the instantaneous length), so that each class loses the same share
// whatever the phase of its arrivals.
class Egress {
 public:
  // `seed` drives the chance of kSharedRandom: same seed and offers, same answers.
  Egress(const RatedQueueSettings& settings, Congestion congestion, std::uint64_t seed);

  // `tag` comes back from ForEachWaiting of queue().
  EgressAnswer Offer(Picoseconds now, Bytes frame, std::uint64_t tag);

  // A frame that came in and is charged to the same limits without waiting.
  // Empty when it was; refused as Offer would refuse it.
  std::optional<Dropped> Charge(Picoseconds now, Bytes frame);

  RatedQueue& queue() { return queue_; }
  const RatedQueue& queue() const { return queue_; }

 private:
  bool Admits(Picoseconds now);

  RatedQueue queue_;
  Congestion congestion_;
  std::uint64_t random_state_;
};

}  // namespace vpcmirror
