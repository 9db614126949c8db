// Frames that are known to have passed ENIs, as a log tells them: what the taps there make of
// them, added to the value that planners reckon with.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "models/mirror/mirror_tap.h"
#include "models/scenario/copy_traffic.h"
#include "models/scenario/steady_traffic.h"
#include "models/scenario/valid_scenario.h"

namespace vpcmirror {

// Frames of one flow at one ENI, admitted there.
struct Passing {
  std::size_t eni = 0;
  Direction direction = Direction::kIngress;
  FrameInfo frame;  // of their mean length
};

// Asks each ENI's tap, made when the ENI is first asked about. Grows with the ENIs that are
// asked about, not with what passes. Keeps a reference to the scenario, which must outlive it.
class PassingTraffic {
 public:
  explicit PassingTraffic(const ValidScenario& scenario);

  // No ENI, no mirror and no workload has any.
  SteadyTraffic NoTraffic() const;

  // Has Judge, called a little later, wait less.
  void Fetch(const Passing& passing) {
    WatchOf(passing.eni).tap.FetchFlow(passing.frame.flow, passing.direction, cache_);
  }
  // What the ENI's sessions say, by the mirrors with which the scenario begins.
  Decision Judge(const Passing& passing);

  // Adds production at the ENI, the copies that `decision` makes of it, and those at their
  // receivers, to `traffic`. What adds up may be rates, or amounts to be divided by a time.
  // `arrived`: ENIs that copies of the same frames have reached; those of this passing are put
  // behind, and a copy to one that is there is a duplicate.
  void Add(const Passing& passing, const Decision& decision, const Flux& flux,
           std::vector<std::size_t>& arrived, SteadyTraffic& traffic);

 private:
  struct Watch {
    MirrorTap tap;
    bool asks_next_hop = false;
  };
  const Watch& WatchOf(std::size_t eni);

  const ValidScenario& scenario_;
  std::vector<std::vector<std::size_t>> mirrors_;  // by ENI
  std::vector<std::unique_ptr<Watch>> watches_;    // by ENI
  CopyTraffic copies_;
  static constexpr std::size_t kCacheBytes = std::size_t{16} << 20;
  FlowCache cache_{kCacheBytes};
};

}  // namespace vpcmirror
