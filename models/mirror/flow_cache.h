// What was decided about a flow, remembered.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>

#include "models/wire/flow_key.h"

namespace vpcmirror {

namespace internal {

// Addresses of IPv4; ports, protocol and that the place is taken.
struct Ipv4CacheKey {
  std::uint64_t addresses = 0;
  std::uint64_t rest = 0;

  Ipv4CacheKey() = default;
  explicit Ipv4CacheKey(const FlowKey& flow) noexcept;
  // 0 when they are the same.
  std::uint64_t Difference(const Ipv4CacheKey& other) const noexcept {
    return (addresses ^ other.addresses) | (rest ^ other.rest);
  }
};

// Of IPv6, and of addresses of two families.
struct WideCacheKey {
  std::uint64_t addresses[4] = {};
  std::uint64_t rest = 0;

  WideCacheKey() = default;
  explicit WideCacheKey(const FlowKey& flow) noexcept;
  std::uint64_t Difference(const WideCacheKey& other) const noexcept;
};

template <class Key>
struct CachePlace {
  Key key;
  std::uint32_t tag = 0;
  std::uint32_t hits = 0;  // and one for being stored; halved when its neighbour is driven out
  std::uint64_t value = 0;

  std::uint64_t Difference(const Key& of, std::uint32_t tagged) const noexcept {
    return key.Difference(of) | (tag ^ tagged);
  }
};

// Two places that a flow may take. Of IPv4, one line of an x86 or ARM cache.
template <class Key>
struct alignas(64) CacheSet {
  CachePlace<Key> places[2];
};
static_assert(sizeof(CacheSet<Ipv4CacheKey>) == 64);
static_assert(sizeof(CacheSet<WideCacheKey>) == 128);

template <class Key>
class CacheSets {
 public:
  // At least one, unless `bytes` is 0.
  explicit CacheSets(std::size_t bytes);

  const std::uint64_t* Find(const Key& key, std::uint64_t hash, std::uint32_t tag) const noexcept;
  void Store(const Key& key, std::uint64_t hash, std::uint32_t tag, std::uint64_t value) noexcept;
  // Requires has_any().
  void Prefetch(std::uint64_t hash) const noexcept { __builtin_prefetch(&SetOf(hash)); }

  bool has_any() const { return sets_ != nullptr; }
  std::size_t bytes() const { return count_ * sizeof(CacheSet<Key>); }

 private:
  // The upper half of the hash as a fraction of the sets.
  CacheSet<Key>& SetOf(std::uint64_t hash) const noexcept {
    return sets_[(hash >> 32) * count_ >> 32];
  }

  std::size_t count_;
  std::unique_ptr<CacheSet<Key>[]> sets_;
};

}  // namespace internal

// One per thread (Find counts too), for any number of taps. Memory is bounded and
// fixed at construction; a flow that has no room drives another one out. Keys are
// compared whole: two flows with one hash never share a value.
class FlowCache {
 public:
  // At most `bytes` of memory, seven eighths of it for IPv4 flows of 32 bytes each, the
  // rest for flows of 64 bytes; at least two flows of either. 0: nothing is ever found.
  explicit FlowCache(std::size_t bytes);

  // The value stored under {flow, tag} until the next Store, or null. `hash` is any good hash of
  // the flow, the same for one flow each time.
  const std::uint64_t* Find(const FlowKey& flow, std::uint64_t hash,
                            std::uint32_t tag) const noexcept {
    if (!ipv4_.has_any()) return nullptr;
    if (!IsIpv4(flow)) return FindWide(flow, hash, tag);
    return ipv4_.Find(internal::Ipv4CacheKey(flow), hash, tag);
  }
  // Stores a value, whatever was there before.
  void Store(const FlowKey& flow, std::uint64_t hash, std::uint32_t tag,
             std::uint64_t value) noexcept;
  // Brings the place of an IPv4 flow near, for batches.
  void Prefetch(std::uint64_t hash) const noexcept {
    if (ipv4_.has_any()) ipv4_.Prefetch(hash);
  }

  std::size_t bytes() const { return ipv4_.bytes() + wide_.bytes(); }

 private:
  static bool IsIpv4(const FlowKey& flow) { return flow.source.is_v4() & flow.destination.is_v4(); }
  // Apart, so that the short way of IPv4 saves no registers for it.
  const std::uint64_t* FindWide(const FlowKey& flow, std::uint64_t hash,
                                std::uint32_t tag) const noexcept;

  internal::CacheSets<internal::Ipv4CacheKey> ipv4_;
  internal::CacheSets<internal::WideCacheKey> wide_;
};

namespace internal {

// What is left of a key beside its addresses, and that the place is taken.
inline std::uint64_t PortsAndRest(const FlowKey& flow) noexcept {
  constexpr std::uint32_t kTaken = 0x80000000;
  const std::uint32_t rest = flow.protocol | static_cast<std::uint32_t>(flow.ports) << 8 |
                             static_cast<std::uint32_t>(flow.source.family()) << 16 |
                             static_cast<std::uint32_t>(flow.destination.family()) << 17 | kTaken;
  return flow.source_port | std::uint64_t{flow.destination_port} << 16 | std::uint64_t{rest} << 32;
}

inline Ipv4CacheKey::Ipv4CacheKey(const FlowKey& flow) noexcept : rest(PortsAndRest(flow)) {
  std::uint32_t from = 0;
  std::uint32_t to = 0;
  std::memcpy(&from, flow.source.octets().data(), sizeof from);
  std::memcpy(&to, flow.destination.octets().data(), sizeof to);
  addresses = from | std::uint64_t{to} << 32;
}

// Hits are counted up to here. A flow that is asked for often is no longer written to:
// loads behind a store whose address is not known yet would wait for it (measured with
// g++ 12 on an AMD EPYC of family 25, 1,000 flows: 6.7 ns a lookup instead of 9.9).
inline constexpr std::uint32_t kManyHits = 15;

template <class Key>
inline const std::uint64_t* CacheSets<Key>::Find(const Key& key, std::uint64_t hash,
                                                 std::uint32_t tag) const noexcept {
  CachePlace<Key>* const places = SetOf(hash).places;
  // Which of the two it is is not branched on: it could not be guessed.
  const std::uint64_t first = places[0].Difference(key, tag);
  const std::uint64_t second = places[1].Difference(key, tag);
  if (std::min(first, second) != 0) return nullptr;
  CachePlace<Key>& place = places[second < first ? 1 : 0];
  if (place.hits < kManyHits) ++place.hits;
  return &place.value;
}

}  // namespace internal

}  // namespace vpcmirror
