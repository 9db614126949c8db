// Events that say beforehand which memory they will need.
#pragma once

#include <ns3/event-impl.h>

#include <array>
#include <cstddef>

namespace vpcmirror {

// Places in memory that are read or written together.
class MemoryList {
 public:
  // Without effect when the list is full: it is only a hint.
  void Add(const void* place, std::size_t bytes) {
    if (size_ == places_.size()) return;
    places_[size_++] = {static_cast<const char*>(place), bytes};
  }
  bool empty() const { return size_ == 0; }

  // Has the cache fetch it all, side by side instead of one miss after the other.
  void Fetch() const {
    constexpr std::size_t kLine = 64;
    for (std::size_t i = 0; i < size_; ++i) {
      for (std::size_t at = 0; at < places_[i].bytes; at += kLine) {
        __builtin_prefetch(places_[i].begin + at, 1);
      }
    }
  }

 private:
  struct Place {
    const char* begin = nullptr;
    std::size_t bytes = 0;
  };
  std::array<Place, 10> places_;
  std::size_t size_ = 0;
};

// WindowScheduler calls Foresee, then ForeseeMore, shortly before the event's time
// comes. The second may read what the first has had fetched.
class ForeseenEvent : public ns3::EventImpl {
 public:
  virtual void Foresee() const = 0;
  virtual void ForeseeMore() const {}
};

}  // namespace vpcmirror
