// A scenario as text, through the fluid engine. Who includes this links vpcmirror_input.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

#include "models/scenario/engine.h"
#include "models/scenario/run_result.h"
#include "models/scenario/valid_scenario.h"
#include "sim/fluid/fluid_engine.h"
#include "sim/input/library.h"
#include "sim/input/scenario_reader.h"

namespace vpcmirror::sim {

inline const Library& Shipped() {
  static const Library library = LoadLibrary(FindDataFolder());
  return library;
}

inline ValidScenario Read(const std::string& text) {
  return LoadScenarioText(text, "fluid.json", Shipped());
}

inline RunResult Fluid(const ValidScenario& scenario) {
  return MakeFluidEngine()->Run(scenario, RunControl());
}
inline RunResult Fluid(const std::string& text) { return Fluid(Read(text)); }

inline double Mbps(const vpcmirror::Load& load) {
  return static_cast<double>(load.bandwidth.count()) / 1e6;
}

// Throws std::out_of_range when there is none.
template <class Result>
const Result& ById(const std::vector<Result>& results, const std::string& id) {
  const auto found = std::find_if(results.begin(), results.end(),
                                  [&](const Result& each) { return each.id == id; });
  if (found == results.end()) throw std::out_of_range("no " + id);
  return *found;
}

inline const EniResult& EniOf(const RunResult& result, const std::string& host) {
  return ById(result.enis, host + "/eni0");
}

inline const Count& DroppedOf(const Ledger& ledger, DropReason reason) {
  return ledger.dropped[static_cast<std::size_t>(reason)];
}
inline const Count& RejectedOf(const Ledger& ledger, Refusal refusal) {
  return ledger.rejected[static_cast<std::size_t>(refusal)];
}

// web talks with somebody outside, ids watches it. Long, so that what waits in a queue at the
// end is nothing beside what passed: 1,000 frames of ten million.
struct Watched {
  std::string limits;  // of web, in braces
  std::string in;      // "10 Mbps"; empty: nothing
  std::string out;
  std::string direction = "ALL";  // of the mirror; empty: there is none
  std::string congestion = "shared_random";
  std::string more_assumptions;  // each with a comma before it
  std::string encapsulation = "none";
  std::string frame = "1250 B";  // 100 Mbps are 10,000 of them a second
  int flows = 256;
  std::string duration = "1000 s";
  std::string more_of_web;  // with a comma before it
  std::string ids;          // in braces
  std::string more;         // keys of the scenario, each with a comma before it
};

inline std::string TextOf(const Watched& of) {
  const auto rate = [](const char* key, const std::string& value) {
    return value.empty() ? "" : fmt::format(R"(, "{}": "{}")", key, value);
  };
  const std::string mirror = of.direction.empty()
                                 ? ""
                                 : fmt::format(R"({{"CollectorSrcs": ["web"], "Direction": "{}",
                             "CollectorTarget": {{"TargetIps": ["ids"]}}}})",
                                               of.direction);
  return fmt::format(
      R"({{"duration": "{}",
          "hosts": {{"web": {{"limits": {{{}}}{}}}, "ids": {{{}}}}},
          "workloads": {{"www": {{"at": "web"{}{}, "sizes": "{}", "flows": {}}}}},
          "mirrors": [{}],
          "assumptions": {{"encapsulation": "{}", "congestion": "{}"{}}}{}}})",
      of.duration, of.limits, of.more_of_web, of.ids, rate("in", of.in), rate("out", of.out),
      of.frame, of.flows, mirror, of.encapsulation, of.congestion, of.more_assumptions, of.more);
}

inline RunResult FluidOf(const Watched& of) { return Fluid(TextOf(of)); }

}  // namespace vpcmirror::sim
