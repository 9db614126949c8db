#include "models/mirror/compare_lanes.h"

#include <algorithm>
#include <cstring>

// One body for all instruction sets, in the vectors of GCC and clang, which need no
// intrinsics: it is inlined into a function of each set and compiled for it there.
namespace vpcmirror {
namespace {

using Words16 = std::uint32_t __attribute__((vector_size(16)));
using Halves16 = std::uint16_t __attribute__((vector_size(16)));
using Words32 = std::uint32_t __attribute__((vector_size(32)));
using Halves32 = std::uint16_t __attribute__((vector_size(32)));

struct FourLanes {
  using Words = Words16;
  using Halves = Halves16;

  [[gnu::always_inline]] static inline std::uint32_t Least(const Words& lanes) noexcept {
    Words other = __builtin_shufflevector(lanes, lanes, 2, 3, 0, 1);
    const Words two = lanes < other ? lanes : other;
    other = __builtin_shufflevector(two, two, 1, 0, 3, 2);
    const Words one = two < other ? two : other;
    return one[0];
  }
};

struct EightLanes {
  using Words = Words32;
  using Halves = Halves32;

  [[gnu::always_inline]] static inline std::uint32_t Least(const Words& lanes) noexcept {
    const Words16 front = __builtin_shufflevector(lanes, lanes, 0, 1, 2, 3);
    const Words16 back = __builtin_shufflevector(lanes, lanes, 4, 5, 6, 7);
    return FourLanes::Least(front < back ? front : back);
  }
};

template <class Set>
inline constexpr std::size_t kStep = sizeof(typename Set::Words) / sizeof(std::uint32_t);

template <class T>
[[gnu::always_inline]] inline void Load(const std::uint32_t* from, T& lanes) noexcept {
  std::memcpy(&lanes, from, sizeof lanes);
}

// Sets bits in the lanes of `different` whose ports are not both between `low` and `high`.
template <class Set>
[[gnu::always_inline]] inline void MarkOutside(const typename Set::Words& ports,
                                               const typename Set::Words& low,
                                               const typename Set::Words& high,
                                               typename Set::Words& different) noexcept {
  using Words = typename Set::Words;
  using Halves = typename Set::Halves;
  const Halves raised = (Halves)ports < (Halves)low ? (Halves)low : (Halves)ports;
  const Halves clamped = raised > (Halves)high ? (Halves)high : raised;
  different |= (Words)clamped ^ ports;
}

// Lowers the lanes of `best` in which nothing differs to `index`.
template <class Set>
[[gnu::always_inline]] inline void Lower(const typename Set::Words& different,
                                         const typename Set::Words& index,
                                         typename Set::Words& best) noexcept {
  using Words = typename Set::Words;
  const Words candidate = index | (Words)(different != 0);  // kNoCondition is all ones
  best = candidate < best ? candidate : best;
}

// One flow a lane.
template <class Set, int kWords>
struct LanesOfFlows {
  typename Set::Words word[kMaskedWords<kWords>];
  typename Set::Words ports;
};

template <class Set, int kWords>
[[gnu::always_inline]] inline void CompareFlows(
    const std::vector<PackedCondition<kWords>>& conditions, const LanesOfFlows<Set, kWords>& flows,
    typename Set::Words& best) noexcept {
  using Words = typename Set::Words;
  best = Words{} + kNoCondition;
  for (const PackedCondition<kWords>& condition : conditions) {
    Words different{};
    for (int i = 0; i < kMaskedWords<kWords>; ++i) {
      different |= (flows.word[i] & condition.mask[i]) ^ condition.value[i];
    }
    MarkOutside<Set>(flows.ports, Words{} + condition.low, Words{} + condition.high, different);
    Lower<Set>(different, Words{} + condition.index, best);
  }
}

// One flow and the conditions of a group.
template <class Set, int kWords>
[[gnu::always_inline]] inline void CompareGroup(const ConditionGroup<kWords>& group,
                                                const PackedFlows<kWords>& flows, std::size_t at,
                                                typename Set::Words& best) noexcept {
  using Words = typename Set::Words;
  for (std::size_t lane = 0; lane < kGroupLanes; lane += kStep<Set>) {
    Words different{};
    Words mask, value, low, high, index;
    for (int i = 0; i < kMaskedWords<kWords>; ++i) {
      Load(&group.mask[i][lane], mask);
      Load(&group.value[i][lane], value);
      different |= (mask & flows.word[i][at]) ^ value;
    }
    Load(&group.low[lane], low);
    Load(&group.high[lane], high);
    MarkOutside<Set>(Words{} + flows.ports[at], low, high, different);
    Load(&group.index[lane], index);
    Lower<Set>(different, index, best);
  }
}

template <class Set, int kWords>
[[gnu::always_inline]] inline void FindFew(const std::vector<PackedCondition<kWords>>& conditions,
                                           const PackedFlows<kWords>& flows, std::size_t count,
                                           std::uint32_t* found) noexcept {
  using Words = typename Set::Words;
  std::size_t at = 0;
  for (; at + kStep<Set> <= count; at += kStep<Set>) {
    LanesOfFlows<Set, kWords> lanes;
    for (int i = 0; i < kMaskedWords<kWords>; ++i) Load(&flows.word[i][at], lanes.word[i]);
    Load(&flows.ports[at], lanes.ports);
    Words best;
    CompareFlows(conditions, lanes, best);
    std::memcpy(&found[at], &best, sizeof best);
  }
  for (; at < count; ++at) {  // the same flow in each lane
    LanesOfFlows<Set, kWords> lanes;
    for (int i = 0; i < kMaskedWords<kWords>; ++i) lanes.word[i] = Words{} + flows.word[i][at];
    lanes.ports = Words{} + flows.ports[at];
    Words best;
    CompareFlows(conditions, lanes, best);
    found[at] = best[0];
  }
}

template <class Set, int kWords>
[[gnu::always_inline]] inline std::uint32_t LeastOf(const ConditionGroup<kWords>* groups,
                                                    std::size_t count,
                                                    const PackedFlows<kWords>& flows,
                                                    std::size_t at) noexcept {
  typename Set::Words best = typename Set::Words{} + kNoCondition;
  for (std::size_t i = 0; i < count; ++i) CompareGroup<Set>(groups[i], flows, at, best);
  return Set::Least(best);
}

// Groups compared without asking in between whether one holds already.
constexpr std::size_t kGroupsAtOnce = 4;

template <class Set, int kWords>
[[gnu::always_inline]] inline std::uint32_t FirstOf(const ConditionGroup<kWords>* groups,
                                                    std::size_t count,
                                                    const PackedFlows<kWords>& flows,
                                                    std::size_t at) noexcept {
  for (; count > kGroupsAtOnce; groups += kGroupsAtOnce, count -= kGroupsAtOnce) {
    const std::uint32_t found = LeastOf<Set>(groups, kGroupsAtOnce, flows, at);
    if (found != kNoCondition) return found;
  }
  return LeastOf<Set>(groups, count, flows, at);
}

template <class Set, int kWords>
[[gnu::always_inline]] inline void FindLoose(const TupleTables<kWords>& conditions,
                                             const PackedFlows<kWords>& flows, std::size_t count,
                                             std::uint32_t* found) noexcept {
  const ConditionGroup<kWords>* groups = conditions.groups.data();
  switch (conditions.loose_groups) {
    case 0:
      for (std::size_t i = 0; i < count; ++i) found[i] = kNoCondition;
      return;
    case 1:
      for (std::size_t i = 0; i < count; ++i) found[i] = LeastOf<Set>(groups, 1, flows, i);
      return;
    case 2:
      for (std::size_t i = 0; i < count; ++i) found[i] = LeastOf<Set>(groups, 2, flows, i);
      return;
    default:
      for (std::size_t i = 0; i < count; ++i) {
        found[i] = FirstOf<Set>(groups, conditions.loose_groups, flows, i);
      }
  }
}

// A flow whose bucket in a table may hold something better than what it has.
struct Visit {
  std::uint32_t flow;
  std::uint32_t place;
};

template <class Set, int kWords>
[[gnu::always_inline]] inline void FindInTable(const TupleTables<kWords>& conditions,
                                               const TupleTable<kWords>& table,
                                               const PackedFlows<kWords>& flows, std::size_t count,
                                               std::uint32_t* found) noexcept {
  const Bucket* slots = conditions.slots.data() + table.first_slot;
  std::uint32_t slot_of[kFlowsAtOnce];
  std::size_t placed = 0;
  for (; placed + kStep<Set> <= count; placed += kStep<Set>) {
    typename Set::Words words[kMaskedWords<kWords>], ports, slots_of_lanes;
    for (int word = 0; word < kMaskedWords<kWords>; ++word) {
      Load(&flows.word[word][placed], words[word]);
    }
    Load(&flows.ports[placed], ports);
    FindSlot(
        table, [&](int word) -> const auto& { return words[word]; }, ports, slots_of_lanes);
    std::memcpy(&slot_of[placed], &slots_of_lanes, sizeof slots_of_lanes);
  }
  for (; placed < count; ++placed) {
    FindSlot(
        table, [&](int word) { return flows.word[word][placed]; }, flows.ports[placed],
        slot_of[placed]);
  }
  Visit visits[kFlowsAtOnce];
  std::size_t to_visit = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const Bucket bucket = slots[slot_of[i]];
    visits[to_visit] = {static_cast<std::uint32_t>(i), bucket.place};
    to_visit += bucket.best < found[i];  // no branch: it would be guessed wrong half the time
  }
  for (std::size_t i = 0; i < to_visit; ++i) {
    const Bucket bucket{.place = visits[i].place};
    const ConditionGroup<kWords>* groups = conditions.groups.data() + bucket.first();
    const std::size_t at = visits[i].flow;
    typename Set::Words best = typename Set::Words{} + found[at];
    CompareGroup<Set>(groups[0], flows, at, best);
    for (std::uint32_t j = 1; j <= bucket.further(); ++j)
      CompareGroup<Set>(groups[j], flows, at, best);
    found[at] = Set::Least(best);
  }
}

template <class Set, int kWords>
[[gnu::always_inline]] inline void Find(const CompiledConditions<kWords>& conditions,
                                        const PackedFlows<kWords>& flows, std::size_t count,
                                        std::uint32_t* found) noexcept {
  if (!conditions.tables) return FindFew<Set>(conditions.few, flows, count, found);
  const TupleTables<kWords>& tables = *conditions.tables;
  FindLoose<Set>(tables, flows, count, found);
  for (const TupleTable<kWords>& table : tables.tables) {
    FindInTable<Set>(tables, table, flows, count, found);
  }
}

template <int kWords>
void FindPlain(const CompiledConditions<kWords>& conditions, const PackedFlows<kWords>& flows,
               std::size_t count, std::uint32_t* found) noexcept {
  Find<FourLanes>(conditions, flows, count, found);
}

#if defined(__x86_64__)
template <int kWords>
[[gnu::target("sse4.2,popcnt")]] void FindSse42(const CompiledConditions<kWords>& conditions,
                                                const PackedFlows<kWords>& flows, std::size_t count,
                                                std::uint32_t* found) noexcept {
  Find<FourLanes>(conditions, flows, count, found);
}

template <int kWords>
[[gnu::target("avx2,bmi,bmi2")]] void FindAvx2(const CompiledConditions<kWords>& conditions,
                                               const PackedFlows<kWords>& flows, std::size_t count,
                                               std::uint32_t* found) noexcept {
  Find<EightLanes>(conditions, flows, count, found);
}

// The same lanes with masks and logic of three operands.
template <int kWords>
[[gnu::target("avx512f,avx512bw,avx512dq,avx512vl,avx2,bmi,bmi2")]] void FindAvx512(
    const CompiledConditions<kWords>& conditions, const PackedFlows<kWords>& flows,
    std::size_t count, std::uint32_t* found) noexcept {
  Find<EightLanes>(conditions, flows, count, found);
}
#endif

}  // namespace

