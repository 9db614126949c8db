// Assertions and capture files.
#include <charconv>
#include <set>

#include "models/scenario/draft.h"
#include "models/scenario/nearest.h"
#include "models/scenario/selectors.h"

namespace vpcmirror {
namespace {

template <class T>
struct Word {
  std::string_view text;
  T meaning;
};

constexpr Word<Measure> kMeasures[] = {
    {"mirror_loss", Measure::kMirrorLoss},
    {"production_loss", Measure::kProductionLoss},
    {"margin", Measure::kMargin},
};

constexpr Word<Comparison> kComparisons[] = {
    {"<=", Comparison::kAtMost}, {">=", Comparison::kAtLeast}, {"==", Comparison::kEqual},
    {"<", Comparison::kLess},    {">", Comparison::kMore},
};

const char* const kGrammar =
    "mirror_loss, production_loss or margin, then <, <=, ==, >= or >, then a number or a "
    "percentage: \"mirror_loss < 0.1%\"";

void SkipSpaces(std::string_view& text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
}

// Takes characters off the front for as long as `belongs` holds.
template <class Belongs>
std::string_view TakeWhile(std::string_view& text, Belongs belongs) {
  SkipSpaces(text);
  std::size_t length = 0;
  while (length < text.size() && belongs(text[length])) ++length;
  const std::string_view taken = text.substr(0, length);
  text.remove_prefix(length);
  return taken;
}

template <class T, std::size_t kSize>
std::optional<T> MeaningOf(const Word<T> (&words)[kSize], std::string_view text) {
  for (const Word<T>& word : words) {
    if (word.text == text) return word.meaning;
  }
  return std::nullopt;
}

// "0.1%" or "0.001"; empty when anything else is left.
std::optional<double> TakeBound(std::string_view text) {
  SkipSpaces(text);
  double bound = 0;
  const auto [at, error] = std::from_chars(text.data(), text.data() + text.size(), bound);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(at - text.data()));
  SkipSpaces(text);
  if (!text.empty() && text.front() == '%') {
    bound /= 100;
    text.remove_prefix(1);
  }
  SkipSpaces(text);
  if (!text.empty() || !(bound >= -1e9 && bound <= 1e9)) return std::nullopt;
  return bound;
}

void AddAssertion(Draft& draft, const AssertionSpec& spec) {
  std::string_view rest = spec.text;
  const std::string word(
      TakeWhile(rest, [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; }));
  const auto measure = MeaningOf(kMeasures, word);
  if (!measure) {
    std::vector<std::string> known;
    for (const auto& each : kMeasures) known.emplace_back(each.text);
    draft.errors.Add(spec.path, "\"" + spec.text + "\" asserts about \"" + word + "\"",
                     NearestName(word, known) ? AcceptedNames(word, known) : kGrammar);
    return;
  }
  const auto sign = TakeWhile(rest, [](char c) { return c == '<' || c == '=' || c == '>'; });
  const auto comparison = MeaningOf(kComparisons, sign);
  if (!comparison) {
    draft.errors.Add(spec.path, "\"" + spec.text + "\" compares with \"" + std::string(sign) + "\"",
                     "<, <=, ==, >= or >");
    return;
  }
  const auto bound = TakeBound(rest);
  if (!bound) {
    draft.errors.Add(spec.path, "\"" + spec.text + "\" does not end in a number",
                     "a number or a percentage, such as 0.001 or 0.1%");
    return;
  }
  draft.assertions.push_back({spec.text, *measure, *comparison, *bound});
}

// "web[0]/eni0" as part of a file name: "web-0-eni0".
std::string FilePart(const std::string& id) {
  std::string part;
  for (const char c : id) {
    if (c == ']') continue;
    part += c == '/' || c == '[' || c == ':' ? '-' : c;
  }
  return part;
}

std::string WithPart(const std::string& file, const std::string& part) {
  const auto slash = file.rfind('/');
  const auto dot = file.rfind('.');
  const bool has_extension =
      dot != std::string::npos && dot != 0 && (slash == std::string::npos || dot > slash + 1);
  const auto cut = has_extension ? dot : file.size();
  return file.substr(0, cut) + "-" + part + file.substr(cut);
}

bool StaysInFolder(const std::string& file) {
  if (file.empty() || file.front() == '/' || file.back() == '/') return false;
  return ("/" + file + "/").find("/../") == std::string::npos;
}

void AddPcap(Draft& draft, const PcapOutputSpec& spec, std::set<std::string>& files) {
  const Selection selection = ResolveEnis(draft, {spec.what, spec.path, std::nullopt});
  if (!StaysInFolder(spec.file)) {
    draft.errors.Add(spec.path, "the file name \"" + spec.file + "\"",
                     "a name inside the result's folder, such as \"ids.pcap\"");
    return;
  }
  for (const std::size_t eni : selection.enis) {
    const std::string& id = draft.deployment->enis[eni].id;
    const std::string file =
        selection.enis.size() == 1 ? spec.file : WithPart(spec.file, FilePart(id));
    if (!files.insert(file).second) {
      draft.errors.Add(spec.path, "two captures would be written to \"" + file + "\"",
                       "a file of its own");
    }
    draft.pcaps.push_back({eni, file});
  }
}

}  // namespace

void ExpandOutputs(Draft& draft) {
  for (const AssertionSpec& spec : draft.scenario.assertions) AddAssertion(draft, spec);
  std::set<std::string> files;
  for (const PcapOutputSpec& spec : draft.scenario.pcaps) AddPcap(draft, spec, files);
}

}  // namespace vpcmirror
