#include "analysis/report/verdict.h"

#include <gtest/gtest.h>

#include <functional>
#include <ostream>

#include "tests/unit/report/sample_result.h"

namespace vpcmirror {
namespace {

using testing_report::LoadOf;
using testing_report::OneInThreeOut;

constexpr std::int64_t kGbps = 1'000'000'000;

Load Rates(std::int64_t bps, std::int64_t pps) {
  Load load;
  load.bandwidth = BitsPerSecond(bps);
  load.packet_rate = PacketsPerSecond(pps);
  return load;
}

RunResult Judged(RunResult result, double margin_goal = kDefaultMarginGoal) {
  Judge(ValidScenario(), margin_goal, result);
  return result;
}

struct VerdictCase {
  const char* name;
  std::function<void(RunResult&)> change;
  Verdict want;
  const char* because;
};

void PrintTo(const VerdictCase& c, std::ostream* os) { *os << c.name; }

class VerdictTest : public testing::TestWithParam<VerdictCase> {};

TEST_P(VerdictTest, IsAsTabled) {
  RunResult result = OneInThreeOut();
  GetParam().change(result);
  const RunResult judged = Judged(result);
  EXPECT_EQ(ToString(judged.verdict), ToString(GetParam().want));
  EXPECT_EQ(judged.because, GetParam().because);
}

// Shares: 4 of 6 Gbps is 66.7 %; limits and loads otherwise as each row says.
const VerdictCase kVerdictCases[] = {
    {"FitsWithTwoThirdsUsed", [](RunResult&) {}, Verdict::kFits,
     "web needs 4 Gbps of a combined 6 Gbps, the tightest (66.7 % used), and nothing is lost"},
    {"FitsAtExactlyFourFifths",
     [](RunResult& r) { r.hosts[0].limit_bandwidth = BitsPerSecond(5 * kGbps); }, Verdict::kFits,
     "web needs 4 Gbps of a combined 5 Gbps, the tightest (80 % used), and nothing is lost"},
    {"IsAtRiskJustAboveFourFifths",
     [](RunResult& r) { r.hosts[0].limit_bandwidth = BitsPerSecond(4'999'000'000); },
     Verdict::kAtRisk,
     "web needs 4 Gbps of a combined 4.999 Gbps, which leaves 20 % where 20 % should stay free"},
    {"CpuIsALimitToo",
     [](RunResult& r) { r.hosts[0].cpu = {.cores_used = 10.01, .cores_limit = 1.0}; },
     Verdict::kDoesNotFit, "web needs 10 of its 1 vCPU; nothing is lost"},
    {"SaysWhatOfTheCpuCopiesTake",
     [](RunResult& r) {
       r.hosts[0].cpu = {.cores_used = 3, .cores_limit = 2.0};
       r.hosts[0].cpu.operations[static_cast<std::size_t>(CpuOperation::kClone)].cores = 1.25;
     },
     Verdict::kDoesNotFit, "web needs 3 of its 2 vCPU, 1.25 of it to make copies; nothing is lost"},
    {"CpuThatTheCloudPaysDecidesNothing",
     [](RunResult& r) {
       r.hosts[0].cpu = {.cores_used = 0, .cores_limit = 2.0};
       r.hosts[0].cpu.operations[static_cast<std::size_t>(CpuOperation::kClone)] = {
           .cores = 5, .payer = Payer::kHost};
     },
     Verdict::kFits,
     "web needs 4 Gbps of a combined 6 Gbps, the tightest (66.7 % used), and nothing is lost"},
    // 2 of 4 Gbps, but one of four workers has 1.1 of the 2: its share is 1.
    {"DoesNotFitWhenOneWorkerIsSentMoreThanItsShare",
     [](RunResult& r) {
       r.receivers[0].workers = {
           .count = 4, .busiest = Rates(1'100'000'000, 110'000), .mean = Rates(kGbps / 2, 50'000)};
     },
     Verdict::kDoesNotFit,
     "the busiest of the 4 workers of receiver ids (suricata) is sent 1.1 Gbps of the 1 Gbps that "
     "it digests; nothing is lost"},
    // A receiver whose vCPUs are as busy as its capacity is used: one limit, two names.
    {"NamesTheReceiverWhereItsCpuIsTheSameLimit",
     [](RunResult& r) {
       r.hosts[0].cpu = {.cores_used = 1.9999999, .cores_limit = 2.0};
       r.receivers[0].capacity_bandwidth = BitsPerSecond(2 * kGbps);
     },
     Verdict::kAtRisk,
     "receiver ids (suricata) is sent 2 Gbps of the 2 Gbps that it digests, which leaves 0 % where "
     "20 % should stay free"},
    {"CpuThatIsSpareDecidesNothing",
     [](RunResult& r) { r.hosts[0].cpu = {.cores_used = 0.1, .cores_limit = 16.0}; },
     Verdict::kFits,
     "web needs 4 Gbps of a combined 6 Gbps, the tightest (66.7 % used), and nothing is lost"},
    {"IsAtRiskWhenExactlyFull",
     [](RunResult& r) { r.hosts[0].limit_bandwidth = BitsPerSecond(4 * kGbps); }, Verdict::kAtRisk,
     "web needs 4 Gbps of a combined 4 Gbps, which leaves 0 % where 20 % should stay free"},
    // Issue: 1.6 in and 1.6 out mirrored ALL is 1.6 + 1.6 + 3.2 = 6.4 of 6.
    {"DoesNotFitWhenInAndOutTogetherPassACombinedLimit",
     [](RunResult& r) {
       r.hosts[0].used_in = Rates(1'600'000'000, 0);
       r.hosts[0].used_out = Rates(4'800'000'000, 0);
     },
     Verdict::kDoesNotFit, "web needs 6.4 Gbps of a combined 6 Gbps; nothing is lost"},
    {"FitsTheSameLoadWhenTheLimitIsPerDirection",
     [](RunResult& r) {
       r.hosts[0].limit_model = LimitModel::kPerDirection;
       r.hosts[0].used_in = Rates(1'600'000'000, 0);
       r.hosts[0].used_out = Rates(4'800'000'000, 0);
     },
     Verdict::kFits,
     "web needs 4.8 Gbps of 6 Gbps out, the tightest (80 % used), and nothing is lost"},
    {"DoesNotFitWhenOneDirectionIsOver",
     [](RunResult& r) {
       r.hosts[0].limit_model = LimitModel::kPerDirection;
       r.hosts[0].used_in = Rates(6'600'000'000, 0);
     },
     Verdict::kDoesNotFit, "web needs 6.6 Gbps of 6 Gbps in; nothing is lost"},
    {"DoesNotFitWhenPacketRateIsOver",
     [](RunResult& r) { r.hosts[0].limit_packet_rate = PacketsPerSecond(250'000); },
     Verdict::kDoesNotFit, "web needs 400 kpps of a combined 250 kpps; nothing is lost"},
    {"ShowsAnExcessThatRoundingWouldHide",
     [](RunResult& r) { r.hosts[0].limit_bandwidth = BitsPerSecond(3'999'990'000); },
     Verdict::kDoesNotFit, "web needs 4 Gbps of a combined 3.99999 Gbps; nothing is lost"},
    {"DoesNotFitWhenAZoneOfALoadBalancerIsSentMoreThanItPasses",
     [](RunResult& r) {
       r.load_balancers = {testing_report::Balancer()};
       r.load_balancers[0].limit_bandwidth = BitsPerSecond(1'500'000'000);
     },
     Verdict::kDoesNotFit,
     "load balancer copies (nlb) is sent 2 Gbps of the 1.5 Gbps that a zone passes; nothing is "
     "lost"},
    {"DoesNotFitWhenAReceiverIsSentMoreThanItDigests",
     [](RunResult& r) { r.receivers[0].capacity_bandwidth = BitsPerSecond(1 * kGbps); },
     Verdict::kDoesNotFit,
     "receiver ids (suricata) is sent 2 Gbps of the 1 Gbps that it digests; nothing is lost"},
    {"DoesNotFitWhenOneProductionFrameIsLost",
     [](RunResult& r) {
       r.enis[0].dropped["egress_bandwidth"] = {1, Bytes(1250)};
     },
     Verdict::kDoesNotFit, "1 of 200,000 production frames (0.0005 %) is lost"},
    // 2 dropped at the source, 3 in the ring; 199,995 of 200,000 digested.
    {"DoesNotFitWhenCopiesAreLostHereAndThere",
     [](RunResult& r) {
       r.mirrors[0].ledger.dropped[0] = {2, Bytes(2500)};
       r.mirrors[0].lost_after_source["receiver_ring"] = {3, Bytes(3750)};
       r.receivers[0].digested = LoadOf(199'995, 1250);
     },
     Verdict::kDoesNotFit, "5 of 200,000 copies (0.0025 %) are lost"},
    {"DoesNotCountWhatASecurityGroupRefusesAsLost",
     [](RunResult& r) {
       r.enis[0].dropped["security_group"] = {50, Bytes(5000)};
     },
     Verdict::kFits,
     "web needs 4 Gbps of a combined 6 Gbps, the tightest (66.7 % used), and nothing is lost"},
    {"FitsWhenNothingLimits",
     [](RunResult& r) {
       r.hosts[0].limit_bandwidth.reset();
       r.hosts[0].limit_packet_rate.reset();
       r.hosts[0].cpu.cores_limit.reset();
       r.receivers[0].capacity_bandwidth.reset();
     },
     Verdict::kFits, "nothing is lost, and nothing here has a known limit"},
};

INSTANTIATE_TEST_SUITE_P(Table, VerdictTest, testing::ValuesIn(kVerdictCases),
                         [](const auto& param) { return std::string(param.param.name); });

TEST(JudgeTest, GivesEachHostItsMarginAndCrossover) {
  const RunResult result = Judged(OneInThreeOut());
  EXPECT_DOUBLE_EQ(*result.hosts[0].margin, 1.0 / 3);  // (6 - 4) / 6
  EXPECT_EQ(result.hosts[0].tightest, "bandwidth");
  EXPECT_EQ(result.hosts[0].crossover, Bytes(750));    // 6e9 / 8 / 1e6
  EXPECT_DOUBLE_EQ(*result.receivers[0].margin, 0.5);  // (4 - 2) / 4
  EXPECT_DOUBLE_EQ(*result.margin, 1.0 / 3);
  EXPECT_EQ(result.margin_of, "web");
}

TEST(JudgeTest, NamesTheDirectionAndTheKindOfTheTightestLimit) {
  RunResult result = OneInThreeOut();
  result.hosts[0].limit_model = LimitModel::kPerDirection;
  result.hosts[0].used_in = Rates(kGbps, 900'000);  // 90 % of 1 Mpps; out is 50 % of 6 Gbps
  const RunResult judged = Judged(result);
  EXPECT_EQ(judged.hosts[0].tightest, "packet_rate_in");
  EXPECT_DOUBLE_EQ(*judged.hosts[0].margin, 0.1);
}

TEST(JudgeTest, LeavesMarginAndCrossoverOpenWithoutLimits) {
  RunResult result = OneInThreeOut();
  result.hosts[0].limit_bandwidth.reset();
  result.hosts[0].limit_packet_rate.reset();
  result.hosts[0].cpu.cores_limit.reset();
  result.receivers[0].capacity_bandwidth.reset();
  const RunResult judged = Judged(result);
  EXPECT_EQ(judged.hosts[0].margin, std::nullopt);
  EXPECT_EQ(judged.hosts[0].crossover, std::nullopt);
  EXPECT_EQ(judged.margin, std::nullopt);
  EXPECT_EQ(judged.margin_of, "");
}

TEST(JudgeTest, TakesTheMarginGoalItIsGiven) {
  EXPECT_EQ(Judged(OneInThreeOut(), 0.3).verdict, Verdict::kFits);  // a third is free
  EXPECT_EQ(Judged(OneInThreeOut(), 0.34).verdict, Verdict::kAtRisk);
}

TEST(JudgeTest, LeavesAsideCopiesThatStillWaitOrTravel) {
  RunResult result = OneInThreeOut();
  result.mirrors[0].ledger.queued_at_end = {1000, Bytes(1'250'000)};
  result.mirrors[0].ledger.mirrored = {199'000, Bytes(248'750'000)};
  result.receivers[0].digested = LoadOf(198'000, 1250);  // 1000 more are on their way
  const RunResult judged = Judged(result);
  EXPECT_EQ(judged.mirror_loss, 0);
  EXPECT_EQ(judged.copies, (Loss{0, 198'000}));
}

// 100,000 in, of which 60,000 are copies, and 100,000 out are 140,000 of production.
TEST(JudgeTest, DoesNotTakeArrivingCopiesForProduction) {
  RunResult result = OneInThreeOut();
  result.enis[0].copies_in = LoadOf(60'000, 1250);
  result.enis[0].dropped["egress_bandwidth"] = {14'000, Bytes(17'500'000)};
  EXPECT_EQ(Judged(result).production, (Loss{14'000, 140'000}));
}

TEST(JudgeTest, CountsAFrameBetweenTwoHostsOnceWhenTheEngineSaysHowManyThereWere) {
  RunResult result = OneInThreeOut();
  result.enis[0].dropped["egress_bandwidth"] = {50'000, Bytes(62'500'000)};
  result.produced = Count{110'000, Bytes(137'500'000)};  // 10,000 wait or travel at the end
  result.delivered = LoadOf(50'000, 1250);
  EXPECT_EQ(Judged(result).production, (Loss{50'000, 100'000}));
}

TEST(JudgeTest, RunsTwiceToTheSameEnd) {
  RunResult result = OneInThreeOut();
  Judge({}, kDefaultMarginGoal, result);
  Judge({}, kDefaultMarginGoal, result);
  EXPECT_EQ(result.copies, (Loss{0, 200'000}));
}

// `with` and `without` the mirror, of a flow that delivered as much in each.
RunResult Slowed(BitsPerSecond with, BitsPerSecond without, Bytes delivered_with,
                 Bytes delivered_without) {
  RunResult result = Judged(OneInThreeOut());
  result.tcp = {{.id = "t", .delivered = delivered_with, .goodput = with}};
  result.baseline = BaselineResult{};
  result.baseline->tcp = {{.id = "t", .delivered = delivered_without, .goodput = without}};
  JudgeSlowdown(result);
  return result;
}

TEST(SlowdownTest, AboveTwoPercentItDoesNotFit) {
  const auto mbps = [](std::int64_t count) { return BitsPerSecond(count * 1'000'000); };
  const RunResult slow = Slowed(mbps(970), mbps(1000), Bytes(970), Bytes(1000));
  EXPECT_EQ(slow.verdict, Verdict::kDoesNotFit);
  EXPECT_TRUE(slow.because.starts_with("TCP flows have 970 Mbps instead of 1 Gbps in all; "));
  EXPECT_EQ(Slowed(mbps(985), mbps(1000), Bytes(985), Bytes(1000)).verdict, Verdict::kFits);
}

// 1,000 bytes in 0.8 ms instead of 0.4; and in 2.4 ms.
TEST(SlowdownTest, LessThanAMillisecondOfATransferIsNothing) {
  const auto mbps = [](std::int64_t count) { return BitsPerSecond(count * 1'000'000); };
  EXPECT_EQ(Slowed(mbps(10), mbps(20), Bytes(1000), Bytes(1000)).verdict, Verdict::kFits);
  EXPECT_EQ(Slowed(BitsPerSecond(3'333'333), mbps(20), Bytes(1000), Bytes(1000)).verdict,
            Verdict::kDoesNotFit);
}

// 95 instead of 100 Mbps beside 900 that came through in time is half a per cent of all.
TEST(SlowdownTest, WhatCameThroughInTimeCountsAmongAll) {
  const auto mbps = [](std::int64_t count) { return BitsPerSecond(count * 1'000'000); };
  RunResult result = Judged(OneInThreeOut(), 0.3);
  const TcpResult in_time{.id = "up", .delivered = Bytes(1000), .goodput = mbps(900)};
  result.tcp = {in_time, {.id = "q", .delivered = Bytes(95), .goodput = mbps(95)}};
  result.baseline = BaselineResult{};
  result.baseline->tcp = {in_time, {.id = "q", .delivered = Bytes(100), .goodput = mbps(100)}};
  JudgeSlowdown(result);
  EXPECT_EQ(result.verdict, Verdict::kFits);
}

// An ENI that is not there is the scenario's own wish.
TEST(DetachedTest, WhatADetachedEniLosesIsNoLoss) {
  RunResult result = OneInThreeOut();
  result.enis[0].dropped["detached"] = {.frames = 10, .bytes = Bytes(15'000)};
  EXPECT_EQ(Judged(result).production.lost, 0);
}

}  // namespace
}  // namespace vpcmirror
