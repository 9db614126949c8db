// From a provider's files to a scenario.
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "sim/import/cloud_api.h"
#include "sim/import/document.h"
#include "sim/import/scenario_of.h"

namespace vpcmirror::sim {

struct ImportedFiles {
  ImportedScenario scenario;
  std::string title;               // of what was read: "Tencent Cloud", "Terraform"
  std::vector<std::string> files;  // that were read
};

// Of the JSON that a scenario made of imported files may have: they have bounds of their own.
inline constexpr std::size_t kMostImportedValues = 20'000'000;

using Documents = std::vector<std::shared_ptr<const Document>>;

// The .json files in each path that is a folder, and in its folders, by name; other paths as
// they are. Throws ScenarioException: a path that is not there, a folder without any.
std::vector<std::string> FilesIn(const std::vector<std::string>& paths);

// Reads them all; throws ScenarioException with what is wrong with each.
Documents ReadDocuments(const std::vector<std::string>& files);

// Whether the documents are answers of a cloud's API, or a plan or state of Terraform, rather
// than a scenario.
bool AreAnswers(const Documents& documents);

// `api` null: what the documents tell. Throws ScenarioException: an answer of another cloud,
// an API's error, a file that is no answer. Where `in_folder`, the last is left out and told.
Inventory InventoryOf(const Documents& documents, const CloudApi* api, bool in_folder);

// All of it, a plan or state of Terraform joined with answers that are beside it. `api` null
// and a plan among the documents: of the plan's cloud. `known_types` as in ScenarioOf. Throws
// ScenarioException also of several plans.
ImportedFiles ImportFiles(const std::vector<std::string>& paths, const CloudApi* api,
                          const std::set<std::string>& known_types);

}  // namespace vpcmirror::sim
