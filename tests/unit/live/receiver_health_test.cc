#include "sim/live/receiver_health.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <map>
#include <stdexcept>
#include <vector>

#include "models/wire/hash.h"
#include "tests/support/addresses.h"

namespace vpcmirror::sim {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
const std::vector<IpAddress> kReceivers = {Address("10.0.9.1"), Address("10.0.9.2"),
                                           Address("10.0.9.3"), Address("10.0.9.4")};
constexpr HealthRule kThreeInTenSeconds{
    .errors = 3, .within_ns = 10 * kSecond, .out_ns = 30 * kSecond, .missed_probes = 2};

Mirror MirrorByFlow(const std::vector<std::uint32_t>& weights) {
  MirrorSettings settings{.id = "imgf-1", .choice = ReceiverChoice::kByFlow};
  for (std::size_t i = 0; i < weights.size(); ++i) {
    settings.receivers.push_back(
        {.address = kReceivers[i], .mtu = Bytes(8500), .weight = weights[i]});
  }
  return Mirror(settings);
}

CopyPlan PlanOf(std::uint32_t receiver, std::uint64_t flow) {
  return {.receiver = receiver, .kept = Bytes(100), .entropy = MixBits(flow)};
}

TEST(ReceiverHealthTest, GoesDownByErrorsThatComeCloseTogether) {
  ReceiverHealth health(kThreeInTenSeconds, kReceivers);
  EXPECT_TRUE(health.all_up());
  EXPECT_FALSE(health.CountErrors(1, 1, 0));
  EXPECT_FALSE(health.CountErrors(1, 1, 5 * kSecond));
  // The first is 10 s old, and no longer counts.
  EXPECT_FALSE(health.CountErrors(1, 1, 10 * kSecond));
  EXPECT_TRUE(health.is_up(1));
  EXPECT_TRUE(health.CountErrors(1, 1, 14 * kSecond));
  EXPECT_FALSE(health.is_up(1));
  EXPECT_TRUE(health.is_up(0));
  EXPECT_FALSE(health.all_up());
}

TEST(ReceiverHealthTest, GoesDownByManyErrorsAtOnce) {
  ReceiverHealth health(kThreeInTenSeconds, kReceivers);
  EXPECT_FALSE(health.CountErrors(0, 2, 0));
  EXPECT_TRUE(health.CountErrors(0, 500, 0));
  EXPECT_FALSE(health.CountErrors(0, 500, 0)) << "it is down already";
}

TEST(ReceiverHealthTest, ComesBackAfterItsTimeAndStartsAnew) {
  ReceiverHealth health(kThreeInTenSeconds, kReceivers);
  health.CountErrors(2, 3, kSecond);
  health.Advance(31 * kSecond - 1);
  EXPECT_FALSE(health.is_up(2));
  health.Advance(31 * kSecond);
  EXPECT_TRUE(health.all_up());
  EXPECT_FALSE(health.CountErrors(2, 2, 31 * kSecond));
  EXPECT_TRUE(health.CountErrors(2, 1, 31 * kSecond));
}

TEST(ReceiverHealthTest, GoesOnFromWhatWasKnownOfTheSameReceivers) {
  ReceiverHealth before(kThreeInTenSeconds, kReceivers);
  before.CountErrors(1, 3, 0);
  before.CountErrors(2, 2, 0);
  ReceiverHealth after(kThreeInTenSeconds, {kReceivers[2], Address("10.0.9.9"), kReceivers[1]});
  after.GoOnFrom(before);
  EXPECT_TRUE(after.is_up(0));
  EXPECT_TRUE(after.is_up(1));
  EXPECT_FALSE(after.is_up(2));
  EXPECT_FALSE(after.all_up());
  EXPECT_TRUE(after.CountErrors(0, 1, kSecond));  // the third
  after.Advance(30 * kSecond);                    // 30 s after it went out
  EXPECT_TRUE(after.is_up(2));
}

TEST(ReceiverHealthTest, ProbesTakeItOutUntilOneIsAnswered) {
  ReceiverHealth health(kThreeInTenSeconds, kReceivers);
  EXPECT_FALSE(health.CountMissedProbe(3));
  health.CountAnsweredProbe(3);
  EXPECT_FALSE(health.CountMissedProbe(3)) << "not in a row";
  EXPECT_TRUE(health.CountMissedProbe(3));
  health.Advance(1000 * kSecond);
  EXPECT_FALSE(health.is_up(3));
  health.CountAnsweredProbe(3);
  EXPECT_TRUE(health.is_up(3));
}

TEST(ReceiverHealthTest, AnswerOfTheHostDoesNotHideThatItsPortIsClosed) {
  ReceiverHealth health(kThreeInTenSeconds, kReceivers);
  health.CountErrors(0, 3, 0);
  health.CountAnsweredProbe(0);
  EXPECT_FALSE(health.is_up(0));
  health.Advance(30 * kSecond);
  EXPECT_TRUE(health.is_up(0));
}

TEST(ReceiverHealthTest, KnowsErrorsOfThePacketFromThoseOfTheReceiver) {
  for (const int error : {ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, ENOPROTOOPT}) {
    EXPECT_TRUE(IsReceiversError(error)) << error;
  }
  for (const int error : {EMSGSIZE, EAGAIN, ENOBUFS, ENODATA}) {
    EXPECT_FALSE(IsReceiversError(error)) << error;
  }
}

TEST(ReceiverHealthTest, RefusesRulesAndReceiversThatMakeNoSense) {
  EXPECT_THROW(ReceiverHealth({.errors = 0}, kReceivers), std::invalid_argument);
  EXPECT_THROW(ReceiverHealth({.missed_probes = 0}, kReceivers), std::invalid_argument);
  EXPECT_THROW(ReceiverHealth({}, {kReceivers[0], kReceivers[0]}), std::invalid_argument);
  const ReceiverHealth health({}, {kReceivers[0]});
  EXPECT_THROW(FailOver(MirrorByFlow({1, 1}), health), std::invalid_argument);
}

TEST(FailOverTest, MovesTheFlowsOfTheLostReceiverAndNoOthersAndBack) {
  const Mirror mirror = MirrorByFlow({1, 1, 1, 1});
  ReceiverHealth health(kThreeInTenSeconds, kReceivers);
  FailOver fail_over(mirror, health);
  health.CountErrors(1, 3, 0);
  for (std::uint64_t flow = 0; flow < 1000; ++flow) {
    for (const std::uint32_t planned : {0u, 2u, 3u}) {
      EXPECT_EQ(fail_over.ReceiverOf(PlanOf(planned, flow)), planned);
    }
    const std::uint32_t instead = fail_over.ReceiverOf(PlanOf(1, flow));
    EXPECT_NE(instead, 1u);
    EXPECT_EQ(fail_over.ReceiverOf(PlanOf(1, flow)), instead) << "a flow stays together";
  }
  EXPECT_EQ(fail_over.moved()[1], 2000);
  EXPECT_EQ(fail_over.moved()[0], 0);
  health.Advance(30 * kSecond);
  EXPECT_EQ(fail_over.ReceiverOf(PlanOf(1, 7)), 1u);
  EXPECT_EQ(fail_over.moved()[1], 2000);
}

TEST(FailOverTest, SecondLossMovesOnlyWhatWasThere) {
  const Mirror mirror = MirrorByFlow({1, 1, 1, 1});
  ReceiverHealth health(kThreeInTenSeconds, kReceivers);
  FailOver fail_over(mirror, health);
  health.CountErrors(0, 3, 0);
  std::map<std::uint64_t, std::uint32_t> before;
  for (std::uint64_t flow = 0; flow < 1000; ++flow) {
    before[flow] = fail_over.ReceiverOf(PlanOf(0, flow));
  }
  health.CountErrors(2, 3, 0);
  for (const auto& [flow, receiver] : before) {
    const std::uint32_t after = fail_over.ReceiverOf(PlanOf(0, flow));
    if (receiver == 2) {
      EXPECT_TRUE(after == 1 || after == 3);
    } else {
      EXPECT_EQ(after, receiver);
    }
  }
}

TEST(FailOverTest, SpreadsByWeight) {
  const Mirror mirror = MirrorByFlow({1, 1, 2, 5});
  ReceiverHealth health(kThreeInTenSeconds, kReceivers);
  FailOver fail_over(mirror, health);
  health.CountErrors(0, 3, 0);
  std::map<std::uint32_t, double> flows;
  for (std::uint64_t flow = 0; flow < 80'000; ++flow) {
    ++flows[fail_over.ReceiverOf(PlanOf(0, flow))];
  }
  // 1/8, 2/8 and 5/8 of 80,000. Binomial: standard deviations of at most 137; six of them.
  EXPECT_NEAR(flows[1], 10'000, 822);
  EXPECT_NEAR(flows[2], 20'000, 822);
  EXPECT_NEAR(flows[3], 50'000, 822);
}

TEST(FailOverTest, FlowsStayWhenNoOtherIsFit) {
  MirrorSettings settings = MirrorByFlow({1, 1, 1}).settings();
  settings.mtu.basis = MtuBasis::kReceiver;
  settings.receivers[1].mtu = Bytes(1500);  // copies for the others do not fit here
  const Mirror mirror(settings);
  ReceiverHealth health(kThreeInTenSeconds, kReceivers);
  FailOver fail_over(mirror, health);
  health.CountErrors(0, 3, 0);
  for (std::uint64_t flow = 0; flow < 100; ++flow) {
    EXPECT_EQ(fail_over.ReceiverOf(PlanOf(0, flow)), 2u);
  }
  health.CountErrors(2, 3, 0);
  EXPECT_EQ(fail_over.ReceiverOf(PlanOf(0, 1)), 0u);
  EXPECT_EQ(fail_over.ReceiverOf(PlanOf(2, 1)), 2u);
  EXPECT_EQ(fail_over.moved()[0], 100);
}

}  // namespace
}  // namespace vpcmirror::sim
