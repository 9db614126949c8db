// The steady traffic of a scenario as the fluid engine reckons with it: flows that go the same
// way and are copied alike as one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "models/scenario/steady_walk.h"
#include "models/scenario/valid_scenario.h"
#include "sim/fluid/copy_ways.h"

namespace vpcmirror::sim {

// The copies by one mirror of the frames of a bundle at one ENI that go one way. Rates are as if
// nothing were lost.
struct CopyBundle {
  std::uint32_t mirror = 0;
  CopyWay way;
  Flux original;
  Flux wire;                // as they leave the source, outer headers on
  double wire_squares = 0;  // a second: the sum of their sizes in bits, each squared
  Flux cut;                 // of `original`, those whose end is cut off
  double cut_away_bps = 0;
  double packets = 1;  // that each copy is
};

// Frames at one ENI that a mirror was offered and did not copy.
struct RefusedBundle {
  std::uint32_t mirror = 0;
  Refusal refusal = Refusal::kNone;
  Flux flux;
};

struct Hop {
  std::uint32_t eni = 0;
  Direction direction = Direction::kIngress;
  Admission admission = Admission::kAdmitted;
  Stop stop = Stop::kNone;
  bool is_last = false;
  bool is_paired = false;  // its frames come to the budget together with their copies
  // Of TCP flows: that their data, and not acknowledgements and copies alone, pass the budget of
  // these frames, and that of their copies. Where they are lost the flow slows down.
  bool is_felt = false;
  bool copies_are_felt = false;
  // Into the vectors of FlowBundles.
  std::uint32_t first_copy = 0;
  std::uint32_t copies = 0;
  std::uint32_t first_refused = 0;
  std::uint32_t refused = 0;
};

struct FlowBundle {
  static constexpr std::uint32_t kNone = UINT32_MAX;
  std::uint32_t workload = 0;
  std::uint32_t stream = 0;
  std::uint32_t asked_by = kNone;  // the stream of the requests that it answers
  bool is_answered = false;        // the next stream answers what is delivered of this
  std::uint32_t elastic = kNone;   // its group, of which `flux` is a unit
  Flux flux;
  double squares = 0;  // as CopyBundle::wire_squares
  std::uint32_t first_hop = 0;
  std::uint32_t hops = 0;
};

// Of a TCP flow: more than acknowledgements. One of those that is lost is made good by the next
// (RFC 9293, 3.4).
bool HasData(const FlowBundle& bundle);

// TCP flows of one client to one server. A unit is one segment of each, or one exchange.
struct ElasticGroup {
  std::uint32_t workload = 0;
  std::uint32_t first_bundle = 0;
  std::uint32_t bundles = 0;  // of both directions
};

struct FlowBundles {
  std::vector<FlowBundle> bundles;
  std::vector<Hop> hops;
  std::vector<CopyBundle> copies;
  std::vector<RefusedBundle> refused;
  std::vector<ElasticGroup> elastic;
  std::size_t streams = 0;  // their numbers are below this; bundles of one come together
};

// Flows of a stream whose hosts limit single flows are bundles of their own. On all cores; the
// answer does not depend on how many there are.
FlowBundles BundleFlows(const ValidScenario& scenario);

}  // namespace vpcmirror::sim
