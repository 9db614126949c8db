// A provider's file of any bytes: parsed, read as answers of each cloud, made a scenario.
#include <cstddef>
#include <cstdint>
#include <string>

#include "models/scenario/error.h"
#include "sim/import/import_files.h"
#include "sim/input/json_document.h"
#include "tests/fuzz/require.h"

namespace vpcmirror::sim {
namespace {

void CheckErrors(const ScenarioException& thrown) {
  Require(!thrown.errors().empty(), "an exception has an error");
  for (const ScenarioError& error : thrown.errors()) {
    Require(error.file == "fuzz.json", "an error names the file");
    Require(error.line >= 1 && error.column >= 1, "an error has a place");
    Require(!error.message.empty(), "an error says what was found");
  }
}

void CheckScenario(const ImportedScenario& imported) {
  const JsonDocument document = ParseJson(imported.text, "imported.json");
  Require(document.root.is_object(), "a scenario is an object");
  Require(!document.root["hosts"].empty(), "a scenario has a host");
  for (const Gap& gap : imported.gaps) {
    Require(!gap.message.empty() && !gap.fix.empty(), "a gap says what to do");
  }
  for (const auto& [pointer, origin] : imported.origins) {
    Require(pointer.empty() || pointer.front() == '/', "an origin is of a JSON Pointer");
    Require(origin.is_known() && origin.at.line >= 1, "an origin has a place");
  }
}

void Import(const Documents& documents, const CloudApi* api) {
  ImportedScenario imported;
  try {
    imported = ScenarioOf(InventoryOf(documents, api, /*in_folder=*/true), {});
  } catch (const ScenarioException& thrown) {
    CheckErrors(thrown);
    return;
  }
  CheckScenario(imported);
}

}  // namespace
}  // namespace vpcmirror::sim

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vpcmirror::sim;
  std::string text(reinterpret_cast<const char*>(data), size);
  vpcmirror::Require(WithoutSecrets(text).size() == size, "masking keeps all lengths");
  Documents documents;
  try {
    documents.push_back(Document::Parse(std::move(text), "fuzz.json"));
  } catch (const vpcmirror::ScenarioException& thrown) {
    CheckErrors(thrown);
    return 0;
  }
  for (const CloudApi* api : CloudApis()) Import(documents, api);
  return 0;
}
