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
      : draft_(draft), assumptions_(draft.assumptions), notes_(draft.notes) {}
  void TakeBack() {
    draft_.assumptions = assumptions_;
    draft_.notes = notes_;
  }

 private:
  Draft& draft_;
  AssumptionList assumptions_;
  std::vector<std::string> notes_;
};

}  // namespace vpcmirror
