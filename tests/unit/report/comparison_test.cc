// What a result says of the runs that it was compared with.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "analysis/report/result_json.h"
#include "analysis/report/result_text.h"
#include "analysis/report/verdict.h"
#include "tests/unit/report/sample_result.h"

namespace vpcmirror {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;
using testing_report::LoadOf;
using testing_report::OneInThreeOut;

constexpr std::int64_t kMicrosecond = 1'000 * kPicosecondsPerNanosecond;

DelayResult Delays(std::int64_t median_us) {
  const Picoseconds median(median_us * kMicrosecond);
  return {.frames = 1000,
          .mean = median,
          .p50 = median,
          .p99 = median * 2,
          .p999 = median * 3,
          .p9999 = median * 4,
          .largest = Picoseconds(median.count() * 5 + 1)};
}

// 200,000 frames of 1,250 bytes a second are 2 Gbps. The mirror loses one in ten
// of them and doubles how long they take.
RunResult Compared() {
  RunResult result = OneInThreeOut();
  result.produced = Count{200'000, Bytes(250'000'000)};
  result.delivered = LoadOf(180'000, 1250);
  result.production_delay = Delays(100);
  result.copy_delay = Delays(70);
  result.enis[0].dropped["egress_bandwidth"] = {20'000, Bytes(25'000'000)};
  Judge(ValidScenario(), kDefaultMarginGoal, result);
  result.baseline =
      BaselineResult{.produced = *result.produced,
                     .production = {{.lost = 0, .of = 200'000}, LoadOf(200'000, 1250), Delays(50)}};
  return result;
}

TEST(ResultJsonDelayTest, HasEveryNumberWithItsUnit) {
  const json document = json::parse(ResultJson(Compared()));
  const json& production = document["delay"]["production"];
  EXPECT_EQ(production["frames"], 1000);
  EXPECT_EQ(production["mean_ns"], 100'000);
  EXPECT_EQ(production["p50_ns"], 100'000);
  EXPECT_EQ(production["p99_ns"], 200'000);
  EXPECT_EQ(production["p99_9_ns"], 300'000);
  EXPECT_EQ(production["p99_99_ns"], 400'000);
  EXPECT_EQ(production["max_ns"], 500'000.001);
  EXPECT_EQ(document["delay"]["copies"]["p50_ns"], 70'000);
  EXPECT_EQ(document["delay"]["relative_error"], 1.0 / 256);
  EXPECT_EQ(document["goodput"]["bps"], 1'800'000'000);
  EXPECT_EQ(document["goodput"]["frames"], 180'000);
}

// Nothing was delivered, or the engine times no frames: that is no delay of 0.
TEST(ResultJsonDelayTest, HasNoTimesWhereNoFrameWasTimed) {
  RunResult result = Compared();
  result.copy_delay = {};
  result.production_delay = {};
  const json document = json::parse(ResultJson(result));
  for (const char* of : {"production", "copies"}) {
    const json& delay = document["delay"][of];
    EXPECT_EQ(delay["frames"], 0);
    for (const char* time : {"mean_ns", "p50_ns", "p99_ns", "p99_9_ns", "p99_99_ns", "max_ns"}) {
      EXPECT_TRUE(delay[time].is_null()) << of << " " << time;
    }
  }
  const json& difference = document["baseline"]["difference"];
  EXPECT_TRUE(difference["p50_ns"].is_null());
  EXPECT_TRUE(difference["p99_9_ns"].is_null());
  EXPECT_EQ(document["baseline"]["without"]["delay"]["p50_ns"], 50'000);
}

TEST(ResultJsonBaselineTest, TellsWhatTheMirrorCosts) {
  const json baseline = json::parse(ResultJson(Compared()))["baseline"];
  EXPECT_EQ(baseline["produced_frames"], 200'000);
  EXPECT_EQ(baseline["without"]["lost_frames"], 0);
  EXPECT_EQ(baseline["without"]["delivered_bps"], 2'000'000'000);
  EXPECT_EQ(baseline["without"]["delay"]["p99_ns"], 100'000);
  EXPECT_EQ(baseline["with"]["lost_frames"], 20'000);
  EXPECT_EQ(baseline["with"]["loss"], 0.1);
  EXPECT_EQ(baseline["difference"]["lost_frames"], 20'000);
  EXPECT_EQ(baseline["difference"]["loss"], 0.1);
  EXPECT_EQ(baseline["difference"]["delivered_bps"], -200'000'000);
  EXPECT_EQ(baseline["difference"]["p50_ns"], 50'000);
  EXPECT_EQ(baseline["difference"]["p99_9_ns"], 150'000);
  EXPECT_TRUE(json::parse(ResultJson(OneInThreeOut()))["baseline"].is_null());
}

TEST(ResultTextBaselineTest, IsATableOfWithoutAndWith) {
  EXPECT_THAT(
      ResultText(Compared(), {}),
      HasSubstr(
          "What mirroring costs production        without            with      difference\n"
          "  production delivered                  2 Gbps        1.8 Gbps       -200 Mbps\n"
          "  frames lost                                0          20,000         +20,000\n"
          "  share of frames lost                     0 %            10 %           +10 %\n"
          "  delay, median                          50 us          100 us          +50 us\n"
          "  delay, 99 % of frames                 100 us          200 us         +100 us\n"
          "  delay, 99.9 % of frames               150 us          300 us         +150 us\n"));
  EXPECT_THAT(ResultText(OneInThreeOut(), {}), Not(HasSubstr("What mirroring costs")));
}

TEST(ResultTextBaselineTest, SaysThatNothingChanged) {
  RunResult result = Compared();
  result.baseline->production = {result.production, result.delivered, result.production_delay};
  const std::string text = ResultText(result, {});
  EXPECT_THAT(text, HasSubstr("          20,000          20,000            none\n"));
}

TEST(ResultTextBaselineTest, HasNoDelaysWhereNoFrameWasTimed) {
  RunResult result = Compared();
  result.production_delay = {};
  EXPECT_THAT(ResultText(result, {}), Not(HasSubstr("delay, median")));
  EXPECT_THAT(ResultText(result, {}), HasSubstr("  share of frames lost"));
}

TEST(ResultTextDelayTest, HasARowForEachKindOfFrames) {
  RunResult result = Compared();
  EXPECT_THAT(ResultText(result, {}),
              HasSubstr("  production      100 us     100 us     200 us     300 us     400 us"
                        "     500 us\n"
                        "  copies           70 us      70 us     140 us     210 us     280 us"
                        "     350 us\n"));
  result.copy_delay = {};
  EXPECT_THAT(ResultText(result, {}), Not(HasSubstr("  copies    ")));
}

RunResult Tried(Verdict of_fifo) {
  RunResult result = Compared();
  result.disciplines = {
      {"shared_random", {.lost = 5, .of = 100}, {.lost = 5, .of = 50}, result.verdict},
      {"fifo", {.lost = 8, .of = 100}, {.lost = 2, .of = 50}, of_fifo}};
  JudgeDisciplines(result);
  return result;
}

TEST(DisciplinesTest, HoldUnderAllThatWereTried) {
  const RunResult result = Tried(Verdict::kDoesNotFit);
  EXPECT_EQ(result.holds, "under all assumptions tried (congestion=shared_random, fifo)");
  const json document = json::parse(ResultJson(result));
  EXPECT_EQ(document["holds"], result.holds);
  EXPECT_EQ(document["disciplines"][1]["congestion"], "fifo");
  EXPECT_EQ(document["disciplines"][1]["production_loss"], 0.08);
  EXPECT_EQ(document["disciplines"][1]["mirror_loss"], 0.04);
  EXPECT_EQ(document["disciplines"][1]["verdict"], "DOES NOT FIT");
}

TEST(DisciplinesTest, SayWhichFlipsTheVerdict) {
  const RunResult result = Tried(Verdict::kAtRisk);
  EXPECT_EQ(result.holds,
            "flips if congestion=fifo (AT RISK); tried: congestion=shared_random, fifo");
  const std::string text = ResultText(result, {.width = 1000});
  EXPECT_THAT(text, HasSubstr("production frames (10 %) are lost; flips if congestion=fifo (AT "
                              "RISK); tried: congestion=shared_random, fifo.\n"));
  EXPECT_THAT(text, HasSubstr("  shared_random                              5 %              10 %"
                              "  DOES NOT FIT\n"
                              "  fifo                                       8 %               4 %"
                              "  AT RISK\n"));
}

TEST(DisciplinesTest, SayNothingWhereOnlyOneWasRun) {
  RunResult result = Compared();
  JudgeDisciplines(result);
  EXPECT_EQ(result.holds, "");
  EXPECT_TRUE(json::parse(ResultJson(result))["holds"].is_null());
}

TEST(LostAtABudgetTest, KnowsBudgetsFromOtherLosses) {
  RunResult result = OneInThreeOut();
  EXPECT_FALSE(LostAtABudget(result));
  result.enis[0].dropped["security_group"] = {3, Bytes(300)};
  result.mirrors[0].ledger.dropped[static_cast<std::size_t>(DropReason::kMtu)] = {1, Bytes(9000)};
  EXPECT_FALSE(LostAtABudget(result));
  result.mirrors[0].ledger.dropped[static_cast<std::size_t>(DropReason::kEgressPacketRate)] = {
      1, Bytes(100)};
  EXPECT_TRUE(LostAtABudget(result));
  result = OneInThreeOut();
  result.enis[0].dropped["ingress_bandwidth"] = {1, Bytes(100)};
  EXPECT_TRUE(LostAtABudget(result));
}

TEST(StoppedResultTest, SaysByWhatAndThatNothingIsKnownOfNothing) {
  RunResult result = OneInThreeOut();
  result.complete = false;
  result.stopped_by = "--max-wall 600 s";
  Judge(ValidScenario(), kDefaultMarginGoal, result);
  EXPECT_THAT(ResultText(result, {}), HasSubstr("Stopped by --max-wall 600 s after 1 s of 1 s"));
  EXPECT_EQ(json::parse(ResultJson(result))["stopped_by"], "--max-wall 600 s");
  result.duration = Picoseconds(0);
  Judge(ValidScenario(), kDefaultMarginGoal, result);
  EXPECT_EQ(result.verdict, Verdict::kAtRisk);
  EXPECT_THAT(result.because, HasSubstr("nothing is known"));
}

}  // namespace
}  // namespace vpcmirror
