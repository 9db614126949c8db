// The parts of a deployment that have limits, alike ones together.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/scenario/run_result.h"
#include "models/scenario/valid_scenario.h"

namespace vpcmirror {

enum class PartKind : std::uint8_t { kHost, kReceiver, kLoadBalancer };
std::string_view ToString(PartKind kind);  // "host", "receiver", "load_balancer"

// All members of a host of the scenario: "web" for web[0], web[1], ...
struct PartName {
  PartKind kind = PartKind::kHost;
  std::string name;

  friend auto operator<=>(const PartName&, const PartName&) = default;
};

// The member that has least left.
struct PartUse {
  std::string tightest_member;  // its ID: "web[3]"; of a receiver its ENI
  std::size_t members = 0;      // with a limit
  std::string limit;            // "bandwidth", "packet_rate", "bandwidth_in", ..., "cpu"
  // Of the whole member: bit/s, frames/s or vCPUs.
  double capacity = 0;
  int workers = 1;    // of a receiver's software, the busiest of which is judged
  double margin = 0;  // free share of that limit; negative over it
  std::vector<LimitMargin> margins;  // of each limit, at the member that has least of it left
};

// Those that something limits. `result` is judged.
std::map<PartName, PartUse> AllPartsOf(const ValidScenario& scenario, const RunResult& result);
// Without a receiver's vCPUs that are its software's capacity in other words.
std::map<PartName, PartUse> PartsOf(const ValidScenario& scenario, const RunResult& result);

}  // namespace vpcmirror
