#include "sim/input/schema_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "models/scenario/nearest.h"

namespace vpcmirror::sim {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kNotSimulated = "notSimulated";

std::string Quoted(std::string_view text) {
  constexpr std::size_t kLongest = 64;
  if (text.size() <= kLongest) return fmt::format("\"{}\"", text);
  std::size_t end = kLongest;
  while ((static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return fmt::format("\"{}...\"", text.substr(0, end));
}

std::string JoinWithOr(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? " or " : ", ";
    text += words[i];
  }
  return text;
}

// Strings in quotes, everything else as JSON writes it.
std::string Literal(const Json& value) {
  return value.is_string() ? Quoted(value.get_ref<const std::string&>()) : value.dump();
}

std::vector<std::string> TypesOf(const Json& schema) {
  const auto type = schema.find("type");
  if (type == schema.end()) return {};
  if (type->is_string()) return {type->get<std::string>()};
  return type->get<std::vector<std::string>>();
}

bool HasType(const Json& value, const std::string& type) {
  if (type == "string") return value.is_string();
  if (type == "integer") return value.is_number_integer();
  if (type == "number") return value.is_number();
  if (type == "boolean") return value.is_boolean();
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  return type == "null" && value.is_null();
}

std::string TypeInWords(const std::string& type) {
  if (type == "integer") return "a whole number";
  if (type == "boolean") return "true or false";
  if (type == "object" || type == "array") return "an " + type;
  return "a " + type;
}

std::string BoundsInWords(const Json& schema) {
  std::string text;
  if (schema.contains("minimum")) text += " from " + schema["minimum"].dump();
  if (schema.contains("exclusiveMinimum")) text += " over " + schema["exclusiveMinimum"].dump();
  if (schema.contains("maximum"))
    text += (text.empty() ? " up to " : " to ") + schema["maximum"].dump();
  if (schema.contains("maxLength"))
    text += fmt::format(" of at most {} characters", schema["maxLength"].dump());
  if (schema.contains("minItems") && schema.contains("maxItems")) {
    text +=
        fmt::format(" of {} to {} elements", schema["minItems"].dump(), schema["maxItems"].dump());
  } else if (schema.contains("maxItems")) {
    text += fmt::format(" of at most {} elements", schema["maxItems"].dump());
  } else if (schema.contains("minItems") || schema.contains("minProperties")) {
    text += " with at least one element";
  }
  return text;
}

bool IsOutOfBounds(const Json& schema, const Json& value) {
  const auto breaks = [&](const char* keyword, auto broken) {
    const auto bound = schema.find(keyword);
    return bound != schema.end() && broken(bound->template get<double>());
  };
  if (value.is_number()) {
    const double v = value.get<double>();
    return breaks("minimum", [&](double b) { return v < b; }) ||
           breaks("maximum", [&](double b) { return v > b; }) ||
           breaks("exclusiveMinimum", [&](double b) { return v <= b; });
  }
  const auto size = static_cast<double>(value.size());
  if (value.is_array()) {
    return breaks("minItems", [&](double b) { return size < b; }) ||
           breaks("maxItems", [&](double b) { return size > b; });
  }
  if (value.is_object()) {
    return breaks("minProperties", [&](double b) { return size < b; }) ||
           breaks("maxProperties", [&](double b) { return size > b; });
  }
  if (!value.is_string()) return false;
  const std::string& text = value.get_ref<const std::string&>();
  const auto characters = std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  });
  return breaks("maxLength", [&](double b) { return static_cast<double>(characters) > b; });
}

Fault NotSimulated(const std::string& what) {
  return {"not simulated by this version: " + what, "leave it out"};
}

std::string CountInWords(const Json& value) {
  if (value.is_array()) return fmt::format("found {} elements", value.size());
  if (value.is_object()) return fmt::format("found {} members", value.size());
  return "found " + Describe(value);
}

}  // namespace

