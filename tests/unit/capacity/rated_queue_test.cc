#include "models/capacity/rated_queue.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <stdexcept>
#include <vector>

namespace vpcmirror {
namespace {

constexpr BitsPerSecond Gbps(std::int64_t n) { return BitsPerSecond(n * 1'000'000'000); }

// 1,500 bytes at 6 Gbit/s: 12,000 bit / 6 = 2,000 ns.
TEST(RatedQueueTest, FrameDepartsWhenItHasBeenSerialised) {
  RatedQueue queue({.rates = {.bandwidth = Gbps(6)}});
  EXPECT_EQ(queue.Accept(Picoseconds(100), Bytes(1500), 0), Picoseconds(2'000'100));
  EXPECT_EQ(queue.Accept(Picoseconds(100), Bytes(1500), 0), Picoseconds(4'000'100));
}

// 64 bytes at 400 Gbit/s last 512 / 400 = 1.28 ns: a million of them 1.28 ms.
TEST(RatedQueueTest, PacesSmallFramesAtTheHighestRateExactly) {
  RatedQueue queue({.rates = {.bandwidth = Gbps(400)}, .room = {.frames = 1'000'000}});
  Picoseconds last{};
  for (int i = 0; i < 1'000'000; ++i) last = queue.Accept(Picoseconds(0), Bytes(64), 0);
  EXPECT_EQ(last, Picoseconds(1'280'000'000));
}

// 1.5 Mpps: 666.67 ns a frame, which binds before 64 bytes at 6 Gbit/s (85 ns)
// and after 1,500 bytes (2,000 ns).
TEST(RatedQueueTest, TheLaterOfTheTwoLimitsCounts) {
  RatedQueue small({.rates = {.bandwidth = Gbps(6), .packet_rate = PacketsPerSecond(1'500'000)}});
  EXPECT_EQ(small.Accept(Picoseconds(0), Bytes(64), 0), Picoseconds(666'667));
  EXPECT_EQ(small.Binding(), BindingLimit::kPacketRate);
  RatedQueue large({.rates = {.bandwidth = Gbps(6), .packet_rate = PacketsPerSecond(1'500'000)}});
  EXPECT_EQ(large.Accept(Picoseconds(0), Bytes(1500), 0), Picoseconds(2'000'000));
  EXPECT_EQ(large.Binding(), BindingLimit::kBandwidth);
}

TEST(RatedQueueTest, WithoutLimitsNothingWaits) {
  RatedQueue queue({});
  EXPECT_EQ(queue.Accept(Picoseconds(7), Bytes(9000), 0), Picoseconds(7));
  EXPECT_EQ(queue.Waiting(Picoseconds(7)), 0u);
}

TEST(RatedQueueTest, IsFullWithItsFramesAndHasRoomAgainWhenOneDeparts) {
  RatedQueue queue({.rates = {.bandwidth = Gbps(6)}, .room = {.frames = 2}});
  queue.Accept(Picoseconds(0), Bytes(1500), 1);
  EXPECT_FALSE(queue.IsFull(Picoseconds(0), Bytes(64)));
  queue.Accept(Picoseconds(0), Bytes(1500), 2);
  EXPECT_TRUE(queue.IsFull(Picoseconds(1'999'999), Bytes(64)));
  EXPECT_FALSE(queue.IsFull(Picoseconds(2'000'000), Bytes(64)));
}

TEST(RatedQueueTest, TellsWhichFramesWait) {
  RatedQueue queue({.rates = {.bandwidth = Gbps(6)}});
  for (std::uint64_t tag = 1; tag <= 20; ++tag) queue.Accept(Picoseconds(0), Bytes(1500), tag);
  std::vector<std::uint64_t> tags;
  queue.ForEachWaiting(Picoseconds(2'000'000 * 17),
                       [&](const WaitingFrame& waiting) { tags.push_back(waiting.tag); });
  EXPECT_EQ(tags, (std::vector<std::uint64_t>{18, 19, 20}));
}

TEST(RatedQueueTest, IsFullWithItsBytes) {
  RatedQueue queue({.rates = {.bandwidth = Gbps(6)}, .room = {.bytes = Bytes(3000)}});
  queue.Accept(Picoseconds(0), Bytes(1500), 0);
  EXPECT_FALSE(queue.IsFull(Picoseconds(0), Bytes(1500)));
  EXPECT_TRUE(queue.IsFull(Picoseconds(0), Bytes(1501)));
}

TEST(RatedQueueTest, RemembersItsFullestMoment) {
  RatedQueue queue({.rates = {.bandwidth = Gbps(6)}});
  for (int i = 0; i < 3; ++i) queue.Accept(Picoseconds(0), Bytes(1000), 0);
  queue.Accept(Picoseconds(1'000'000'000), Bytes(100), 0);
  EXPECT_EQ(queue.bytes_peak(), Bytes(3000));
}

// What departs within any window is at most the rate times the window and one
// frame that was under way when it began.
TEST(RatedQueueTest, NeverSendsMoreThanItsRateOverAnyWindow) {
  std::mt19937_64 random(7);
  RatedQueue queue(
      {.rates = {.bandwidth = BitsPerSecond(1'700'000'000)}, .room = {.frames = 1 << 20}});
  struct Departure {
    Picoseconds time;
    Bytes frame;
  };
  std::vector<Departure> departures;
  Picoseconds now{};
  for (int i = 0; i < 2'000; ++i) {
    now += Picoseconds(static_cast<std::int64_t>(random() % 8'000'000));
    const Bytes frame(60 + static_cast<std::int64_t>(random() % 1455));
    departures.push_back({queue.Accept(now, frame, 0), frame});
  }
  for (std::size_t from = 0; from < departures.size(); from += 37) {
    Bytes sent{};
    for (std::size_t to = from; to < departures.size(); ++to) {
      sent += departures[to].frame;
      const Picoseconds window = departures[to].time - departures[from].time;
      const double allowed =
          1.7e9 / 8 * Seconds(window) + static_cast<double>(departures[from].frame.count());
      ASSERT_LE(static_cast<double>(sent.count()), allowed + 1e-6);
    }
  }
}

TEST(RatedQueueTest, RefusesLimitsThatLimitEverything) {
  EXPECT_THROW(RatedQueue({.rates = {.bandwidth = BitsPerSecond(0)}}), std::invalid_argument);
  EXPECT_THROW(RatedQueue({.rates = {.packet_rate = PacketsPerSecond(-1)}}), std::invalid_argument);
  EXPECT_THROW(RatedQueue({.room = {.frames = 0}}), std::invalid_argument);
  EXPECT_THROW(RatedQueue({.room = {.bytes = Bytes(0)}}), std::invalid_argument);
}

constexpr Picoseconds Millis(std::int64_t n) { return Picoseconds(n * 1'000'000'000); }

std::vector<Picoseconds> DeparturesAt(RatedQueue& queue, Picoseconds now) {
  std::vector<Picoseconds> departures;
  queue.ForEachWaiting(now, [&](const WaitingFrame& each) { departures.push_back(each.departs); });
  return departures;
}

// 10 ms a frame. At 5 ms, half the speed makes 10 ms of the 5 that the first has left, and
// 20 of each other; at 25 ms the second has 10 of those left, which are 5 again.
TEST(RatedQueueTest, WhatWaitsIsServedAtTheSpeedThatCame) {
  RatedQueue queue({.rates = {.packet_rate = PacketsPerSecond(100)}});
  for (int i = 0; i < 3; ++i) queue.Accept(Picoseconds(0), Bytes(64), 0);
  queue.SetSpeed(Millis(5), 0.5);
  EXPECT_EQ(DeparturesAt(queue, Millis(5)),
            (std::vector<Picoseconds>{Millis(15), Millis(35), Millis(55)}));
  queue.SetSpeed(Millis(25), 1);
  EXPECT_EQ(DeparturesAt(queue, Millis(25)), (std::vector<Picoseconds>{Millis(30), Millis(40)}));
  EXPECT_EQ(queue.Accept(Millis(26), Bytes(64), 0), Millis(50));
}

// The same of bytes: 64 bytes at 51.2 kbit/s last 10 ms.
TEST(RatedQueueTest, WhatComesLaterFollowsWhatWaitedAtAnotherSpeed) {
  RatedQueue queue({.rates = {.bandwidth = BitsPerSecond(51'200)}});
  queue.Accept(Picoseconds(0), Bytes(64), 0);
  queue.SetSpeed(Millis(5), 0.5);
  EXPECT_EQ(queue.Accept(Millis(6), Bytes(64), 0), Millis(35));
}

TEST(RatedQueueTest, AnEmptyQueueTakesASpeed) {
  RatedQueue queue({.rates = {.packet_rate = PacketsPerSecond(100)}});
  queue.SetSpeed(Millis(5), 0.1);
  EXPECT_EQ(queue.Accept(Millis(7), Bytes(64), 0), Millis(107));
}

}  // namespace
}  // namespace vpcmirror
