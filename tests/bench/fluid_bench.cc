// bench_fluid [--check]: the fluid engine in wall time, against the packet engine and alone.
//
// Prints tab-separated lines under a header: case, ours, peer, peer's figure, ratio, goal, met.
// How to read ratio and goal, tests/bench/ratios.sh says. Times are in ms, the best of five. The
// packet engine, which would take hours, runs a thousandth of the time, and its figure is that
// times a thousand. What else was measured goes to stderr. Exit status: 0 whatever the ratios
// are; with --check 1 when a row misses its goal.
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

#include "sim/cli/huge_pages.h"
#include "sim/fluid/fluid_engine.h"
#include "sim/input/library.h"
#include "sim/input/scenario_reader.h"
#include "sim/packet/packet_engine.h"
#include "tests/bench/ratios/table.h"

namespace vpcmirror::ratios {
namespace {

constexpr int kRounds = 5;

double MillisecondsOf(Engine& engine, const ValidScenario& scenario) {
  const auto start = std::chrono::steady_clock::now();
  const RunResult result = engine.Run(scenario, {});
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
  std::fprintf(stderr, "%s, %zu ENIs, %s engine: %.1f ms\n", scenario.name.c_str(),
               result.enis.size(), result.engine.c_str(), took.count());
  return took.count();
}

double BestOf(Engine& engine, const ValidScenario& scenario) {
  double best = MillisecondsOf(engine, scenario);
  for (int i = 1; i < kRounds; ++i) best = std::min(best, MillisecondsOf(engine, scenario));
  return best;
}

double PeakMebibytes() {
  rusage usage;
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

ValidScenario Quickstart(const Library& library, const std::string& duration) {
  sim::ReadOptions options;
  for (const char* const set : {"/hosts/web/count=1000", "/hosts/ids/count=500"}) {
    options.sets.push_back(sim::ParseOverride(set));
  }
  options.sets.push_back(sim::ParseOverride("/mirrors/0/CollectorTarget/TargetIps=[\"ids[*]\"]"));
  options.sets.push_back(sim::ParseOverride("/duration=" + duration));
  return sim::LoadScenario(VPCMIRROR_SOURCE_DIR "/scenarios/quickstart.json", library, options);
}

// Ten classes of flows an ENI.
ValidScenario Fleet(const Library& library, int enis) {
  const std::string text =
      R"({"name": "fleet", "vpcs": {"prod": {"cidr": "10.0.0.0/8", "subnets": {
              "web": "10.0.0.0/12", "sec": "10.32.0.0/16"}}},
          "hosts": {"web": {"count": )" +
      std::to_string(enis - 10) +
      R"(, "type": "S5.2XLARGE32", "subnet": "web"},
                    "ids": {"count": 10, "subnet": "sec", "receiver": "generic"}},
          "workloads": {"www": {"at": "web", "in": "100 Mbps", "out": "400 Mbps", "flows": 5,
                                "sizes": "1200 B"}},
          "mirrors": [{"CollectorSrcs": ["web"], "CollectorTarget": {
              "TargetIps": ["ids[*]"], "AlgHash": "FIVE_TUPLE_FLOW"}}]})";
  return sim::LoadScenarioText(text, "fleet.json", library);
}

int Run(bool check) {
  const Library library = sim::LoadLibrary(VPCMIRROR_SOURCE_DIR "/scenarios");
  const auto fluid = sim::MakeFluidEngine();
  const auto packets = sim::MakePacketEngine();
  bool all_met = true;
  const auto tell = [&all_met](const Row& row) {
    Print(row);
    all_met = all_met && IsMet(row);
  };
  PrintHeader();

  const double small = BestOf(*fluid, Fleet(library, 10'000));
  const double large = BestOf(*fluid, Fleet(library, 100'000));
  tell({"100,000 ENIs, 1 M flow classes, one step, ms", large, "-", 0, AtMost(1000)});
  tell({"the same, peak MiB with what was before", PeakMebibytes(), "-", 0, AtMost(1024)});
  // n log n of n classes of flows.
  const double growth = 10 * std::log(1e6) / std::log(1e5);
  tell({"growth by 10 times as many, times", large, "a tenth of it", small, Within(growth)});

  constexpr double kPart = 1000;
  const double rates = BestOf(*fluid, Quickstart(library, "60 s"));
  const double frames = MillisecondsOf(*packets, Quickstart(library, "60 ms")) * kPart;
  tell({"quickstart of 1,000 sources, 60 s, ms", rates, "packet engine, 60 ms x 1000", frames,
        Faster(1000)});
  return check && !all_met ? 1 : 0;
}

}  // namespace
}  // namespace vpcmirror::ratios

int main(int argc, char** argv) {
  vpcmirror::sim::PreferHugePages(argv);
  return vpcmirror::ratios::Run(argc > 1 && std::string_view(argv[1]) == "--check");
}
