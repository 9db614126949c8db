#include "models/mirror/tuple_tables.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>

#include "models/wire/hash.h"

namespace vpcmirror {
namespace {

enum Field { kSource, kDestination, kSourcePort, kDestinationPort, kProtocol, kFields };

// Leading bits of each field.
using Tuple = std::array<int, kFields>;

int SharedPortBits(std::uint32_t low, std::uint32_t high) {
  return std::countl_zero(static_cast<std::uint16_t>(low ^ high));
}

int CountBits(const std::uint32_t* words, int count) {
  int bits = 0;
  for (int i = 0; i < count; ++i) bits += std::popcount(words[i]);
  return bits;
}

// The bits of each field that every flow of the condition shares.
template <int kWords>
Tuple TupleOf(const PackedCondition<kWords>& condition) {
  return {CountBits(&condition.mask[0], kWords), CountBits(&condition.mask[kWords], kWords),
          SharedPortBits(condition.low, condition.high),
          SharedPortBits(condition.low >> 16, condition.high >> 16),
          CountBits(&condition.mask[2 * kWords], 1) >= 8 ? 8 : 0};
}

bool AsksFor(const Tuple& tuple, const Tuple& of) {
  for (int i = 0; i < kFields; ++i) {
    if (tuple[i] < of[i]) return false;
  }
  return true;
}

std::uint32_t PortMask(int length) { return 0xffff & (0xffff0000U >> length); }

template <int kWords>
TupleTable<kWords> TableOf(const Tuple& tuple, std::size_t slots) {
  TupleTable<kWords> table;
  if constexpr (kWords > 0) {
    StorePrefixMask(tuple[kSource], kWords, &table.mask[0]);
    StorePrefixMask(tuple[kDestination], kWords, &table.mask[kWords]);
  }
  table.mask[2 * kWords] = tuple[kProtocol] == 0 ? 0 : 0xff;
  table.port_mask = PortMask(tuple[kSourcePort]) | PortMask(tuple[kDestinationPort]) << 16;
  table.slots = static_cast<std::uint32_t>(slots);
  table.slot_shift = 32u - static_cast<std::uint32_t>(std::countr_zero(slots));
  return table;
}

template <int kWords>
std::uint32_t SlotOf(const TupleTable<kWords>& table, const PackedCondition<kWords>& condition) {
  std::uint32_t slot = 0;
  FindSlot(
      table, [&](int i) { return condition.value[i]; }, condition.low, slot);
  return slot;
}

// What a lookup costs in nanoseconds: estimates of our own, of which only the proportions
// matter. kBucketCost was tried: of 10,000 pairs of hosts and subnets, 0.0002 leads to tables
// that take half the time of those of 0.001 (g++ 12, AMD EPYC of family 25).
constexpr double kTableCost = 1.5;     // the hash of a flow and its slot
constexpr double kVisitCost = 5.0;     // a bucket that is not empty
constexpr double kGroupCost = 2.0;     // eight conditions compared
constexpr double kDoublingCost = 6.0;  // twice as many conditions left for further tables

constexpr double kBucketCost = 0.0002;  // one more in the caches

// A slot per condition halves the chance that a flow meets a bucket of others.
constexpr std::size_t kSlotsPerCondition = 2;
std::size_t GroupsOf(std::size_t conditions) {
  return (conditions + kGroupLanes - 1) / kGroupLanes;
}

double CostOfGroups(std::size_t conditions) {
  return kGroupCost * static_cast<double>(GroupsOf(conditions));
}

// What `count` conditions that no table has yet will cost, in some table or loose.
double CostOfRest(std::size_t count) {
  const double loose = CostOfGroups(count);
  if (count <= kFew) return loose;
  const double doublings = std::log2(static_cast<double>(count) / kFew);
  return std::min(loose, CostOfGroups(kFew) + kDoublingCost * doublings);
}

// Chooses the tables of a set of conditions, one by one.
template <int kWords>
class Chooser {
 public:
  // must: choose a table even where it saves nothing.
  Chooser(const std::vector<PackedCondition<kWords>>& conditions, bool must)
      : conditions_(conditions), must_(must) {
    for (const auto& condition : conditions) tuples_.push_back(TupleOf(condition));
  }

  // The tuple whose table saves most among the conditions in `rest`; none when no table
  // saves anything.
  std::optional<Tuple> Choose(const std::vector<std::uint32_t>& rest) {
    Tuple best{};
    double best_cost = CostOf(best, rest);
    std::array<std::set<int>, kFields> lengths;
    for (const std::uint32_t i : rest) {
      for (int f = 0; f < kFields; ++f) lengths[f].insert(tuples_[i][f]);
    }
    for (bool better = true; better;) {
      better = false;
      const Tuple from = best;
      for (int f = 0; f < kFields; ++f) {
        for (const int length : lengths[f]) {
          Tuple tuple = from;
          tuple[f] = length;
          const double cost = CostOf(tuple, rest);
          if (cost < best_cost) {
            best = tuple;
            best_cost = cost;
            better = true;
          }
        }
      }
    }
    if (must_ || best_cost < CostOfRest(rest.size())) return best;
    return std::nullopt;
  }

