#include "sim/cli/load_side.h"

#include <optional>
#include <utility>

#include "sim/cli/import_report.h"
#include "sim/input/examine_scenario.h"

namespace vpcmirror::sim {

ValidScenario LoadSide(const std::vector<std::string>& paths, const Library& library,
                       const ReadOptions& read) {
  const std::string& name = paths.front();
  const std::optional<ImportedFiles> imported = ImportForCheck(paths, library);
  if (!imported) return LoadScenario(name, library, read);
  ExaminedScenario examined = ExamineImported(*imported, name, library, read);
  if (!examined.errors.empty()) {
    throw ScenarioException(AtOrigins(examined.errors, imported->scenario, name));
  }
  return std::move(*examined.sound);
}

}  // namespace vpcmirror::sim
