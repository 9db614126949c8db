#include <algorithm>
#include <string>
#include <vector>

#include "sim/input/complaint.h"
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
ValidScenario ValidateReading(const Reading& reading, const Library& library) {
  std::vector<Complaint> complaints = reading.complaints;
  try {
    ValidScenario valid = Validate(reading.scenario, library);
    if (complaints.empty()) return valid;
  } catch (const ScenarioException& e) {
    for (const ScenarioError& error : e.errors()) {
      const bool is_echo =
          std::any_of(reading.complaints.begin(), reading.complaints.end(),
                      [&](const Complaint& complaint) { return MayFollow(error, complaint); });
      if (!is_echo) complaints.push_back({error.path, {error.message, error.accepted}});
    }
  }
  throw ScenarioException(Locate(complaints, reading.document));
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

}  // namespace vpcmirror::sim
