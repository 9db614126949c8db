// The steady traffic of a scenario's workloads, flow by flow along its way, as it is before
// anything is lost: each flow and size of frame is shown once to every tap that it passes.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "models/cloud/firewall.h"
#include "models/cloud/topology.h"
#include "models/mirror/mirror_tap.h"
#include "models/scenario/valid_scenario.h"

namespace vpcmirror {

// Of Ethernet frames without FCS.
struct Flux {
  double bits_per_second = 0;
  double frames_per_second = 0;

  Flux& operator+=(const Flux& other) {
    bits_per_second += other.bits_per_second;
    frames_per_second += other.frames_per_second;
    return *this;
  }
  Flux operator*(double factor) const {
    return {bits_per_second * factor, frames_per_second * factor};
  }
};

// Frames of one flow and one size as they pass an ENI, and what its sessions say of them.
// Those of one flow come one behind the other, from ENI to ENI.
struct SteadyPassing {
  std::size_t workload = 0;
  std::size_t stream = 0;  // of all workloads; a request's frames and its answer's are two
  int flow = 0;            // of the stream
  bool is_first = true;    // of those that these frames pass
  bool is_answer = false;  // to the requests of the stream before
  // Of TCP flows that take what they get: each sends one segment, or asks and is answered once,
  // in a second. What the server sends back is a stream behind that of the client.
  bool is_elastic = false;
  std::size_t eni = 0;
  Direction direction = Direction::kIngress;
  Admission admission = Admission::kAdmitted;
  Stop stop = Stop::kNone;  // by the route; kIngress: kLoop after too many next hops, or kNone
  // The frames get to their destination here, or leave for the outside, or (of an ObservedFlow)
  // nobody knows more.
  bool is_last = false;
  Flux flux;
  const FrameInfo& frame;
  const MirrorTap& tap;
  const std::vector<std::size_t>& mirrors;  // by MirrorTap::given_position
  const Decision& decision;

  bool admitted() const { return admission == Admission::kAdmitted; }
};
using SteadyObserver = std::function<void(const SteadyPassing&)>;

// One of several parts of all streams, so that threads may share the work. What two ENIs say to
// each other is in one part, in its order.
struct WalkPart {
  std::size_t number = 0;
  std::size_t of = 1;
};

// All workloads but captures, as if none ever paused. A next-hop CVM sends on what comes to it. An
// ObservedFlow is a stream of one flow, admitted whatever security groups say.
void WalkSteadyFlows(const ValidScenario& scenario, const SteadyObserver& observe,
                     const WalkPart& part = {});

// Of Ethernet, IPv4 and TCP with timestamps (RFC 7323), of a segment or an acknowledgement.
inline constexpr Bytes kTcpFrameHeaders{14 + 20 + 32};

// What the frames of `flux`, of mean length `frame`, are as copies, outer headers on. A copy in
// several packets has outer headers in each. Requires a plan that does not drop.
Flux CopiesOf(const Mirror& mirror, const CopyPlan& plan, Bytes frame, const Flux& flux);

}  // namespace vpcmirror
