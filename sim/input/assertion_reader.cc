#include "sim/input/assertion_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "models/scenario/figure_unit.h"
#include "models/scenario/nearest.h"

namespace vpcmirror::sim {
namespace {

using Json = nlohmann::json;

constexpr const char* kGrammar =
    "a path into result.json, then <, <=, ==, !=, >= or >, then a value: \"mirror_loss < 0.1%\", "
    "\"enis[web[0]/eni0].out_bps < 3 Gbps\"";

struct Sign {
  std::string_view text;
  Comparison meaning;
};
constexpr Sign kSigns[] = {
    {"<", Comparison::kLess},     {"<=", Comparison::kAtMost},  {"==", Comparison::kEqual},
    {"!=", Comparison::kUnequal}, {">=", Comparison::kAtLeast}, {">", Comparison::kMore},
};

constexpr std::string_view kSignLetters = "<=>!";

// Keys of the document under which there is nothing to assert.
struct NoFigures {
  std::string_view key;
  const char* message;
};
constexpr NoFigures kNoFigures[] = {
    {"asserts", "\"asserts\" are the assertions themselves"},
    {"replications",
     "\"replications\" has means of figures, and with --runs a figure's mean is what is asserted"},
    {"series", "\"series\" has a value for each bin and not one"},
};

// What is asserted, in its three parts.
struct Parts {
  std::string_view path;
  std::string_view sign;
  std::string_view value;
};

std::string_view Trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// How far a path reaches: IDs hold brackets, and within brackets anything may stand.
std::size_t PathLength(std::string_view text) {
  int depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '[') ++depth;
    if (text[i] == ']') --depth;
    const bool ends = text[i] == ' ' || kSignLetters.find(text[i]) != std::string_view::npos;
    if (depth <= 0 && ends) return i;
  }
  return text.size();
}

Parts PartsOf(std::string_view text) {
  Parts parts;
  text = Trimmed(text);
  parts.path = text.substr(0, PathLength(text));
  text = Trimmed(text.substr(parts.path.size()));
  parts.sign = text.substr(0, std::min(text.find_first_not_of(kSignLetters), text.size()));
  parts.value = Trimmed(text.substr(parts.sign.size()));
  return parts;
}

// `schema`, or what it refers to; of a value or null, the value.
const Json& Resolved(const Json& root, const Json& schema) {
  if (const auto reference = schema.find("$ref"); reference != schema.end()) {
    const auto& pointer = reference->get_ref<const std::string&>();
    return Resolved(root, root.at(Json::json_pointer(pointer.substr(1))));
  }
  if (const auto choices = schema.find("oneOf"); choices != schema.end()) {
    for (const Json& each : *choices) {
      if (each.value("type", "") != "null") return Resolved(root, each);
    }
  }
  return schema;
}

// The schemas of an object's members; empty for what is no object.
const Json& PropertiesOf(const Json& schema) {
  static const Json none = Json::object();
  const auto properties = schema.find("properties");
  return properties == schema.end() ? none : *properties;
}

bool Allows(const Json& schema, std::string_view type) {
  const auto types = schema.find("type");
  if (types == schema.end()) return false;
  return types->is_array() ? std::find(types->begin(), types->end(), type) != types->end()
                           : *types == type;
}

// The words that a leaf may be; empty: any.
std::vector<std::string> WordsOf(const Json& schema) {
  if (const auto word = schema.find("const"); word != schema.end()) return {*word};
  std::vector<std::string> words;
  for (const Json& each : schema.value("enum", Json::array())) {
    if (each.is_string()) words.push_back(each);
  }
  return words;
}

bool MayBeNull(const Json& schema) {
  const Json words = schema.value("enum", Json::array());
  return Allows(schema, "null") || std::find(words.begin(), words.end(), nullptr) != words.end();
}

bool MayBeNegative(const Json& schema) { return schema.value("minimum", -1.0) < 0; }

// The keys of an object. A list of drops by reason has the reasons that may be.
std::vector<std::string> KeysOf(const Json& schema) {
  std::vector<std::string> keys;
  for (const auto& [key, inside] : PropertiesOf(schema).items()) keys.push_back(key);
  if (const auto names = schema.find("propertyNames"); names != schema.end()) {
    for (const Json& each : names->at("enum")) keys.push_back(each);
  }
  return keys;
}

