#include "models/capacity/steady_load.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <optional>

namespace vpcmirror {
namespace {

constexpr double kExact = 1e-9;

// So many frames of 1,250 bytes a second of each class, into 10,000 of them.
constexpr double kBitsOfFrame = 10'000;
const RateSettings kTenThousand{.bandwidth = BitsPerSecond(100'000'000)};

SteadyOffer FramesOf(double production, double copies, double pairs = 0) {
  return {.production = {production * kBitsOfFrame, production},
          .copies = {copies * kBitsOfFrame, copies},
          .pairs_per_second = pairs};
}

SteadyAnswer FifoAnswer(const SteadyOffer& offer, CopyOrder order = CopyOrder::kAfter) {
  return SteadyLoad(kTenThousand, std::nullopt, Congestion::kFifo, order, offer);
}

// Of the limit.
double ShareOfLimit(const SteadyOffer& offer, const SteadyAnswer& answer) {
  return (offer.production.bits_per_second * (1 - answer.production_loss) +
          offer.copies.bits_per_second * (1 - answer.copy_loss)) /
         1e8;
}

TEST(SteadyLoadTest, NothingIsLostUpToTheLimit) {
  for (const Congestion congestion : kCongestions) {
    const SteadyAnswer answer = SteadyLoad(kTenThousand, std::nullopt, congestion,
                                           CopyOrder::kAfter, FramesOf(6000, 4000, 4000));
    EXPECT_NEAR(answer.used, 1, kExact);
    EXPECT_EQ(answer.production_loss, 0);
    EXPECT_EQ(answer.copy_loss, 0);
  }
}

TEST(SteadyLoadTest, WithoutALimitNothingIsTightest) {
  const SteadyAnswer answer =
      SteadyLoad({}, std::nullopt, Congestion::kFifo, CopyOrder::kAfter, FramesOf(1e9, 1e9));
  EXPECT_FALSE(answer.tightest);
  EXPECT_EQ(answer.copy_loss, 0);
}

// Without pairs an arrival by chance is an arrival by chance: 15,000 into 10,000 lose a third,
// whatever their sizes.
TEST(SteadyLoadTest, UnderFifoSinglesLoseAlike) {
  for (const double variation : {0.0, 0.3, 2.0}) {
    SteadyOffer offer = FramesOf(9000, 6000);
    offer.size_variation = variation;
    const SteadyAnswer answer = FifoAnswer(offer);
    EXPECT_NEAR(answer.production_loss, 1.0 / 3, 1e-8) << variation;
    EXPECT_NEAR(answer.copy_loss, 1.0 / 3, 1e-8) << variation;
  }
}

// 7,500 pairs: as FluidDisciplineTest has it, x = exp(-0.75 (1 - x^2)), and the first of a pair
// passes with the chance 1 / (0.75 (1 + x)), the second with x times that.
TEST(SteadyLoadTest, UnderFifoTheSecondOfAPairLosesMore) {
  double x = 0;
  for (int i = 0; i < 500; ++i) x = std::exp(-0.75 * (1 - x * x));
  const double first = 1 / (0.75 * (1 + x));
  const SteadyAnswer after = FifoAnswer(FramesOf(7500, 7500, 7500), CopyOrder::kAfter);
  EXPECT_NEAR(after.paired_production_loss, 1 - first, 1e-6);
  EXPECT_NEAR(after.paired_copy_loss, 1 - x * first, 1e-6);
  const SteadyAnswer before = FifoAnswer(FramesOf(7500, 7500, 7500), CopyOrder::kBefore);
  EXPECT_NEAR(before.paired_copy_loss, 1 - first, 1e-6);
  EXPECT_NEAR(before.paired_production_loss, 1 - x * first, 1e-6);
}

// A copy that comes as its frame leaves finds that frame's place.
TEST(SteadyLoadTest, CopiesInStepAreNotLost) {
  SteadyOffer offer = FramesOf(12'000, 4000);
  offer.copies_in_step_per_second = 4000;
  const SteadyAnswer answer = FifoAnswer(offer);
  EXPECT_NEAR(answer.copy_loss, 0, kExact);
  EXPECT_NEAR(answer.production_loss, 1 - 6000.0 / 12'000, 1e-8);
}

// Whatever comes in pairs, in step or evenly spaced, and in whatever sizes: as much passes as
// fills the limit, and no share is below 0 or above 1.
TEST(SteadyLoadTest, WhatPassesUnderFifoFillsTheLimit) {
  for (const double production : {6000.0, 9000.0, 20'000.0}) {
    for (const double copies : {5000.0, 12'000.0}) {
      for (const double pairs : {0.0, 0.5, 1.0}) {
        for (const double in_step : {0.0, 0.3}) {
          for (const double paced : {0.0, 0.4}) {
            for (const double variation : {0.0, 0.8}) {
              SteadyOffer offer = FramesOf(production, copies);
              offer.copies_in_step_per_second = in_step * copies;
              offer.copies_paced_per_second = paced * copies;
              offer.pairs_per_second = pairs * std::min(production, copies * (1 - in_step - paced));
              offer.size_variation = variation;
              const SteadyAnswer answer = FifoAnswer(offer);
              EXPECT_NEAR(ShareOfLimit(offer, answer), 1, 1e-6)
                  << production << " " << copies << " " << pairs << " " << in_step << " " << paced
                  << " " << variation;
              for (const double loss : {answer.production_loss, answer.copy_loss}) {
                EXPECT_GE(loss, -kExact);
                EXPECT_LE(loss, 1);
              }
            }
          }
        }
      }
    }
  }
}

// Copies twice as long as their frames, of which 10,000 bits are a unit: 0.9 and 1.2 of 1.
TEST(SteadyLoadTest, UnderFifoBitsAreConservedWhereSizesDiffer) {
  SteadyOffer offer = FramesOf(9000, 6000, 6000);
  offer.copies.bits_per_second *= 2;
  EXPECT_NEAR(ShareOfLimit(offer, FifoAnswer(offer)), 1, 1e-6);
}

// 100 Mbps and 8,000 frames a second: 0.75 of one and 1.5 of the other.
TEST(SteadyLoadTest, TheTightestOfSeveralLimitsIsNamed) {
  RateSettings limits = kTenThousand;
  limits.bandwidth = BitsPerSecond(160'000'000);
  limits.packet_rate = PacketsPerSecond(8000);
  const SteadyAnswer answer =
      SteadyLoad(limits, 100.0, Congestion::kSharedRandom, CopyOrder::kAfter, FramesOf(6000, 6000));
  EXPECT_EQ(answer.tightest, BindingLimit::kPacketRate);
  EXPECT_NEAR(answer.used, 1.5, kExact);
  EXPECT_NEAR(answer.production_loss, 1.0 / 3, kExact);
  EXPECT_NEAR(answer.copy_loss, 1.0 / 3, kExact);
}

// Production of 4 of 10 leaves 6 to copies of 9; of 12 it loses a sixth and leaves nothing.
TEST(SteadyLoadTest, ProductionFirstLeavesCopiesTheRest) {
  const auto of = [](double production) {
    return SteadyLoad(kTenThousand, std::nullopt, Congestion::kProductionFirst, CopyOrder::kAfter,
                      FramesOf(production, 9000));
  };
  EXPECT_EQ(of(4000).production_loss, 0);
  EXPECT_NEAR(of(4000).copy_loss, 1 - 6.0 / 9, kExact);
  EXPECT_NEAR(of(12'000).production_loss, 1 - 10.0 / 12, kExact);
  EXPECT_NEAR(of(12'000).copy_loss, 1, kExact);
}

}  // namespace
}  // namespace vpcmirror
