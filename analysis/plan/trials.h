// Runs of variants of a scenario: all that planning asks of an engine.
#pragma once

#include <functional>
#include <stdexcept>
#include <utility>

#include "models/scenario/engine.h"
#include "models/scenario/run_result.h"
#include "models/scenario/valid_scenario.h"

namespace vpcmirror {

// A trial was stopped before its end, so that nothing follows from it.
class TrialStopped : public std::runtime_error {
 public:
  TrialStopped() : std::runtime_error("stopped") {}
};

class Trials {
 public:
  // Fills in what run_result.h calls judged.
  using Judge = std::function<void(const ValidScenario&, RunResult&)>;

  // The engine must outlive it.
  Trials(Engine& engine, RunControl control, Judge judge)
      : engine_(engine), control_(std::move(control)), judge_(std::move(judge)) {}

  // Judged. Throws TrialStopped, and what Engine::Run throws.
  RunResult Run(const ValidScenario& scenario);

  int runs() const { return runs_; }  // that were made

 private:
  Engine& engine_;
  RunControl control_;
  Judge judge_;
  int runs_ = 0;
};

}  // namespace vpcmirror
