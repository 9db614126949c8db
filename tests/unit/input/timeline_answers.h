// What becomes of the timeline of a scenario before its run.
#pragma once

#include <string>
#include <vector>

#include "models/scenario/timeline.h"
#include "sim/input/library.h"
#include "sim/input/scenario_reader.h"
#include "tests/unit/input/errors.h"
#include "tests/unit/input/shipped.h"

namespace vpcmirror::sim {

// An event at 1 ms.
inline std::string Asking(const std::string& action, const std::string& body) {
  return R"({"at": "1 ms", ")" + action + "\": {" + body + "}}";
}

inline std::vector<TimelineEvent> TimelineOf(const std::string& text,
                                             const Library& library = Shipped()) {
  return LoadScenarioText(text, "test.json", library).timeline;
}

// The code of each event, or the message of a refusal that has none; "done" for one that was
// not refused.
inline std::vector<std::string> AnswersIn(const std::string& text,
                                          const Library& library = Shipped()) {
  std::vector<std::string> answers;
  for (const TimelineEvent& event : TimelineOf(text, library)) {
    const auto& refusal = event.action.refusal;
    answers.push_back(!refusal ? "done" : refusal->code.empty() ? refusal->message : refusal->code);
  }
  return answers;
}

// Without the place in the file.
inline std::vector<std::string> TimelineErrors(const std::string& text) {
  std::vector<std::string> errors = ErrorsOf([&] { TimelineOf(text); });
  for (std::string& error : errors) error.erase(0, error.find(' ') + 1);
  return errors;
}

}  // namespace vpcmirror::sim
