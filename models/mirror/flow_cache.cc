#include "models/mirror/flow_cache.h"

#include <algorithm>
#include <utility>

namespace vpcmirror {
namespace internal {

template <class Key>
CacheSets<Key>::CacheSets(std::size_t bytes)
    : count_(std::max<std::size_t>(1, bytes / sizeof(CacheSet<Key>))),
      sets_(new CacheSet<Key>[count_]),
      can_store_(bytes != 0) {}

template <class Key>
[[gnu::noinline]] const FlowMemory* CacheSets<Key>::FindTried(CacheSet<Key>& set, Key key,
                                                              std::uint32_t tag) noexcept {
  strayed_ = true;
  if (!set.tried.Holds(key, tag)) return nullptr;
  std::swap(set.kept, set.tried);
  return &set.kept.memory;
}

template <class Key>
void CacheSets<Key>::Store(const Key& key, const FlowMemory& memory) noexcept {
  if (!can_store_) return;
  CacheSet<Key>& set = SetOf(key, memory.tag);
  const bool is_kept = set.kept.memory.tag == kNoTag || set.kept.Holds(key, memory.tag);
  (is_kept ? set.kept : set.tried) = {.key = key, .memory = memory};
}

template class CacheSets<Ipv4FlowWords>;
template class CacheSets<WideFlowWords>;

}  // namespace internal

namespace {

// One part in so many is for IPv6.
constexpr std::size_t kWideShare = 8;

}  // namespace

// The part for IPv6 is at least a byte, which is one set, so that there is room for either.
FlowCache::FlowCache(std::size_t bytes)
    : ipv4_(bytes - bytes / kWideShare),
      wide_(bytes == 0 ? 0 : std::max<std::size_t>(1, bytes / kWideShare)) {}

const FlowMemory* FlowCache::FindWide(const FlowKey& flow, std::uint32_t tag) noexcept {
  return wide_.Find(WideFlowWordsOf(flow), tag);
}

void FlowCache::Store(const FlowKey& flow, const FlowMemory& memory) noexcept {
  if (IsIpv4(flow)) {
    ipv4_.Store(Ipv4FlowWordsOf(flow), memory);
  } else {
    wide_.Store(WideFlowWordsOf(flow), memory);
  }
}

}  // namespace vpcmirror
