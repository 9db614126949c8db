// What a JSON Schema of this repository says about a document.
#pragma once

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

namespace vpcmirror::testing_report {

// `file` from the repository root.
inline nlohmann::json ReadSchema(const std::string& file) {
  std::ifstream stream(VPCMIRROR_SOURCE_DIR "/" + file);
  return nlohmann::json::parse(stream);
}

// Every complaint, one a line.
inline std::string Complaints(const nlohmann::json& schema_document,
                              const nlohmann::json& document) {
  valijson::Schema schema;
  valijson::SchemaParser().populateSchema(valijson::adapters::NlohmannJsonAdapter(schema_document),
                                          schema);
  valijson::ValidationResults results;
  valijson::Validator().validate(schema, valijson::adapters::NlohmannJsonAdapter(document),
                                 &results);
  std::string complaints;
  valijson::ValidationResults::Error error;
  while (results.popError(error)) {
    for (const std::string& step : error.context) complaints += step;
    complaints += ": " + error.description + "\n";
  }
  return complaints;
}

}  // namespace vpcmirror::testing_report