  const Tuple& tuple(std::uint32_t i) const { return tuples_[i]; }

 private:
  double CostOf(const Tuple& tuple, const std::vector<std::uint32_t>& rest) {
    const std::size_t slots = std::bit_ceil(rest.size() * kSlotsPerCondition);
    const TupleTable<kWords> table = TableOf<kWords>(tuple, slots);
    counts_.assign(slots, 0);
    std::size_t left = 0;
    for (const std::uint32_t i : rest) {
      if (AsksFor(tuples_[i], tuple)) {
        ++counts_[SlotOf(table, conditions_[i])];
      } else {
        ++left;
      }
    }
    if (left == rest.size()) return std::numeric_limits<double>::infinity();
    double visits = 0;
    std::size_t buckets = 0;
    for (const std::uint32_t count : counts_) {
      const std::size_t kept = std::min<std::size_t>(count, kMaxPerBucket);
      left += count - kept;
      buckets += count > 0;
      visits += static_cast<double>(kept) * (kVisitCost + CostOfGroups(kept));
    }
    return kTableCost + visits / static_cast<double>(rest.size()) +
           kBucketCost * static_cast<double>(buckets) + CostOfRest(left);
  }

  const std::vector<PackedCondition<kWords>>& conditions_;
  const bool must_;
  std::vector<Tuple> tuples_;
  std::vector<std::uint32_t> counts_;
};

// Writes groups and tables.
template <int kWords>
class Layout {
 public:
  explicit Layout(const std::vector<PackedCondition<kWords>>& conditions)
      : conditions_(conditions) {}

  // Returns the first group of the conditions in `members`.
  std::size_t AddGroups(const std::vector<std::uint32_t>& members) {
    const std::size_t first = made_.groups.size();
    made_.groups.resize(first + GroupsOf(members.size()), EmptyGroup());
    for (std::size_t i = 0; i < members.size(); ++i) {
      Put(conditions_[members[i]], made_.groups[first + i / kGroupLanes], i % kGroupLanes);
    }
    return first;
  }

  void AddTable(const Tuple& tuple, const std::vector<std::uint32_t>& members,
                std::vector<std::uint32_t>& left) {
    const std::size_t slots = std::bit_ceil(members.size() * kSlotsPerCondition);
    TupleTable<kWords> table = TableOf<kWords>(tuple, slots);
    std::unordered_map<std::uint32_t, std::vector<std::uint32_t>> buckets;
    for (const std::uint32_t i : members) {
      std::vector<std::uint32_t>& bucket = buckets[SlotOf(table, conditions_[i])];
      (bucket.size() < kMaxPerBucket ? bucket : left).push_back(i);
    }
    tables_.emplace_back(table, std::move(buckets));
  }

  TupleTables<kWords> Finish(const std::vector<std::uint32_t>& loose) {
    AddGroups(loose);
    made_.loose_groups = made_.groups.size();
    for (auto& [table, buckets] : tables_) {
      table.first_slot = made_.slots.size();
      made_.slots.resize(made_.slots.size() + table.slots);
      for (const auto& [slot, members] : buckets) {
        const std::size_t first = AddGroups(members);
        const std::uint32_t best = conditions_[members.front()].index;
        table.best = std::min(table.best, best);
        made_.slots[table.first_slot + slot] = {
            .best = best,
            .place = static_cast<std::uint32_t>(first << Bucket::kFurtherBits |
                                                (GroupsOf(members.size()) - 1))};
      }
      made_.tables.push_back(table);
    }
    std::ranges::sort(made_.tables, {}, &TupleTable<kWords>::best);
    return std::move(made_);
  }

 private:
  static ConditionGroup<kWords> EmptyGroup() {
    ConditionGroup<kWords> group{};
    for (std::size_t lane = 0; lane < kGroupLanes; ++lane) {
      group.value[2 * kWords][lane] = 1;  // its mask is 0
      group.index[lane] = kNoCondition;
    }
    return group;
  }

  static void Put(const PackedCondition<kWords>& condition, ConditionGroup<kWords>& group,
                  std::size_t lane) {
    for (int i = 0; i < kMaskedWords<kWords>; ++i) {
      group.value[i][lane] = condition.value[i];
      group.mask[i][lane] = condition.mask[i];
    }
    group.low[lane] = condition.low;
    group.high[lane] = condition.high;
    group.index[lane] = condition.index;
  }

