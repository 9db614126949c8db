#include "analysis/report/run_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <variant>

#include "analysis/report/sweep_report.h"
#include "analysis/report/verdict.h"
#include "tests/unit/report/sample_result.h"

namespace vpcmirror {
namespace {

using testing::HasSubstr;
using testing_report::OneInThreeOut;

RunResult Judged(RunResult result) {
  ValidScenario scenario;
  scenario.duration = result.duration;
  Judge(scenario, kDefaultMarginGoal, result);
  return result;
}

const Headline* HeadlineOf(const Report& report, std::string_view key) {
  for (const Headline& headline : report.headlines) {
    if (headline.key == key) return &headline;
  }
  return nullptr;
}

template <class Kind>
const Kind* PartOf(const Report& report, std::string_view key) {
  for (const Section& section : report.sections) {
    for (const ReportPart& part : section.blocks) {
      const Kind* found = std::get_if<Kind>(&part);
      if (found != nullptr && found->key == key) return found;
    }
  }
  return nullptr;
}

// Tencent's example: 1 Gbps out becomes 3, as both directions are copied.
TEST(RunReportTest, SaysWhatMirroringMakesOfTheEgress) {
  const Report report = ReportOfRun(Judged(OneInThreeOut()));
  const Headline* egress = HeadlineOf(report, "egress_bps");
  ASSERT_NE(egress, nullptr);
  EXPECT_EQ(egress->with.number, 3e9);
  ASSERT_TRUE(egress->without);
  EXPECT_EQ(egress->without->number, 1e9);
  EXPECT_EQ(egress->difference, "x3");
}

// Where production was lost, what left beside the copies is not what would have left without.
TEST(RunReportTest, DoesNotGuessWhatWouldHaveLeftWithoutTheMirror) {
  RunResult result = OneInThreeOut();
  result.enis[0].offered_out.bandwidth = BitsPerSecond(1'200'000'000);
  const Headline* egress = nullptr;
  const Report report = ReportOfRun(Judged(result));
  egress = HeadlineOf(report, "egress_bps");
  ASSERT_NE(egress, nullptr);
  EXPECT_FALSE(egress->without);
  EXPECT_EQ(egress->difference, "");
}

// 4 of 6 Gbps at the source are 66.7 %, 2 of 4 Gbps at the receiver 50 %.
TEST(RunReportTest, ShowsTheTightestLimitsFirst) {
  const Report report = ReportOfRun(Judged(OneInThreeOut()));
  ASSERT_TRUE(report.bottlenecks);
  ASSERT_EQ(report.bottlenecks->bars.size(), 2u);
  EXPECT_EQ(report.bottlenecks->bars[0].label, "web");
  EXPECT_EQ(report.bottlenecks->bars[0].text, "66.7 % used");
  EXPECT_EQ(report.bottlenecks->bars[0].tone, Tone::kGood);
  EXPECT_EQ(report.bottlenecks->bars[1].text, "50 % used");
}

TEST(RunReportTest, LetsTheFullestOfAlikeHostsSpeakForAll) {
  RunResult result = OneInThreeOut();
  result.hosts[0].id = "web[0]";
  result.hosts.push_back(result.hosts[0]);
  result.hosts[1].id = "web[1]";
  result.hosts[1].used_in = testing_report::LoadOf(150'000, 1250);  // 4.5 of 6 Gbps
  const Report report = ReportOfRun(Judged(result));
  ASSERT_EQ(report.bottlenecks->bars.size(), 2u);
  EXPECT_EQ(report.bottlenecks->bars[0].label, "web[1]");
  EXPECT_THAT(report.bottlenecks->bars[0].detail, HasSubstr("the fullest of 2"));
}

// The mirror's 250 MB on the wire in a second are 2 Gbps, all of one ENI to one receiver.
TEST(RunReportTest, DrawsTheWayOfTheCopies) {
  const Report report = ReportOfRun(Judged(OneInThreeOut()));
  const Diagram* copies = PartOf<Diagram>(report, "copies");
  ASSERT_NE(copies, nullptr);
  ASSERT_EQ(copies->nodes.size(), 3u);
  ASSERT_EQ(copies->bands.size(), 2u);
  for (const DiagramBand& band : copies->bands) {
    EXPECT_DOUBLE_EQ(band.rate, 2e9);
    EXPECT_EQ(band.lost, 0);
  }
}

// A fourth of the copies dropped at the source, beside 2 Gbps that left, was 2/3 Gbps; an eighth
// of those that left came to no ENI of a receiver.
TEST(RunReportTest, DrawsWhatIsLostAtTheSourceAndOnTheWay) {
  RunResult result = OneInThreeOut();
  Ledger& ledger = result.mirrors[0].ledger;
  ledger.dropped[static_cast<std::size_t>(DropReason::kEgressBandwidth)] = {66'667,
                                                                            Bytes(83'333'750)};
  ledger.offered.frames += 66'667;
  ledger.offered.bytes += Bytes(83'333'750);
  result.mirrors[0].lost_after_source["not_received"] = {25'000, Bytes(31'250'000)};
  const Report report = ReportOfRun(Judged(result));
  const Diagram* copies = PartOf<Diagram>(report, "copies");
  ASSERT_NE(copies, nullptr);
  const auto band = [&](std::string_view from, std::string_view to) {
    for (const DiagramBand& each : copies->bands) {
      if (copies->nodes[each.from].label == from && copies->nodes[each.to].label == to) return each;
    }
    return DiagramBand{};
  };
  EXPECT_NEAR(band("web", "mirror-0").rate, 2e9 + 2e9 / 3, 1e4);
  EXPECT_NEAR(band("web", "mirror-0").lost, 2e9 / 3, 1e4);
  EXPECT_NEAR(band("mirror-0", "lost on the way").rate, 2e9 / 8, 1);
  EXPECT_NEAR(band("mirror-0", "lost on the way").lost, 2e9 / 8, 1);
}

TEST(RunReportTest, SaysThatAMirrorSeesNothing) {
  RunResult result = OneInThreeOut();
  result.enis[0].mirror_out = {};
  const Report report = ReportOfRun(Judged(result));
  ASSERT_FALSE(report.remarks.empty());
  EXPECT_THAT(report.remarks[0].text, HasSubstr("No copy left any ENI"));
  EXPECT_EQ(report.remarks[0].tone, Tone::kWarning);
}

// 1250 bytes in a bin of 100 ms are 100 kbps.
TEST(RunReportTest, DrawsSeriesAsRates) {
  RunResult result = OneInThreeOut();
  Series series{.bin = Picoseconds(kPicosecondsPerSecond / 10), .bins = 4};
  // Of an ENI: in_frames, in_bytes, out_frames, out_bytes, mirror_out_frames, mirror_out_bytes;
  // it was not there before the second bin.
  series.objects = {{.kind = SeriesKind::kEni,
                     .id = "web/eni0",
                     .first_bin = 1,
                     .values = {1, 1250, 0, 0, 0, 0, 2, 2500, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}}};
  result.series = series;
  const Report report = ReportOfRun(Judged(result));
  const LineChart* traffic = PartOf<LineChart>(report, "traffic");
  ASSERT_NE(traffic, nullptr);
  ASSERT_EQ(traffic->lines.size(), 1u);  // what was always zero is no line
  EXPECT_EQ(traffic->lines[0].name, "in");
  EXPECT_THAT(traffic->lines[0].values,
              testing::ElementsAre(0, testing::DoubleEq(100e3), testing::DoubleEq(200e3), 0));
  EXPECT_THAT(traffic->x, testing::ElementsAre(0, 0.1, 0.2, testing::DoubleEq(0.3)));
  const LineChart* host = PartOf<LineChart>(report, "host_traffic");
  ASSERT_NE(host, nullptr);
  EXPECT_TRUE(host->lines.back().is_limit);
  EXPECT_EQ(host->lines.back().values.front(), 6e9);
}

SweepOutcome SmallSweep() {
  SweepOutcome sweep{.scenario = "x.json",
                     .summary = "8 runs: 4 FITS, 4 DOES NOT FIT",
                     .axes = {{"/in", {"\"1 Gbps\"", "\"2 Gbps\""}}, {"/way", {"ALL", "EGRESS"}}},
                     .figures = {"margin", "mirror_loss"}};
  // Margins 0.1 to 0.8, in the order of points and replications.
  for (std::size_t in = 0; in < 2; ++in) {
    for (std::size_t way = 0; way < 2; ++way) {
      for (int run = 1; run <= 2; ++run) {
        const double margin = 0.1 * static_cast<double>(sweep.runs.size() + 1);
        sweep.runs.push_back({{in, way},
                              run,
                              "done",
                              in == 0 ? Verdict::kFits : Verdict::kDoesNotFit,
                              "",
                              {{"", margin}, {"", 0.0}}});
      }
    }
  }
  return sweep;
}

// Of 0.1 and 0.2 the mean is 0.15, and so on.
TEST(SweepReportTest, DrawsALineForEachValueOfTheOtherAxis) {
  const Report report = ReportOfSweep(SmallSweep());
  const LineChart* chart = PartOf<LineChart>(report, "line-0-margin");
  ASSERT_NE(chart, nullptr);
  EXPECT_EQ(chart->x_title, "/in, Gbps");
  EXPECT_THAT(chart->x, testing::ElementsAre(1, 2));
  ASSERT_EQ(chart->lines.size(), 2u);
  EXPECT_EQ(chart->lines[0].name, "/way ALL");
  EXPECT_THAT(chart->lines[0].values,
              testing::ElementsAre(testing::DoubleEq(0.15), testing::DoubleEq(0.55)));
  EXPECT_THAT(chart->lines[1].low,
              testing::ElementsAre(testing::DoubleEq(0.3), testing::DoubleEq(0.7)));
  EXPECT_THAT(chart->lines[1].high,
              testing::ElementsAre(testing::DoubleEq(0.4), testing::DoubleEq(0.8)));
  EXPECT_EQ(PartOf<LineChart>(report, "line-1-margin"), nullptr);       // words make no axis
  EXPECT_EQ(PartOf<LineChart>(report, "line-0-mirror_loss"), nullptr);  // always zero
}

const HeatMap* FirstHeatMap(const Report& report) {
  for (const Section& section : report.sections) {
    for (const ReportPart& part : section.blocks) {
      if (const HeatMap* map = std::get_if<HeatMap>(&part)) return map;
    }
  }
  return nullptr;
}

TEST(SweepReportTest, ShadesEachTwoAxes) {
  const Report report = ReportOfSweep(SmallSweep());
  const HeatMap* map = FirstHeatMap(report);  // of margins
  ASSERT_NE(map, nullptr);
  ASSERT_EQ(map->cells.size(), 2u);  // by /way
  EXPECT_DOUBLE_EQ(*map->cells[1][0].number, 0.35);
  EXPECT_EQ(map->cells[1][0].text, "35 %");
}

TEST(SweepReportTest, ShowsRunsThatFailed) {
  SweepOutcome sweep = SmallSweep();
  sweep.runs[3] = {{0, 1}, 2, "failed", std::nullopt, "out of memory", {}};
  const Report report = ReportOfSweep(sweep);
  EXPECT_EQ(report.tone, Tone::kBad);
  const Table* runs = PartOf<Table>(report, "runs");
  ASSERT_NE(runs, nullptr);
  ASSERT_EQ(runs->rows.size(), 8u);
  EXPECT_EQ(runs->rows[3][3].text, "failed: out of memory");
  EXPECT_DOUBLE_EQ(*FirstHeatMap(report)->cells[1][0].number, 0.3);
}

// An assumption is the model's until the scenario makes it the reader's own; what nobody has to
// assume of a cloud is documented.
TEST(RunReportTest, SaysOfHeadlinesWhatTheyRestOn) {
  RunResult result = OneInThreeOut();
  result.assumptions = {{.name = "encapsulation", .value = "vxlan"},
                        {.name = "congestion", .value = "fifo", .overridden = true}};
  for (HostResult& host : result.hosts) host.type = "S5.LARGE8";
  result.hosts[0].type.clear();
  const Report report = ReportOfRun(Judged(result));
  EXPECT_EQ(HeadlineOf(report, "egress_bps")->rests_on,
            "assumed: encapsulation=vxlan; yours: workloads");
  EXPECT_THAT(HeadlineOf(report, "production_loss")->rests_on, HasSubstr("yours: limits by hand"));
  EXPECT_THAT(HeadlineOf(report, "production_loss")->rests_on, HasSubstr("congestion=fifo"));
  result.assumptions.clear();
  EXPECT_EQ(HeadlineOf(ReportOfRun(Judged(result)), "egress_bps")->rests_on,
            "documented: encapsulation; yours: workloads");
}

}  // namespace
}  // namespace vpcmirror
