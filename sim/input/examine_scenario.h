// A scenario for check: with its errors beside what is sound of it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/scenario/error.h"
#include "models/scenario/scenario.h"
#include "models/scenario/valid_scenario.h"
#include "sim/input/json_document.h"
#include "sim/input/scenario_reader.h"

namespace vpcmirror::sim {

struct ExaminedScenario {
  Scenario written;
  std::vector<ScenarioError> errors;   // with file, line and column
  std::optional<ValidScenario> sound;  // as Examination has it; empty beside unreadable values
  JsonDocument document;

  // Where the value of a JSON Pointer stands, or its nearest ancestor that is there.
  TextPosition PositionOf(std::string_view path) const;
};

// Throws ScenarioException only when there is nothing to go on with: no file, no JSON.
ExaminedScenario ExamineScenario(const std::string& file, const Library& library,
                                 const ReadOptions& options = {});
// The same of a text; `name` stands for the file.
ExaminedScenario ExamineScenarioText(std::string_view text, const std::string& name,
                                     const Library& library, const ReadOptions& options = {});

}  // namespace vpcmirror::sim
