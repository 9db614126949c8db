// Events that say beforehand which memory they will need.
#pragma once

#include <ns3/event-impl.h>

#include <cstddef>
#include <cstdint>

namespace vpcmirror {

// Has the cache fetch what is there while the caller goes on. A hint: any address will do.
inline void FetchMemory(const void* place, std::size_t bytes) {
  constexpr std::uintptr_t kLine = 64;
  const auto begin = reinterpret_cast<std::uintptr_t>(place);
  for (std::uintptr_t line = begin & ~(kLine - 1); line < begin + bytes; line += kLine) {
    __builtin_prefetch(reinterpret_cast<const void*>(line), 1);
  }
}

// WindowScheduler calls Foresee of all events of a short time shortly before it comes:
// first of all of them with step 0, then with step 1, up to kSteps - 1. What one step
// has had fetched, the next may read.
class ForeseenEvent : public ns3::EventImpl {
 public:
  static constexpr int kSteps = 5;
  virtual void Foresee(int step) const = 0;
};

}  // namespace vpcmirror