bool CanRun(Lanes lanes) noexcept {
  switch (lanes) {
    case Lanes::kPlain:
      return true;
#if defined(__x86_64__)
    case Lanes::kSse42:
      return __builtin_cpu_supports("sse4.2") != 0;
    case Lanes::kAvx2:
      return __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("bmi2") != 0;
    case Lanes::kAvx512:
      return CanRun(Lanes::kAvx2) && __builtin_cpu_supports("avx512f") != 0 &&
             __builtin_cpu_supports("avx512bw") != 0 && __builtin_cpu_supports("avx512dq") != 0 &&
             __builtin_cpu_supports("avx512vl") != 0;
#endif
    default:
      return false;
  }
}

Lanes WidestLanes() noexcept {
  if (CanRun(Lanes::kAvx512)) return Lanes::kAvx512;
  if (CanRun(Lanes::kAvx2)) return Lanes::kAvx2;
  return CanRun(Lanes::kSse42) ? Lanes::kSse42 : Lanes::kPlain;
}

template <int kWords>
FindFlows<kWords> FinderOf(Lanes lanes) noexcept {
#if defined(__x86_64__)
  if (lanes == Lanes::kAvx512) return &FindAvx512<kWords>;
  if (lanes == Lanes::kAvx2) return &FindAvx2<kWords>;
  if (lanes == Lanes::kSse42) return &FindSse42<kWords>;
#endif
  return &FindPlain<kWords>;
}

template FindFlows<0> FinderOf<0>(Lanes) noexcept;
template FindFlows<1> FinderOf<1>(Lanes) noexcept;
template FindFlows<2> FinderOf<2>(Lanes) noexcept;
template FindFlows<4> FinderOf<4>(Lanes) noexcept;

}  // namespace vpcmirror
