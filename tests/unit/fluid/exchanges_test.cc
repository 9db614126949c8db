// Clients that ask, wait and think.
#include "sim/fluid/exchanges.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace vpcmirror::sim {
namespace {

constexpr double kExact = 1e-12;
constexpr double kUnlimited = std::numeric_limits<double>::infinity();

TEST(ExchangesTest, OneClientTakesOneTurnAfterTheOther) {
  EXPECT_NEAR(ExchangeRate(1, 0.03, 0.01), 1 / 0.04, kExact);
}

// As a Markov chain of 0, 1 and 2 clients that wait, who come at a rate of 1 each and are served
// at 1: chances 1/5, 2/5, 2/5, so that 4/5 of an answer a second leaves.
TEST(ExchangesTest, TwoClientsAreInEachOthersWay) {
  EXPECT_NEAR(ExchangeRate(2, 1, 1), 0.8 / 2, kExact);
}

// Three, thinking twice as long: they come at 1/2 each. Chances as 1, 3/2, 3/2 and 3/4 to 19/4.
TEST(ExchangesTest, ThreeClientsLeaveTheServerIdleNowAndThen) {
  EXPECT_NEAR(ExchangeRate(3, 2, 1), (1 - 1 / 4.75) / 3, kExact);
}

TEST(ExchangesTest, ManyClientsFillTheServer) {
  EXPECT_NEAR(ExchangeRate(1000, 1, 0.01), 0.1, 1e-6);
  EXPECT_NEAR(ExchangeRate(1'000'000, 1, 1e-5), 0.1, kExact);
}

TEST(ExchangesTest, NothingTakesNoTime) {
  EXPECT_EQ(ExchangeRate(1, 0, 0), kUnlimited);
  EXPECT_NEAR(ExchangeRate(5, 0.5, 0), 2, kExact);
}

TcpSettings Asking(int segments, int exchanges) {
  return {.request = Bytes(100),
          .response = Bytes(1000 * segments),
          .think = Picoseconds(5'000'000'000),  // 5 ms
          .exchanges = exchanges,
          .segment = Bytes(1000),
          .buffer = Bytes(100'000)};
}

// Of a connection that stays: there and back once, or once for each window of 100 segments.
TEST(ExchangesTest, AWindowTakesARoundTrip) {
  EXPECT_NEAR(IdleSeconds(Asking(40, 0), 0.002, kUnlimited), 0.005 + 0.002, kExact);
  EXPECT_NEAR(IdleSeconds(Asking(250, 0), 0.002, kUnlimited), 0.005 + 3 * 0.002, kExact);
}

// One for each exchange is opened, and sends 10, 20 and 10 segments; four exchanges share that.
TEST(ExchangesTest, AConnectionIsOpenedAndItsWindowToo) {
  EXPECT_NEAR(IdleSeconds(Asking(1, 1), 0.002, kUnlimited), 0.005 + 2 * 0.002, kExact);
  EXPECT_NEAR(IdleSeconds(Asking(40, 1), 0.002, kUnlimited), 0.005 + 4 * 0.002, kExact);
  EXPECT_NEAR(IdleSeconds(Asking(40, 4), 0.002, kUnlimited), 0.005 + 0.002 + 3 * 0.002 / 4, kExact);
}

// 5 answers of 40 segments a second are 0.4 segments in 2 ms: the first window fills the way.
TEST(ExchangesTest, ANarrowWayIsFullAtOnce) {
  EXPECT_NEAR(IdleSeconds(Asking(40, 1), 0.002, 5), 0.005 + 2 * 0.002, kExact);
}

}  // namespace
}  // namespace vpcmirror::sim
