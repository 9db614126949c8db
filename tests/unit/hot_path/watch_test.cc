#include "tests/unit/hot_path/watch.h"

#include <dlfcn.h>
#include <gtest/gtest.h>
#include <malloc.h>
#include <pthread.h>

#include <cstdlib>
#include <memory>
#include <mutex>
#include <new>
#include <shared_mutex>
#include <stdexcept>
#include <vector>

namespace vpcmirror {
namespace {

thread_local bool watching = false;
thread_local Watched watched;

void* Allocate(std::size_t bytes, std::size_t alignment) {
  // aligned_alloc wants a multiple of the alignment.
  const std::size_t rounded = (bytes + alignment - 1) / alignment * alignment;
  void* const memory = alignment <= alignof(std::max_align_t)
                           ? std::malloc(bytes)
                           : std::aligned_alloc(alignment, rounded);
  if (memory == nullptr) throw std::bad_alloc();
  if (watching) {
    ++watched.allocations;
    watched.kept_bytes += static_cast<std::ptrdiff_t>(malloc_usable_size(memory));
  }
  return memory;
}

void Free(void* memory) {
  if (watching) watched.kept_bytes -= static_cast<std::ptrdiff_t>(malloc_usable_size(memory));
  std::free(memory);
}

// The function that ours stands before.
template <class Function>
Function* Next(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

void CountLock() {
  if (watching) ++watched.locks;
}

}  // namespace

Watch::Watch() {
  watched = {};
  watching = true;
}
Watch::~Watch() { watching = false; }
Watched Watch::seen() const { return watched; }

}  // namespace vpcmirror

void* operator new(std::size_t bytes) {
  return vpcmirror::Allocate(bytes, alignof(std::max_align_t));
}
void* operator new[](std::size_t bytes) {
  return vpcmirror::Allocate(bytes, alignof(std::max_align_t));
}
void* operator new(std::size_t bytes, std::align_val_t alignment) {
  return vpcmirror::Allocate(bytes, static_cast<std::size_t>(alignment));
}
void* operator new[](std::size_t bytes, std::align_val_t alignment) {
  return vpcmirror::Allocate(bytes, static_cast<std::size_t>(alignment));
}
void operator delete(void* memory) noexcept { vpcmirror::Free(memory); }
void operator delete[](void* memory) noexcept { vpcmirror::Free(memory); }
void operator delete(void* memory, std::size_t) noexcept { vpcmirror::Free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { vpcmirror::Free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { vpcmirror::Free(memory); }
void operator delete[](void* memory, std::align_val_t) noexcept { vpcmirror::Free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
  vpcmirror::Free(memory);
}
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept {
  vpcmirror::Free(memory);
}
// Of the sanitizer's library, unlike the standard one's, these would not ask the above.
void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept {
  return ::operator new(bytes);
}
void* operator new[](std::size_t bytes, const std::nothrow_t&) noexcept {
  return ::operator new[](bytes);
}

extern "C" {

int pthread_mutex_lock(pthread_mutex_t* mutex) noexcept {
  static const auto next = vpcmirror::Next<int(pthread_mutex_t*)>("pthread_mutex_lock");
  vpcmirror::CountLock();
  return next(mutex);
}

int pthread_rwlock_rdlock(pthread_rwlock_t* lock) noexcept {
  static const auto next = vpcmirror::Next<int(pthread_rwlock_t*)>("pthread_rwlock_rdlock");
  vpcmirror::CountLock();
  return next(lock);
}

int pthread_rwlock_wrlock(pthread_rwlock_t* lock) noexcept {
  static const auto next = vpcmirror::Next<int(pthread_rwlock_t*)>("pthread_rwlock_wrlock");
  vpcmirror::CountLock();
  return next(lock);
}

// Of the C++ ABI: every throw begins here.
void* __cxa_allocate_exception(std::size_t bytes) noexcept {
  static const auto next = vpcmirror::Next<void*(std::size_t)>("__cxa_allocate_exception");
  if (vpcmirror::watching) ++vpcmirror::watched.exceptions;
  return next(bytes);
}

}  // extern "C"

namespace vpcmirror {
namespace {

TEST(WatchTest, SeesNothingWhereNothingIsDone) {
  const Watch watch;
  const Watched seen = watch.seen();
  EXPECT_EQ(seen.allocations + seen.locks + seen.exceptions, 0u);
  EXPECT_EQ(seen.kept_bytes, 0);
}

TEST(WatchTest, SeesAllocations) {
  struct alignas(64) Line {
    char octets[64];
  };
  const Watch watch;
  const std::vector<int> ints(10);
  const auto line = std::make_unique<Line>();
  const auto array = std::make_unique<char[]>(3);
  EXPECT_EQ(watch.seen().allocations, 3u);
  EXPECT_GE(watch.seen().kept_bytes, static_cast<std::ptrdiff_t>(10 * sizeof(int) + 64 + 3));
}

TEST(WatchTest, CountsNoByteThatIsFreed) {
  const Watch watch;
  { const std::vector<int> ints(10); }
  EXPECT_EQ(watch.seen().kept_bytes, 0);
}

TEST(WatchTest, SeesLocks) {
  std::mutex mutex;
  std::shared_mutex shared;
  const Watch watch;
  { const std::lock_guard lock(mutex); }
  { const std::shared_lock lock(shared); }
  { const std::unique_lock lock(shared); }
  EXPECT_EQ(watch.seen().locks, 3u);
}

TEST(WatchTest, SeesExceptionsThatAreCaught) {
  const Watch watch;
  try {
    throw std::runtime_error("caught");
  } catch (const std::runtime_error&) {
  }
  EXPECT_EQ(watch.seen().exceptions, 1u);
}

}  // namespace
}  // namespace vpcmirror
