#include "analysis/plan/cover.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <queue>
#include <tuple>
#include <utility>

namespace vpcmirror {
namespace {

constexpr double kEnough = 1 - 1e-9;  // of a need
constexpr double kInfinity = std::numeric_limits<double>::infinity();

// Towards one need, and the most that a single thing covers of it.
struct Covered {
  double all = 0;
  double largest = 0;

  void Add(double of_one, double times) {
    all += times * of_one;
    if (times > 0) largest = std::max(largest, of_one);
  }
};

// What is covered beyond the need counts no more.
struct Partial {
  std::int64_t cost = 0;
  std::int64_t count = 0;
  double share = 0;
  Covered bandwidth;
  Covered sources;
  std::vector<std::int64_t> numbers;  // by item
};

// A need that a rule asks for, of all things but the largest where one may be lost.
class AskedSum {
 public:
  AskedSum(double need, bool without_any) : need_(need), without_any_(without_any) {}

  void Use(double of_one, double cost) {
    most_of_one_ = std::max(most_of_one_, of_one);
    if (of_one > 0) cost_of_unit_ = std::min(cost_of_unit_, cost / of_one);
  }

  // Of what has a part as large as that.
  double Of(double largest) const { return need_ + (without_any_ && need_ > 0 ? largest : 0); }
  bool IsMet(const Covered& by) const { return by.all >= Of(by.largest) * kEnough; }
  double LeastCost(const Covered& by) const { return Missing(by, by.largest, cost_of_unit_); }
  // How many of an item, in parts of one.
  double NumberOf(double of_one, const Covered& by) const {
    return Missing(by, std::max(by.largest, of_one), 1 / of_one);
  }
  // Whether `a` is as good as `b` is, whatever is added to both.
  bool Covers(const Covered& a, const Covered& b) const {
    const double always = Of(most_of_one_);
    if (a.all < std::min(b.all, always)) return false;
    return !without_any_ || a.all >= always || a.largest <= b.largest;
  }

 private:
  double Missing(const Covered& by, double largest, double of_unit) const {
    const double missing = Of(largest) * kEnough - by.all;
    return missing > 0 ? missing * of_unit : 0;
  }

  double need_;
  bool without_any_;
  double most_of_one_ = 0;
  double cost_of_unit_ = kInfinity;
};

struct Dearer {
  bool operator()(const Partial& a, const Partial& b) const {
    return std::tie(a.cost, a.count, b.numbers) > std::tie(b.cost, b.count, a.numbers);
  }
};

bool IsBetter(const Partial& a, const std::optional<Partial>& b) { return !b || Dearer()(*b, a); }

// What is to be reached, and by which items.
class Search {
 public:
  Search(const std::vector<CoverItem>& items, const CoverNeed& need, double share)
      : items_(items),
        need_(need),
        share_(share),
        bandwidth_(need.bandwidth, need.without_any),
        sources_(need.sources, need.without_any) {
    for (const CoverItem& item : items) cost_step_ = std::gcd(cost_step_, item.cost);
  }

  void Use(std::size_t item) {
    usable_.push_back(item);
    const CoverItem& of = items_[item];
    const auto cost = static_cast<double>(of.cost);
    if (of.share > 0) cost_of_share_ = std::min(cost_of_share_, cost / of.share);
    bandwidth_.Use(of.bandwidth, cost);
    sources_.Use(of.sources, cost);
  }

  const std::vector<std::size_t>& usable() const { return usable_; }

  Partial Nothing() const {
    Partial partial;
    partial.numbers.assign(items_.size(), 0);
    return partial;
  }

  void Add(Partial& partial, std::size_t item, std::int64_t number) const {
    const auto times = static_cast<double>(number);
    partial.cost += items_[item].cost * number;
    partial.share += times * items_[item].share;
    partial.bandwidth.Add(items_[item].bandwidth, times);
    partial.sources.Add(items_[item].sources, times);
    partial.count += number;
    partial.numbers[item] += number;
  }

