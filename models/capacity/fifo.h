// First in, first out, in memory that grows with what it holds.
#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace vpcmirror {

// Unlike std::deque it takes no memory while it has never held anything, which a
// deployment of 100,000 mostly empty queues needs.
template <class T>
class Fifo {
 public:
  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }

  // Of 0 for the first to come up to size() - 1.
  T& operator[](std::size_t i) { return ring_[(first_ + i) & (ring_.size() - 1)]; }
  const T& operator[](std::size_t i) const { return ring_[(first_ + i) & (ring_.size() - 1)]; }
  const T& front() const { return (*this)[0]; }
  const T& back() const { return (*this)[size_ - 1]; }

  void push_back(const T& value) {
    if (size_ == ring_.size()) Grow();
    (*this)[size_] = value;
    ++size_;
  }
  void pop_front() {
    first_ = (first_ + 1) & (ring_.size() - 1);
    --size_;
  }
  void pop_back() { --size_; }

 private:
  // Starts small: most queues of a large deployment never hold more than a few.
  void Grow() {
    constexpr std::size_t kFirst = 4;
    std::vector<T> larger(std::max(kFirst, ring_.size() * 2));
    for (std::size_t i = 0; i < size_; ++i) larger[i] = (*this)[i];
    ring_ = std::move(larger);
    first_ = 0;
  }

  std::vector<T> ring_;  // a power of two long, or empty
  std::size_t first_ = 0;
  std::size_t size_ = 0;
};

}  // namespace vpcmirror
