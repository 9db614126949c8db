// What is wrong with a scenario, where, and what would do.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

namespace vpcmirror {

// A change of the scenario that mends what is wrong with it, as --set takes it.
struct Edit {
  std::string path;   // JSON Pointer
  std::string value;  // JSON; empty: what is there is removed

  friend bool operator==(const Edit&, const Edit&) = default;
};

struct ScenarioError {
  std::string file;
  std::string path;      // JSON Pointer
  int line = 0;          // 1-based; 0 when unknown
  int column = 0;        // 1-based, in bytes
  std::string message;   // what was found
  std::string accepted;  // what would do; empty when the message says it all
  // Our word for the rule that is broken, one of ProviderProfile::error_codes, "no_route",
  // "state_spelling" or "public_ip_settings", and what the provider's API calls it; empty: none.
  std::string rule;
  std::string api_code;
  std::vector<Edit> edits;  // all of them mend it; empty: no edit does

  friend bool operator==(const ScenarioError&, const ScenarioError&) = default;
};

// Thrown with every error of a scenario at once; at least one.
class ScenarioException : public std::runtime_error {
 public:
  explicit ScenarioException(std::vector<ScenarioError> errors);
  const std::vector<ScenarioError>& errors() const { return errors_; }

 private:
  std::vector<ScenarioError> errors_;
};

}  // namespace vpcmirror