  bool IsMet(const Partial& partial) const {
    return partial.share >= share_ * kEnough && bandwidth_.IsMet(partial.bandwidth) &&
           sources_.IsMet(partial.sources) && !IsTooMany(partial.count);
  }

  bool IsTooMany(std::int64_t count) const { return need_.most > 0 && count > need_.most; }
  bool IsBounded() const { return need_.most > 0; }

  // Whether `a` covers at least what `b` does.
  bool Covers(const Partial& a, const Partial& b) const {
    return a.share >= std::min(b.share, share_) && bandwidth_.Covers(a.bandwidth, b.bandwidth) &&
           sources_.Covers(a.sources, b.sources) && (!IsBounded() || a.count <= b.count);
  }

  // What a cover that begins so costs at least: in whole steps, of which all costs are made.
  double LeastCost(const Partial& partial) const {
    const double rest = std::max({Missing(share_, partial.share, cost_of_share_),
                                  bandwidth_.LeastCost(partial.bandwidth),
                                  sources_.LeastCost(partial.sources)});
    constexpr double kHair = 1e-6;  // of a step: what doubles round
    const auto step = static_cast<double>(cost_step_);
    return std::ceil((static_cast<double>(partial.cost) + rest) / step - kHair) * step;
  }

  // How many of an item meet what is missing; empty: no number does.
  std::optional<std::int64_t> NumberOf(std::size_t item, const Partial& partial) const {
    const CoverItem& of = items_[item];
    const double number = std::max({Missing(share_, partial.share, 1 / of.share),
                                    bandwidth_.NumberOf(of.bandwidth, partial.bandwidth),
                                    sources_.NumberOf(of.sources, partial.sources)});
    constexpr double kMost = 1e12;  // things: no fleet has as many
    if (!(number <= kMost)) return std::nullopt;
    return static_cast<std::int64_t>(std::ceil(number));
  }

 private:
  static double Missing(double need, double covered, double of_unit) {
    const double missing = need * kEnough - covered;
    return missing > 0 ? missing * of_unit : 0;
  }

  const std::vector<CoverItem>& items_;
  const CoverNeed& need_;
  double share_;
  std::int64_t cost_step_ = 0;
  std::vector<std::size_t> usable_;
  double cost_of_share_ = kInfinity;
  AskedSum bandwidth_;
  AskedSum sources_;
};

// Of covers that were looked at, those that no other covers. All cost at most what comes later.
class Frontier {
 public:
  // Whether `partial` covers something that none before it does.
  bool Add(const Search& search, const Partial& partial) {
    const auto covers = [&](const Partial& other) { return search.Covers(other, partial); };
    if (std::any_of(best_.rbegin(), best_.rend(), covers)) return false;
    const auto is_covered = [&](const Partial& other) { return search.Covers(partial, other); };
    best_.erase(std::remove_if(best_.begin(), best_.end(), is_covered), best_.end());
    best_.push_back(partial);
    return true;
  }

