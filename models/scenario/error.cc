#include "models/scenario/error.h"

#include <utility>

namespace vpcmirror {
namespace {

std::string Summary(const std::vector<ScenarioError>& errors) {
  if (errors.empty()) return "the scenario is not valid";
  std::string text = errors.front().path + ": " + errors.front().message;
  if (errors.size() > 1) text += " (and " + std::to_string(errors.size() - 1) + " more)";
  return text;
}

}  // namespace

ScenarioException::ScenarioException(std::vector<ScenarioError> errors)
    : std::runtime_error(Summary(errors)), errors_(std::move(errors)) {}

}  // namespace vpcmirror