// The member that tells the elements of a list apart; empty where none does.
std::string NameKeyOf(const Json& items) {
  if (PropertiesOf(items).contains("id")) return "id";
  const Json required = items.value("required", Json::array());
  return required.empty() ? "" : required.front().get<std::string>();
}

std::optional<std::size_t> ElementNumber(std::string_view text) {
  std::size_t number = 0;
  const auto [at, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || at != text.data() + text.size()) return std::nullopt;
  return number;
}

// How the elements of a list are named.
std::string AcceptedElements(const std::string& list, const std::string& name_key) {
  if (name_key.empty()) return fmt::format("{0}[0] for one element, {0}[*] for each", list);
  std::string placeholder = name_key;
  for (char& c : placeholder) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return fmt::format("{0}[{1}] for one element, by its {2} or its number from 0; {0}[*] for each",
                     list, placeholder, name_key);
}

// Goes down the schema along a path.
class PathWalk {
 public:
  PathWalk(const Json& schema, std::string_view path)
      : schema_(schema), at_(&schema), path_(path), rest_(path) {}

  // The fault of a path that leads to no figure.
  std::optional<Fault> Run() {
    for (;;) {
      if (auto fault = Enter(std::string(TakeUntil(rest_.find_first_of(".["))))) return fault;
      if (auto fault = Choose()) return fault;
      if (rest_.empty()) break;
      if (rest_.front() != '.') {
        return Fault{fmt::format("\"{}\" goes on with \"{}\" behind a bracket", path_, rest_),
                     "a dot and a key"};
      }
      rest_.remove_prefix(1);
    }
    const std::vector<std::string> keys = KeysOf(*at_);
    if (keys.empty()) return std::nullopt;
    return Fault{fmt::format("\"{}\" is no figure but holds several", path_),
                 "with a dot behind it: " + AcceptedNames("", keys)};
  }

  const Json& leaf() const { return *at_; }
  std::vector<PathStep>& steps() { return steps_; }

 private:
  std::string_view TakeUntil(std::size_t end) {
    const std::string_view taken = rest_.substr(0, std::min(end, rest_.size()));
    rest_.remove_prefix(taken.size());
    return taken;
  }

  std::string Walked() const { return std::string(path_.substr(0, path_.size() - rest_.size())); }

  std::optional<Fault> Enter(const std::string& key) {
    const std::string before = Walked().substr(0, Walked().size() - key.size());
    std::vector<std::string> keys = KeysOf(*at_);
    if (before.empty()) {
      for (const NoFigures& each : kNoFigures) {
        if (key == each.key) return Fault{each.message, "any other key of result.json"};
        std::erase(keys, each.key);
      }
    }
    if (std::find(keys.begin(), keys.end(), key) == keys.end()) {
      const std::string outer = before.empty()
                                    ? "result.json"
                                    : fmt::format("\"{}\"", before.substr(0, before.size() - 1));
      return Fault{fmt::format("{} has no \"{}\"", outer, key),
                   keys.empty() ? "nothing behind it: it is one figure" : AcceptedNames(key, keys)};
    }
    const auto found = PropertiesOf(*at_).find(key);
    const bool is_listed = found != PropertiesOf(*at_).end();
    at_ = &Resolved(schema_, is_listed ? *found : at_->at("additionalProperties"));
    steps_.push_back({key, std::nullopt});
    return std::nullopt;
  }

  // Of a list, the elements that the brackets name.
  std::optional<Fault> Choose() {
    const bool has_bracket = !rest_.empty() && rest_.front() == '[';
    const std::string list = Walked();
    if (!Allows(*at_, "array")) {
      if (!has_bracket) return std::nullopt;
      return Fault{fmt::format("\"{}\" is no list", list), "no bracket behind it"};
    }
    const Json& items = Resolved(schema_, at_->at("items"));
    ElementChoice choice{.name_key = NameKeyOf(items)};
    const std::string accepted = AcceptedElements(list, choice.name_key);
    if (!has_bracket) return Fault{fmt::format("\"{}\" is a list", list), accepted};
    const std::optional<std::string_view> text = TakeBracket();
    if (!text) {
      return Fault{fmt::format("\"{}\" opens a bracket that it does not close", path_), accepted};
    }
    choice.text = *text;
    const std::optional<std::size_t> number = ElementNumber(*text);
    choice.number = number.value_or(0);
    choice.kind = *text == "*" ? ElementChoice::Kind::kAll
                  : number     ? ElementChoice::Kind::kNumbered
                               : ElementChoice::Kind::kNamed;
    if (text->empty() || (choice.name_key.empty() && choice.kind == ElementChoice::Kind::kNamed)) {
      return Fault{fmt::format("\"{}[{}]\" names no element", list, *text), accepted};
    }
    steps_.back().choice = std::move(choice);
    at_ = &items;
    return std::nullopt;
  }

