#include "analysis/report/result_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

#include "analysis/report/assertions.h"
#include "analysis/report/verdict.h"
#include "tests/support/assertion_paths.h"
#include "tests/unit/report/sample_result.h"

namespace vpcmirror {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using testing_report::LoadOf;
using testing_report::OneInThreeOut;
using testing_report::Source;
using testing_report::SourceEni;

std::string TextOf(RunResult result, const TextStyle& style = {}) {
  ValidScenario scenario;
  scenario.assertions = {
      {"mirror_loss < 0.1%",
       {{"mirror_loss", std::nullopt}},
       FigureUnit::kShare,
       Comparison::kLess,
       0.001},
      {"enis[*].out_bps < 2 Gbps",
       {testing_assertions::Each("enis"), {"out_bps", std::nullopt}},
       FigureUnit::kBitsPerSecond,
       Comparison::kLess,
       std::int64_t{2'000'000'000}},
  };
  scenario.duration = Picoseconds(2 * kPicosecondsPerSecond);
  Judge(scenario, kDefaultMarginGoal, result);
  CheckAssertions(scenario, result);
  return ResultText(result, style);
}

std::vector<std::string> LinesOf(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

// The first line that begins with `start`, with runs of spaces made one.
std::string LineOf(const std::string& text, const std::string& start, std::size_t after = 0) {
  const std::size_t at = text.find("\n" + start, after);
  if (at == std::string::npos) return "no line begins with " + start;
  std::string line = text.substr(at + 1, text.find('\n', at + 1) - at - 1);
  line.erase(
      std::unique(line.begin(), line.end(), [](char a, char b) { return a == ' ' && b == ' '; }),
      line.end());
  return line;
}

TEST(ResultTextTest, BeginsWithTheVerdictAndWhy) {
  EXPECT_THAT(TextOf(OneInThreeOut()),
              StartsWith("FITS: web needs 4 Gbps of a combined 6 Gbps, the tightest (66.7 % used), "
                         "and\nnothing is lost.\n"));
}

TEST(ResultTextTest, SaysWhatMirroringCosts) {
  const std::string text = TextOf(OneInThreeOut());
  EXPECT_THAT(text, HasSubstr("Mirroring costs 2 Gbps and 200 kpps of egress: the source sends "
                              "3 Gbps instead\nof 1 Gbps.\n"));
  EXPECT_THAT(text, HasSubstr("Production frames: none lost. Copies: none lost.\n"));
}

TEST(ResultTextTest, ShowsEachHostAgainstItsLimits) {
  const std::string text = TextOf(OneInThreeOut());
  const std::size_t hosts = text.find("\nHosts");
  EXPECT_EQ(LineOf(text, "web", hosts), "web S5.4XLARGE32");
  EXPECT_EQ(LineOf(text, "  Gbps", hosts), " Gbps 1.000 1.000 - 2.000 6 in+out 66.7 %");
  EXPECT_EQ(LineOf(text, "  kpps", hosts), " kpps 100.0 100.0 - 200.0 1000 in+out 40 %");
}

TEST(ResultTextTest, TellsLossFromWhatSecurityRefuses) {
  RunResult result = OneInThreeOut();
  result.enis[0].dropped["security_group"] = {1'500, Bytes(1'500'000)};
  result.enis[0].dropped["acl"] = {500, Bytes(500'000)};
  EXPECT_THAT(TextOf(result), HasSubstr("Production frames: none lost. Copies: none lost.\n"
                                        "Refused by security groups and ACLs, as they say: 2,000 "
                                        "production frames.\n"));
}

TEST(ResultTextTest, ShowsWhereTheCpuGoes) {
  RunResult result = OneInThreeOut();
  const auto cores = [&](CpuOperation operation, double busy, Payer payer = Payer::kGuest) {
    result.hosts[0].cpu.operations[static_cast<std::size_t>(operation)] = {busy, payer};
  };
  result.hosts[0].cpu = {.cores_used = 0.3851, .cores_limit = 16.0};
  cores(CpuOperation::kProductionTx, 0.25);
  cores(CpuOperation::kClone, 0.1351);
  EXPECT_EQ(LineOf(TextOf(result), "  CPU"),
            " CPU 0.385 vCPU of 16: production out 0.25, making copies 0.135");
  // 0.0003 of 16 must not read as none.
  result.hosts[0].cpu = {.cores_used = 0.0003, .cores_limit = 16.0};
  cores(CpuOperation::kClone, 0.0003);
  EXPECT_EQ(LineOf(TextOf(result), "  CPU"),
            " CPU under 0.001 vCPU of 16: making copies under 0.001");
  result.hosts[0].cpu = {};
  EXPECT_THAT(TextOf(result), Not(HasSubstr("vCPU")));
}

TEST(ResultTextTest, TellsWhatTheCloudPays) {
  RunResult result = OneInThreeOut();
  result.hosts[0].cpu = {};
  result.hosts[0].cpu.operations[static_cast<std::size_t>(CpuOperation::kClone)] = {
      .cores = 0.135, .payer = Payer::kHost};
  EXPECT_THAT(TextOf(result), HasSubstr("         the cloud's own: making copies 0.135\n"));
}

TEST(ResultTextTest, SaysThatPollingLooksBusy) {
  RunResult result = OneInThreeOut();
  result.hosts[0].cpu.poll_mode = true;
  EXPECT_THAT(TextOf(result), HasSubstr("poll mode: tools show these cores busy at any load"));
}

// 2 of 4 Gbps on average, but one of four workers is sent 0.9 of its 1.
TEST(ResultTextTest, ShowsTheBusiestWorker) {
  RunResult result = OneInThreeOut();
  result.receivers[0].workers = {
      .count = 4, .busiest = LoadOf(90'000, 1250), .mean = LoadOf(50'000, 1250)};
  EXPECT_THAT(TextOf(result), HasSubstr("  4 workers: the busiest 90 % used, 50 % on average\n"));
  result.receivers[0].workers->count = 1;
  EXPECT_THAT(TextOf(result), Not(HasSubstr("workers")));
}

// What happened, when, and what the API refused with its code or with none.
TEST(ResultTextTest, TellsTheTimelineInOrder) {
  RunResult result = OneInThreeOut();
  EXPECT_THAT(TextOf(result), Not(HasSubstr("\nTimeline")));
  const auto at = [](std::int64_t ms) { return Picoseconds(ms * 1'000'000'000); };
  result.timeline = {
      {.at = at(0), .what = "StopTrafficMirror", .subject = "audit", .detail = "", .refusal = {}},
      {.at = at(250), .what = "scale", .subject = "www", .detail = "by x2", .refusal = {}},
      {.at = at(1500),
       .what = "DeleteTrafficMirrorFilter",
       .subject = "tmf-1",
       .detail = "",
       .refusal = ApiRefusal{"TrafficMirrorFilterInUse", "tms-1 uses filter tmf-1"}},
      {.at = at(1500),
       .what = "CreateTrafficMirrorSession",
       .subject = "tms-2",
       .detail = "",
       .refusal = ApiRefusal{"", "SessionNumber 1 is that of tms-1"}}};
  const std::string text = TextOf(result);
  const std::size_t timeline = text.find("\nTimeline");
  ASSERT_NE(timeline, std::string::npos);
  EXPECT_THAT(text.substr(timeline),
              HasSubstr("         0 s  StopTrafficMirror audit\n"
                        "      250 ms  scale www: by x2\n"
                        "       1.5 s  DeleteTrafficMirrorFilter tmf-1\n"
                        "              refused with TrafficMirrorFilterInUse: tms-1 uses filter "
                        "tmf-1\n"
                        "       1.5 s  CreateTrafficMirrorSession tms-2\n"
                        "              refused: SessionNumber 1 is that of tms-1\n"));
}

TEST(ResultTextTest, LeavesWhatIsTooLongOfTheTimelineToTheJson) {
  RunResult result = OneInThreeOut();
  const TimelineAction action{
      .at = {}, .what = "scale", .subject = "www", .detail = "by x2", .refusal = {}};
  result.timeline.assign(40, action);
  EXPECT_THAT(TextOf(result), Not(HasSubstr("more: result.json")));
  result.timeline.push_back(action);
  result.timeline.push_back(action);
  EXPECT_THAT(TextOf(result), HasSubstr("  and 2 more: result.json has them all\n"));
}

TEST(ResultTextTest, ShowsWhatPassesEachEni) {
  const std::string text = TextOf(OneInThreeOut());
  const std::size_t enis = text.find("\nENIs");
  EXPECT_EQ(LineOf(text, "  Gbps", enis), " Gbps 1.000 1.000 1.000 3.000 2.000");
  EXPECT_EQ(LineOf(text, "  kpps", enis), " kpps 100.0 100.0 100.0 300.0 200.0");
}

// 60,000 of the 100,000 that come in are copies; 1250 bytes are 10,000 bits. 14,000 of
// 40,000 + 100,000 are a tenth.
TEST(ResultTextTest, TellsCopiesFromProductionAtAnEni) {
  RunResult result = OneInThreeOut();
  result.enis[0].copies_in = LoadOf(60'000, 1250);
  result.enis[0].dropped["egress_bandwidth"] = {14'000, Bytes(17'500'000)};
  const std::string text = TextOf(result);
  const std::size_t enis = text.find("\nENIs");
  EXPECT_EQ(LineOf(text, "  Gbps", enis), " Gbps 0.400 1.000 1.000 3.000 2.000");
  EXPECT_EQ(LineOf(text, "  kpps", enis), " kpps 40.00 100.0 100.0 300.0 200.0");
  EXPECT_EQ(LineOf(text, "  dropped by egress", enis),
            " dropped by egress_bandwidth: 14,000 frames (10 %), 17.5 MB");
}

TEST(ResultTextTest, ShowsOnlyReasonsThatOccurred) {
  const std::string text = TextOf(OneInThreeOut());
  const std::size_t mirrors = text.find("\nMirrors");
  EXPECT_EQ(LineOf(text, "mirror-0", mirrors), "mirror-0: web/eni0 -> ids/eni0");
  EXPECT_EQ(LineOf(text, "  offered", mirrors), " offered 200,010 250 MB");
  EXPECT_EQ(LineOf(text, "  refused", mirrors), " refused by never_mirrored 10 600 bytes 0.005 %");
  EXPECT_EQ(LineOf(text, "  mirrored", mirrors), " mirrored 200,000 250 MB 99.995 %");
  EXPECT_THAT(text, Not(HasSubstr("egress_bandwidth")));
  EXPECT_THAT(text, Not(HasSubstr("truncated")));
}

TEST(ResultTextTest, ShowsLossWhereItHappens) {
  RunResult result = OneInThreeOut();
  result.enis[0].dropped["egress_bandwidth"] = {20'000, Bytes(25'000'000)};
  result.mirrors[0].ledger.dropped[0] = {50'000, Bytes(62'500'000)};
  result.mirrors[0].lost_after_source["receiver_ring"] = {1000, Bytes(1'250'000)};
  result.receivers[0].dropped["receiver_ring"] = {1000, Bytes(1'250'000)};
  result.receivers[0].duplicate_frames = 100'000;
  result.receivers[0].duplicate_bytes = Bytes(125'000'000);
  const std::string text = TextOf(result);
  EXPECT_EQ(LineOf(text, "  dropped by egress"),
            " dropped by egress_bandwidth: 20,000 frames (10 %), 25 MB");
  EXPECT_EQ(LineOf(text, "  dropped egress"), " dropped egress_bandwidth 50,000 62.5 MB 25 %");
  EXPECT_EQ(LineOf(text, "    lost later: receiver_ring"),
            " lost later: receiver_ring 1,000 1.25 MB 0.5 %");
  EXPECT_EQ(LineOf(text, "  dropped by receiver_ring"),
            " dropped by receiver_ring: 1,000 frames (0.5 %), 1.25 MB");
  EXPECT_EQ(LineOf(text, "  seen twice"), " seen twice: 100,000 frames (50 %), 125 MB");
}

TEST(ResultTextTest, ShowsReceiversAgainstTheirCapacity) {
  const std::string text = TextOf(OneInThreeOut());
  const std::size_t receivers = text.find("\nReceivers");
  EXPECT_EQ(LineOf(text, "ids", receivers), "ids/eni0 suricata");
  EXPECT_EQ(LineOf(text, "  Gbps", receivers), " Gbps 2.000 2.000 4 50 %");
  EXPECT_EQ(LineOf(text, "  kpps", receivers), " kpps 200.0 200.0 no limit");
}

TEST(ResultTextTest, ShowsWhatALoadBalancerDidWithCopies) {
  RunResult result = OneInThreeOut();
  result.load_balancers = {testing_report::Balancer()};
  result.load_balancers[0].limit_bandwidth = BitsPerSecond(2'500'000'000);
  const std::string text = TextOf(result);
  EXPECT_EQ(LineOf(text, "copies"), "copies Network Load Balancer");
  EXPECT_EQ(LineOf(text, "  in at zone a"), " in at zone a of 2.5 Gbps 200,000 2 Gbps 100 %");
  EXPECT_EQ(LineOf(text, "  to ids/eni0"), " to ids/eni0 180,000 1.8 Gbps 90 %");
  EXPECT_EQ(LineOf(text, "  to spare/eni0"), " to spare/eni0 (unhealthy) 0 0 bps 0 %");
  EXPECT_EQ(LineOf(text, "  dropped by load_balancer_bandwidth"),
            " dropped by load_balancer_bandwidth: 20,000 frames (10 %), 25 MB");
  EXPECT_EQ(LineOf(text, "  may be out of order"), " may be out of order: 50,000 frames (25 %)");
}

TEST(ResultTextTest, ShowsAssertionsWithTheirValues) {
  const std::string text = TextOf(OneInThreeOut());
  EXPECT_THAT(text, HasSubstr("\n  met     mirror_loss < 0.1%  (it is 0 %)\n"));
  EXPECT_THAT(text, HasSubstr("\n  MISSED  enis[*].out_bps < 2 Gbps  (it is 3 Gbps, of "
                              "enis[web/eni0])\n"));
}

TEST(ResultTextTest, EndsWithTheAssumptions) {
  EXPECT_EQ(LinesOf(TextOf(OneInThreeOut())).back(), "  flow_hash_symmetric=true (yours)");
}

TEST(ResultTextTest, SaysThatARunWasStopped) {
  RunResult result = OneInThreeOut();
  result.complete = false;
  EXPECT_THAT(TextOf(result),
              HasSubstr("\nStopped after 1 s of 2 s: this is what was seen until then.\n"));
  EXPECT_THAT(TextOf(OneInThreeOut()), Not(HasSubstr("Stopped")));
}

// 40 sources whose copies grow from 2.000 Gbps by 1.25 Mbps each: 2.04875 the last.
RunResult Forty() {
  RunResult result = OneInThreeOut();
  result.hosts.clear();
  result.enis.clear();
  result.mirrors[0].sources.clear();
  for (int i = 0; i < 40; ++i) {
    const std::string id = "web[" + std::to_string(i) + "]";
    result.hosts.push_back(Source(id));
    result.hosts.back().copies_out = LoadOf(200'000 + 125 * i, 1250);
    result.hosts.back().used_out = LoadOf(300'000 + 125 * i, 1250);
    result.enis.push_back(SourceEni(id));
    result.mirrors[0].sources.push_back(id + "/eni0");
  }
  return result;
}

TEST(ResultTextTest, SaysFortyAlikeHostsOnce) {
  const std::string text = TextOf(Forty());
  const std::size_t hosts = text.find("\nHosts");
  EXPECT_EQ(LineOf(text, "web", hosts), "web[0-39] S5.4XLARGE32");
  EXPECT_EQ(LineOf(text, "  Gbps", hosts), " Gbps 1.000 1.000 - 2..2.05 6 in+out 67.5 %");
  EXPECT_THAT(text, HasSubstr("\nweb[0-39]/eni0\n"));
  EXPECT_THAT(text, HasSubstr("\nmirror-0: web[0-39]/eni0 -> ids/eni0\n"));
  EXPECT_LE(LinesOf(text).size(), 48u);
}

// 2.99499 and 3 Gbps are 0.17 % apart; 2.9 and 3 are not alike.
TEST(ResultTextTest, TakesMembersForAlikeThatDifferByAFrame) {
  RunResult result = Forty();
  result.enis[7].out = LoadOf(299'499, 1250);
  const std::string text = TextOf(result);
  EXPECT_EQ(LineOf(text, "  Gbps", text.find("\nENIs")), " Gbps 1.000 1.000 1.000 3.000 2.000");
  result.enis[7].out = LoadOf(290'000, 1250);
  const std::string other = TextOf(result);
  EXPECT_EQ(LineOf(other, "  Gbps", other.find("\nENIs")), " Gbps 1.000 1.000 1.000 2.9..3 2.000");
}

TEST(ResultTextTest, FitsEightyColumns) {
  for (const RunResult& result : {OneInThreeOut(), Forty()}) {
    for (const std::string& line : LinesOf(TextOf(result))) EXPECT_LE(line.size(), 80u) << line;
  }
}

TEST(ResultTextTest, HasColourOnlyWhenAskedAndTheSameWords) {
  const std::string plain = TextOf(OneInThreeOut());
  std::string colored = TextOf(OneInThreeOut(), {.width = 80, .color = true});
  EXPECT_THAT(plain, Not(HasSubstr("\x1b")));
  EXPECT_THAT(colored, StartsWith("\x1b[1;32mFITS\x1b[0m: web"));
  for (std::size_t at; (at = colored.find('\x1b')) != std::string::npos;) {
    colored.erase(at, colored.find('m', at) - at + 1);
  }
  EXPECT_EQ(colored, plain);
}

// The receiver is sent 2 Gbps: 87 % of 2.3, 105 % of 1.9.
TEST(ResultTextTest, WarnsOfReceiversAsOfHosts) {
  const TextStyle colored = {.width = 80, .color = true};
  RunResult result = OneInThreeOut();
  EXPECT_THAT(TextOf(result, colored), HasSubstr("        50 %\n"));
  result.receivers[0].capacity_bandwidth = BitsPerSecond(2'300'000'000);
  EXPECT_THAT(TextOf(result, colored), HasSubstr("\x1b[1;33m          87 %\x1b[0m"));
  result.receivers[0].capacity_bandwidth = BitsPerSecond(1'900'000'000);
  EXPECT_THAT(TextOf(result, colored), HasSubstr("\x1b[1;31m         105 %\x1b[0m"));
}

TEST(ResultTextTest, DoesNotLetANameSteerTheTerminal) {
  RunResult result = OneInThreeOut();
  result.scenario_name = "a\x1b[2Jb\nc";
  const std::string text = TextOf(result);
  EXPECT_THAT(text, HasSubstr("a?[2Jb?c: The example"));
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
}

TEST(ResultTextTest, SaysHowManyCopiesAreCut) {
  RunResult result = OneInThreeOut();
  EXPECT_THAT(TextOf(result), Not(HasSubstr("Cut")));
  result.mirrors[0].ledger.truncated = {50'000, Bytes(62'500'000)};
  result.mirrors[0].ledger.truncated_away = Bytes(1'800'000);
  const std::string text = TextOf(result);
  EXPECT_THAT(
      text, HasSubstr("\nCut to the packet length or the MTU: 50,000 of 200,000 copies (25 %).\n"));
  EXPECT_EQ(LineOf(text, "  truncated"), " truncated 50,000 1.8 MB cut off");
}

TEST(ResultTextTest, SaysSoWhenNothingIsMirrored) {
  RunResult result = OneInThreeOut();
  result.enis[0].mirror_out = {};
  EXPECT_THAT(TextOf(result), HasSubstr("Mirroring costs nothing: no copy left any ENI.\n"));
}

// An engine of rates has a rate of copies and may have no whole frame of them.
TEST(ResultTextTest, CopiesThatHaveARateCostSomething) {
  RunResult result = OneInThreeOut();
  result.enis[0].mirror_out.frames = 0;
  EXPECT_THAT(TextOf(result), HasSubstr("Mirroring costs 2 Gbps and 200 kpps of egress"));
}

}  // namespace
}  // namespace vpcmirror
