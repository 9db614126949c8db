// A scenario together with the document that its paths point into, and with
// what is wrong in it: a value that could not be read is left out.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/input/complaint.h"
#include "sim/input/json_document.h"
#include "sim/input/scenario_reader.h"

namespace vpcmirror::sim {

struct Reading {
  Scenario scenario;
  JsonDocument document;
  std::vector<Complaint> complaints;
};

// Throws ScenarioException only when there is nothing to go on with: no file, no JSON.
Reading ReadDocument(std::string_view text, const std::string& name, const ReadOptions& options);
Reading ReadDocumentFile(const std::string& file, ReadOptions options);

}  // namespace vpcmirror::sim
