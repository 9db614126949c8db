#include "models/capacity/worker_rings.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <set>
#include <stdexcept>
#include <vector>

#include "models/wire/hash.h"

namespace vpcmirror {
namespace {

constexpr Bytes kFrame(1250);  // 10,000 bits

// 4 workers of 100 Mbit/s each: 10,000 such frames a second.
WorkerRingsSettings FourWorkers() {
  return {
      .workers = 4, .rates = {.bandwidth = BitsPerSecond(400'000'000)}, .room = {.frames = 100}};
}

// The least hash that leads to this worker.
std::uint64_t HashFor(std::size_t worker, std::size_t workers) {
  std::uint64_t hash = 1;
  while (WorkerRings::WorkerOf(hash, workers) != worker) ++hash;
  return hash;
}

// A flow of twice a worker's rate loses half, less what its ring still holds,
// though three quarters of the capacity are idle.
TEST(WorkerRingsTest, OneFlowHasOneWorker) {
  WorkerRings rings(FourWorkers());
  const std::uint64_t elephant = HashFor(2, 4);
  std::int64_t lost = 0;
  for (std::int64_t i = 0; i < 20'000; ++i) {  // one second
    lost += !rings.Offer(Picoseconds(i * 50'000'000), kFrame, elephant, 0);
  }
  EXPECT_NEAR(static_cast<double>(lost), 20'000 - 10'000 - 100, 1);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(rings.workers()[i].frames, i == 2 ? 20'000 : 0) << i;
  }
  EXPECT_EQ(rings.workers()[2].bytes, kFrame * 20'000);
}

// The same load as 10,000 flows: 5,000 frames a second of each worker's 10,000.
TEST(WorkerRingsTest, ManyFlowsSpread) {
  WorkerRings rings(FourWorkers());
  for (std::int64_t i = 0; i < 20'000; ++i) {
    const auto flow = static_cast<std::uint64_t>(i % 10'000);
    EXPECT_TRUE(rings.Offer(Picoseconds(i * 50'000'000), kFrame, MixBits(flow), 0));
  }
  for (const WorkerRings::Worker& worker : rings.workers()) {
    EXPECT_NEAR(static_cast<double>(worker.frames), 5'000, 350);  // 4 sigma of 2,500 +- 43 flows
  }
}

// Where the flows of a receiver are those whose hash is even, or a multiple of 8,
// all workers still have some.
TEST(WorkerRingsTest, DependsOnAllBitsOfTheHash) {
  for (const std::uint64_t step : {std::uint64_t{2}, std::uint64_t{8}, std::uint64_t{1} << 40}) {
    std::set<std::size_t> used;
    for (std::uint64_t i = 1; i <= 1000; ++i) used.insert(WorkerRings::WorkerOf(i * step, 8));
    EXPECT_EQ(used.size(), 8u) << step;
  }
}

// Receivers are chosen by the hash mixed once: what goes to the first of two still
// spreads over all workers alike, 4 sigma of 1,000 of 8,000.
TEST(WorkerRingsTest, DoesNotHangOnTheChoiceOfTheReceiver) {
  std::vector<int> flows(4);
  for (std::uint64_t hash = 0; hash < 8'000; ++hash) {
    if (MixBits(hash) % 2 == 0) ++flows[WorkerRings::WorkerOf(hash, flows.size())];
  }
  for (const int each : flows) EXPECT_NEAR(each, 1'000, 120);
}

TEST(WorkerRingsTest, OneWorkerTakesAll) {
  WorkerRings rings({.rates = {.bandwidth = BitsPerSecond(1'000'000)}, .room = {.frames = 4}});
  int taken = 0;
  for (std::uint64_t flow = 0; flow < 10; ++flow) {
    taken += rings.Offer(Picoseconds(0), kFrame, flow, 0).has_value();
  }
  EXPECT_EQ(taken, 4);
  EXPECT_EQ(rings.bytes_peak(), Bytes(4 * 1250));
}

// 3,000 bytes hold two frames of 1,250, and another once one has left.
TEST(WorkerRingsTest, RingHoldsNoMoreBytesThanItMay) {
  WorkerRings rings({.rates = {.bandwidth = BitsPerSecond(1'000'000)},
                     .room = {.frames = 100, .bytes = Bytes(3000)}});
  EXPECT_TRUE(rings.Offer(Picoseconds(0), kFrame, 0, 0));
  EXPECT_TRUE(rings.Offer(Picoseconds(0), kFrame, 0, 0));
  EXPECT_FALSE(rings.Offer(Picoseconds(0), kFrame, 0, 0));
  EXPECT_TRUE(rings.Offer(Picoseconds(0), Bytes(500), 0, 0));
  const Picoseconds first_is_out(10'000'000'000);  // 10,000 bits at 1 Mbit/s
  EXPECT_TRUE(rings.Offer(first_is_out, kFrame, 0, 0));
  EXPECT_EQ(rings.bytes_peak(), Bytes(3000));
}

TEST(WorkerRingsTest, TellsWhatWaitsByItsTag) {
  WorkerRings rings(FourWorkers());
  ASSERT_TRUE(rings.Offer(Picoseconds(0), kFrame, HashFor(0, 4), 7));
  ASSERT_TRUE(rings.Offer(Picoseconds(0), kFrame, HashFor(3, 4), 8));
  std::vector<std::uint64_t> tags;
  rings.ForEachWaiting(Picoseconds(0), [&](const WaitingFrame& each) { tags.push_back(each.tag); });
  EXPECT_EQ(tags, (std::vector<std::uint64_t>{7, 8}));
}

// Shares of a rate below one a worker are one, not none, which would be no limit.
TEST(WorkerRingsTest, EveryWorkerHasSomeOfTheRate) {
  WorkerRings rings(
      {.workers = 8, .rates = {.packet_rate = PacketsPerSecond(3)}, .room = {.frames = 1}});
  EXPECT_EQ(rings.workers()[0].ring.settings().rates.packet_rate, PacketsPerSecond(1));
  EXPECT_THROW(WorkerRings({.workers = 0}), std::invalid_argument);
}

}  // namespace
}  // namespace vpcmirror
