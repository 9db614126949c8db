// From a scenario file to the raw Scenario: shapes, units and patterns are
// checked here, references and limits by Validate.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "models/scenario/error.h"
#include "models/scenario/scenario.h"
#include "models/scenario/valid_scenario.h"
#include "sim/input/data_folder.h"
#include "sim/input/json_document.h"

namespace vpcmirror::sim {

// One PATH=VALUE. In PATH, a step `*` stands for all members of an object or elements of a
// list. VALUE is JSON, or else a string as it stands; xN multiplies the number or quantity that
// is written there, +N and -N add and take away, with its unit or another of its kind.
struct Override {
  std::string path;              // JSON Pointer
  std::string value;             // as typed
  std::string option = "--set";  // that it was given with, for errors
};

// Splits "PATH=VALUE" at the first '='. Throws ScenarioException when there is
// none or PATH does not begin with a slash.
Override ParseOverride(std::string_view text, const std::string& option = "--set");

struct ReadOptions {
  std::vector<Override> sets;
  // Join those of the scenario. Errors call each "--assert TEXT" in place of a file.
  std::vector<std::string> assertions;
  bool baseline = false;                       // as "baseline": true of the scenario
  std::string data_folder = FindDataFolder();  // where schema/ lies
  std::string capture_folder = ".";            // relative replay files start here
  bool open_captures = true;                   // false: replay files are not looked at
  // Of the document; more where it was made of files that have a bound of their own.
  std::size_t most_values = kMaxJsonValues;
};

// All throw ScenarioException with every error at once, sorted by position.
// `name` stands for the file in errors and, without its extension, names the scenario.
Scenario ReadScenarioText(std::string_view text, const std::string& name,
                          const ReadOptions& options = {});

// Read, then Validate, with line and column in the errors of both. Captures of a
// file start in its own folder, whatever `options` say.
ValidScenario LoadScenario(const std::string& file, const Library& library,
                           const ReadOptions& options = {});
ValidScenario LoadScenarioText(std::string_view text, const std::string& name,
                               const Library& library, const ReadOptions& options = {});

}  // namespace vpcmirror::sim
