#include "analysis/plan/trials.h"

namespace vpcmirror {

RunResult Trials::Run(const ValidScenario& scenario) {
  ++runs_;
  RunResult result = engine_.Run(scenario, control_);
  if (!result.complete) throw TrialStopped();
  judge_(scenario, result);
  return result;
}

}  // namespace vpcmirror
