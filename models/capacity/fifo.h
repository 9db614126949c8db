// First in, first out, in memory that grows with what it holds.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

namespace vpcmirror {

// Unlike std::deque it takes no memory while it has never held anything, which a
// deployment of 100,000 mostly empty queues needs.
template <class T>
class Fifo {
 public:
  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }

  // Of 0 for the first to come up to size() - 1.
  T& operator[](std::size_t i) { return ring_[(first_ + i) & (room_ - 1)]; }
  const T& operator[](std::size_t i) const { return ring_[(first_ + i) & (room_ - 1)]; }
  const T& front() const { return (*this)[0]; }
  const T& back() const { return (*this)[size_ - 1]; }

  // At most 2^31 at once.
  void push_back(const T& value) {
    if (size_ == room_) Grow();
    (*this)[size_] = value;
    ++size_;
  }
  void pop_front() {
    // Where few wait, always at the same place, which stays in the cache.
    first_ = --size_ == 0 ? 0 : (first_ + 1) & (room_ - 1);
  }
  void pop_back() { --size_; }

  // Has the cache fetch the place of the first.
  void Fetch() const { __builtin_prefetch(ring_.get() + first_, 1); }

 private:
  // Starts small: most queues of a large deployment never hold more than a few.
  void Grow() {
    constexpr std::uint32_t kFirst = 4;
    const std::uint32_t room = std::max(kFirst, room_ * 2);
    auto larger = std::make_unique<T[]>(room);
    for (std::uint32_t i = 0; i < size_; ++i) larger[i] = (*this)[i];
    ring_ = std::move(larger);
    room_ = room;
    first_ = 0;
  }

  std::unique_ptr<T[]> ring_;  // null: it has never held anything
  std::uint32_t room_ = 0;     // a power of two, or 0
  std::uint32_t first_ = 0;
  std::uint32_t size_ = 0;
};

}  // namespace vpcmirror