  // What stands between the bracket here and the one that closes it.
  std::optional<std::string_view> TakeBracket() {
    int depth = 0;
    for (std::size_t i = 0; i < rest_.size(); ++i) {
      if (rest_[i] == '[') ++depth;
      if (rest_[i] == ']' && --depth == 0) {
        const std::string_view taken = TakeUntil(i + 1);
        return taken.substr(1, taken.size() - 2);
      }
    }
    return std::nullopt;
  }

  const Json& schema_;
  const Json* at_;
  std::string_view path_;
  std::string_view rest_;
  std::vector<PathStep> steps_;
};

FigureUnit UnitOf(std::string_view key, const Json& schema) {
  if (Allows(schema, "boolean")) return FigureUnit::kFlag;
  const bool is_whole = Allows(schema, "integer");
  if (!is_whole && !Allows(schema, "number")) return FigureUnit::kWord;
  // A part of a whole, whatever it is of: "coverage.bytes".
  if (!is_whole && schema.value("maximum", 0.0) == 1.0) return FigureUnit::kShare;
  if (const std::optional<FigureUnit> unit = UnitAtEndOf(key)) return *unit;
  if (is_whole) return FigureUnit::kCount;
  return key.starts_with("cores") ? FigureUnit::kNumber : FigureUnit::kShare;
}

bool HasOrder(FigureUnit unit) { return unit != FigureUnit::kFlag && unit != FigureUnit::kWord; }

// The whole of `text` as a number; empty for anything else, and for no finite one.
template <class Number>
std::optional<Number> NumberIn(std::string_view text) {
  Number number{};
  const auto [at, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc() || at != text.data() + text.size()) return std::nullopt;
  if (!std::isfinite(static_cast<double>(number))) return std::nullopt;
  return number;
}

Parsed<Figure> Failed(Fault fault) { return {std::nullopt, std::move(fault)}; }

template <class T>
Parsed<Figure> FigureOfQuantity(std::string_view text, Parsed<T> (*parse)(std::string_view),
                                std::string_view likely_unit) {
  if (NumberIn<double>(text)) return Failed(FaultOfBareNumber(text, likely_unit));
  Parsed<T> parsed = parse(text);
  if (!parsed) return Failed(std::move(parsed.fault));
  return {Figure(parsed.value->count()), {}};
}

// Whole nanoseconds stay whole, as in result.json.
Parsed<Figure> FigureOfTime(std::string_view text) {
  Parsed<Figure> figure = FigureOfQuantity(text, &ParseDuration, "ns");
  if (!figure) return figure;
  const std::int64_t ps = std::get<std::int64_t>(*figure.value);
  if (ps % kPicosecondsPerNanosecond == 0) return {Figure(ps / kPicosecondsPerNanosecond), {}};
  figure.value = Figure(static_cast<double>(ps) / static_cast<double>(kPicosecondsPerNanosecond));
  return figure;
}

Parsed<Figure> FigureOfShare(std::string_view text) {
  if (const auto number = NumberIn<double>(text)) return {Figure(*number), {}};
  if (text.ends_with('%')) {
    Parsed<double> percent = ParsePercent(text);
    if (!percent) return Failed(std::move(percent.fault));
    return {Figure(*percent.value), {}};
  }
  return Failed({fmt::format("\"{}\" is neither a number nor a percentage", text),
                 "a share, such as 0.001 or 0.1%"});
}

Parsed<Figure> FigureOfCount(std::string_view text) {
  if (const auto count = NumberIn<std::int64_t>(text)) return {Figure(*count), {}};
  return Failed({fmt::format("\"{}\" is not a whole number", text),
                 "a whole number without a unit, such as 1000"});
}

Parsed<Figure> FigureOfNumber(std::string_view text) {
  if (const auto number = NumberIn<double>(text)) return {Figure(*number), {}};
  return Failed(
      {fmt::format("\"{}\" is not a number", text), "a number without a unit, such as 2.5"});
}

