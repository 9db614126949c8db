// Holds what a worker sends to the limits of a live mirror.
#pragma once

#include <cstdint>
#include <functional>
#include <utility>

#include "sim/live/copy_sink.h"
#include "sim/live/load_bounds.h"

namespace vpcmirror::sim {

// Of CLOCK_MONOTONIC and CLOCK_PROCESS_CPUTIME_ID.
LoadTime ReadLoadClocks();

// In front of another sink; one for each worker. A copy is shed or passed as a whole: what its
// first packet meets holds for all of its packets, so that a copy of many may take more than is
// left of the rate, which is then made up for. The clocks are asked once a batch.
class ShedSink : public CopySink {
 public:
  // `bounds` and `behind` must outlive it.
  ShedSink(LoadBounds& bounds, CopySink& behind, std::function<LoadTime()> clocks = ReadLoadClocks)
      : bounds_(bounds), behind_(behind), clocks_(std::move(clocks)) {}

  void Take(const LiveCopy& copy) override;
  void Flush() override;
  // Those of the sink behind, and of what was shed, which LiveCopy::shed has counted, too.
  SendCounters counters() const override;

 private:
  void Begin();
  bool Passes(const LiveCopy& copy, Bytes bytes);
  bool Fits(Bytes bytes);
  void CountIn(ShedCounters& counters, Bytes bytes) const;
  void Shed(ShedCause cause) { is_passing_ = false, cause_ = cause; }

  LoadBounds& bounds_;
  CopySink& behind_;
  std::function<LoadTime()> clocks_;
  bool is_in_batch_ = false;
  LoadBounds::Terms terms_;
  LoadBounds::BatchLoad load_;
  bool is_dry_ = false;     // there is no more to draw for this batch
  bool is_passing_ = true;  // the copy whose packets come
  bool is_of_kept_flow_ = true;
  ShedCause cause_ = ShedCause::kRate;
  ShedCounters shed_;
};

}  // namespace vpcmirror::sim