std::string Describe(const Json& value) {
  switch (value.type()) {
    case Json::value_t::object:
      return "an object";
    case Json::value_t::array:
      return "an array";
    case Json::value_t::string:
      return "the string " + Quoted(value.get_ref<const std::string&>());
    default:
      return value.dump();
  }
}

const Json& SchemaWords::Resolve(const Json& schema) const {
  const auto reference = schema.find("$ref");
  if (reference == schema.end()) return schema;
  return schema_.at(Json::json_pointer(reference->get<std::string>().substr(1)));
}

const Json* SchemaWords::Inside(const Json& schema, const Json& value,
                                const std::string& step) const {
  if (value.is_array()) {
    const auto items = schema.find("items");
    return items == schema.end() ? nullptr : &Resolve(*items);
  }
  if (const auto properties = schema.find("properties"); properties != schema.end()) {
    if (const auto property = properties->find(step); property != properties->end()) {
      return &Resolve(*property);
    }
  }
  const auto patterns = schema.find("patternProperties");
  if (patterns == schema.end()) return nullptr;
  for (const auto& [pattern, inside] : patterns->items()) {
    if (Matches(step, pattern)) return &Resolve(inside);
  }
  return nullptr;
}

std::string SchemaWords::Accepted(const Json& schema) const {
  if (const auto values = schema.find("enum"); values != schema.end()) {
    std::vector<std::string> words;
    for (const Json& value : *values) words.push_back(Literal(value));
    return JoinWithOr(words);
  }
  std::string text;
  if (const auto title = schema.find("title"); title != schema.end()) {
    text = title->get<std::string>();
  } else {
    std::vector<std::string> words;
    for (const std::string& type : TypesOf(schema)) words.push_back(TypeInWords(type));
    text = JoinWithOr(words);
  }
  text += BoundsInWords(schema);
  if (const auto examples = schema.find("examples"); examples != schema.end()) {
    std::vector<std::string> words;
    for (const Json& example : *examples) words.push_back(Literal(example));
    text += ", such as " + JoinWithOr(words);
  }
  return text;
}

std::optional<Fault> SchemaWords::ExplainValue(const Json& schema, const Json& value) const {
  const auto not_simulated = schema.find(kNotSimulated);
  const bool has_words = not_simulated != schema.end();
  if (has_words && not_simulated->is_string() &&
      (schema.contains("not") || (value.is_array() && !value.empty()))) {
    return NotSimulated(not_simulated->get<std::string>());
  }
  const std::vector<std::string> types = TypesOf(schema);
  if (!types.empty() && std::none_of(types.begin(), types.end(), [&](const std::string& type) {
        return HasType(value, type);
      })) {
    return Fault{"found " + Describe(value), Accepted(schema)};
  }
  if (const auto values = schema.find("enum");
      values != schema.end() && std::find(values->begin(), values->end(), value) == values->end()) {
    if (has_words && value.is_string() && not_simulated->contains(value)) {
      return Fault{NotSimulated(not_simulated->at(value.get<std::string>())).message,
                   Accepted(schema)};
    }
    return Fault{"found " + Describe(value), Accepted(schema)};
  }
  if (const auto pattern = schema.find("pattern");
      pattern != schema.end() && value.is_string() &&
      !Matches(value.get_ref<const std::string&>(), *pattern)) {
    return Fault{"found " + Describe(value), Accepted(schema)};
  }
  if (IsOutOfBounds(schema, value)) return Fault{CountInWords(value), Accepted(schema)};
  return std::nullopt;
}

bool SchemaWords::Matches(const std::string& text, const std::string& pattern) const {
  auto known = patterns_.find(pattern);
  if (known == patterns_.end()) known = patterns_.emplace(pattern, std::regex(pattern)).first;
  return std::regex_search(text, known->second);
}

