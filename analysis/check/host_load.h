// Internal to analysis/check: what the steady traffic of a scenario asks of each limit.
#pragma once

#include <optional>
#include <string>

#include "analysis/check/rules.h"
#include "models/capacity/steady_load.h"

namespace vpcmirror {

// The side of a host that has least to spare.
struct HostLoad {
  SteadyAnswer answer;
  Flux production;  // of that side, or of both where the limit is combined
  Flux copies;
  Flux received;  // of production, the copies of others that come in
  std::string side;  // "out", "in"; empty: combined
};
// Empty: nothing limits the host, or it has no traffic.
std::optional<HostLoad> LoadOfHost(const CheckContext& context, std::size_t cvm);

}  // namespace vpcmirror
