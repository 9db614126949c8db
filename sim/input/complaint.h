// What is wrong at one place of a document, before the place becomes a line.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "models/scenario/error.h"
#include "sim/input/json_document.h"
#include "sim/input/quantity.h"

namespace vpcmirror::sim {

struct Complaint {
  std::string path;  // JSON Pointer, or else what stands for the file: "--assert x < 1"
  Fault fault;
  bool at_key = false;  // about the member's name, not its value
  std::string rule;     // as in ScenarioError
  std::string api_code;
  std::vector<Edit> edits;
};

bool IsPointer(std::string_view path);

// Errors with file, line and column, in the order of the text, each once. A
// value that did not come from the text has its source in `file` and no line.
std::vector<ScenarioError> Locate(const std::vector<Complaint>& complaints,
                                  const JsonDocument& document);

}  // namespace vpcmirror::sim
