#include "models/mirror/flow_cache.h"

namespace vpcmirror {
namespace internal {

WideCacheKey::WideCacheKey(const FlowKey& flow) noexcept : rest(PortsAndRest(flow)) {
  const auto from = flow.source.octets();
  const auto to = flow.destination.octets();
  std::memcpy(&addresses[0], from.data(), from.size());
  std::memcpy(&addresses[2], to.data(), to.size());
}

std::uint64_t WideCacheKey::Difference(const WideCacheKey& other) const noexcept {
  std::uint64_t different = rest ^ other.rest;
  for (int i = 0; i < 4; ++i) different |= addresses[i] ^ other.addresses[i];
  return different;
}

template <class Key>
CacheSets<Key>::CacheSets(std::size_t bytes)
    : count_(bytes == 0 ? 0 : std::max<std::size_t>(1, bytes / sizeof(CacheSet<Key>))),
      sets_(count_ == 0 ? nullptr : new CacheSet<Key>[count_]) {}

// Drives out the flow that was asked for less often. Under Zipf's law that loses fewer
// flows than driving out the older one.
template <class Key>
void CacheSets<Key>::Store(const Key& key, std::uint64_t hash, std::uint32_t tag,
                           std::uint64_t value) noexcept {
  CachePlace<Key>* const places = SetOf(hash).places;
  std::size_t victim = places[1].hits < places[0].hits ? 1 : 0;
  for (std::size_t i = 0; i < 2; ++i) {
    if (places[i].Difference(key, tag) == 0) victim = i;
  }
  places[1 - victim].hits /= 2;
  // As if asked for once, so that of two flows without hits the older one leaves.
  places[victim] = {.key = key, .tag = tag, .hits = 1, .value = value};
}

}  // namespace internal

namespace {

// One part in so many is for IPv6.
constexpr std::size_t kWideShare = 8;

}  // namespace

// The part for IPv6 is at least a byte, which is one set, so that there is room for either.
FlowCache::FlowCache(std::size_t bytes)
    : ipv4_(bytes - bytes / kWideShare),
      wide_(bytes == 0 ? 0 : std::max<std::size_t>(1, bytes / kWideShare)) {}

const std::uint64_t* FlowCache::FindWide(const FlowKey& flow, std::uint64_t hash,
                                         std::uint32_t tag) const noexcept {
  return wide_.Find(internal::WideCacheKey(flow), hash, tag);
}

void FlowCache::Store(const FlowKey& flow, std::uint64_t hash, std::uint32_t tag,
                      std::uint64_t value) noexcept {
  if (!ipv4_.has_any()) return;
  if (IsIpv4(flow)) {
    ipv4_.Store(internal::Ipv4CacheKey(flow), hash, tag, value);
  } else {
    wide_.Store(internal::WideCacheKey(flow), hash, tag, value);
  }
}

}  // namespace vpcmirror
