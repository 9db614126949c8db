#include "sim/input/scenario_parts.h"

namespace vpcmirror::sim {

std::optional<CostSpec> ReadCosts(const Cursor& object) {
  const std::optional<Cursor> at = object.Get("costs");
  if (!at) return std::nullopt;
  CostSpec costs;
  if (const auto* name = at->value().get_ptr<const std::string*>()) {
    costs.table = At<std::string>{*name, at->path()};
    return costs;
  }
  costs.table = ReadText(*at, "table");
  for (std::size_t i = 0; i < kCpuOperations; ++i) {
    const auto operation = at->Get(ToString(static_cast<CpuOperation>(i)));
    if (!operation) continue;
    costs.operations[i] = {.per_frame = ReadDuration(*operation, "per_frame", Zero::kAllowed),
                           .per_byte = ReadDuration(*operation, "per_byte", Zero::kAllowed)};
  }
  return costs;
}

}  // namespace vpcmirror::sim
