// Has the timeline of a scenario happen.
#pragma once

#include <cstddef>
#include <map>
#include <vector>

#include "models/scenario/timeline.h"
#include "models/scenario/valid_scenario.h"
#include "sim/packet/network.h"

namespace vpcmirror::sim {

// Schedules every event when it is made, which is before any frame: so a change comes ahead
// of all frames of its moment. Both must outlive the run.
class TimelinePlayer {
 public:
  TimelinePlayer(const ValidScenario& scenario, Network& network);

  // What has come to pass by now, in order, refusals included.
  const std::vector<TimelineAction>& happened() const { return happened_; }

 private:
  void Happen(std::size_t index);
  void Apply(const MirrorChange& change);
  void Apply(const ReceiverChange& change);
  void Apply(const HealthChange& change);
  void Apply(const ScaleChange& change);
  void Apply(const BandwidthChange& change);
  void Apply(const MtuChange& change);
  void Apply(const SecurityChange& change);
  void Apply(const RouteChange& change);
  void Apply(const AttachmentChange& change);
  bool IsAttached(const Endpoint& end) const { return !end.eni || attached_[*end.eni]; }
  // Of the streams of all workloads.
  void SetPaces();

  const ValidScenario& scenario_;
  Network& network_;
  std::vector<std::map<std::size_t, ns3::Ptr<MirrorSession>>> sessions_;  // by mirror, then ENI
  std::vector<double> factors_;                                           // by workload
  std::vector<bool> attached_;                                            // by ENI
  bool paces_change_ = false;                                             // of this event
  std::vector<TimelineAction> happened_;
};

}  // namespace vpcmirror::sim
