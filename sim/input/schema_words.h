// Puts into words why a value does not meet its schema.
#pragma once

#include <cstddef>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

#include "sim/input/complaint.h"

namespace vpcmirror::sim {

// "the string "abc"", "10", "an object": a value as an error shows it.
std::string Describe(const nlohmann::json& value);

struct SchemaExplanation {
  std::vector<Complaint> complaints;
  std::vector<std::string> choices;  // pointers of values that stand under an anyOf
};

// For one thread. Knows the keywords that our schemas use, and no more: type, enum, pattern,
// bounds, properties, patternProperties, additionalProperties (false), required,
// items, not ({}), $ref (within the file), anyOf, and notSimulated, which is ours.
// Of several schemas under anyOf, the one that knows most of a value's keys
// explains it.
class SchemaWords {
 public:
  // Keeps a reference to the schema.
  explicit SchemaWords(const nlohmann::json& schema) : schema_(schema) {}

  // What is wrong with the document, each value by itself.
  SchemaExplanation Explain(const nlohmann::json& document) const;

  // What a schema accepts: `a bandwidth such as "10 Gbps"`.
  std::string Accepted(const nlohmann::json& schema) const;

 private:
  const nlohmann::json& Resolve(const nlohmann::json& schema) const;
  // The schema of a member or item; null when the schema knows none.
  const nlohmann::json* Inside(const nlohmann::json& schema, const nlohmann::json& value,
                               const std::string& step) const;
  void Walk(const nlohmann::json& schema, const nlohmann::json& value, const std::string& pointer,
            SchemaExplanation& explanation) const;
  void WalkInto(const nlohmann::json& schema, const nlohmann::json& value,
                const std::string& pointer, SchemaExplanation& explanation) const;
  // How many keys of a value, and of what is in it, a schema knows.
  std::size_t KnownKeys(const nlohmann::json& schema, const nlohmann::json& value) const;
  // The schema itself, or the one of its anyOf that suits the value best.
  const nlohmann::json& Choose(const nlohmann::json& schema, const nlohmann::json& value) const;
  void ExplainKeys(const nlohmann::json& schema, const nlohmann::json& value,
                   const std::string& pointer, std::vector<Complaint>& complaints) const;
  std::optional<Fault> ExplainValue(const nlohmann::json& schema,
                                    const nlohmann::json& value) const;
  bool Matches(const std::string& text, const std::string& pattern) const;

  const nlohmann::json& schema_;
  mutable std::map<std::string, std::regex> patterns_;  // a regex is slow to build
};

}  // namespace vpcmirror::sim
