#include "sim/cli/engines.h"

#include <fmt/format.h>

#include <algorithm>

#include "analysis/words/quantities.h"
#include "models/scenario/error.h"
#include "sim/fluid/fluid_engine.h"
#include "sim/fluid/fluid_estimate.h"
#include "sim/packet/packet_engine.h"

namespace vpcmirror::sim {
namespace {

// What the fluid engine has no answer to; empty: nothing.
std::string NeedsPackets(const ValidScenario& scenario) {
  const auto replays = [](const Workload& workload) { return !workload.replays.empty(); };
  if (std::any_of(scenario.workloads.begin(), scenario.workloads.end(), replays)) {
    return "it replays a capture";
  }
  if (!scenario.pcaps.empty()) return "it writes captures";
  return "";
}

// Of which there are rates, and no packets.
bool HasObserved(const ValidScenario& scenario) {
  return std::any_of(scenario.workloads.begin(), scenario.workloads.end(),
                     [](const Workload& workload) { return !workload.observed.empty(); });
}

}  // namespace

std::string_view ToString(EngineKind kind) {
  return kind == EngineKind::kFluid ? "fluid" : "packet";
}

std::unique_ptr<Engine> MakeEngine(EngineKind kind) {
  return kind == EngineKind::kFluid ? MakeFluidEngine() : MakePacketEngine();
}

void RefuseWhatItLacks(EngineKind kind, const ValidScenario& scenario) {
  if (kind == EngineKind::kFluid) RefuseReplays(scenario);
  if (kind == EngineKind::kFluid || !HasObserved(scenario)) return;
  ScenarioError error;
  error.file = scenario.file;
  error.message = "a log has rates and no packets that the packet engine could send";
  error.accepted = "--engine fluid";
  throw ScenarioException({error});
}

RunEstimate EstimateRun(EngineKind kind, const ValidScenario& scenario) {
  if (kind == EngineKind::kPacket) return EstimateRun(scenario);
  const FluidEstimate estimate = EstimateFluid(scenario);
  return {.events = 0,
          .seconds = estimate.seconds,
          .set_up_seconds = estimate.seconds,
          .bytes = estimate.bytes};
}

EngineChoice ChooseEngine(const std::string& asked, const ValidScenario& scenario) {
  if (asked == "packet") return {EngineKind::kPacket, ""};
  if (asked == "fluid") return {EngineKind::kFluid, ""};
  if (HasObserved(scenario)) return {EngineKind::kFluid, "Fluid engine: a log has no packets."};
  const std::string needs_packets = NeedsPackets(scenario);
  if (!needs_packets.empty()) return {EngineKind::kPacket, "Packet engine: " + needs_packets + "."};
  const double events = EstimateRun(scenario).events;
  const std::string about = fmt::format("about {:.2g} events for packets", events);
  if (events <= kMostAutoEvents) return {EngineKind::kPacket, "Packet engine: " + about + "."};
  return {
      EngineKind::kFluid,
      fmt::format("Fluid engine: {}, more than {:.0e}; --engine packet takes them all the same.",
                  about, kMostAutoEvents)};
}

}  // namespace vpcmirror::sim
