// Measures a run in the parts that its timeline divides it into.
#pragma once

#include <cstdint>
#include <vector>

#include "models/scenario/run_counters.h"
#include "models/scenario/run_result.h"
#include "models/scenario/valid_scenario.h"
#include "models/units/quantity.h"
#include "sim/packet/network.h"

namespace vpcmirror::sim {

class SpanSampler {
 public:
  // Both must outlive the run. Before its first event.
  SpanSampler(const ValidScenario& scenario, const Network& network);

  // Events that are the sampler's own.
  std::int64_t events() const { return events_; }

  // All parts up to `end`, when the run has this in its counters, warm-up included; empty
  // where there is one. Once.
  std::vector<SpanResult> Finish(const RunCounters& at_end);

 private:
  void Begin();
  void Close(RunCounters counters);

  const ValidScenario& scenario_;
  const Network& network_;
  bool has_begun_ = false;
  RunCounters start_;  // of the part that is under way
  std::vector<SpanResult> spans_;
  std::int64_t events_ = 0;
};

}  // namespace vpcmirror::sim