void SchemaWords::ExplainKeys(const Json& schema, const Json& value, const std::string& pointer,
                              std::vector<Complaint>& complaints) const {
  std::vector<std::string> known;
  if (const auto properties = schema.find("properties"); properties != schema.end()) {
    for (const auto& [name, unused] : properties->items()) known.push_back(name);
  }
  for (const auto& [name, unused] : value.items()) {
    if (Inside(schema, value, name) != nullptr) continue;
    Complaint complaint{pointer + "/" + EscapePointer(name), {}, true};
    if (const auto names = schema.find("propertyNames"); names != schema.end()) {
      complaint.fault = {Quoted(name) + " cannot be a name here", Accepted(Resolve(*names))};
    } else {
      const auto nearest = NearestName(name, known);
      complaint.fault.message = fmt::format("the key {} is not known", Quoted(name));
      complaint.fault.accepted =
          nearest ? fmt::format("did you mean {}?", Quoted(*nearest)) : AcceptedNames(name, known);
    }
    complaints.push_back(std::move(complaint));
  }
  const auto required = schema.find("required");
  if (required == schema.end()) return;
  for (const Json& name : *required) {
    if (value.contains(name.get<std::string>())) continue;
    const Json* inside = Inside(schema, value, name);
    complaints.push_back({pointer,
                          {fmt::format("the key {} is missing", Literal(name)),
                           inside == nullptr ? "" : Accepted(*inside)},
                          false});
  }
}

std::size_t SchemaWords::KnownKeys(const Json& schema, const Json& value) const {
  const Json& chosen = Choose(schema, value);
  std::size_t known = 0;
  if (value.is_object()) {
    for (const auto& [name, member] : value.items()) {
      const Json* inside = Inside(chosen, value, name);
      if (inside != nullptr) known += 1 + KnownKeys(*inside, member);
    }
  } else if (value.is_array()) {
    for (const Json& item : value) {
      const Json* inside = Inside(chosen, value, "");
      if (inside != nullptr) known += KnownKeys(*inside, item);
    }
  }
  return known;
}

const Json& SchemaWords::Choose(const Json& schema, const Json& value) const {
  const auto branches = schema.find("anyOf");
  if (branches == schema.end()) return schema;
  const Json* best = nullptr;
  std::size_t most = 0;
  for (const Json& each : *branches) {
    const Json& branch = Resolve(each);
    const std::vector<std::string> types = TypesOf(branch);
    if (std::none_of(types.begin(), types.end(),
                     [&](const std::string& type) { return HasType(value, type); })) {
      continue;
    }
    const std::size_t known = KnownKeys(branch, value);
    if (best == nullptr || known > most) {
      best = &branch;
      most = known;
    }
  }
  return best == nullptr ? schema : Choose(*best, value);
}

void SchemaWords::Walk(const Json& schema, const Json& value, const std::string& pointer,
                       SchemaExplanation& explanation) const {
  if (auto fault = ExplainValue(schema, value)) {
    explanation.complaints.push_back({pointer, std::move(*fault), false});
  }
  if (schema.contains("anyOf")) explanation.choices.push_back(pointer);
  const Json& chosen = Choose(schema, value);
  if (&chosen != &schema) {
    Walk(chosen, value, pointer, explanation);
  } else {
    WalkInto(schema, value, pointer, explanation);
  }
}

void SchemaWords::WalkInto(const Json& schema, const Json& value, const std::string& pointer,
                           SchemaExplanation& explanation) const {
  if (value.is_object() && schema.contains("additionalProperties")) {
    ExplainKeys(schema, value, pointer, explanation.complaints);
    for (const auto& [name, member] : value.items()) {
      const Json* inside = Inside(schema, value, name);
      if (inside != nullptr)
        Walk(*inside, member, pointer + "/" + EscapePointer(name), explanation);
    }
  } else if (value.is_array()) {
    const Json* inside = Inside(schema, value, "");
    if (inside == nullptr) return;
    for (std::size_t i = 0; i < value.size(); ++i) {
      Walk(*inside, value[i], pointer + "/" + std::to_string(i), explanation);
    }
  }
}

SchemaExplanation SchemaWords::Explain(const Json& document) const {
  SchemaExplanation explanation;
  Walk(Resolve(schema_), document, "", explanation);
  return explanation;
}

}  // namespace vpcmirror::sim
