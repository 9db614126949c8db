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
  std::uint32_t slots = 0;            // a power of two, at least 2
  std::uint32_t slot_shift = 31;      // 32 less its exponent
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

// Where in a table masked fields belong, of one flow or condition (Lane: std::uint32_t) or of
// several flows at once (a vector of these). word(i): the i-th masked word. Words are mixed
// in one by one as MurmurHash3 does (Austin Appleby, public domain), with its constants: each
// bit reaches the highest ones, which are the slot.
template <class Lane, int kWords, class Word>
[[gnu::always_inline]] inline void FindSlot(const TupleTable<kWords>& table, Word word,
                                            const Lane& ports, Lane& slot) noexcept {
  Lane hash = ports & table.port_mask;
  for (int i = 0; i < kMaskedWords<kWords>; ++i) {
    hash *= 0xcc9e2d51;
    hash ^= hash >> 16;
    hash ^= word(i) & table.mask[i];
  }
  hash *= 0x85ebca6b;
  hash ^= hash >> 16;
  hash *= 0xc2b2ae35;
  slot = hash >> table.slot_shift;
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
