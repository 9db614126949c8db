// Asks the core about every frame of a capture.
#pragma once

#include <cstddef>
#include <cstdint>
#include <stop_token>
#include <vector>

#include "models/scenario/explanation.h"
#include "models/scenario/valid_scenario.h"

namespace vpcmirror::sim {

struct CaptureQuestion {
  std::size_t eni = 0;
  // Addresses of the capture that stand for the ENI; none: its own addresses do,
  // and its MAC address.
  std::vector<IpPrefix> local;
  std::int64_t lines = 0;  // of how many frames FrameLine is wanted
};

// In memory that does not grow with the capture, but for `lines` and for the flows
// that security groups remember. `file` of the answer is left empty.
CaptureExplanation ExplainCapture(const ValidScenario& scenario, const CaptureQuestion& question,
                                  const FrameReader& reader, const std::stop_token& stop);

}  // namespace vpcmirror::sim