  const std::vector<PackedCondition<kWords>>& conditions_;
  TupleTables<kWords> made_;
  std::vector<
      std::pair<TupleTable<kWords>, std::unordered_map<std::uint32_t, std::vector<std::uint32_t>>>>
      tables_;
};

// Conditions of the same addresses that are asked whether they cover another: bounds the
// time of filters whose conditions differ only in ports.
constexpr std::size_t kMaxAlike = 64;

// Remembers conditions by their addresses, to find one that covers another.
template <int kWords>
class CoverFinder {
 public:
  bool IsCovered(const PackedCondition<kWords>& condition) const {
    for (const TupleTable<kWords>& masks : masks_) {
      if (!AsksForAll(condition, masks)) continue;
      const auto found = by_value_.find(HashOf(masks, condition));
      if (found == by_value_.end()) continue;
      for (const PackedCondition<kWords>& earlier : found->second) {
        if (earlier.Covers(condition)) return true;
      }
    }
    return false;
  }

  void Add(const PackedCondition<kWords>& condition) {
    TupleTable<kWords> masks;
    std::copy_n(condition.mask, 2 * kWords, masks.mask);
    const auto same = [&](const TupleTable<kWords>& other) {
      return std::ranges::equal(masks.mask, other.mask);
    };
    if (std::ranges::none_of(masks_, same)) masks_.push_back(masks);
    std::vector<PackedCondition<kWords>>& alike = by_value_[HashOf(masks, condition)];
    if (alike.size() < kMaxAlike) alike.push_back(condition);
  }

 private:
  static bool AsksForAll(const PackedCondition<kWords>& condition,
                         const TupleTable<kWords>& masks) {
    for (int i = 0; i < 2 * kWords; ++i) {
      if ((masks.mask[i] & ~condition.mask[i]) != 0) return false;
    }
    return true;
  }
  static std::uint64_t HashOf(const TupleTable<kWords>& masks,
                              const PackedCondition<kWords>& condition) {
    std::uint64_t hash = 0;
    for (int i = 0; i < 2 * kWords; ++i) {
      hash = FoldedProduct(hash ^ masks.mask[i] ^ kWyhashSecret[0],
                           (condition.value[i] & masks.mask[i]) ^ kWyhashSecret[1]);
    }
    return hash;
  }

  std::vector<TupleTable<kWords>> masks_;
  std::unordered_map<std::uint64_t, std::vector<PackedCondition<kWords>>> by_value_;
};

template <int kWords>
void RemoveCovered(std::vector<PackedCondition<kWords>>& conditions) {
  CoverFinder<kWords> earlier;
  std::erase_if(conditions, [&](const PackedCondition<kWords>& condition) {
    if (earlier.IsCovered(condition)) return true;
    earlier.Add(condition);
    return false;
  });
}

template <int kWords>
TupleTables<kWords> BuildTables(const std::vector<PackedCondition<kWords>>& conditions,
                                Shape shape) {
  Layout<kWords> layout(conditions);
  std::vector<std::uint32_t> rest(conditions.size());
  std::iota(rest.begin(), rest.end(), 0U);
  if (shape == Shape::kCompareAll) return layout.Finish(rest);

  Chooser<kWords> chooser(conditions, shape == Shape::kTables);
  while (rest.size() > (shape == Shape::kTables ? 0 : kFew)) {
    const std::optional<Tuple> tuple = chooser.Choose(rest);
    if (!tuple) break;
    std::vector<std::uint32_t> members;
    std::vector<std::uint32_t> left;
    for (const std::uint32_t i : rest) {
      (AsksFor(chooser.tuple(i), *tuple) ? members : left).push_back(i);
    }
    layout.AddTable(*tuple, members, left);
    std::ranges::sort(left);
    rest = std::move(left);
  }
  return layout.Finish(rest);
}

}  // namespace

template <int kWords>
CompiledConditions<kWords> Compile(std::vector<PackedCondition<kWords>> conditions, Shape shape) {
  RemoveCovered(conditions);
  if (shape != Shape::kByCost || conditions.size() > kFew) {
    return {.tables = std::make_unique<const TupleTables<kWords>>(BuildTables(conditions, shape))};
  }
  conditions.shrink_to_fit();
  return {.few = std::move(conditions)};
}

template <int kWords>
std::size_t CompiledConditions<kWords>::bytes() const {
  const std::size_t of_few = few.capacity() * sizeof(few[0]);
  if (!tables) return of_few;
  return of_few + sizeof(*tables) + tables->groups.capacity() * sizeof(tables->groups[0]) +
         tables->tables.capacity() * sizeof(tables->tables[0]) +
         tables->slots.capacity() * sizeof(tables->slots[0]);
}

template struct CompiledConditions<0>;
template struct CompiledConditions<1>;
template struct CompiledConditions<2>;
template struct CompiledConditions<4>;
template CompiledConditions<0> Compile<0>(std::vector<PackedCondition<0>>, Shape);
template CompiledConditions<1> Compile<1>(std::vector<PackedCondition<1>>, Shape);
template CompiledConditions<2> Compile<2>(std::vector<PackedCondition<2>>, Shape);
template CompiledConditions<4> Compile<4>(std::vector<PackedCondition<4>>, Shape);

}  // namespace vpcmirror
