// The cheapest number of each of several things that together cover a need: the integer
// programme below the cheapest fleet.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace vpcmirror {

// What one of a thing costs and covers.
struct CoverItem {
  std::int64_t cost = 0;  // over 0
  double share = 0;       // of a demand of 1
  double bandwidth = 0;   // towards CoverNeed::bandwidth, in its unit
};

struct CoverNeed {
  double bandwidth = 0;      // of all together; 0: none is asked
  std::int64_t count = 0;    // at least so many things
  bool without_any = false;  // shares add up to 1 without any one of them, too
};

// How many of each item, in their order: the least cost at which shares add up to 1 and the
// need is met, with the fewest things of those. Empty when no number of them does. What falls
// short by a part in 10^9 is enough.
std::optional<std::vector<std::int64_t>> CheapestCover(const std::vector<CoverItem>& items,
                                                       const CoverNeed& need);

}  // namespace vpcmirror
