// What was decided about a flow, remembered.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "models/wire/flow_key.h"
#include "models/wire/hash.h"

namespace vpcmirror {

// What is remembered of a flow by whoever has the tag.
struct FlowMemory {
  std::uint64_t hash = 0;
  std::uint32_t verdict = 0;
  std::uint32_t tag = 0;
};

namespace internal {

// No caller's: the tag of a place that was never stored to.
inline constexpr std::uint32_t kNoTag = 0xffffffff;

// Where a flow has its places, in the upper half. Not FlowHash, which has to be good for more
// and takes longer; every bit of the words reaches that half.
inline std::uint64_t PlaceHash(const Ipv4FlowWords& flow, std::uint32_t tag) noexcept {
  return (flow.addresses ^ (flow.rest + tag) * kWyhashSecret[0]) * kWyhashSecret[1];
}
inline std::uint64_t PlaceHash(const WideFlowWords& flow, std::uint32_t tag) noexcept {
  const std::uint64_t ends =
      FoldedProduct(flow.addresses[0] ^ kWyhashSecret[0], flow.addresses[1] ^ kWyhashSecret[1]) ^
      FoldedProduct(flow.addresses[2] ^ kWyhashSecret[2], flow.addresses[3] ^ kWyhashSecret[3]);
  return (ends ^ (flow.rest + tag) * kWyhashSecret[0]) * kWyhashSecret[1];
}

template <class Key>
struct CachePlace {
  Key key;
  FlowMemory memory{.tag = kNoTag};

  bool Holds(const Key& of, std::uint32_t tag) const noexcept {
    return key == of && memory.tag == tag;
  }
};

// Two places that a flow may take: one that flows asked for again keep, and one that every
// flow has to pass first, so that flows of a single frame drive out no others. Of IPv4, one
// line of an x86 or ARM cache.
template <class Key>
struct alignas(64) CacheSet {
  CachePlace<Key> kept;
  CachePlace<Key> tried;
};
static_assert(sizeof(CacheSet<Ipv4FlowWords>) == 64);
static_assert(sizeof(CacheSet<WideFlowWords>) == 128);

template <class Key>
class CacheSets {
 public:
  // At least one; of 0 bytes, one that nothing is stored in.
  explicit CacheSets(std::size_t bytes);

  const FlowMemory* Find(Key key, std::uint32_t tag) noexcept {
    CacheSet<Key>& set = SetOf(key, tag);
    // That it is this place can be guessed: a flow asked for again has moved here.
    if (!set.kept.Holds(key, tag)) [[unlikely]]
      return FindTried(set, key, tag);
    return &set.kept.memory;
  }
  // The same, without a look at the other place.
  const FlowMemory* FindKept(const Key& key, std::uint32_t tag) const noexcept {
    const CacheSet<Key>& set = SetOf(key, tag);
    return set.kept.Holds(key, tag) ? &set.kept.memory : nullptr;
  }
  void Store(const Key& key, const FlowMemory& memory) noexcept;
  void Prefetch(const Key& key, std::uint32_t tag) const noexcept {
    __builtin_prefetch(&SetOf(key, tag));
  }

  // Whether a flow was looked for beyond its first place since this was asked last.
  bool StrayedSinceAsked() noexcept { return std::exchange(strayed_, false); }

  std::size_t bytes() const { return can_store_ ? count_ * sizeof(CacheSet<Key>) : 0; }

 private:
  // Apart, and with a key that stays in registers, so that the usual way saves none for it.
  const FlowMemory* FindTried(CacheSet<Key>& set, Key key, std::uint32_t tag) noexcept;
  // The upper half of the hash as a fraction of the sets.
  CacheSet<Key>& SetOf(const Key& key, std::uint32_t tag) const noexcept {
    return sets_[(PlaceHash(key, tag) >> 32) * count_ >> 32];
  }

  std::size_t count_;
  std::unique_ptr<CacheSet<Key>[]> sets_;
  bool can_store_;
  bool strayed_ = true;
};

}  // namespace internal

// One per thread (Find moves what it finds), for any number of taps. Memory is bounded and
// fixed at construction; a flow that has no room drives another one out. Keys are
// compared whole: two flows with one hash are never taken for each other.
class FlowCache {
 public:
  // At most `bytes` of memory, seven eighths of it for IPv4 flows of 32 bytes each, the
  // rest for flows of 64 bytes; at least two flows of either. 0: nothing is ever found.
  explicit FlowCache(std::size_t bytes);

  // What was stored last of this flow with this tag, until the next call; null when it is not
  // known (any more). `tag` is any number but 2^32 - 1.
  const FlowMemory* Find(const FlowKey& flow, std::uint32_t tag) noexcept {
    if (!IsIpv4(flow)) [[unlikely]]
      return FindWide(flow, tag);
    return ipv4_.Find(Ipv4FlowWordsOf(flow), tag);
  }
  // The same of flows read as words, and only of those in the first of their places: stored
  // while it was empty, or found by Find since.
  const FlowMemory* FindKept(const Ipv4FlowWords& flow, std::uint32_t tag) const noexcept {
    return ipv4_.FindKept(flow, tag);
  }
  const FlowMemory* FindKept(const WideFlowWords& flow, std::uint32_t tag) const noexcept {
    return wide_.FindKept(flow, tag);
  }
  // Stores, whatever was there before.
  void Store(const FlowKey& flow, const FlowMemory& memory) noexcept;
  // Whether an IPv4 flow was looked for beyond its first place since this was asked last.
  // Where some of a batch were, flows are so many that it pays to Prefetch all of the next
  // batch; where they are few that only takes time.
  bool StrayedSinceAsked() noexcept { return ipv4_.StrayedSinceAsked(); }
  // Brings the place of an IPv4 flow near; of another flow, some place for nothing: to tell
  // them apart took half as long again for 100,000 flows (docs/performance.md).
  void Prefetch(const FlowKey& flow, std::uint32_t tag) const noexcept {
    ipv4_.Prefetch(Ipv4FlowWordsOf(flow), tag);
  }

  std::size_t bytes() const { return ipv4_.bytes() + wide_.bytes(); }

 private:
  // Without a branch.
  static bool IsIpv4(const FlowKey& flow) {
    return (int{flow.source.is_v4()} & int{flow.destination.is_v4()}) != 0;
  }
  const FlowMemory* FindWide(const FlowKey& flow, std::uint32_t tag) noexcept;

  internal::CacheSets<Ipv4FlowWords> ipv4_;
  internal::CacheSets<WideFlowWords> wide_;
};

}  // namespace vpcmirror
