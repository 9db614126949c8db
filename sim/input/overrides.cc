#include "sim/input/overrides.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "models/scenario/nearest.h"
#include "sim/input/json_syntax.h"
#include "sim/input/quantity.h"

namespace vpcmirror::sim {
namespace {

using Json = nlohmann::json;

std::string SourceOf(const Override& set) { return "--set " + set.path + "=" + set.value; }

ScenarioError ErrorOf(const Override& set, std::string message, std::string accepted) {
  ScenarioError error;
  error.file = SourceOf(set);
  error.path = set.path;
  error.message = std::move(message);
  error.accepted = std::move(accepted);
  return error;
}

std::optional<Json> ParseValue(const std::string& text) {
  try {
    return ParseJson(text, "").root;
  } catch (const ScenarioException&) {
    return std::nullopt;
  }
}

// xN and +N on the number or quantity at hand; empty when it is neither.
std::optional<Json> Scaled(const Json& current, const std::string& change) {
  const bool multiplies = change.substr(0, 1) == "x";
  if (!multiplies && change.substr(0, 1) != "+") return std::nullopt;
  if (!current.is_number() && !current.is_string()) return std::nullopt;
  const std::string text = current.is_string() ? current.get<std::string>() : current.dump();
  const std::optional<std::string> result =
      multiplies ? MultiplyQuantity(text, change.substr(1)) : AddToQuantity(text, change.substr(1));
  if (!result) return std::nullopt;
  return current.is_string() ? std::optional<Json>(*result) : ParseValue(*result);
}

// "x2", "+0.5": a change, not a value.
bool IsChange(const std::string& text) {
  const bool has_sign = text.size() > 1 && (text.front() == 'x' || text.front() == '+');
  return has_sign && text.find_first_not_of("0123456789.", 1) == std::string::npos;
}

Json NewValue(const Json& current, const std::string& text) {
  if (auto scaled = Scaled(current, text)) return std::move(*scaled);
  if (auto value = ParseValue(text)) return std::move(*value);
  return text;
}

std::optional<std::size_t> IndexOf(const std::string& step) {
  if (step.empty() || step.size() > 9) return std::nullopt;
  if (step.find_first_not_of("0123456789") != std::string::npos) return std::nullopt;
  return std::stoul(step);
}

// What stands at `step` inside `value`; null when nothing does.
Json* Inside(Json& value, const std::string& step) {
  if (value.is_object()) {
    const auto member = value.find(step);
    return member == value.end() ? nullptr : &*member;
  }
  const auto index = IndexOf(step);
  if (!value.is_array() || !index || *index >= value.size()) return nullptr;
  return &value[*index];
}

std::string AcceptedSteps(const Json& value, const std::string& path, const std::string& step) {
  if (value.is_array()) {
    if (value.empty()) return fmt::format("\"{}/0\": it is empty", path);
    return fmt::format("\"{}/0\" to \"{}/{}\"", path, path, value.size());
  }
  if (!value.is_object()) return fmt::format("\"{}\", which is a value", path);
  std::vector<std::string> names;
  for (const auto& [name, unused] : value.items()) names.push_back(name);
  if (const auto nearest = NearestName(step, names)) {
    return fmt::format("did you mean \"{}/{}\"?", path, EscapePointer(*nearest));
  }
  return fmt::format("a path that exists; under \"{}\" there is {}", path,
                     AcceptedNames(step, names));
}

// The place inside `place` that belongs to `step`. A value that came from --set
// has places only once something inside it is changed.
Place& PlaceInside(Place& place, const Json& value, const std::string& step) {
  if (value.is_object()) {
    const auto known = place.members.find(step);
    if (known != place.members.end()) return known->second;
    Place& added = place.members[step];
    added.order = place.members.size();
    added.source = place.source;
    return added;
  }
  const std::size_t known = place.items.size();
  place.items.resize(std::max(known, value.size()));
  for (std::size_t i = known; i < place.items.size(); ++i) place.items[i].source = place.source;
  return place.items[*IndexOf(step)];
}

std::optional<ScenarioError> Apply(const Override& set, JsonDocument& document) {
  if (FindInvalidUtf8(set.path + set.value)) {
    ScenarioError error;
    error.file = "--set";
    error.message = "this is not UTF-8 text";
    return error;
  }
  Json* value = &document.root;
  Place* place = &document.place;
  std::string path;
  const std::vector<std::string> steps = PointerSteps(set.path);
  for (const std::string& step : steps) {
    const bool is_last = &step == &steps.back();
    Json* inside = Inside(*value, step);
    const bool may_add =
        is_last && (value->is_object() || (value->is_array() && IndexOf(step) == value->size()));
    if (inside == nullptr && !may_add) {
      return ErrorOf(set, fmt::format("there is no \"{}/{}\"", path, EscapePointer(step)),
                     AcceptedSteps(*value, path, step));
    }
    if (inside == nullptr && IsChange(set.value)) {
      return ErrorOf(set, "nothing is written there that could be multiplied or added to",
                     fmt::format("a value, or '\"{}\"' in quotes where that is meant", set.value));
    }
    if (inside == nullptr) {
      inside = value->is_object() ? &(*value)[step] : &value->emplace_back();
    }
    place = &PlaceInside(*place, *value, step);
    value = inside;
    path += "/" + EscapePointer(step);
  }
  *value = NewValue(*value, set.value);
  const std::size_t order = place->order;
  *place = Place{};
  place->order = order;
  place->source = SourceOf(set);
  return std::nullopt;
}

}  // namespace

void ApplyOverrides(const std::vector<Override>& sets, JsonDocument& document) {
  std::vector<ScenarioError> errors;
  for (const Override& set : sets) {
    if (auto error = Apply(set, document)) errors.push_back(std::move(*error));
  }
  if (!errors.empty()) throw ScenarioException(std::move(errors));
}

}  // namespace vpcmirror::sim
