// ReadScenarioText on any bytes. Captures are not opened, so that an input reads no file.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "models/scenario/error.h"
#include "models/scenario/scenario.h"
#include "sim/input/scenario_reader.h"
#include "tests/fuzz/require.h"

namespace vpcmirror::sim {
namespace {

void CheckErrors(const ScenarioException& thrown) {
  Require(!thrown.errors().empty(), "an exception has an error");
  const ScenarioError* before = nullptr;
  for (const ScenarioError& error : thrown.errors()) {
    Require(error.file == "fuzz.json", "an error names the file");
    Require(error.line >= 1 && error.column >= 1, "an error has a place");
    Require(!error.message.empty(), "an error says what was found");
    Require(error.path.empty() || error.path.front() == '/', "a path is a JSON Pointer");
    Require(before == nullptr || !(*before == error), "an error is told once");
    before = &error;
  }
}

void CheckScenario(const Scenario& scenario) {
  Require(!scenario.hosts.empty(), "a scenario has a host");
  Require(scenario.sha256.size() == 64, "a scenario has its digest");
  for (const WorkloadSpec& workload : scenario.workloads) {
    for (const auto* rate : {&workload.in, &workload.out, &workload.rate}) {
      Require(!*rate || (*rate)->value > BitsPerSecond(0), "a rate is positive");
    }
  }
}

}  // namespace
}  // namespace vpcmirror::sim

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  static const vpcmirror::sim::ReadOptions options = [] {
    vpcmirror::sim::ReadOptions o;
    o.open_captures = false;
    return o;
  }();
  try {
    vpcmirror::sim::CheckScenario(vpcmirror::sim::ReadScenarioText(text, "fuzz.json", options));
  } catch (const vpcmirror::ScenarioException& e) {
    vpcmirror::sim::CheckErrors(e);
  }
  return 0;
}
