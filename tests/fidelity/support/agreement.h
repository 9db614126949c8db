// Holds the fluid engine to the packet engine, scenario by scenario.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "models/scenario/run_result.h"
#include "models/units/quantity.h"
#include "tests/fidelity/support/table.h"

namespace vpcmirror::fidelity {

// Of what is compared: throughputs of ENIs, mirrors and receivers, and losses.
struct Tolerance {
  double percent = 1;  // of a throughput
  double points = 1;   // of what was offered
  int least_replications = 5;
  int most_replications = 40;
  // In notes of a result that say that it is no better: what they have in common.
  std::vector<std::string_view> doubts;
};

// Of one figure of one scenario.
struct Comparison {
  std::string what;
  double fluid = 0;
  double packets = 0;
  double half_width = 0;  // of the packets' 99 % interval; as `error`
  double error = 0;       // percent, or points
  bool is_in_doubt = false;
  double allowed = 0;
};

// The packet engine runs until its 99 % intervals are half of what is allowed, or as often as it
// may. Throughputs below 5 % of the scenario's largest are left out.
std::vector<Comparison> Compare(const std::string& name, const std::string& scenario,
                                const Tolerance& tolerance);

// The ten that are furthest off, and all others that are off by more than `times` what is
// allowed; how many there are, and of how many the interval is too wide.
void AddWorst(std::vector<Comparison> all, double times, Table& table);

// In percent, 0 of nothing.
double Percent(Bytes part, Bytes of);

}  // namespace vpcmirror::fidelity
