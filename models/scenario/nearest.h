// What to suggest for a name that nobody knows.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vpcmirror {

// Insertions, deletions, substitutions and swaps of neighbours that turn one
// into the other (optimal string alignment). Letters count without their case.
std::size_t EditDistance(std::string_view a, std::string_view b);

// The known name with the smallest edit distance, the first of equals; empty
// when even that is further than a third of the longer name, and 1.
std::optional<std::string> NearestName(std::string_view name,
                                       const std::vector<std::string>& known);

// For ScenarioError::accepted: `"web" (nearest), or "db", "ids"`; at most ten
// names are spelled out. "nothing: none is defined" when `known` is empty.
std::string AcceptedNames(std::string_view name, const std::vector<std::string>& known);

}  // namespace vpcmirror
