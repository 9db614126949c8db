// What work on frames keeps a CVM's cores busy.
#pragma once

#include <cstddef>

#include "models/mirror/ledger.h"
#include "models/scenario/run_counters.h"
#include "models/scenario/run_result.h"
#include "models/scenario/valid_scenario.h"

namespace vpcmirror {

// What a CVM's cores had to do with frames.
struct CpuWork {
  Count production_rx;
  Count production_tx;
  Count cloned;
  Count received;

  // What one of its ENIs did, and the software of a receiver there; null: there is none.
  void Add(const EniCounters& eni, const ReceiverCounters* receiver);
  CpuWork& operator-=(const CpuWork& other);
};

CpuWork WorkOf(const RunCounters& counters, const Cvm& cvm);

// Of the CVM `index` of the deployment, with so much work in `time`, in which its receiver's
// software had that speed.
CpuUse CpuOf(const ValidScenario& scenario, std::size_t index, const CpuWork& work,
             Picoseconds time, double speed);

}  // namespace vpcmirror
