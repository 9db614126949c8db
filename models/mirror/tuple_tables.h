// Conditions laid out for comparing many at once, and hash tables that say which.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "models/mirror/packed_flow.h"

namespace vpcmirror {

inline constexpr std::size_t kGroupLanes = 8;

// Up to eight conditions in the order of their index, field by field. Lanes without a
// condition hold for nothing.
template <int kWords>
struct ConditionGroup {
  std::uint32_t value[kMaskedWords<kWords>][kGroupLanes];
  std::uint32_t mask[kMaskedWords<kWords>][kGroupLanes];
  std::uint32_t low[kGroupLanes];
  std::uint32_t high[kGroupLanes];
  std::uint32_t index[kGroupLanes];
};

// What a hash of masked fields leads to: `groups` groups from `first` on. The usual slot is
// empty: nothing has its `best`.
struct Bucket {
  std::uint32_t best = kNoCondition;  // index of its first condition
  std::uint32_t place = 0;            // first group << kFurtherBits | further groups

  static constexpr int kFurtherBits = 4;
  std::uint32_t first() const noexcept { return place >> kFurtherBits; }
  std::uint32_t further() const noexcept { return place & ((1U << kFurtherBits) - 1); }
};
// Conditions of one bucket at most; those beyond go to the conditions of no table.
inline constexpr std::size_t kMaxPerBucket = kGroupLanes << Bucket::kFurtherBits;

// Conditions that all ask for at least the masked bits, found by those bits (a tuple of
// Srinivasan, Suri and Varghese, "Packet classification using tuple space search", 1999;
// merged as by Daly et al., "TupleMerge", 2019).
template <int kWords>
struct TupleTable {
  std::uint32_t mask[kMaskedWords<kWords>] = {};
  std::uint32_t port_mask = 0;
  std::uint32_t best = kNoCondition;  // index of its first condition
  std::uint32_t slot_mask = 0;        // slots - 1; their number is a power of two
  std::size_t first_slot = 0;         // among the slots of all tables
};

template <int kWords>
struct TupleTables {
  std::vector<ConditionGroup<kWords>> groups;  // those of no table come first
  std::size_t loose_groups = 0;                // groups of no table: compared with every flow
  std::vector<TupleTable<kWords>> tables;      // by their `best`
  std::vector<Bucket> slots;
};

// So few are compared one by one with many flows each, more many at a time with one flow.
inline constexpr std::size_t kFew = 16;

// All conditions that can be the first to hold for some flow.
template <int kWords>
struct CompiledConditions {
  std::vector<PackedCondition<kWords>> few;  // by their index; empty where there are tables
  std::unique_ptr<const TupleTables<kWords>> tables;

  // Beside the object itself.
  std::size_t bytes() const;
};

// Spreads masked fields over slots: pairs of words through the 128-bit product that wyhash
// folds (Wang Yi, public domain), with two odd constants of splitmix64 and xxHash.
inline std::uint64_t FoldProduct(std::uint64_t a, std::uint64_t b) noexcept {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a ^ 0x9e3779b97f4a7c15) * (b ^ 0xc2b2ae3d27d4eb4f);
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

// word(i): the i-th masked word of a flow or a condition.
template <int kWords, class Word>
inline std::uint32_t SlotOf(const TupleTable<kWords>& table, Word word,
                            std::uint32_t ports) noexcept {
  const auto masked = [&](int i) { return word(i) & table.mask[i]; };
  const auto pair = [&](int i) { return masked(i) | std::uint64_t{masked(i + 1)} << 32; };
  const std::uint64_t last = masked(2 * kWords) | std::uint64_t{ports & table.port_mask} << 32;
  std::uint64_t hash = 0;
  if constexpr (kWords == 0) hash = FoldProduct(last, 0);
  if constexpr (kWords == 1) hash = FoldProduct(pair(0), last);
  if constexpr (kWords == 2) hash = FoldProduct(FoldProduct(pair(0), pair(2)), last);
  if constexpr (kWords == 4) {
    hash = FoldProduct(FoldProduct(pair(0), pair(2)), FoldProduct(pair(4), pair(6)));
    hash = FoldProduct(hash, last);
  }
  return static_cast<std::uint32_t>(hash) & table.slot_mask;
}

enum class Shape : std::uint8_t {
  kByCost,      // what is cheapest for these conditions
  kCompareAll,  // no tables
  kTables,      // as many in tables as can be, however few they are
};

// `conditions` by rising index.
template <int kWords>
CompiledConditions<kWords> Compile(std::vector<PackedCondition<kWords>> conditions, Shape shape);

}  // namespace vpcmirror
