#include "models/capacity/egress.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <variant>

#include "models/capacity/cpu_cost.h"

namespace vpcmirror {
namespace {

constexpr BitsPerSecond kGbps(1'000'000'000);
constexpr std::uint64_t kSeed = 1;

struct Shares {
  double production_loss = 0;
  double copy_loss = 0;
};

// `offered` Gbit/s of 1,500-byte frames in front of 1 Gbit/s for a second, each
// production frame with its copy just before it: half of the load is copies.
Shares LossAt(double offered, Congestion congestion) {
  Egress egress({.bandwidth = kGbps, .frames = 1000}, congestion, kSeed);
  const double pair_gap_ps = 2 * 12'000.0 / (offered * 1e9) * 1e12;
  std::int64_t pairs = 0;
  std::int64_t production_lost = 0;
  std::int64_t copies_lost = 0;
  for (double at = 0; at < 1e12; at += pair_gap_ps) {
    const Picoseconds now(static_cast<std::int64_t>(at));
    ++pairs;
    copies_lost += std::holds_alternative<Dropped>(egress.Offer(now, Bytes(1500), 0));
    production_lost += std::holds_alternative<Dropped>(egress.Offer(now, Bytes(1500), 0));
  }
  return {.production_loss = static_cast<double>(production_lost) / static_cast<double>(pairs),
          .copy_loss = static_cast<double>(copies_lost) / static_cast<double>(pairs)};
}

// Fluid: everybody loses 1 - 1/load. The queue of 1,000 frames that is still
// there at the end is 0.8 % of what was offered, and chance adds less.
TEST(EgressTest, SharedRandomLosesInProportion) {
  for (const double load : {1.25, 1.5, 2.0}) {
    const Shares shares = LossAt(load, Congestion::kSharedRandom);
    EXPECT_NEAR(shares.production_loss, 1 - 1 / load, 0.012) << load;
    EXPECT_NEAR(shares.copy_loss, 1 - 1 / load, 0.012) << load;
  }
}

// bench/fidelity's kernel lab: a FIFO is not fair to the frame whose copy took
// the last slot. Both together still lose 1 - 1/load.
TEST(EgressTest, FifoFavoursWhatComesFirst) {
  const Shares shares = LossAt(1.5, Congestion::kFifo);
  EXPECT_GT(shares.production_loss, shares.copy_loss + 0.2);
  EXPECT_NEAR((shares.production_loss + shares.copy_loss) / 2, 1 - 1 / 1.5, 0.012);
}

TEST(EgressTest, LosesNothingBelowItsRate) {
  for (const Congestion congestion : {Congestion::kFifo, Congestion::kSharedRandom}) {
    const Shares shares = LossAt(0.99, congestion);
    EXPECT_EQ(shares.production_loss, 0) << static_cast<int>(congestion);
    EXPECT_EQ(shares.copy_loss, 0) << static_cast<int>(congestion);
  }
}

TEST(EgressTest, SaysWhichLimitWasSpent) {
  Egress slow({.bandwidth = kGbps, .frames = 1}, Congestion::kFifo, kSeed);
  slow.Offer(Picoseconds(0), Bytes(1500), 0);
  EgressAnswer answer = slow.Offer(Picoseconds(0), Bytes(1500), 0);
  ASSERT_TRUE(std::holds_alternative<Dropped>(answer));
  EXPECT_EQ(std::get<Dropped>(answer).limit, BindingLimit::kBandwidth);

  Egress few({.packet_rate = PacketsPerSecond(1000), .frames = 1}, Congestion::kFifo, kSeed);
  few.Offer(Picoseconds(0), Bytes(1500), 0);
  answer = few.Offer(Picoseconds(0), Bytes(1500), 0);
  ASSERT_TRUE(std::holds_alternative<Dropped>(answer));
  EXPECT_EQ(std::get<Dropped>(answer).limit, BindingLimit::kPacketRate);
}

// A combined limit: what came in takes the time of what wants to go out.
TEST(EgressTest, ChargeSharesTheLimitWithWhatLeaves) {
  Egress egress({.bandwidth = kGbps, .frames = 2}, Congestion::kFifo, kSeed);
  EXPECT_FALSE(egress.Charge(Picoseconds(0), Bytes(1500)).has_value());
  const EgressAnswer answer = egress.Offer(Picoseconds(0), Bytes(1500), 0);
  ASSERT_TRUE(std::holds_alternative<Departs>(answer));
  EXPECT_EQ(std::get<Departs>(answer).time, Picoseconds(24'000'000));
  EXPECT_TRUE(egress.Charge(Picoseconds(0), Bytes(1500)).has_value());
}

TEST(EgressTest, SameSeedGivesSameAnswers) {
  const Shares a = LossAt(1.5, Congestion::kSharedRandom);
  const Shares b = LossAt(1.5, Congestion::kSharedRandom);
  EXPECT_EQ(a.production_loss, b.production_loss);
  EXPECT_EQ(a.copy_loss, b.copy_loss);
}

// 100,000 frames of 1,000 bytes a second at 700 ns and 0.1 ns/B: 0.08 cores.
TEST(CpuCostTest, BusyCoresAddUpFramesAndBytes) {
  const CpuCost cost{.per_frame = Picoseconds(700'000), .per_byte = Picoseconds(100)};
  EXPECT_DOUBLE_EQ(BusyCores(cost, 100'000, Bytes(100'000'000), Picoseconds(kPicosecondsPerSecond)),
                   0.08);
  EXPECT_EQ(BusyCores(cost, 1, Bytes(1), Picoseconds(0)), 0);
}

}  // namespace
}  // namespace vpcmirror
