#include "models/ns3/window_scheduler.h"

#include <gtest/gtest.h>
#include <ns3/event-impl.h>
#include <ns3/nstime.h>
#include <ns3/object-factory.h>
#include <ns3/object.h>
#include <ns3/simulator.h>

#include <cstdint>
#include <functional>
#include <iterator>
#include <random>
#include <set>
#include <utility>
#include <vector>

#include "models/ns3/foreseen_event.h"

namespace vpcmirror {
namespace {

using Event = ns3::Scheduler::Event;

struct Nothing : ns3::EventImpl {
  void Notify() override {}
};

// The scheduler beside a sorted set, which is right by construction.
class WindowSchedulerTest : public testing::Test {
 protected:
  void Insert(std::uint64_t time) {
    Event event;
    event.impl = &nothing_;
    event.key = {time, next_uid_++, 0};
    scheduler_->Insert(event);
    expected_.insert({time, event.key.m_uid});
  }
  // The time of what came.
  std::uint64_t Remove() {
    EXPECT_FALSE(scheduler_->IsEmpty());
    EXPECT_EQ(scheduler_->PeekNext().key.m_uid, expected_.begin()->second);
    const Event event = scheduler_->RemoveNext();
    EXPECT_EQ(std::pair(event.key.m_ts, event.key.m_uid), *expected_.begin());
    expected_.erase(expected_.begin());
    EXPECT_EQ(scheduler_->IsEmpty(), expected_.empty());
    return event.key.m_ts;
  }
  void RemoveAll() {
    while (!expected_.empty() && !HasFailure()) Remove();
  }

  ns3::Ptr<WindowScheduler> scheduler_ = ns3::CreateObject<WindowScheduler>();
  std::set<std::pair<std::uint64_t, std::uint32_t>> expected_;
  std::uint32_t next_uid_ = 4;
  Nothing nothing_;
  std::mt19937_64 random_{9};
};

// As in a simulation: what comes sets off what comes later, 10 to 20,000 pending.
TEST_F(WindowSchedulerTest, KeepsTheOrderWhateverIsPending) {
  for (const int pending : {10, 300, 3'000, 20'000}) {
    Insert(std::uint64_t{1} << 50);  // the far future, as the end of a run is
    for (int i = 0; i < pending; ++i) Insert(random_() % 1'000'000'000);
    for (int i = 0; i < 3 * pending && !HasFailure(); ++i) {
      const std::uint64_t now = Remove();
      Insert(now + random_() % 1'000'000'000);
      if (i % 5 == 0) Insert(now);                           // at once
      if (i % 7 == 0) Insert(now + random_() % 50'000'000);  // soon
      if (i % 5 == 0 || i % 7 == 0) Remove();
    }
    RemoveAll();
  }
}

TEST_F(WindowSchedulerTest, KeepsTheOrderOfWhatIsDueTogether) {
  for (int i = 0; i < 20'000; ++i) Insert(7);
  for (int i = 0; i < 20'000; ++i) Insert(i % 2 == 0 ? 7 : 8);
  RemoveAll();
}

TEST_F(WindowSchedulerTest, TakesOutWhatIsNotToCome) {
  std::vector<Event> inserted;
  for (int i = 0; i < 5'000; ++i) Insert(random_() % 1'000'000'000);
  for (int i = 0; i < 100; ++i) Remove();
  for (int i = 0; i < 200; ++i) {
    auto victim = expected_.begin();
    std::advance(victim, random_() % expected_.size());
    Event event;
    event.impl = &nothing_;
    event.key = {victim->first, victim->second, 0};
    scheduler_->Remove(event);
    expected_.erase(victim);
  }
  RemoveAll();
  EXPECT_TRUE(scheduler_->IsEmpty());
}

struct Foreseen : ForeseenEvent {
  void Notify() override {}
  void Foresee(int) const override { ++seen; }
  static inline int seen = 0;
};

// What is left at the end is taken out after the nodes have gone, whose memory the
// events would fetch.
TEST(WindowSchedulerEndTest, ForeseesNothingOnceTheSimulationIsDestroyed) {
  for (const std::uint64_t first : {0, 1'000'000}) {
    ns3::Simulator::SetScheduler(ns3::ObjectFactory(WindowScheduler::GetTypeId().GetName()));
    for (std::uint64_t i = 0; i < 5'000; ++i) {
      ns3::Simulator::Schedule(ns3::NanoSeconds(first + 100 * i),
                               ns3::Ptr<ns3::EventImpl>(new Foreseen, false));
    }
    ns3::Simulator::Stop(ns3::NanoSeconds(100'000));
    ns3::Simulator::Run();
    Foreseen::seen = 0;
    ns3::Simulator::Destroy();
    EXPECT_EQ(Foreseen::seen, 0) << first;
  }
}

// Runs 50 us after another event, as a frame arrives; counts whether it was foreseen.
struct Soon : ForeseenEvent {
  void Notify() override {
    ++ran;
    if (foreseen) ++ran_foreseen;
  }
  void Foresee(int) const override { foreseen = true; }
  mutable bool foreseen = false;
  static inline int ran = 0;
  static inline int ran_foreseen = 0;
};

void SendOften() {
  ns3::Simulator::Schedule(ns3::MicroSeconds(50), ns3::Ptr<ns3::EventImpl>(new Soon, false));
  ns3::Simulator::Schedule(ns3::MilliSeconds(100), &SendOften);
}

// 20,000 sources of ten frames a second, beside what waits for the far future.
TEST(WindowSchedulerForesightTest, ForeseesArrivalsWhateverWaitsInTheFarFuture) {
  for (const int far_each : {0, 1, 2}) {
    ns3::Simulator::SetScheduler(ns3::ObjectFactory(WindowScheduler::GetTypeId().GetName()));
    for (int i = 0; i < 20'000; ++i) {
      ns3::Simulator::Schedule(ns3::MicroSeconds(5 * i), &SendOften);
      for (int j = 0; j < far_each; ++j) ns3::Simulator::Schedule(ns3::Seconds(3600), [] {});
    }
    Soon::ran = Soon::ran_foreseen = 0;
    ns3::Simulator::Stop(ns3::MilliSeconds(500));
    ns3::Simulator::Run();
    EXPECT_GT(Soon::ran, 90'000);
    EXPECT_GT(Soon::ran_foreseen, Soon::ran / 10 * 9) << far_each;
    ns3::Simulator::Destroy();
  }
}

}  // namespace
}  // namespace vpcmirror
