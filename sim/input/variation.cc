#include "sim/input/variation.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <set>
#include <system_error>
#include <utility>

#include "models/scenario/error.h"
#include "sim/input/quantity.h"

namespace vpcmirror::sim {
namespace {

constexpr std::string_view kDots = "..";

std::string_view Trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

// Where the item ends that begins at `start`: at the first comma that is not inside quotes,
// brackets or braces, or at the end. Empty when one of those is not closed.
std::optional<std::size_t> EndOfItem(std::string_view text, std::size_t start) {
  int depth = 0;
  bool in_quotes = false;
  bool is_json = false;  // elsewhere a quote is a character
  for (std::size_t i = start; i < text.size(); ++i) {
    const char c = text[i];
    if (in_quotes) {
      if (c == '\\') ++i;
      in_quotes = c != '"';
      continue;
    }
    if (c == ',' && depth == 0) return i;
    is_json = is_json || (c != ' ' && Trimmed(text.substr(start, i - start)).empty() &&
                          (c == '"' || c == '[' || c == '{'));
    in_quotes = is_json && c == '"';
    depth += c == '[' || c == '{' ? 1 : c == ']' || c == '}' ? -1 : 0;
  }
  return in_quotes || depth > 0 ? std::nullopt : std::optional(text.size());
}

// "x1..x2:5", taken apart.
struct RangeText {
  std::string prefix;  // "x", "+", "-" or nothing
  std::string_view from;
  std::string_view to;
  std::string_view count;  // empty: not given
};

std::string_view WithoutPrefix(std::string_view text, const std::string& prefix) {
  return !prefix.empty() && text.starts_with(prefix) ? text.substr(1) : text;
}

bool StartsWithDigit(std::string_view text) {
  return !text.empty() && '0' <= text.front() && text.front() <= '9';
}

// Empty for an item that is no range: one that does not begin with a number, or has no "..".
std::optional<RangeText> FindRange(std::string_view item) {
  const std::size_t dots = item.find(kDots);
  if (dots == std::string_view::npos || item.empty()) return std::nullopt;
  RangeText range;
  if (std::string_view("x+-").find(item.front()) != std::string_view::npos) {
    range.prefix = item.front();
  }
  range.from = Trimmed(WithoutPrefix(item.substr(0, dots), range.prefix));
  if (!StartsWithDigit(range.from)) return std::nullopt;
  const std::string_view rest = item.substr(dots + kDots.size());
  const std::size_t colon = rest.rfind(':');
  range.to = WithoutPrefix(Trimmed(rest.substr(0, colon)), range.prefix);
  if (colon != std::string_view::npos) range.count = Trimmed(rest.substr(colon + 1));
  return range;
}

// From 2 to kMaxVariationValues.
std::optional<int> ReadCount(std::string_view text) {
  int count = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), count);
  const bool is_number = read.ec == std::errc() && read.ptr == text.data() + text.size();
  if (!is_number || count < 2 || count > kMaxVariationValues) return std::nullopt;
  return count;
}

// Reads the values of one --vary, with all that is wrong with them.
class ValuesReader {
 public:
  explicit ValuesReader(const Override& whole) : whole_(whole) {}

  std::vector<std::string> Read() {
    const std::string_view text = whole_.value;
    for (std::size_t start = 0; start <= text.size();) {
      const std::optional<std::size_t> end = EndOfItem(text, start);
      if (!end) {
        Refuse(fmt::format("\"{}\" has a quote, bracket or brace that is not closed",
                           Trimmed(text.substr(start))),
               "the value in quotes, as in '\"web[0\"'");
        break;
      }
      ReadItem(Trimmed(text.substr(start, *end - start)));
      start = *end + 1;
    }
    if (values_.size() > static_cast<std::size_t>(kMaxVariationValues)) {
      Refuse(fmt::format("these are {} values", values_.size()),
             fmt::format("at most {}", kMaxVariationValues));
    }
    if (errors_.empty()) RefuseTwins();
    if (!errors_.empty()) throw ScenarioException(std::move(errors_));
    return std::move(values_);
  }

 private:
  void ReadItem(std::string_view item) {
    if (item.empty()) {
      Refuse("there is an empty value", "a value between commas; the empty string is '\"\"'");
      return;
    }
    if (const auto range = FindRange(item)) return ReadRange(item, *range);
    values_.emplace_back(item);
  }

  void ReadRange(std::string_view item, const RangeText& range) {
    const std::optional<int> count = ReadCount(range.count);
    if (!count) {
      Refuse(fmt::format("the range \"{}\" does not say of how many values it is", item),
             fmt::format("a number from 2 to {} behind a colon, as in 1..10 Gbps:10",
                         kMaxVariationValues));
      return;
    }
    const Parsed<std::vector<std::string>> values = SpreadQuantity(range.from, range.to, *count);
    if (!values) {
      Refuse(fmt::format("the range \"{}\" has no values: {}", item, values.fault.message),
             values.fault.accepted);
      return;
    }
    for (const std::string& value : *values.value) values_.push_back(range.prefix + value);
  }

  void RefuseTwins() {
    std::set<std::string_view> known;
    for (const std::string& value : values_) {
      if (known.insert(value).second) continue;
      Refuse(fmt::format("\"{}\" is among the values twice", value), "each value once");
      return;
    }
  }

  void Refuse(std::string message, std::string accepted) {
    ScenarioError error;
    error.file = whole_.option + " " + whole_.path + "=" + whole_.value;
    error.path = whole_.path;
    error.message = std::move(message);
    error.accepted = std::move(accepted);
    errors_.push_back(std::move(error));
  }

  const Override& whole_;
  std::vector<std::string> values_;
  std::vector<ScenarioError> errors_;
};

}  // namespace

Variation ParseVariation(std::string_view text) {
  const Override whole = ParseOverride(text, "--vary");
  return {whole.path, ValuesReader(whole).Read()};
}

}  // namespace vpcmirror::sim
