// What work on frames keeps a CVM's cores busy.
#pragma once

#include <cstddef>

#include "models/mirror/ledger.h"
#include "models/scenario/run_result.h"
#include "models/scenario/valid_scenario.h"
#include "sim/packet/network.h"

namespace vpcmirror::sim {

// What a CVM's cores had to do with frames.
struct CpuWork {
  Count production_rx;
  Count production_tx;
  Count cloned;
  Count received;

  CpuWork& operator-=(const CpuWork& other);
};

// Until now.
CpuWork WorkOf(const Network& network, const Cvm& cvm);

// Of the CVM `index` of the deployment, with so much work in `time`, in which its receiver's
// software had that speed.
CpuUse CpuOf(const ValidScenario& scenario, std::size_t index, const CpuWork& work,
             Picoseconds time, double speed);

}  // namespace vpcmirror::sim
