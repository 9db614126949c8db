// The same scenario with something about it changed, as the user asks.
#pragma once

#include <string>

#include "analysis/plan/load_search.h"
#include "analysis/plan/outline.h"
#include "analysis/plan/trials.h"
#include "models/scenario/valid_scenario.h"

namespace vpcmirror {

struct WhatIf {
  std::string change;  // as it was asked: "/workloads/www/in=x2"
  Outline outline;
  LoadBracket without_loss;  // the load, of the changed scenario's, from where on it DOES NOT FIT
};

WhatIf AnswerWhatIf(const std::string& change, const ValidScenario& changed, Trials& trials);

// From which load on a scenario DOES NOT FIT; `tightest_margin` of its run is a first guess.
LoadBracket LossFreeLoad(LoadSearch& search, std::optional<double> tightest_margin);

}  // namespace vpcmirror
