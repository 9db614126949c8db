// Measures a run from bin to bin.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "models/scenario/cpu_use.h"
#include "models/scenario/series.h"
#include "models/scenario/timeline_means.h"
#include "models/scenario/valid_scenario.h"
#include "models/units/quantity.h"
#include "sim/packet/network.h"

namespace vpcmirror::sim {

// Reads the counters that a run keeps anyway when a bin ends, so that a frame costs
// nothing; an object takes memory from the bin on in which it has its first frame. A
// frame counts as gone when it has left its CVM's egress, and as arrived when it was
// accepted into the ingress queue.
class SeriesSampler {
 public:
  // Both must outlive the run. From the time that is now, in the thread of the simulation.
  SeriesSampler(const ValidScenario& scenario, Network& network, Picoseconds bin);

  // Events that are the sampler's own.
  std::int64_t events() const { return events_; }

  // All bins, the last up to `end`. Once, after the run and before Measure.
  Series Finish(Picoseconds end);

 private:
  using Objects = std::vector<std::unique_ptr<SeriesObject>>;  // null: no frame yet

  struct Drops {
    std::string_view reason;
    std::int64_t frames = 0;
  };

  void BinEnds();
  void Close(Picoseconds now);
  void SampleHosts(Picoseconds now);
  void SampleEnis(Picoseconds now);
  void SampleMirrors(Picoseconds now);
  void SampleReceivers(Picoseconds now);
  // Adds a bin of sums since the start, as FiguresOf has them.
  void Add(std::unique_ptr<SeriesObject>& object, SeriesKind kind, const std::string& id,
           std::span<const double> values, std::span<const Drops> drops);
  Bytes RingBytes(const Cvm& cvm, Picoseconds now) const;

  const ValidScenario& scenario_;
  SpeedChanges speeds_;
  Network& network_;
  Picoseconds bin_;
  Picoseconds closed_at_{};  // the end of the last bin
  std::int64_t bins_ = 0;    // that have been closed
  std::int64_t events_ = 0;
  Objects hosts_;
  Objects enis_;
  Objects mirrors_;
  Objects receivers_;
  std::vector<CpuWork> work_;  // by host, up to the last bin
};

}  // namespace vpcmirror::sim
