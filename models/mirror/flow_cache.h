// What was decided about a flow, remembered.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "models/wire/flow_key.h"

namespace vpcmirror {

// One per thread (Find counts too), for any number of taps. Memory is bounded and
// fixed at construction; a flow that has no room drives another one out. Keys are
// compared whole: two flows with one hash never share a value.
class FlowCache {
 public:
  // At most `bytes` of memory, seven eighths of it for IPv4 flows of 32 bytes each, the
  // rest for flows of 64 bytes; at least two flows of either. 0: nothing is ever found.
  explicit FlowCache(std::size_t bytes);
  ~FlowCache();
  FlowCache(FlowCache&&) noexcept;
  FlowCache& operator=(FlowCache&&) noexcept;

  // The value stored under {flow, tag} until the next Store, or null. `hash` is any good hash of
  // the flow, the same for one flow each time.
  const std::uint64_t* Find(const FlowKey& flow, std::uint64_t hash,
                            std::uint32_t tag) const noexcept;
  // Stores a value, whatever was there before.
  void Store(const FlowKey& flow, std::uint64_t hash, std::uint32_t tag,
             std::uint64_t value) noexcept;
  // Brings the place of an IPv4 flow near, for batches.
  void Prefetch(std::uint64_t hash) const noexcept;

  std::size_t bytes() const;

 private:
  struct Table;
  std::unique_ptr<Table> table_;
};

}  // namespace vpcmirror
