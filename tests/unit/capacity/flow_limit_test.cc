#include "models/capacity/flow_limit.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "models/units/rates.h"

namespace vpcmirror {
namespace {

constexpr BitsPerSecond kLimit(1'000'000'000);

// 1.5 Gbit/s of one flow for 0.1 s at 1 Gbit/s: a third is lost; the other flow
// keeps all of its 0.5 Gbit/s.
TEST(FlowLimitTest, LimitsEachFlowByItself) {
  FlowLimit limit(kLimit, Bytes(15'000));
  int elephants = 0;
  int mice = 0;
  for (std::int64_t i = 0; i < 12'500; ++i) {
    elephants +=
        limit.Admits(Picoseconds(i * 8'000'000), 1, Bytes(1500), TrafficClass::kProduction);
    if (i % 3 == 0)
      mice += limit.Admits(Picoseconds(i * 8'000'000), 2, Bytes(1500), TrafficClass::kProduction);
  }
  EXPECT_NEAR(elephants, 12'500 * 2 / 3, 11);  // and the burst of 10 frames
  EXPECT_EQ(mice, 4167);
}

// A flow of 0.6 Gbit/s and its copies, just before it, under 1 Gbit/s: the flow
// keeps all, the copies get 0.4 of their 0.6.
TEST(FlowLimitTest, CopiesOfAFlowGetWhatItLeaves) {
  FlowLimit limit(kLimit, Bytes(30'000));
  int frames = 0;
  int copies = 0;
  for (std::int64_t i = 0; i < 5'000; ++i) {
    const Picoseconds now(i * 20'000'000);
    copies += limit.Admits(now, 1, Bytes(1500), TrafficClass::kCopy);
    frames += limit.Admits(now, 1, Bytes(1500), TrafficClass::kProduction);
  }
  EXPECT_EQ(frames, 5'000);
  EXPECT_NEAR(copies, 5'000 * 2 / 3, 11);  // and half of the burst
}

TEST(FlowLimitTest, ForgetsFlowsThatRest) {
  FlowLimit limit(kLimit, Bytes(15'000));
  for (std::int64_t i = 0; i < 100'000; ++i) {
    limit.Admits(Picoseconds(i * 12'000'000), static_cast<std::uint64_t>(i), Bytes(1500),
                 TrafficClass::kProduction);
  }
  EXPECT_LE(limit.flows(), 1025u);
}

TEST(FlowLimitTest, RefusesWhatLetsNothingPass) {
  EXPECT_THROW(FlowLimit(BitsPerSecond(0), Bytes(1500)), std::invalid_argument);
  EXPECT_THROW(FlowLimit(kLimit, Bytes(0)), std::invalid_argument);
}

}  // namespace
}  // namespace vpcmirror
