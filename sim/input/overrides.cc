#include "sim/input/overrides.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "models/scenario/nearest.h"
#include "sim/input/json_syntax.h"
#include "sim/input/quantity.h"
#include "sim/input/schema_words.h"

namespace vpcmirror::sim {
namespace {

using Json = nlohmann::json;

constexpr char kEach[] = "*";  // a step: all that is there

std::string SourceOf(const Override& set) { return set.option + " " + set.path + "=" + set.value; }

std::optional<Json> ParseValue(const std::string& text) {
  try {
    return ParseJson(text, "").root;
  } catch (const ScenarioException&) {
    return std::nullopt;
  }
}

// "x2", "+0.5", "-500 Mbps": a change, not a value.
bool IsChange(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789";
  if (text.size() < 2 || kDigits.find(text[1]) == std::string_view::npos) return false;
  const std::size_t end = std::min(text.find_first_not_of("0123456789.", 1), text.size());
  if (text.front() == 'x') return end == text.size();
  if (text.front() != '+' && text.front() != '-') return false;
  const std::size_t unit = end < text.size() && text[end] == ' ' ? end + 1 : end;
  return std::all_of(text.begin() + static_cast<std::ptrdiff_t>(unit), text.end(), [](char c) {
    return ('a' <= c && c <= 'z') || ('A' <= c && c <= 'Z') || c == '/' || c == '%';
  });
}

// A factor that is itself the value, such as a burst's "by", is replaced by another.
bool IsWrittenAsChange(const Json& value) {
  return value.is_string() && IsChange(value.get_ref<const std::string&>());
}

std::string_view VerbOf(const std::string& change) {
  return change.front() == 'x'   ? "multiplied"
         : change.front() == '+' ? "added to"
                                 : "taken away from";
}

std::string InQuotesOf(const std::string& change) {
  return fmt::format("a value, or '\"{}\"' in quotes where that is meant", change);
}

Parsed<std::string> ChangedText(const std::string& text, const std::string& change) {
  const std::string by = change.substr(1);
  if (change.front() == 'x') return MultiplyQuantity(text, by);
  return change.front() == '+' ? AddToQuantity(text, by) : SubtractFromQuantity(text, by);
}

// The number or quantity `current`, changed.
Parsed<Json> Changed(const Json& current, const std::string& change) {
  if (!current.is_number() && !current.is_string()) {
    return {std::nullopt,
            {fmt::format("found {}, which cannot be {}", Describe(current), VerbOf(change)),
             InQuotesOf(change)}};
  }
  const std::string text = current.is_string() ? current.get<std::string>() : current.dump();
  const Parsed<std::string> result = ChangedText(text, change);
  if (!result) {
    return {std::nullopt,
            {fmt::format("found {}, which cannot be {}: {}", Describe(current), VerbOf(change),
                         result.fault.message),
             InQuotesOf(change)}};
  }
  if (current.is_string()) return {Json(*result.value), {}};
  return {ParseValue(*result.value), {}};
}

Parsed<Json> NewValue(const Json& current, const std::string& text) {
  if (IsChange(text) && !IsWrittenAsChange(current)) return Changed(current, text);
  if (auto value = ParseValue(text)) return {std::move(*value), {}};
  return {Json(text), {}};
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

// One override on a document: to every place that its path leads to.
class Application {
 public:
  Application(const Override& set, std::vector<ScenarioError>& errors)
      : set_(set), errors_(errors), steps_(PointerSteps(set.path)) {}

  void To(JsonDocument& document) {
    if (FindInvalidUtf8(set_.path + set_.value)) {
      ScenarioError error;
      error.file = set_.option;
      error.message = "this is not UTF-8 text";
      errors_.push_back(std::move(error));
      return;
    }
    const std::size_t errors_before = errors_.size();
    Walk({document.root, document.place, "", 0});
    if (changed_ == 0 && errors_.size() == errors_before) {
      Refuse(set_.path, "nothing is written at any of these places that could be changed",
             InQuotesOf(set_.value));
    }
  }

 private:
  // Where the walk along the path has come to.
  struct Stop {
    Json& value;
    Place& place;
    std::string path;
    std::size_t depth = 0;       // steps taken
    bool is_one_of_all = false;  // behind a step `*`
  };

  void Walk(const Stop& at) {
    if (at.depth == steps_.size()) return Change(at);
    if (steps_[at.depth] == kEach) return WalkEach(at);
    WalkStep(at, steps_[at.depth]);
  }

  void WalkEach(const Stop& at) {
    if (at.value.empty() || !at.value.is_structured()) {
      Refuse(at.path + "/*", fmt::format("there is nothing under \"{}\"", at.path), "");
      return;
    }
    std::vector<std::string> all;
    for (const auto& [step, unused] : at.value.items()) all.push_back(step);
    for (const std::string& step : all) {
      Walk({*Inside(at.value, step), PlaceInside(at.place, at.value, step),
            at.path + "/" + EscapePointer(step), at.depth + 1, true});
    }
  }

  void WalkStep(const Stop& at, const std::string& step) {
    Json* inside = Inside(at.value, step);
    const std::string path = at.path + "/" + EscapePointer(step);
    const bool is_change_of_nothing = inside == nullptr && IsChange(set_.value);
    if (is_change_of_nothing && at.is_one_of_all) return;  // others have it
    if (inside == nullptr && !MayAdd(at, step)) {
      Refuse(at.is_one_of_all ? path : set_.path, fmt::format("there is no \"{}\"", path),
             AcceptedSteps(at.value, at.path, step));
      return;
    }
    if (is_change_of_nothing) {
      Refuse(path, "nothing is written there that could be multiplied or added to",
             InQuotesOf(set_.value));
      return;
    }
    if (inside == nullptr) {
      inside = at.value.is_object() ? &at.value[step] : &at.value.emplace_back();
    }
    Walk({*inside, PlaceInside(at.place, at.value, step), path, at.depth + 1, at.is_one_of_all});
  }

  bool MayAdd(const Stop& at, const std::string& step) const {
    if (at.depth + 1 < steps_.size()) return false;
    return at.value.is_object() || (at.value.is_array() && IndexOf(step) == at.value.size());
  }

  void Change(const Stop& at) {
    Parsed<Json> value = NewValue(at.value, set_.value);
    if (!value) return Refuse(at.path, value.fault.message, value.fault.accepted);
    at.value = *std::move(value.value);
    const std::size_t order = at.place.order;
    at.place = Place{};
    at.place.order = order;
    at.place.source = SourceOf(set_);
    ++changed_;
  }

  void Refuse(const std::string& path, std::string message, std::string accepted) {
    ScenarioError error;
    error.file = SourceOf(set_);
    error.path = path;
    error.message = std::move(message);
    error.accepted = std::move(accepted);
    errors_.push_back(std::move(error));
  }

  const Override& set_;
  std::vector<ScenarioError>& errors_;
  const std::vector<std::string> steps_;
  std::size_t changed_ = 0;
};

}  // namespace

void ApplyOverrides(const std::vector<Override>& sets, JsonDocument& document) {
  std::vector<ScenarioError> errors;
  for (const Override& set : sets) Application(set, errors).To(document);
  if (!errors.empty()) throw ScenarioException(std::move(errors));
}

}  // namespace vpcmirror::sim
