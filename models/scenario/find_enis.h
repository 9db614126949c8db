// Names of a scenario's ENIs, asked from outside the scenario.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "models/scenario/valid_scenario.h"

namespace vpcmirror {

// The ENIs that a selector names, as it would in the scenario itself: "web",
// "web[3]", "web/eni1", "subnet:web", an ENI's ID, an address. At least one.
// Throws ScenarioException, with `place` in place of a file, when it names none.
std::vector<std::size_t> FindEnis(const ValidScenario& scenario, const std::string& selector,
                                  const std::string& place);

// What one source of a mirror names: a VPC or subnet as a whole, or ENIs one by one.
struct CollectionRange {
  enum class Kind : std::uint8_t { kVpc, kSubnet, kEnis };
  Kind kind = Kind::kEnis;
  std::size_t index = 0;          // of the VPC or subnet
  std::vector<std::size_t> enis;  // in the order of hosts and members
};

// Of each of `selectors`, which a mirror in `vpc` of the scenario has as its sources. Throws
// ScenarioException when one names nothing there.
std::vector<CollectionRange> FindRanges(const ValidScenario& scenario,
                                        const std::vector<At<std::string>>& selectors,
                                        std::size_t vpc);

}  // namespace vpcmirror
