// A scenario as it stands between the changes of its timeline.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "models/scenario/run_result.h"
#include "models/scenario/valid_scenario.h"

namespace vpcmirror {

// What holds from one change to the next.
struct Stretch {
  TimeSpan span;  // never empty
  // Without a timeline. Workloads that do not send have no streams; ENIs keep their indices.
  ValidScenario scenario;
  std::vector<double> speeds;  // by CVM, of a receiver's software; 0: it is down
};

// Whether nothing changes under way that a load which lasts would not see: no event of the
// timeline changes anything, and every workload sends from beginning to end.
bool IsOneStretch(const ValidScenario& scenario);

// The stretches of a run, from its beginning to its end: a workload that starts or stops, and
// the end of the warm-up, begin one as events of the timeline do.
class Course {
 public:
  // The scenario must outlive it.
  explicit Course(const ValidScenario& scenario);

  // False when the run is over.
  bool Next(Stretch& stretch);
  // Events of the timeline up to the stretch that was given last.
  std::size_t events() const { return event_; }

 private:
  void Apply(const Change& change);
  void Apply(const MirrorChange& change);
  void Apply(const ReceiverChange& change);
  void Apply(const HealthChange& change);
  void Apply(const ScaleChange& change);
  void Apply(const BandwidthChange& change);
  void Apply(const MtuChange& change);
  void Apply(const SecurityChange& change);
  void Apply(const RouteChange& change);
  void Apply(const AttachmentChange& change);
  Deployment& deployment();
  bool IsAttached(const Endpoint& end) const;
  std::vector<Workload> WorkloadsAt(Picoseconds at) const;

  const ValidScenario& scenario_;
  std::vector<Picoseconds> borders_;  // ascending, 0 and the end included
  std::size_t border_ = 0;
  std::size_t event_ = 0;
  ValidScenario now_;
  std::shared_ptr<Deployment> own_;  // once something in it has changed
  std::vector<double> speeds_;
  std::vector<double> factors_;  // by workload
};

}  // namespace vpcmirror
