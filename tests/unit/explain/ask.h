// What explain says of a packet at the first ENI of host web.
#pragma once

#include "models/scenario/find_enis.h"
#include "models/scenario/valid_scenario.h"
#include "sim/explain/explainer.h"
#include "sim/input/packet_text.h"

namespace vpcmirror::sim {

// `packet` as `explain --packet` takes it.
inline Explanation Ask(const ValidScenario& scenario, const char* packet) {
  const PacketText asked = ParsePacketText(packet);
  return Explainer(scenario, FindEnis(scenario, "web", "").front())
      .Explain(asked.frame.bytes, asked.frame.wire_length, asked.direction);
}

}  // namespace vpcmirror::sim
