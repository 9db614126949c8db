// What the workloads of a scenario ask of every ENI, mirror and receiver while they send,
// reckoned and not simulated: each flow is shown to the taps once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "models/scenario/steady_walk.h"
#include "models/scenario/valid_scenario.h"

namespace vpcmirror {

struct EniTraffic {
  Flux in;   // production
  Flux out;  // the same
  Flux copies_in;
  Flux copies_in_of_out;  // of copies_in, those of outbound frames
  Flux copies_out;
  Flux copies_of_out;           // of copies_out, those of outbound frames
  double largest_flow_bps = 0;  // of production that leaves
  // Of copies_in: of a frame that another ENI's copy brought to the same receiver already.
  Flux duplicates_in;
};

struct MirrorTraffic {
  Flux offered;          // what its sources send and receive, in its directions or not
  Flux mirrored;         // of it, what is copied, as it was
  Flux mirrored_of_out;  // of that, what its sources send
  Flux wire;             // the copies with their outer headers
  Flux cut;              // of the copies, those whose end is cut off; as they were
  // Of what was to be copied, what does not fit the MTU on its way, whatever becomes of it: cut,
  // sent in several packets, or (not in `mirrored`) dropped.
  Flux unfit;
  std::vector<Flux> by_receiver;  // the copies of `wire`, but those to a load balancer
};

// At watched ENIs, at each anew.
struct WorkloadTraffic {
  Flux offered;         // to mirrors
  Flux never_mirrored;  // of it, what the cloud copies from nobody
};

struct SteadyTraffic {
  std::vector<EniTraffic> enis;            // by ENI
  std::vector<MirrorTraffic> mirrors;      // by mirror
  std::vector<WorkloadTraffic> workloads;  // by workload
  // Workloads that are not in it, since nobody knows their rates beforehand: TCP that takes
  // what it gets, and captures.
  std::vector<std::string> left_out;
};

// All workloads at once, as if none ever paused, and before anything is lost. `observe`, if
// any, is told of every passing of an ENI.
SteadyTraffic SteadyTrafficOf(const ValidScenario& scenario, const SteadyObserver& observe = {});

}  // namespace vpcmirror
