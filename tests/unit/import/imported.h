// Imports of texts and of the golden answers, and the scenarios they make.
#pragma once

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "models/scenario/valid_scenario.h"
#include "sim/import/import_files.h"
#include "sim/input/examine_scenario.h"
#include "sim/input/scenario_reader.h"
#include "tests/unit/input/shipped.h"

namespace vpcmirror::sim {

inline std::string GoldenAnswers(const std::string& cloud) {
  return std::string(VPCMIRROR_SOURCE_DIR) + "/tests/golden/import/" + cloud;
}

inline std::set<std::string> ShippedTypes() {
  std::set<std::string> types;
  for (const auto& each : Shipped().instance_types) types.insert(each.first);
  return types;
}

struct NamedText {
  std::string file;
  std::string text;
};

inline ImportedScenario ImportTexts(const std::vector<NamedText>& texts, const char* cloud,
                                    bool in_folder = false) {
  Documents documents;
  for (const NamedText& each : texts) documents.push_back(Document::Parse(each.text, each.file));
  return ScenarioOf(InventoryOf(documents, FindCloudApi(cloud), in_folder), ShippedTypes());
}

inline ImportedScenario ImportGolden(const std::string& cloud) {
  return ImportFiles({GoldenAnswers(cloud)}, FindCloudApi(cloud), ShippedTypes()).scenario;
}

inline ReadOptions WithShippedData() {
  ReadOptions options;
  options.data_folder = kDataFolder;
  return options;
}

// Throws where the scenario has an error.
inline ValidScenario Loaded(const ImportedScenario& imported) {
  return LoadScenarioText(imported.text, "imported.json", Shipped(), WithShippedData());
}

inline std::vector<std::string> GapNames(const ImportedScenario& imported) {
  std::vector<std::string> names;
  for (const Gap& gap : imported.gaps) names.push_back(gap.name);
  return names;
}

inline std::vector<std::string> EniIds(const ValidScenario& scenario,
                                       const std::vector<std::size_t>& enis) {
  std::vector<std::string> ids;
  for (const std::size_t eni : enis) ids.push_back(scenario.deployment->enis[eni].id);
  return ids;
}

inline const Cvm& CvmCalled(const ValidScenario& scenario, const std::string& id) {
  const auto& cvms = scenario.deployment->cvms;
  const auto found =
      std::find_if(cvms.begin(), cvms.end(), [&](const Cvm& each) { return each.id == id; });
  if (found == cvms.end()) throw std::invalid_argument("no host " + id);
  return *found;
}

}  // namespace vpcmirror::sim