Parsed<Figure> FigureOfAmount(std::string_view text, FigureUnit unit) {
  switch (unit) {
    case FigureUnit::kBitsPerSecond:
      return FigureOfQuantity(text, &ParseBandwidth,
                              LikelyBandwidthUnit(NumberIn<double>(text).value_or(0)));
    case FigureUnit::kPacketsPerSecond:
      return FigureOfQuantity(text, &ParsePacketRate, "pps");
    case FigureUnit::kNanoseconds:
      return FigureOfTime(text);
    case FigureUnit::kBytes:
      return FigureOfQuantity(text, &ParseBytes, "B");
    case FigureUnit::kCount:
      return FigureOfCount(text);
    case FigureUnit::kShare:
      return FigureOfShare(text);
    default:
      return FigureOfNumber(text);
  }
}

Figure Negated(const Figure& figure) {
  if (const auto* whole = std::get_if<std::int64_t>(&figure)) return -*whole;
  return -std::get<double>(figure);
}

Parsed<Figure> FigureOfFlag(std::string_view text) {
  if (text == "true" || text == "false") return {Figure(text == "true"), {}};
  return Failed({fmt::format("\"{}\" is neither true nor false", text), "true or false"});
}

Parsed<Figure> FigureOfWord(std::string_view text, const Json& leaf) {
  const bool is_quoted = text.size() >= 2 && text.front() == text.back() &&
                         (text.front() == '"' || text.front() == '\'');
  const std::string word(is_quoted ? text.substr(1, text.size() - 2) : text);
  const std::vector<std::string> words = WordsOf(leaf);
  if (words.empty() || std::find(words.begin(), words.end(), word) != words.end()) {
    return {Figure(word), {}};
  }
  return Failed({fmt::format("it is never \"{}\"", word), AcceptedNames(word, words)});
}

// What the figure at the end of a path is compared with.
Parsed<Figure> FigureOfBound(std::string_view text, FigureUnit unit, const Json& leaf) {
  if (text == "null" && MayBeNull(leaf)) return {Figure(), {}};
  if (unit == FigureUnit::kFlag) return FigureOfFlag(text);
  if (unit == FigureUnit::kWord) return FigureOfWord(text, leaf);
  if (!text.starts_with('-')) return FigureOfAmount(text, unit);
  if (!MayBeNegative(leaf)) {
    return Failed({fmt::format("\"{}\" is negative, which it never is", text), "zero or more"});
  }
  Parsed<Figure> amount = FigureOfAmount(text.substr(1), unit);
  if (amount) amount.value = Negated(*amount.value);
  return amount;
}

}  // namespace

Parsed<Assertion> ParseAssertion(std::string_view text, const nlohmann::json& result_schema) {
  const auto fail = [](Fault fault) { return Parsed<Assertion>{std::nullopt, std::move(fault)}; };
  const Parts parts = PartsOf(text);
  if (parts.path.empty()) return fail({fmt::format("\"{}\" names no figure", text), kGrammar});
  PathWalk walk(result_schema, parts.path);
  if (auto fault = walk.Run()) return fail(std::move(*fault));

  const auto* sign = std::find_if(std::begin(kSigns), std::end(kSigns),
                                  [&](const Sign& each) { return each.text == parts.sign; });
  if (sign == std::end(kSigns)) {
    return fail(
        {fmt::format("\"{}\" compares with \"{}\"", text, parts.sign), "<, <=, ==, !=, >= or >"});
  }
  if (parts.value.empty()) {
    return fail({fmt::format("\"{}\" says nothing to compare with", text), kGrammar});
  }
  Assertion assertion;
  assertion.unit = UnitOf(walk.steps().back().key, walk.leaf());
  Parsed<Figure> bound = FigureOfBound(parts.value, assertion.unit, walk.leaf());
  if (!bound) {
    bound.fault.message = fmt::format("\"{}\": {}", parts.path, bound.fault.message);
    return fail(std::move(bound.fault));
  }
  const bool is_number = HasOrder(assertion.unit) && bound.value->index() != 0;
  const bool asks_order =
      sign->meaning != Comparison::kEqual && sign->meaning != Comparison::kUnequal;
  if (asks_order && !is_number) {
    return fail({fmt::format("\"{}\" compares with \"{}\", and \"{}\" is no number", text,
                             parts.sign, parts.value),
                 "== or !="});
  }
  assertion.text = text;
  assertion.path = std::move(walk.steps());
  assertion.comparison = sign->meaning;
  assertion.bound = std::move(*bound.value);
  return {std::move(assertion), {}};
}

}  // namespace vpcmirror::sim
