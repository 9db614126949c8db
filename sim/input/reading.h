// A scenario together with the document that its paths point into.
#pragma once

#include <string>
#include <string_view>

#include "sim/input/json_document.h"
#include "sim/input/scenario_reader.h"

namespace vpcmirror::sim {

struct Reading {
  Scenario scenario;
  JsonDocument document;
};

Reading ReadDocument(std::string_view text, const std::string& name, const ReadOptions& options);
Reading ReadDocumentFile(const std::string& file, const std::vector<Override>& sets,
                         const std::string& data_folder);

}  // namespace vpcmirror::sim
