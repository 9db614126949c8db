// How long one simulated second takes: scenarios/one-in-three-out.json, 83,333
// frames a second each way at 1,500 bytes, all of them mirrored. CPU time of
// one core; the goal is under 1 s. Items are frames that left or reached an ENI,
// copies included.
#include <benchmark/benchmark.h>

#include <string>

#include "sim/input/library.h"
#include "sim/input/scenario_reader.h"
#include "sim/packet/packet_engine.h"

namespace vpcmirror::sim {
namespace {

void BM_SimulateOneSecond(benchmark::State& state, const std::string& name) {
  const auto engine = MakePacketEngine();
  const std::string folder = VPCMIRROR_SOURCE_DIR "/scenarios";
  const Library library = LoadLibrary(folder);
  ReadOptions options;
  options.sets = {{"/duration", "\"1 s\""}};
  options.data_folder = folder;
  const ValidScenario scenario = LoadScenario(folder + "/" + name + ".json", library, options);
  std::int64_t frames = 0;
  std::int64_t events = 0;
  for (auto _ : state) {
    const RunResult result = engine->Run(scenario, {});
    events += result.events;
    for (const EniResult& eni : result.enis) frames += eni.in.frames + eni.out.frames;
  }
  state.SetItemsProcessed(frames);
  state.counters["events/s"] =
      benchmark::Counter(static_cast<double>(events), benchmark::Counter::kIsRate);
}
BENCHMARK_CAPTURE(BM_SimulateOneSecond, one_in_three_out, "one-in-three-out")
    ->Unit(benchmark::kMillisecond)
    ->MinTime(3);
BENCHMARK_CAPTURE(BM_SimulateOneSecond, one_in_three_out_vxlan, "one-in-three-out-vxlan")
    ->Unit(benchmark::kMillisecond)
    ->MinTime(3);

}  // namespace
}  // namespace vpcmirror::sim

BENCHMARK_MAIN();