 private:
  std::vector<Partial> best_;
};

// The cheapest from `start` on with one more item, or two.
void TryOneAndTwo(const Search& search, const Partial& start, std::optional<Partial>& best) {
  const auto complete = [&](Partial partial, std::size_t item) {
    const auto number = search.NumberOf(item, partial);
    if (!number) return;
    search.Add(partial, item, *number);
    if (search.IsMet(partial) && IsBetter(partial, best)) best = std::move(partial);
  };
  for (const std::size_t first : search.usable()) {
    complete(start, first);
    const auto number = search.NumberOf(first, start);
    if (!number || *number < 1) continue;
    Partial most_of_it = start;
    search.Add(most_of_it, first, *number - 1);
    for (const std::size_t second : search.usable()) complete(most_of_it, second);
  }
}

// Puts into `best` what is cheaper than it. False when `looks_left` ran out.
bool Improve(const Search& search, Partial start, std::optional<Partial>& best, int& looks_left) {
  TryOneAndTwo(search, start, best);
  if (!best && !search.IsBounded()) return true;
  std::priority_queue<Partial, std::vector<Partial>, Dearer> waiting;
  const auto wait = [&](Partial partial) {
    const double least = search.LeastCost(partial);
    if (std::isfinite(least) && (!best || least < static_cast<double>(best->cost))) {
      waiting.push(std::move(partial));
    }
  };
  wait(std::move(start));
  Frontier seen;
  while (!waiting.empty()) {
    const Partial partial = waiting.top();
    waiting.pop();
    if (search.IsMet(partial)) {
      best = partial;
      return true;
    }
    if (!seen.Add(search, partial)) continue;
    if (--looks_left < 0) return false;
    for (const std::size_t item : search.usable()) {
      Partial larger = partial;
      search.Add(larger, item, 1);
      if (!search.IsTooMany(larger.count)) wait(std::move(larger));
    }
  }
  return true;
}

std::vector<std::size_t> ByShare(const std::vector<CoverItem>& items) {
  std::vector<std::size_t> order(items.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return items[a].share < items[b].share; });
  return order;
}

// With `largest` as an item of the cover, and none of a larger share beside it.
bool ImproveWithLargest(const std::vector<CoverItem>& items, const CoverNeed& need,
                        std::size_t largest, std::optional<Partial>& best, int& looks_left) {
  Search search(items, need, 1 + items[largest].share);
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (items[i].share <= items[largest].share) search.Use(i);
  }
  Partial start = search.Nothing();
  search.Add(start, largest, 1);
  return Improve(search, std::move(start), best, looks_left);
}

// Whether one of `a` does for one of `b`, whatever else there is.
bool Replaces(const CoverItem& a, const CoverItem& b) {
  return a.cost <= b.cost && a.share >= b.share && a.bandwidth >= b.bandwidth &&
         a.sources >= b.sources;
}

// Those that nothing replaces; of equal ones the first.
std::vector<std::size_t> UsefulItems(const std::vector<CoverItem>& items) {
  std::vector<std::size_t> useful;
  for (std::size_t i = 0; i < items.size(); ++i) {
    bool is_replaced = false;
    for (std::size_t j = 0; j < items.size() && !is_replaced; ++j) {
      const bool is_first = j < i || !Replaces(items[i], items[j]);
      is_replaced = j != i && is_first && Replaces(items[j], items[i]);
    }
    if (!is_replaced) useful.push_back(i);
  }
  return useful;
}

std::optional<Cover> CheapestOfUseful(const std::vector<CoverItem>& items, const CoverNeed& need,
                                      int most_partial_covers) {
  std::optional<Partial> best;
  int looks_left = most_partial_covers;
  bool is_exact = true;
  if (need.without_any) {
    for (const std::size_t i : ByShare(items)) {
      if (!ImproveWithLargest(items, need, i, best, looks_left)) is_exact = false;
    }
  } else {
    Search search(items, need, 1);
    for (std::size_t i = 0; i < items.size(); ++i) search.Use(i);
    is_exact = Improve(search, search.Nothing(), best, looks_left);
  }
  if (!best) return std::nullopt;
  return Cover{std::move(best->numbers), is_exact};
}

}  // namespace

std::optional<Cover> CheapestCover(const std::vector<CoverItem>& items, const CoverNeed& need,
                                   int most_partial_covers) {
  if (items.empty()) return std::nullopt;
  const std::vector<std::size_t> useful = UsefulItems(items);
  std::vector<CoverItem> of_use;
  for (const std::size_t i : useful) of_use.push_back(items[i]);
  auto cover = CheapestOfUseful(of_use, need, most_partial_covers);
  if (!cover) return std::nullopt;
  std::vector<std::int64_t> numbers(items.size(), 0);
  for (std::size_t i = 0; i < useful.size(); ++i) numbers[useful[i]] = cover->numbers[i];
  cover->numbers = std::move(numbers);
  return cover;
}

}  // namespace vpcmirror
