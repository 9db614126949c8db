// The fluid engine, held to the packet engine.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tests/fidelity/support/agreement.h"
#include "tests/fidelity/support/draw.h"
#include "tests/fidelity/support/simulate.h"
#include "tests/fidelity/support/table.h"

namespace vpcmirror::fidelity {
namespace {

constexpr int kScenarios = 200;
constexpr double kAllowedInDoubt = 5;  // times as much
// Of the most loaded host and replication.
constexpr double kFrames = 60'000;
constexpr int kSources = 60;

constexpr std::array<const char*, 4> kDisciplines = {"shared_random", "production_first",
                                                     "fifo before", "fifo after"};

struct Experiment {
  std::string name;
  std::string text;
  std::string discipline;
  double load = 0;  // of the sources' limit, copies included
};

// One to three sources with a limit by hand, which talk with the outside and with each other,
// are mirrored to one or two receivers.
Experiment DrawExperiment(int number) {
  Draw draw(static_cast<std::uint64_t>(number) + 1);
  const std::string discipline = kDisciplines[static_cast<std::size_t>(number) % 4];
  const double load = draw.Uniform(number % 8 < 4 ? 1.0 : 0.2, 1.5);
  const bool is_combined = draw.Chance(0.5);
  const std::string direction = draw.OneOf<std::string>({"ALL", "INGRESS", "EGRESS"});
  const std::string encapsulation = draw.OneOf<std::string>({"none", "vxlan", "gre_ip"});
  // A queue that is full loses more of small frames, which come soon behind others, than of large
  // ones: MixedSizes has that.
  const std::string sizes = discipline == "shared_random"
                                ? draw.OneOf<std::string>({"\"1200 B\"", "\"300 B\"", "\"imix\""})
                                : draw.OneOf<std::string>({"\"1200 B\"", "\"300 B\""});
  const double mean_frame = sizes == "\"imix\"" ? 354 : sizes == "\"300 B\"" ? 300 : 1200;
  const int hosts = draw.OneOf<int>({1, 2, 3});
  const int receivers = draw.OneOf<int>({1, 2});
  const double in = draw.Uniform(0.1, 1);
  const double out = draw.Uniform(0.1, 1);
  const double east_west = hosts > 1 && draw.Chance(0.5) ? draw.Uniform(0.1, 0.5) : 0;

  // What a host is asked for by a unit of rate, by the direction that is fullest.
  const double all_in = in + east_west;
  const double all_out = out + east_west;
  const double copies =
      (direction != "EGRESS" ? all_in : 0) + (direction != "INGRESS" ? all_out : 0);
  const double asked = is_combined ? all_in + all_out + copies : std::max(all_in, all_out + copies);
  constexpr double kLimit = 100e6;
  const double unit = load * kLimit / asked;
  const double seconds = kFrames * mean_frame * 8 / (load * kLimit);
  const auto rate = [unit](double share) { return fmt::format("{:.0f} bps", share * unit); };

  // Many constant sources at random phases: close together by chance, as SteadyLoad has it, and
  // even in the long run, so that little has to be simulated.
  std::string workloads;
  for (int i = 0; i < kSources; ++i) {
    const double part = draw.Uniform(0.8, 1.2) / kSources;
    workloads += fmt::format(
        R"({}"www{}": {{"at": "web", "flows": 17, "in": "{}", "out": "{}", "sizes": {}, "arrivals": "constant"}})",
        i > 0 ? ", " : "", i, rate(in * part), rate(out * part), sizes);
    if (east_west <= 0) continue;
    workloads += fmt::format(
        R"(, "sql{}": {{"flows": 17, "from": "web", "to": "web", "rate": "{}", "per": "host", "sizes": {},
                       "arrivals": "constant"}})",
        i, rate(east_west * part), sizes);
  }
  const bool is_fifo = discipline.starts_with("fifo");
  // Short, so that filling it takes little of the run; chance needs room to be even.
  const int queue = is_fifo ? 100 : 400;
  const std::string assumptions =
      fmt::format(R"("encapsulation": "{}", "congestion": "{}", "copy_order": "{}")", encapsulation,
                  is_fifo ? "fifo" : discipline, discipline == "fifo before" ? "before" : "after");
  const std::string receiver_limit =
      draw.Chance(0.3)
          ? fmt::format(R"("limits": {{"bandwidth": "{:.0f} bps", "model": "per_direction"}},)",
                        draw.Uniform(0.5, 1.2) * copies * unit * hosts / receivers)
          : "";
  return {.name = fmt::format("{} {} {:.2f} {} {} {} {} x{}", number, discipline, load,
                              is_combined ? "combined" : "split", direction, encapsulation,
                              sizes.substr(1, sizes.size() - 2), hosts),
          .text = fmt::format(
              R"({{"duration": "{:.0f} us",
                  "hosts": {{"web": {{"count": {}, "queue": "{} frames", "limits": {{"bandwidth": "{:.0f} bps",
                                                             "model": "{}"}}}},
                            "ids": {{"count": {}, {} "queue": "{} frames",
                                      "receiver": "generic"}}}},
                  "workloads": {{{}}},
                  "mirrors": [{{"CollectorSrcs": ["web"], "Direction": "{}",
                               "CollectorTarget": {{"TargetIps": ["ids[*]"],
                                                   "AlgHash": "FIVE_TUPLE_FLOW"}}}}],
                  "assumptions": {{{}}}}})",
              seconds * 1e6, hosts, queue, kLimit, is_combined ? "combined" : "per_direction",
              receivers, receiver_limit, queue, workloads, direction, assumptions),
          .discipline = discipline,
          .load = load};
}

