// The event queue of simulations with many pending events.
#pragma once

#include <ns3/scheduler.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace vpcmirror {

class ForeseenEvent;

// Events of the near future lie in buckets of equal length, unsorted, and only
// the bucket whose time has come is made a heap; the others wait in a list until
// the buckets are used up. So what is pending is not touched while it waits,
// where one heap of 100,000 events misses the cache at each of its levels. With
// few events, and whatever their times, it is one binary heap.
class WindowScheduler : public ns3::Scheduler {
 public:
  static ns3::TypeId GetTypeId();

  void Insert(const Event& event) override;
  bool IsEmpty() const override;
  Event PeekNext() const override;
  Event RemoveNext() override;
  // Takes as long as there are events.
  void Remove(const Event& event) override;

 private:
  static constexpr std::size_t kBuckets = 4096;
  static constexpr std::size_t kFew = 256;    // events, for which one heap is enough
  static constexpr std::size_t kMany = 1024;  // events, for which it is not

  // Fills near_ with what comes next, unless nothing is pending.
  void Refill();
  void SpreadLater();
  // Makes a window of a heap that has grown large.
  void Split();
  void Foresee();

  std::vector<Event> near_;  // a heap: all that is due before near_end_
  std::uint64_t near_end_ = 0;
  std::size_t split_at_ = kMany;  // events in near_
  // Bucket i is for times from window_start_ + i * width_ on.
  std::array<std::vector<Event>, kBuckets> buckets_;
  std::size_t next_bucket_ = kBuckets;
  std::size_t in_buckets_ = 0;
  std::uint64_t window_start_ = 0;
  std::uint64_t window_end_ = 0;
  std::uint64_t width_ = 1;
  // Until the simulation is destroyed: what events would fetch is gone by then.
  // Shared with the simulator, which may outlive this.
  std::shared_ptr<bool> foresees_ = std::make_shared<bool>(true);
  bool hears_of_the_end_ = false;
  std::vector<const ForeseenEvent*> foreseen_;  // in Refill only: room that is used again
  std::vector<Event> later_;                    // due at window_end_ or later
};

}  // namespace vpcmirror
