#include "analysis/plan/cover.h"

#include <algorithm>
#include <limits>
#include <queue>
#include <tuple>
#include <utility>

namespace vpcmirror {
namespace {

constexpr double kEnough = 1 - 1e-9;  // of a need

// A fleet in the making. What is covered beyond the need counts no more.
struct Fleet {
  std::int64_t cost = 0;
  std::int64_t count = 0;
  double share = 0;
  double bandwidth = 0;
  std::vector<std::int64_t> numbers;  // by item
};

struct Dearer {
  bool operator()(const Fleet& a, const Fleet& b) const {
    return std::tie(a.cost, a.count, b.numbers) > std::tie(b.cost, b.count, a.numbers);
  }
};

// What is to be reached, and by which items.
struct Search {
  const std::vector<CoverItem>& items;
  std::vector<std::size_t> usable;
  double share = 1;
  double bandwidth = 0;
  std::int64_t count = 0;

  double ShareOf(const Fleet& fleet) const { return std::min(fleet.share, share); }
  double BandwidthOf(const Fleet& fleet) const { return std::min(fleet.bandwidth, bandwidth); }
  std::int64_t CountOf(const Fleet& fleet) const { return std::min(fleet.count, count); }

  bool IsMet(const Fleet& fleet) const {
    return fleet.share >= share * kEnough && fleet.bandwidth >= bandwidth * kEnough &&
           fleet.count >= count;
  }
  // Whether `a` covers at least what `b` does.
  bool Covers(const Fleet& a, const Fleet& b) const {
    return ShareOf(a) >= ShareOf(b) && BandwidthOf(a) >= BandwidthOf(b) && CountOf(a) >= CountOf(b);
  }
};

void Grow(Fleet& fleet, std::size_t item, const CoverItem& by) {
  fleet.cost += by.cost;
  fleet.share += by.share;
  fleet.bandwidth += by.bandwidth;
  ++fleet.count;
  ++fleet.numbers[item];
}

// Of fleets that were looked at, those that no other covers. All are at most as dear as what
// comes later.
class Frontier {
 public:
  // Whether `fleet` covers something that none before it does.
  bool Add(const Search& search, const Fleet& fleet) {
    const auto covers = [&](const Fleet& other) { return search.Covers(other, fleet); };
    if (std::any_of(best_.begin(), best_.end(), covers)) return false;
    const auto is_covered = [&](const Fleet& other) { return search.Covers(fleet, other); };
    best_.erase(std::remove_if(best_.begin(), best_.end(), is_covered), best_.end());
    best_.push_back(fleet);
    return true;
  }

 private:
  std::vector<Fleet> best_;
};

// Some number of items meets every need; without that a search would not end.
bool CanBeMet(const Search& search) {
  const auto some = [&](auto covers) {
    return std::any_of(search.usable.begin(), search.usable.end(),
                       [&](std::size_t i) { return covers(search.items[i]); });
  };
  return some([](const CoverItem& item) { return item.share > 0; }) &&
         (search.bandwidth <= 0 || some([](const CoverItem& item) { return item.bandwidth > 0; }));
}

std::optional<Fleet> CheapestFrom(const Search& search, Fleet start) {
  if (!CanBeMet(search)) return std::nullopt;
  std::priority_queue<Fleet, std::vector<Fleet>, Dearer> waiting;
  waiting.push(std::move(start));
  Frontier seen;
  while (!waiting.empty()) {
    const Fleet fleet = waiting.top();
    waiting.pop();
    if (search.IsMet(fleet)) return fleet;
    if (!seen.Add(search, fleet)) continue;
    for (const std::size_t i : search.usable) {
      Fleet larger = fleet;
      Grow(larger, i, search.items[i]);
      waiting.push(std::move(larger));
    }
  }
  return std::nullopt;
}

Fleet NoFleet(const std::vector<CoverItem>& items) {
  Fleet fleet;
  fleet.numbers.assign(items.size(), 0);
  return fleet;
}

// With `largest` as an item of the fleet, and none of a larger share beside it.
std::optional<Fleet> CheapestWithLargest(const std::vector<CoverItem>& items, const CoverNeed& need,
                                         std::size_t largest) {
  Search search{.items = items, .bandwidth = need.bandwidth, .count = need.count};
  search.share = 1 + items[largest].share;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (items[i].share <= items[largest].share) search.usable.push_back(i);
  }
  Fleet start = NoFleet(items);
  Grow(start, largest, items[largest]);
  return CheapestFrom(search, std::move(start));
}

std::vector<std::size_t> ByShare(const std::vector<CoverItem>& items) {
  std::vector<std::size_t> order(items.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return items[a].share < items[b].share; });
  return order;
}

// No fleet whose largest item has that share is cheaper.
double LeastCost(const std::vector<CoverItem>& items, double largest) {
  double least = std::numeric_limits<double>::infinity();
  for (const CoverItem& item : items) {
    if (item.share <= 0 || item.share > largest) continue;
    least = std::min(least, static_cast<double>(item.cost) / item.share);
  }
  return least * (1 + largest) * kEnough;
}

}  // namespace

std::optional<std::vector<std::int64_t>> CheapestCover(const std::vector<CoverItem>& items,
                                                       const CoverNeed& need) {
  std::optional<Fleet> best;
  if (!need.without_any) {
    Search search{.items = items, .bandwidth = need.bandwidth, .count = need.count};
    for (std::size_t i = 0; i < items.size(); ++i) search.usable.push_back(i);
    best = CheapestFrom(search, NoFleet(items));
  } else {
    for (const std::size_t i : ByShare(items)) {
      if (best && LeastCost(items, items[i].share) > static_cast<double>(best->cost)) continue;
      const auto fleet = CheapestWithLargest(items, need, i);
      if (fleet && (!best || Dearer()(*best, *fleet))) best = fleet;
    }
  }
  return best ? std::optional(best->numbers) : std::nullopt;
}

}  // namespace vpcmirror
