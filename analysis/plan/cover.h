// The cheapest number of each of several things that together cover a need: the integer
// programme below the cheapest fleet.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace vpcmirror {

// What one of a thing costs and covers.
struct CoverItem {
  std::int64_t cost = 0;  // over 0, at most 10^15
  double share = 0;       // of a demand of 1
  double bandwidth = 0;   // towards CoverNeed::bandwidth, in its unit
  double sources = 0;     // towards CoverNeed::sources
};

struct CoverNeed {
  double bandwidth = 0;      // of all together; 0: none is asked
  double sources = 0;        // the same
  bool without_any = false;  // all of it without any one of them, too
  std::int64_t most = 0;     // things in all; 0: any number
};

struct Cover {
  std::vector<std::int64_t> numbers;  // of each item, in their order
  // Nothing is cheaper. Otherwise the search was given up, and this is the best of one item and
  // of two.
  bool is_exact = true;
};

// How many partial covers are looked at before a search is given up: under a second of 40 items.
inline constexpr int kMostPartialCovers = 5'000;

// The least cost at which shares add up to 1 and the need is met; of equally dear covers that
// come up, one of fewest things. Empty when no number of them does, or none was found of at most
// `most` things before the search was given up. What falls short by a part
// in 10^9 is enough.
//
// By dynamic programming over cost: covers grow by one thing at a time and are looked at from the
// cheapest on. One is dropped when another that costs no more covers as much of everything, and
// when the least that it may come to (by the item with most of a need for its cost, whichever
// need asks for most, in whole steps of all costs) is no less than the best that is known. The
// first that meets every need is the answer. `without_any` is one search for each item as the
// largest share of the cover; of the other needs, a cover counts without its own largest part.
std::optional<Cover> CheapestCover(const std::vector<CoverItem>& items, const CoverNeed& need,
                                   int most_partial_covers = kMostPartialCovers);

}  // namespace vpcmirror
