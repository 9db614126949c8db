// Internal to models/scenario: what is said on the way to an answer of an API.
#pragma once

#include <string>
#include <vector>

#include "models/scenario/draft.h"

namespace vpcmirror {

// Stays unsaid where the answer is a refusal.
class Sayings {
 public:
  explicit Sayings(Draft& draft)
      : draft_(draft),
        assumptions_(draft.assumptions),
        notes_(draft.notes),
        cautions_(draft.cautions) {}
  void TakeBack() {
    draft_.assumptions = assumptions_;
    draft_.notes = notes_;
    draft_.cautions = cautions_;
  }

 private:
  Draft& draft_;
  AssumptionList assumptions_;
  std::vector<std::string> notes_;
  std::vector<ScenarioError> cautions_;
};

}  // namespace vpcmirror
