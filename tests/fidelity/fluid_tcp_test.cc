// The fluid engine's TCP, held to that of the packet engine.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "tests/fidelity/support/agreement.h"
#include "tests/fidelity/support/draw.h"
#include "tests/fidelity/support/table.h"

namespace vpcmirror::fidelity {
namespace {

constexpr int kScenarios = 32;
// Of an open loop, each way: many of a constant rate, even in the long run.
constexpr int kOpenSources = 20;
constexpr double kAllowedInDoubt = 8;  // times as much

const Tolerance kTcp{
    .percent = 2,
    .points = 2,
    .most_replications = 20,
    .doubts = {"keep their phase", "less than 60 segments", "unlike round-trip times"}};

constexpr std::array<const char*, 4> kDisciplines = {"shared_random", "production_first",
                                                     "fifo before", "fifo after"};

// One or two hosts with a limit, all that they send or receive mirrored, whose flows go through
// it, are asked through it, or end behind it at a host with a narrower one: of one host, since
// flows of several take longer to share than such a run lasts.
struct TcpExperiment {
  std::string discipline;
  double limit_mbps = 0;
  bool is_combined = false;
  std::string direction;
  std::string encapsulation;
  int hosts = 1;
  std::string way;
  int flows = 1;
  int segment = 0;   // bytes
  int delay_ms = 0;  // one way
  std::string variant;
  double open_in_mbps = 0;
  double open_out_mbps = 0;
};

TcpExperiment DrawTcp(int number) {
  Draw draw(static_cast<std::uint64_t>(number) + 1'001);
  TcpExperiment of;
  of.discipline = kDisciplines[static_cast<std::size_t>(number) % kDisciplines.size()];
  of.limit_mbps = draw.Uniform(10, 20);
  of.is_combined = draw.Chance(0.5);
  of.direction = draw.OneOf<std::string>({"ALL", "INGRESS", "EGRESS"});
  of.encapsulation = draw.OneOf<std::string>({"none", "vxlan", "gre_ip"});
  of.hosts = draw.OneOf<int>({1, 1, 2});
  of.way = draw.OneOf<std::string>({"upload", "download", "requests", "inside", "narrow"});
  if (of.way == "narrow") of.hosts = 1;
  of.flows = draw.OneOf<int>({1, 2, 4, 8});
  of.segment = draw.OneOf<int>({536, 1200, 1448});
  of.delay_ms = draw.OneOf<int>({2, 5, 10});
  of.variant = draw.OneOf<std::string>({"cubic", "reno"});
  // At most half of the limit together with their copies, where all of it meets.
  if (draw.Chance(0.6)) of.open_in_mbps = draw.Uniform(0.02, 0.12) * of.limit_mbps;
  if (draw.Chance(0.6)) of.open_out_mbps = draw.Uniform(0.02, 0.12) * of.limit_mbps;
  return of;
}

std::string NameOf(int number, const TcpExperiment& of) {
  return fmt::format("{} {} {} {} {} {} x{} {} B {} ms {}", number, of.discipline,
                     of.is_combined ? "combined" : "split", of.direction, of.encapsulation, of.way,
                     of.flows, of.segment, of.delay_ms, of.variant);
}

std::string OpenWorkloads(const TcpExperiment& of) {
  std::string workloads;
  const auto add = [&](const char* way, double mbps) {
    for (int i = 0; i < kOpenSources && mbps > 0; ++i) {
      // No two of one rate, so that they do not keep their phases.
      const double part = (0.8 + 0.4 * (i + 0.5) / kOpenSources) / kOpenSources;
      workloads += fmt::format(R"(, "{}{}": {{"at": "web", "{}": "{:.0f} bps", "sizes": "1200 B",
                                             "flows": 17}})",
                               way, i, way, mbps * 1e6 * part);
    }
  };
  add("in", of.open_in_mbps);
  add("out", of.open_out_mbps);
  return workloads;
}

std::string TcpWorkload(const TcpExperiment& of) {
  std::string tcp = fmt::format(R"("variant": "{}", "segment": "{} B", "buffer": "256 KiB")",
                                of.variant, of.segment);
  const bool is_inside = of.way == "inside" || of.way == "narrow";
  if (!is_inside) tcp += fmt::format(R"(, "delay": "{} ms")", of.delay_ms);
  if (of.way == "upload") tcp += R"(, "client": "host")";
  if (of.way == "requests") {
    tcp += R"(, "request": "500 B", "response": "100 KiB", "think": "20 ms")";
  }
  return fmt::format(R"("tcp": {{{}, "flows": {}, "tcp": {{{}}}}})",
                     is_inside ? R"("from": "web", "to": "db")" : R"("at": "web")", of.flows, tcp);
}

std::string TextOf(const TcpExperiment& of) {
  const bool is_fifo = of.discipline.starts_with("fifo");
  // Seven tenths of what web could send.
  const std::string narrow =
      of.way == "narrow"
          ? fmt::format(R"("queue": "100 frames", "limits": {{"bandwidth": "{:.0f} bps",
                                                           "model": "per_direction"}})",
                        0.7e6 * of.limit_mbps)
          : "";
  return fmt::format(
      R"({{"duration": "7 s", "warm_up": "2 s",
          "hosts": {{"web": {{"count": {}, "queue": "100 frames",
                             "limits": {{"bandwidth": "{:.0f} bps", "model": "{}"}}}},
                    "db": {{{}}}, "ids": {{"receiver": "generic"}}}},
          "workloads": {{{}{}}},
          "mirrors": [{{"CollectorSrcs": ["web"], "Direction": "{}",
                       "CollectorTarget": {{"TargetIps": ["ids"]}}}}],
          "assumptions": {{"encapsulation": "{}", "congestion": "{}", "copy_order": "{}",
                          "fabric_delay": "{} ms"}}}})",
      of.hosts, of.limit_mbps * 1e6, of.is_combined ? "combined" : "per_direction", narrow,
      TcpWorkload(of), OpenWorkloads(of), of.direction, of.encapsulation,
      is_fifo ? "fifo" : of.discipline, of.discipline == "fifo before" ? "before" : "after",
      of.delay_ms);
}

TEST(FluidTcpTest, AgreesWithPackets) {
  Table table({"fluid-tcp", "32 random scenarios with TCP, fluid engine against packet engine",
               "bit/s or %", "% or points", 1});
  std::vector<Comparison> all;
  for (int i = 0; i < kScenarios; ++i) {
    const TcpExperiment of = DrawTcp(i);
    for (Comparison& each : Compare(NameOf(i, of), TextOf(of), kTcp)) {
      all.push_back(std::move(each));
    }
  }
  const auto doubtful = std::stable_partition(
      all.begin(), all.end(), [](const Comparison& each) { return !each.is_in_doubt; });
  AddWorst(std::vector<Comparison>(all.begin(), doubtful), 1, table);
  Table in_doubt({"fluid-tcp-doubts", "The same where its result says that it is not as near",
                  "bit/s or %", "% or points", 1});
  AddWorst(std::vector<Comparison>(doubtful, all.end()), kAllowedInDoubt, in_doubt);
  // Most are without a doubt.
  EXPECT_GT(std::distance(all.begin(), doubtful), std::distance(doubtful, all.end()));
}

}  // namespace
}  // namespace vpcmirror::fidelity
