#include "sim/input/complaint.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace vpcmirror::sim {
namespace {

void PutPosition(ScenarioError& error, const JsonDocument& document, bool at_key) {
  if (!IsPointer(error.path)) {
    error.file = std::exchange(error.path, "");
    return;
  }
  const Place& place = NearestPlace(document.place, error.path);
  const TextPosition at = at_key ? place.key : place.value;
  error.file = place.source.empty() ? document.file : place.source;
  error.line = at.line;
  error.column = at.column;
}

void SortAndDeduplicate(std::vector<ScenarioError>& errors) {
  const auto key = [](const ScenarioError& e) {
    return std::make_tuple(e.line == 0, e.line, e.column, std::cref(e.path), std::cref(e.message));
  };
  std::stable_sort(errors.begin(), errors.end(),
                   [&](const auto& a, const auto& b) { return key(a) < key(b); });
  errors.erase(std::unique(errors.begin(), errors.end()), errors.end());
}

}  // namespace

bool IsPointer(std::string_view path) { return path.empty() || path.front() == '/'; }

std::vector<ScenarioError> Locate(const std::vector<Complaint>& complaints,
                                  const JsonDocument& document) {
  std::vector<ScenarioError> errors;
  for (const Complaint& complaint : complaints) {
    ScenarioError error;
    error.path = complaint.path;
    error.message = complaint.fault.message;
    error.accepted = complaint.fault.accepted;
    error.rule = complaint.rule;
    error.api_code = complaint.api_code;
    error.edits = complaint.edits;
    PutPosition(error, document, complaint.at_key);
    errors.push_back(std::move(error));
  }
  SortAndDeduplicate(errors);
  return errors;
}

}  // namespace vpcmirror::sim
