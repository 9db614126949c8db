// What a verdict hangs on: everything that is assumed, each at its other values.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "analysis/plan/outline.h"
#include "analysis/plan/trials.h"
#include "models/scenario/error.h"
#include "models/scenario/valid_scenario.h"

namespace vpcmirror {

// Makes the scenario anew with these values changed. Throws ScenarioException where it is then
// no scenario.
using Remake = std::function<ValidScenario(const std::vector<Edit>& edits)>;

// One thing at another value.
struct Alternative {
  std::string subject;  // "congestion", "receiver suricata", "traffic"
  std::string value;    // "fifo with copy_order=after", "+10 %"
  // Throws ScenarioException where there is no such scenario.
  std::function<ValidScenario()> make;
};

// The disciplines that are assumed, other values of each assumption of a provider that has
// names for them, other cost tables where one is assumed, the least and the most that the
// makers of receivers publish, twice and half the flows where their number is a default, and a
// tenth of the traffic more and less. What the scenario settles is left alone. All arguments
// must outlive the alternatives.
std::vector<Alternative> AlternativesOf(const ValidScenario& scenario,
                                        const std::vector<std::string>& cost_tables,
                                        const Remake& remake);

struct Sensitivity {
  std::string subject;
  std::string value;
  Outline outline;
  double effect = 0;  // EffectOf
  bool flips = false;  // the verdict is another
};

// Those that change the verdict first, then by effect.
std::vector<Sensitivity> SensitivityOf(const Outline& now,
                                       const std::vector<Alternative>& alternatives,
                                       Trials& trials);

}  // namespace vpcmirror
