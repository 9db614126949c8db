#include "analysis/plan/what_if.h"

#include <optional>

namespace vpcmirror {

LoadBracket LossFreeLoad(LoadSearch& search, std::optional<double> tightest_margin) {
  std::optional<double> guess;  // where use grows as the load does
  if (tightest_margin && *tightest_margin < 1) guess = 1 / (1 - *tightest_margin);
  return search.Find([](const LoadOutline& at) { return at.verdict == Verdict::kDoesNotFit; },
                     guess);
}

WhatIf AnswerWhatIf(const WhatIfQuestion& question, Trials& trials) {
  const RunResult result = trials.Run(question.scenario);
  LoadSearch search(question.scenario, result, trials);
  return {.change = question.change,
          .outline = OutlineOf(result),
          .obstacles = question.obstacles,
          .without_loss = LossFreeLoad(search, result.margin)};
}

}  // namespace vpcmirror