const Tolerance kTolerance{.doubts = {"keep their phase"}};

TEST(FluidTest, AgreesWithPackets) {
  Table table({"fluid-random",
               "200 random scenarios, fluid engine against packet engine: the worst ten",
               "bit/s or %", "% or points", 1});
  std::vector<Comparison> all;
  std::map<std::string, int> overloaded;
  for (int i = 0; i < kScenarios; ++i) {
    const Experiment experiment = DrawExperiment(i);
    if (experiment.load > 1) ++overloaded[experiment.discipline];
    for (Comparison& each : Compare(experiment.name, experiment.text, kTolerance)) {
      all.push_back(std::move(each));
    }
  }
  // Where the result itself says that it is no better.
  const auto doubtful = std::stable_partition(
      all.begin(), all.end(), [](const Comparison& each) { return !each.is_in_doubt; });
  AddWorst(std::vector<Comparison>(all.begin(), doubtful), 1, table);
  Table in_doubt({"fluid-phases", "The same where its result says that phases decide", "bit/s or %",
                  "% or points", 1});
  AddWorst(std::vector<Comparison>(doubtful, all.end()), kAllowedInDoubt, in_doubt);
  for (const char* discipline : kDisciplines) {
    EXPECT_GE(overloaded[discipline], 20) << discipline;
  }
}

struct Bursts {
  int sources = 4;
  int on_ms = 0;
  int off_ms = 0;
  double mean_mbps = 0;  // of all of them, before their copies; the limit is 100
  std::string discipline;
  int queue = 100;  // frames
};

// Sources that are on and off, all that they send mirrored.
std::string ScenarioOf(const Bursts& bursts) {
  std::string workloads;
  for (int i = 0; i < bursts.sources; ++i) {
    workloads += fmt::format(
        R"({}"w{}": {{"at": "web", "out": "{:.0f} bps", "sizes": "1200 B",
                     "arrivals": {{"on": "{} ms", "off": "{} ms", "shape": 2.9}}}})",
        i > 0 ? ", " : "", i, bursts.mean_mbps * 1e6 / bursts.sources, bursts.on_ms, bursts.off_ms);
  }
  return fmt::format(
      R"({{"duration": "{} s",
          "hosts": {{"web": {{"queue": "{} frames", "limits": {{"bandwidth": "100 Mbps",
                                                             "model": "per_direction"}}}},
                    "ids": {{"receiver": "generic"}}}},
          "workloads": {{{}}},
          "mirrors": [{{"CollectorSrcs": ["web"], "Direction": "EGRESS",
                       "CollectorTarget": {{"TargetIps": ["ids"]}}}}],
          "assumptions": {{"encapsulation": "none", "congestion": "{}"}}}})",
      std::max(60, (bursts.on_ms + bursts.off_ms) / 10), bursts.queue, workloads,
      bursts.discipline);
}

double CopiesLost(const RunResult& result) {
  const Ledger& ledger = result.mirrors.at(0).ledger;
  return Percent(ledger.TotalDropped().bytes, ledger.offered.bytes);
}

// Loads below the limit in the mean, whose bursts are above it.
TEST(FluidTest, BurstsLoseWhatTheyLoseAsPackets) {
  constexpr double kAllowedOfBursts = 2;
  constexpr int kRuns = 4;
  Table table({"fluid-bursts", "copies that on-off sources lose, fluid against packets",
               "% of copies", "points", 2});
  for (const Bursts& bursts :
       {Bursts{1, 200, 200, 40, "shared_random"}, Bursts{4, 200, 200, 40, "shared_random"},
        Bursts{4, 500, 500, 40, "production_first"}, Bursts{4, 50, 50, 40, "production_first"},
        Bursts{10, 200, 600, 35, "production_first"}, Bursts{20, 500, 1500, 35, "production_first"},
        Bursts{80, 200, 600, 40, "shared_random"}, Bursts{20, 20, 60, 35, "shared_random", 1000}}) {
    const std::string scenario = ScenarioOf(bursts);
    double packets = 0;
    for (int i = 1; i <= kRuns; ++i) {
      packets += CopiesLost(Simulate(scenario, static_cast<std::uint64_t>(i))) / kRuns;
    }
    const double fluid = CopiesLost(SimulateFluid(scenario));
    table.Add(fmt::format("{} sources, {} ms on, {} ms off, {}, {} frames", bursts.sources,
                          bursts.on_ms, bursts.off_ms, bursts.discipline, bursts.queue),
              fluid, packets, fluid - packets, kAllowedOfBursts);
  }
}

}  // namespace
}  // namespace vpcmirror::fidelity
