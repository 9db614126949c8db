// What can ever arrive at all receivers, whoever sends it and however it is spread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analysis/reach/reachability.h"
#include "models/units/quantity.h"

namespace vpcmirror {

// A limit that the most can be no higher for: of a group of hosts that send, of a zone of a
// load balancer, of a host that receives.
struct CutLimit {
  enum class Kind : std::uint8_t { kSources, kLoadBalancerZone, kReceiver };
  Kind kind = Kind::kReceiver;
  std::size_t index = 0;  // load balancer, or CVM; of sources the first of them
  std::size_t zone = 0;   // of the load balancer
  std::size_t hosts = 1;  // that send
  BitsPerSecond limit{};

  friend bool operator==(const CutLimit&, const CutLimit&) = default;
};

struct Ceiling {
  // Empty: something on the way of every source has no known limit.
  std::optional<BitsPerSecond> most;
  std::vector<CutLimit> cut;  // whose sum it is
  // That sources with an open way can send; empty: some have no known limit.
  std::optional<BitsPerSecond> sent;
  std::size_t vertices = 0;   // of the graph that was asked
};

// Maximum flow over the open reaches: out of each source's host by its bandwidth, through
// load balancers by their zones', into each receiver's host by its bandwidth. Limits that
// are for both directions together are taken as if nothing else used them.
Ceiling CeilingOf(const ValidScenario& valid, const Reachability& reachability);
// The same where each host sends no more than `offered` of it, by CVM.
Ceiling CeilingOf(const ValidScenario& valid, const Reachability& reachability,
                  const std::vector<BitsPerSecond>& offered);

}  // namespace vpcmirror
