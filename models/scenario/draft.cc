#include "models/scenario/draft.h"

#include <algorithm>

namespace vpcmirror {
namespace {

constexpr std::size_t kLongestId = 64;

bool IsIdCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("._:/-").find(c) != std::string_view::npos;
}

}  // namespace

void ErrorList::Add(const std::string& path, const std::string& message,
                    const std::string& accepted) {
  ScenarioError error;
  error.path = path;
  error.message = message;
  error.accepted = accepted;
  Add(error);
}

void ErrorList::Add(const ScenarioError& error) {
  if (seen_.emplace(error.path, error.message).second) errors_.push_back(error);
}

void Draft::Warn(const ScenarioError& caution) {
  const bool is_known = std::any_of(cautions.begin(), cautions.end(), [&](const auto& each) {
    return each.message == caution.message;
  });
  if (is_known) return;
  cautions.push_back(caution);
  notes.push_back(caution.message);
}

void AssumptionList::Add(const Assumption& assumption) {
  if (seen_.emplace(assumption.name, assumption.text).second) assumptions_.push_back(assumption);
}

void AssumptionList::Default(const std::string& name, const std::string& value,
                             const std::string& text, const std::string& source) {
  Add({name, value, text, source, false});
}

bool CheckId(Draft& draft, const std::string& id, const std::string& path) {
  if (!id.empty() && id.size() <= kLongestId && std::all_of(id.begin(), id.end(), IsIdCharacter)) {
    return true;
  }
  draft.errors.Add(path, "\"" + id + "\" is not a name",
                   "1 to 64 letters, digits and characters of ._:/-");
  return false;
}

void RegisterId(Draft& draft, const std::string& id, const NamedThing& thing) {
  const auto [at, fresh] = draft.ids.emplace(id, thing);
  if (fresh) return;
  draft.errors.Add(thing.path, "the ID \"" + id + "\" is taken by " + at->second.path,
                   "an ID that nothing else has");
}

}  // namespace vpcmirror
