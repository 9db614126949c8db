#include "models/capacity/rate_limits.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <stdexcept>
#include <vector>

namespace vpcmirror {
namespace {

constexpr Picoseconds kNoCpu{};

// A bucket of 64,000 bytes at 50 Mbit/s: full, it lets 64,000 bytes go at once;
// the next 1,450 bytes come 1,450 * 8 / 50 = 232 us after the bucket is empty.
TEST(RateLimitsTest, BucketLetsItsBurstGoAtOnce) {
  RateLimits limits({.bandwidth = BitsPerSecond(50'000'000), .burst = Bytes(64'000)});
  for (int i = 0; i < 64; ++i) {
    EXPECT_EQ(limits.Pay(Picoseconds(5), Bytes(1000), kNoCpu), Picoseconds(5));
  }
  EXPECT_EQ(limits.FreeAt(Bytes(1450)), Picoseconds(5 + 232'000'000));
  EXPECT_EQ(limits.Pay(Picoseconds(5), Bytes(1450), kNoCpu), Picoseconds(5 + 232'000'000));
}

// Without a burst the same limit is a link: what comes next is on its way when
// the frame before has been serialised, and departs 160 us (1,000 bytes) later.
TEST(RateLimitsTest, LinkTakesTheNextFrameWhenItIsFree) {
  RateLimits limits({.bandwidth = BitsPerSecond(50'000'000)});
  EXPECT_EQ(limits.Pay(Picoseconds(0), Bytes(1000), kNoCpu), Picoseconds(160'000'000));
  EXPECT_EQ(limits.FreeAt(Bytes(1450)), Picoseconds(160'000'000));
  EXPECT_EQ(limits.Pay(Picoseconds(0), Bytes(1000), kNoCpu), Picoseconds(320'000'000));
}

// Credits of 125,000 bytes at a baseline of 1 Gbit/s behind a link of 10 Gbit/s:
// frames of 1,500 bytes reach the bucket every 1.2 us, which is full until the first
// of them does, and pass while n * 1,500 <= 125,000 + (n - 1) * 150, which 92 do.
// From the next on, which goes at 1.2 us + (93 * 1,500 - 125,000) * 8 ns, every 12 us.
TEST(RateLimitsTest, BurstableTypeFallsBackToItsBaseline) {
  RateLimits limits({.bandwidth = BitsPerSecond(1'000'000'000),
                     .burst = Bytes(125'000),
                     .peak_bandwidth = BitsPerSecond(10'000'000'000)});
  std::vector<Picoseconds> departures;
  for (int i = 0; i < 200; ++i) {
    departures.push_back(limits.Pay(Picoseconds(0), Bytes(1500), kNoCpu));
  }
  EXPECT_EQ(departures[0], Picoseconds(1'200'000));
  EXPECT_EQ(departures[91], Picoseconds(92 * 1'200'000));
  EXPECT_EQ(departures[92], Picoseconds(117'200'000));
  EXPECT_EQ(departures[199] - departures[198], Picoseconds(12'000'000));
}

// Between any two departures pass at most burst + rate * time bytes, in integers.
TEST(RateLimitsTest, BucketNeverExceedsItsEnvelope) {
  constexpr std::int64_t kRate = 1'700'000'001;  // no frame's time is a whole number
  constexpr Bytes kBurst(20'000);
  std::mt19937_64 random(3);
  RateLimits limits({.bandwidth = BitsPerSecond(kRate),
                     .burst = kBurst,
                     .peak_bandwidth = BitsPerSecond(25'000'000'000)});
  std::vector<Picoseconds> departures;
  std::vector<Int128> sent{0};
  Picoseconds now{};
  for (int i = 0; i < 3'000; ++i) {
    const bool pauses = random() % 50 == 0;
    now += Picoseconds(static_cast<std::int64_t>(random() % (pauses ? 400'000'000 : 5'000'000)));
    const std::int64_t frame = 60 + static_cast<std::int64_t>(random() % 1455);
    departures.push_back(limits.Pay(now, Bytes(frame), kNoCpu));
    sent.push_back(sent.back() + frame);
  }
  bool came_near = false;
  for (std::size_t from = 0; from < departures.size(); ++from) {
    for (std::size_t to = from; to < departures.size(); ++to) {
      const Int128 bits = (sent[to + 1] - sent[from]) * kBitsPerByte * kPicosecondsPerSecond;
      const Int128 time = (departures[to] - departures[from]).count();
      const Int128 allowed =
          kBurst.count() * static_cast<Int128>(kBitsPerByte) * kPicosecondsPerSecond + time * kRate;
      ASSERT_LE(bits, allowed) << from << " to " << to;
      came_near = came_near || bits * 100 > allowed * 99;
    }
  }
  EXPECT_TRUE(came_near);  // the bound is met, not merely kept
}

constexpr Picoseconds Micros(std::int64_t count) { return Picoseconds(count * 1'000'000); }

// The bucket of 64,000 bytes at 50 Mbit/s; `spent` bytes of it go at 0.
RateLimits BucketWithout(std::int64_t spent) {
  RateLimits limits({.bandwidth = BitsPerSecond(50'000'000), .burst = Bytes(64'000)});
  limits.Pay(Picoseconds(0), Bytes(spent), kNoCpu);
  return limits;
}

// 24,000 bytes are left whatever the rate; the next 1,000 come at 25 Mbit/s in 320 us.
TEST(RateLimitsTest, ABucketKeepsItsBytesWhenItsBandwidthChanges) {
  RateLimits limits = BucketWithout(40'000);
  limits.SetBandwidth(Picoseconds(0), BitsPerSecond(25'000'000));
  for (int i = 0; i < 24; ++i) {
    EXPECT_EQ(limits.Pay(Picoseconds(0), Bytes(1000), kNoCpu), Picoseconds(0));
  }
  EXPECT_EQ(limits.Pay(Picoseconds(0), Bytes(1000), kNoCpu), Micros(320));
}

// In 2 ms at 50 Mbit/s 12,500 bytes came into an empty bucket. Of the 13th 1,000 then 500
// lack, which are 40 us at 100 Mbit/s.
TEST(RateLimitsTest, ABucketFillsAtTheBandwidthOfItsTime) {
  RateLimits limits = BucketWithout(64'000);
  const Picoseconds now = Micros(2000);
  limits.SetBandwidth(now, BitsPerSecond(100'000'000));
  for (int i = 0; i < 12; ++i) EXPECT_EQ(limits.Pay(now, Bytes(1000), kNoCpu), now);
  EXPECT_EQ(limits.Pay(now, Bytes(1000), kNoCpu), now + Micros(40));
}

// Full again after 10.24 ms, it holds 64,000 bytes at any rate, and no more.
TEST(RateLimitsTest, AFullBucketHasTheSameBurstAtAnotherBandwidth) {
  for (const std::int64_t rate : {10'000'000, 50'000'000, 400'000'000}) {
    RateLimits limits = BucketWithout(64'000);
    const Picoseconds now = Micros(20'000);
    limits.SetBandwidth(now, BitsPerSecond(rate));
    for (int i = 0; i < 64; ++i) EXPECT_EQ(limits.Pay(now, Bytes(1000), kNoCpu), now) << rate;
    EXPECT_EQ(limits.Pay(now, Bytes(1000), kNoCpu),
              now + SerialisationDelay(Bytes(1000), BitsPerSecond(rate)));
  }
}

// 5,000 bytes more than the bucket holds leave at 800 us. 100 us after 0 they lack 4,375.
TEST(RateLimitsTest, WhatHasPaidABucketLeavesWhenItWasToldTo) {
  RateLimits faster = BucketWithout(64'000);
  EXPECT_EQ(faster.Pay(Picoseconds(0), Bytes(5000), kNoCpu), Micros(800));
  RateLimits slower = faster;
  // At 1 Gbit/s all would be there at once; the next still comes behind, by up to its own 8 us.
  faster.SetBandwidth(Micros(100), BitsPerSecond(1'000'000'000));
  const Picoseconds next = faster.Pay(Micros(100), Bytes(1000), kNoCpu);
  EXPECT_GE(next, Micros(800));
  EXPECT_LE(next, Micros(808));
  // At 5 Mbit/s 4,375 and 1,000 bytes are 8,600 us.
  slower.SetBandwidth(Micros(100), BitsPerSecond(5'000'000));
  EXPECT_EQ(slower.Pay(Micros(100), Bytes(1000), kNoCpu), Micros(8700));
}

// Two budgets of one CVM: work that one gave the vCPUs delays the other's frames.
TEST(RateLimitsTest, CpuIsOneForInAndOut) {
  CpuClock cpu;
  RateLimits in({}, &cpu);
  RateLimits out({}, &cpu);
  EXPECT_EQ(in.Pay(Picoseconds(0), Bytes(64), Picoseconds(700)), Picoseconds(700));
  EXPECT_EQ(out.Pay(Picoseconds(100), Bytes(64), Picoseconds(300)), Picoseconds(1000));
  EXPECT_EQ(out.Binding(), BindingLimit::kCpu);
}

TEST(RateLimitsTest, RefusesWhatCannotBe) {
  const BitsPerSecond rate(1000);
  EXPECT_THROW(RateLimits({.bandwidth = BitsPerSecond(0)}), std::invalid_argument);
  EXPECT_THROW(RateLimits({.peak_bandwidth = BitsPerSecond(-1)}), std::invalid_argument);
  EXPECT_THROW(RateLimits({.packet_rate = PacketsPerSecond(0)}), std::invalid_argument);
  EXPECT_THROW(RateLimits({.bandwidth = rate, .burst = Bytes(-1)}), std::invalid_argument);
  // 5 days at 1,000 bit/s are 54,000,000 bytes.
  EXPECT_NO_THROW(RateLimits({.bandwidth = rate, .burst = Bytes(54'000'000)}));
  EXPECT_THROW(RateLimits({.bandwidth = rate, .burst = Bytes(54'000'001)}), std::invalid_argument);
}

}  // namespace
}  // namespace vpcmirror
