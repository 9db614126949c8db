// What is lost over a limit, and which counter of the cloud shows it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/mirror/ledger.h"
#include "models/scenario/run_result.h"
#include "models/scenario/valid_scenario.h"
#include "models/units/quantity.h"

namespace vpcmirror {

enum class LostWhat : std::uint8_t {
  kProduction,
  kCopyAtSource,
  kCopyBehindSource,  // on its way, at the receiver's ENI or in its software
};
std::string_view ToString(LostWhat what);  // "production", "copy_at_source", ...

struct LossPlace {
  LostWhat what = LostWhat::kProduction;
  std::string reason;    // "egress_bandwidth"
  std::string provider;  // whose counters those are: "aws"
  Count lost;            // original frames of copies
  BitsPerSecond bandwidth{};
  PacketsPerSecond packet_rate{};
  // That count it, by ProviderProfile::loss_counters; none: none is documented.
  std::vector<std::string> counters;
  std::string source;  // of the counters
};

struct LossesAtLoad {
  double load = 1;  // factor of all workloads
  Loss production;
  Loss copies;
  std::string congestion;  // the discipline of the CVMs: "production_first"
  std::string rests_on;    // "documented", "assumed", or "yours": the scenario's
  std::vector<LossPlace> places;  // the most frames first
};

// `result` is judged, of `scenario` at that load.
LossesAtLoad LossesOf(const ValidScenario& scenario, const RunResult& result, double load);

}  // namespace vpcmirror
