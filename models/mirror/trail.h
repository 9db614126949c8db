// What was asked about a frame on its way to a decision, in order. The decision
// code takes a trail as a template parameter: NoTrail costs nothing, Trail keeps
// every step, so that an explanation is the decision itself and not a retelling.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "models/mirror/condition.h"

namespace vpcmirror {

enum class Stage : std::uint8_t {
  kNeverMirrored,  // item: of TapRules::never_mirrored; holds: the frame is that kind of traffic
  kMirrorTraffic,  // holds: a copy, or addressed to a receiver's mirror port
  kAdmission,      // holds: security groups and ACL let the frame pass
  kEarlierCopy,    // holds: an earlier session has decided about the frame
  kState,          // holds: the session is running
  kDirection,      // holds: the session collects this direction
  kNextHop,        // holds: the route leads to the filter's NAT gateway
  kRule,           // item: of Filter::rules(direction); holds, or the mismatch
  kNoRule,         // no rule decided: everything is copied (holds) or nothing
  kSampling,       // holds: the flow is among those kept
  kCarried,        // holds: the encapsulation can carry this frame
  kReceiver,       // item: of the mirror's receivers
  kPacketLength,   // holds: the frame was cut to the packet length; value: bytes kept
  kMtu,            // holds: the copy fits; value: bytes of the frame that would
};

struct TrailStep {
  Stage stage = Stage::kNeverMirrored;
  bool holds = false;
  std::uint32_t session = 0;  // of the tap; 0 for what is asked before all sessions
  std::uint32_t item = 0;
  Mismatch mismatch = Mismatch::kNone;  // kRule: the field that kept it from holding
  std::int64_t value = 0;
};

struct NoTrail {
  static constexpr bool kKept = false;
  void Add(const TrailStep&) {}
};

struct Trail {
  static constexpr bool kKept = true;
  std::vector<TrailStep> steps;
  std::uint32_t session = 0;  // that the next steps are about
  void Add(TrailStep step) {
    step.session = session;
    steps.push_back(step);
  }
};

// "never_mirrored", "mirror_traffic", ...: the words of explain's JSON.
std::string_view ToString(Stage stage);

}  // namespace vpcmirror
