#include "tests/fidelity/support/simulate.h"

#include <stdexcept>

#include "sim/fluid/fluid_engine.h"
#include "sim/input/library.h"
#include "sim/input/scenario_reader.h"
#include "sim/packet/packet_engine.h"

namespace vpcmirror::fidelity {

ValidScenario Load(const std::string& text) {
  static const Library library = sim::LoadLibrary(sim::FindDataFolder());
  return sim::LoadScenarioText(text, "fidelity.json", library);
}

RunResult Simulate(const std::string& text, std::uint64_t replication) {
  RunControl control;
  control.seed = kSeed;
  control.replication = replication;
  return sim::MakePacketEngine()->Run(Load(text), control);
}

RunResult SimulateFluid(const std::string& text) {
  return sim::MakeFluidEngine()->Run(Load(text), {});
}

const EniResult& EniOf(const RunResult& result, const std::string& id) {
  for (const EniResult& eni : result.enis) {
    if (eni.id == id) return eni;
  }
  throw std::out_of_range("no ENI " + id);
}

}  // namespace vpcmirror::fidelity
