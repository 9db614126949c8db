// The same scenario with something about it changed, as the user asks.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/plan/load_search.h"
#include "analysis/plan/obstacle.h"
#include "analysis/plan/outline.h"
#include "analysis/plan/trials.h"
#include "models/scenario/valid_scenario.h"

namespace vpcmirror {

// What the user asks about.
struct WhatIfQuestion {
  std::string change;      // as it was asked: "/workloads/www/in=x2"
  ValidScenario scenario;  // that it makes
  std::vector<Obstacle> obstacles;
};

struct WhatIf {
  std::string change;
  Outline outline;                  // of the traffic alone
  std::vector<Obstacle> obstacles;  // whatever that says
  LoadBracket without_loss;  // the load, of the changed scenario's, from where on it DOES NOT FIT
};

WhatIf AnswerWhatIf(const WhatIfQuestion& question, Trials& trials);

// From which load on a scenario DOES NOT FIT; `tightest_margin` of its run is a first guess.
LoadBracket LossFreeLoad(LoadSearch& search, std::optional<double> tightest_margin);

}  // namespace vpcmirror
