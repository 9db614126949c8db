#include "models/ns3/window_scheduler.h"

#include <ns3/simulator.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <typeinfo>
#include <utility>

#include "models/ns3/foreseen_event.h"

namespace vpcmirror {
namespace {

using Event = ns3::Scheduler::Event;

// For the standard library's heaps, whose front is the greatest: the first to come.
struct ComesLater {
  bool operator()(const Event& a, const Event& b) const {
    return a.key.m_ts != b.key.m_ts ? a.key.m_ts > b.key.m_ts : a.key.m_uid > b.key.m_uid;
  }
};

// What is to be called next will be read soon.
void Prefetch(const Event& event) {
  const auto* object = reinterpret_cast<const char*>(event.impl);
  __builtin_prefetch(object);
  __builtin_prefetch(object + 64);
}

// As dynamic_cast, asked once for each of the two or three types that most events are of.
const ForeseenEvent* AsForeseen(const ns3::EventImpl* event) {
  struct Known {
    const std::type_info* type = nullptr;
    bool is_foreseen = false;
  };
  static std::array<Known, 4> known;
  static std::size_t next = 0;
  const std::type_info& type = typeid(*event);
  for (const Known& each : known) {
    if (each.type != &type) continue;
    return each.is_foreseen ? static_cast<const ForeseenEvent*>(event) : nullptr;
  }
  const auto* foreseen = dynamic_cast<const ForeseenEvent*>(event);
  known[next++ % known.size()] = {&type, foreseen != nullptr};
  return foreseen;
}

bool RemoveFrom(std::vector<Event>& events, std::uint32_t uid) {
  const auto found = std::find_if(events.begin(), events.end(),
                                  [&](const Event& event) { return event.key.m_uid == uid; });
  if (found == events.end()) return false;
  *found = events.back();
  events.pop_back();
  return true;
}

}  // namespace

NS_OBJECT_ENSURE_REGISTERED(WindowScheduler);

ns3::TypeId WindowScheduler::GetTypeId() {
  static const ns3::TypeId tid = ns3::TypeId("vpcmirror::WindowScheduler")
                                     .SetParent<ns3::Scheduler>()
                                     .SetGroupName("vpcmirror")
                                     .AddConstructor<WindowScheduler>();
  return tid;
}

void WindowScheduler::Insert(const Event& event) {
  if (!hears_of_the_end_) {
    hears_of_the_end_ = true;
    ns3::Simulator::ScheduleDestroy([foresees = foresees_] { *foresees = false; });
  }
  const std::uint64_t time = event.key.m_ts;
  if (time < near_end_) {
    near_.push_back(event);
    std::push_heap(near_.begin(), near_.end(), ComesLater());
    if (near_.size() > split_at_ && in_buckets_ == 0) Split();
  } else if (time < window_end_) {
    buckets_[(time - window_start_) / width_].push_back(event);
    ++in_buckets_;
  } else {
    later_.push_back(event);
  }
  if (near_.empty()) Refill();
}

bool WindowScheduler::IsEmpty() const { return near_.empty(); }

Event WindowScheduler::PeekNext() const { return near_.front(); }

Event WindowScheduler::RemoveNext() {
  std::pop_heap(near_.begin(), near_.end(), ComesLater());
  const Event next = near_.back();
  near_.pop_back();
  if (near_.empty()) Refill();
  // The front comes next, and one of the two behind it after that.
  for (std::size_t i = 0; i < std::min<std::size_t>(3, near_.size()); ++i) Prefetch(near_[i]);
  return next;
}

void WindowScheduler::Refill() {
  if (in_buckets_ == 0) SpreadLater();
  if (in_buckets_ == 0) {
    split_at_ = std::max(kMany, near_.size() / 4 * 5);
    return;
  }
  while (buckets_[next_bucket_].empty()) ++next_bucket_;
  near_.swap(buckets_[next_bucket_]);
  in_buckets_ -= near_.size();
  ++next_bucket_;
  near_end_ = std::min(window_end_, window_start_ + next_bucket_ * width_);
  std::make_heap(near_.begin(), near_.end(), ComesLater());
  for (const Event& event : near_) Prefetch(event);
  Foresee();
  split_at_ = std::max(kMany, near_.size() / 4 * 5);
}

// Events that are left are taken out after the nodes are gone: the simulator tells
// when it is destroyed.
void WindowScheduler::Foresee() {
  if (!*foresees_) return;
  foreseen_.clear();
  for (const Event& event : near_) {
    if (const auto* foreseen = AsForeseen(event.impl)) foreseen_.push_back(foreseen);
  }
  for (int step = 0; step < ForeseenEvent::kSteps; ++step) {
    for (const ForeseenEvent* event : foreseen_) event->Foresee(step);
  }
}

// Not again before it has grown by a quarter: what is due at one time stays together.
void WindowScheduler::Split() {
  later_.insert(later_.end(), near_.begin(), near_.end());
  near_.clear();
  Refill();
}

// The window reaches as far as three quarters of what is pending, and no more than four
// times as far as the first eighth, so that events of the far future, few or many, do
// not stretch it: what is scheduled a moment ahead has to find a bucket ahead.
void WindowScheduler::SpreadLater() {
  if (later_.size() <= kFew) {
    near_.swap(later_);
    std::make_heap(near_.begin(), near_.end(), ComesLater());
    near_end_ = 0;
    for (const Event& event : near_) near_end_ = std::max(near_end_, event.key.m_ts + 1);
    window_end_ = near_end_;
    return;
  }
  const auto earlier = [](const Event& a, const Event& b) { return a.key.m_ts < b.key.m_ts; };
  const auto most = later_.begin() + static_cast<std::ptrdiff_t>(later_.size() / 4 * 3);
  std::nth_element(later_.begin(), most, later_.end(), earlier);
  const auto few = later_.begin() + static_cast<std::ptrdiff_t>(later_.size() / 8);
  std::nth_element(later_.begin(), few, most, earlier);
  window_start_ = std::min_element(later_.begin(), few + 1, earlier)->key.m_ts;
  const std::uint64_t fourth =
      std::min(few->key.m_ts - window_start_, (most->key.m_ts - window_start_) / 4);
  const std::uint64_t buckets = std::min(kBuckets, later_.size());  // empty ones take time too
  width_ = 4 * fourth / buckets + 1;
  window_end_ = window_start_ + buckets * width_;
  next_bucket_ = 0;
  std::vector<Event> rest;
  for (const Event& event : later_) {
    if (event.key.m_ts < window_end_) {
      buckets_[(event.key.m_ts - window_start_) / width_].push_back(event);
      ++in_buckets_;
    } else {
      rest.push_back(event);
    }
  }
  later_.swap(rest);
}

void WindowScheduler::Remove(const Event& event) {
  if (RemoveFrom(near_, event.key.m_uid)) {
    std::make_heap(near_.begin(), near_.end(), ComesLater());
  } else if (!RemoveFrom(later_, event.key.m_uid)) {
    for (std::vector<Event>& bucket : buckets_) {
      if (!RemoveFrom(bucket, event.key.m_uid)) continue;
      --in_buckets_;
      break;
    }
  }
  if (near_.empty()) Refill();
}

}  // namespace vpcmirror
