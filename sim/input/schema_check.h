// JSON Schema (draft-07): what is wrong with a document, in plain words.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "sim/input/complaint.h"

namespace vpcmirror::sim {

// A schema file, compiled. Immutable; Check may be called from any thread.
class Schema {
 public:
  // The compiled schema of `file`, kept for the next call. Throws
  // ScenarioException when the file is missing or not a schema.
  static std::shared_ptr<const Schema> Load(const std::string& file);

  explicit Schema(nlohmann::json schema);
  ~Schema();

  const nlohmann::json& json() const { return json_; }

  // Every complaint, none about a value only because of what is inside it.
  std::vector<Complaint> Check(const nlohmann::json& document) const;

 private:
  struct Compiled;
  nlohmann::json json_;
  std::unique_ptr<Compiled> compiled_;
};

}  // namespace vpcmirror::sim
