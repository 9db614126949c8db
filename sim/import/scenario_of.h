// From what was found to a scenario.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "sim/import/inventory.h"

namespace vpcmirror::sim {

struct ImportedScenario {
  std::string text;       // JSON; each assumption is a comment at its top
  std::vector<Gap> gaps;  // the inventory's, and those of making the scenario
  std::vector<Contradiction> contradictions;
  std::map<std::string, Origin, std::less<>> origins;  // by JSON Pointer into `text`

  // Of the value at `pointer`, or of its nearest ancestor that came from a file.
  Origin OriginOf(std::string_view pointer) const;
};

// Deterministic: things come in the order in which they were found. Whatever is missing is
// assumed, with a Gap. `known_types` are those of the catalogue: other types get the limits
// that were found, or none.
ImportedScenario ScenarioOf(const Inventory& inventory, const std::set<std::string>& known_types);

}  // namespace vpcmirror::sim
