// Counts what the hot path must not do: this program's operator new, its mutexes
// and its exceptions are replaced by ones that count (watch_test.cc).
#pragma once

#include <cstddef>

namespace vpcmirror {

struct Watched {
  std::size_t allocations = 0;
  std::ptrdiff_t kept_bytes = 0;  // allocated and not freed, as the allocator rounds them
  std::size_t locks = 0;
  std::size_t exceptions = 0;
};

// From its construction on, on this thread. Not to be nested.
class Watch {
 public:
  Watch();
  ~Watch();
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  Watched seen() const;
};

}  // namespace vpcmirror
