// What an import found, for people and for check.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "analysis/check/finding.h"
#include "models/scenario/valid_scenario.h"
#include "sim/import/import_files.h"
#include "sim/input/examine_scenario.h"

namespace vpcmirror::sim {

std::set<std::string> KnownTypes(const Library& library);

// The first lines of an imported scenario: what it was made of.
std::string ImportHead(const ImportedFiles& imported);
// A line on what was assumed, and one for each contradiction. Ends in a newline.
std::string ImportSummary(const ImportedFiles& imported);

// Empty: what check was given is a scenario. Throws ScenarioException where it is neither
// that nor what a provider's API answers.
std::optional<ImportedFiles> ImportForCheck(const std::vector<std::string>& paths,
                                            const Library& library);

// Its scenario, named `name` in errors.
ExaminedScenario ExamineImported(const ImportedFiles& imported, const std::string& name,
                                 const Library& library, ReadOptions options);

// The errors of an imported scenario, each where in the provider's files it comes from.
std::vector<ScenarioError> AtOrigins(std::vector<ScenarioError> errors,
                                     const ImportedScenario& imported, const std::string& file);
// Moves a finding about the scenario to where in the provider's files it comes from; what
// comes from none of them is of `file`.
void MoveToOrigin(Finding& finding, const ImportedScenario& imported, const std::string& file);
// What was assumed, and what cannot be so.
std::vector<Finding> ImportFindings(const ImportedScenario& imported, const std::string& file);

// The text of each file that a finding is in, without secrets.
std::map<std::string, std::string, std::less<>> SourcesOf(const std::vector<Finding>& findings);

}  // namespace vpcmirror::sim
