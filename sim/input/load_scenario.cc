#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "sim/input/complaint.h"
#include "sim/input/examine_scenario.h"
#include "sim/input/reading.h"
#include "sim/input/scenario_reader.h"

namespace vpcmirror::sim {
namespace {

// "/hosts/web/type" is {"hosts", "web"}: whose name others may use.
struct Subject {
  std::string section;
  std::string name;
};

Subject SubjectOf(const std::string& path) {
  const std::size_t name_at = path.find('/', 1);
  if (name_at == std::string::npos) return {path, ""};
  return {path.substr(0, name_at),
          path.substr(name_at + 1, path.find('/', name_at + 1) - name_at - 1)};
}

bool IsOfAssertion(const std::string& path) {
  return !IsPointer(path) || SubjectOf(path).section == "/assert";
}

// Whether what an assertion misses may be in what could not be read.
bool MayBeMissing(const Subject& broken, const ScenarioError& by_assertion) {
  const bool is_section = broken.name.empty();
  if (is_section || broken.section == "/vpcs" || broken.section == "/mirrors") return true;
  return broken.section == "/hosts" && by_assertion.message.find(broken.name) != std::string::npos;
}

// Whether `error` may be no more than an echo of a value that could not be read.
bool MayFollow(const ScenarioError& error, const Complaint& complaint) {
  if (IsOfAssertion(complaint.path)) return false;  // nothing hangs on an assertion
  const Subject broken = SubjectOf(complaint.path);
  if (IsOfAssertion(error.path)) return MayBeMissing(broken, error);
  if (broken.name.empty() || broken.section == "/vpcs") return true;
  if (complaint.path.starts_with(error.path) || error.path.starts_with(complaint.path)) return true;
  return error.message.find(broken.name) != std::string::npos;
}

// What can be known of a scenario with unreadable values is told in the same
// breath, so that nobody mends a file twice.
std::vector<ScenarioError> LocatedErrors(const Reading& reading,
                                         const std::vector<ScenarioError>& errors) {
  std::vector<Complaint> complaints = reading.complaints;
  for (const ScenarioError& error : errors) {
    const bool is_echo =
        std::any_of(reading.complaints.begin(), reading.complaints.end(),
                    [&](const Complaint& complaint) { return MayFollow(error, complaint); });
    if (is_echo) continue;
    complaints.push_back({.path = error.path,
                          .fault = {error.message, error.accepted},
                          .rule = error.rule,
                          .api_code = error.api_code});
  }
  return Locate(complaints, reading.document);
}

ValidScenario ValidateReading(const Reading& reading, const Library& library) {
  Examination examination = Examine(reading.scenario, library);
  std::vector<ScenarioError> errors = LocatedErrors(reading, examination.errors);
  if (!errors.empty()) throw ScenarioException(std::move(errors));
  return *std::move(examination.sound);
}

}  // namespace

ValidScenario LoadScenario(const std::string& file, const Library& library,
                           const ReadOptions& options) {
  return ValidateReading(ReadDocumentFile(file, options), library);
}

ValidScenario LoadScenarioText(std::string_view text, const std::string& name,
                               const Library& library, const ReadOptions& options) {
  return ValidateReading(ReadDocument(text, name, options), library);
}

TextPosition ExaminedScenario::PositionOf(std::string_view path) const {
  return NearestPlace(document.place, path).value;
}

namespace {

ExaminedScenario ExamineReading(Reading reading, const Library& library) {
  Examination examination = Examine(reading.scenario, library);
  ExaminedScenario examined;
  examined.errors = LocatedErrors(reading, examination.errors);
  if (reading.complaints.empty()) examined.sound = std::move(examination.sound);
  examined.written = std::move(reading.scenario);
  examined.document = std::move(reading.document);
  return examined;
}

}  // namespace

ExaminedScenario ExamineScenario(const std::string& file, const Library& library,
                                 const ReadOptions& options) {
  return ExamineReading(ReadDocumentFile(file, options), library);
}

ExaminedScenario ExamineScenarioText(std::string_view text, const std::string& name,
                                     const Library& library, const ReadOptions& options) {
  return ExamineReading(ReadDocument(text, name, options), library);
}

}  // namespace vpcmirror::sim
