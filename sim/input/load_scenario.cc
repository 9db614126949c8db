#include <utility>

#include "sim/input/complaint.h"
#include "sim/input/reading.h"
#include "sim/input/scenario_reader.h"

namespace vpcmirror::sim {
namespace {

ValidScenario ValidateReading(const Reading& reading, const Library& library) {
  try {
    return Validate(reading.scenario, library);
  } catch (const ScenarioException& e) {
    throw ScenarioException(Locate(e.errors(), reading.document));
  }
}

}  // namespace

ValidScenario LoadScenario(const std::string& file, const std::vector<Override>& sets,
                           const Library& library, const std::string& data_folder) {
  return ValidateReading(ReadDocumentFile(file, sets, data_folder), library);
}

ValidScenario LoadScenarioText(std::string_view text, const std::string& name,
                               const Library& library, const ReadOptions& options) {
  return ValidateReading(ReadDocument(text, name, options), library);
}

}  // namespace vpcmirror::sim
