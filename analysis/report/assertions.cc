#include "analysis/report/assertions.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "analysis/report/figure_text.h"
#include "analysis/report/result_parts.h"

namespace vpcmirror {
namespace {

using Json = nlohmann::ordered_json;

bool IsNull(const Figure& figure) { return std::holds_alternative<std::monostate>(figure); }

// Empty where neither comes first: words, and a number beside none.
std::optional<int> Order(const Figure& a, const Figure& b) {
  const auto sign = [](const auto& x, const auto& y) { return x < y ? -1 : x > y ? 1 : 0; };
  const auto* whole_a = std::get_if<std::int64_t>(&a);
  const auto* whole_b = std::get_if<std::int64_t>(&b);
  if (whole_a != nullptr && whole_b != nullptr) return sign(*whole_a, *whole_b);
  const std::optional<double> number_a = NumberOf(a);
  const std::optional<double> number_b = NumberOf(b);
  if (!number_a || !number_b) return std::nullopt;
  return sign(*number_a, *number_b);
}

bool IsEqual(const Figure& a, const Figure& b) {
  const std::optional<int> order = Order(a, b);
  return order ? *order == 0 : a == b;
}

bool Holds(const Figure& value, Comparison comparison, const Figure& bound) {
  const std::optional<int> order = Order(value, bound);
  switch (comparison) {
    case Comparison::kLess:
      return order && *order < 0;
    case Comparison::kAtMost:
      return order && *order <= 0;
    case Comparison::kEqual:
      return IsEqual(value, bound);
    case Comparison::kUnequal:
      return !IsEqual(value, bound);
    case Comparison::kAtLeast:
      return order && *order >= 0;
    case Comparison::kMore:
      return order && *order > 0;
  }
  return false;
}

// Whether `a` is further than `b` from what the assertion asks; both hold, or neither.
bool HoldsLess(const Figure& a, const Figure& b, const Assertion& assertion) {
  const std::optional<int> order = Order(a, b);
  if (!order) return IsNull(a) && !IsNull(b);
  const auto distance = [&](const Figure& figure) {
    return std::abs(*NumberOf(figure) - NumberOf(assertion.bound).value_or(0));
  };
  switch (assertion.comparison) {
    case Comparison::kLess:
    case Comparison::kAtMost:
      return *order > 0;
    case Comparison::kEqual:
      return distance(a) > distance(b);
    case Comparison::kUnequal:
      return distance(a) < distance(b);
    case Comparison::kAtLeast:
    case Comparison::kMore:
      return *order < 0;
  }
  return false;
}

Figure FigureOf(const Json& json) {
  if (json.is_boolean()) return json.get<bool>();
  if (json.is_number_integer()) return json.get<std::int64_t>();
  if (json.is_number()) return json.get<double>();
  if (json.is_string()) return json.get<std::string>();
  return {};
}

// A list of the document, wherever it stands.
struct Elements {
  std::size_t size = 0;
  std::function<std::string(std::size_t)> name;  // empty for one without
  std::function<Json(std::size_t)> element;
};

Elements ElementsOf(const ResultList& list) { return {list.size, list.id, list.element}; }

Elements ElementsOf(const Json& list, const std::string& name_key) {
  return {
      .size = list.size(),
      .name = [&list, &name_key](
                  std::size_t i) { return name_key.empty() ? "" : list[i].value(name_key, ""); },
      .element = [&list](std::size_t i) { return list[i]; }};
}

bool IsChosen(const ElementChoice& choice, std::size_t number, const Elements& elements) {
  switch (choice.kind) {
    case ElementChoice::Kind::kAll:
      return true;
    case ElementChoice::Kind::kNumbered:
      return choice.number == number;
    case ElementChoice::Kind::kNamed:
      return choice.names.contains(elements.name(number));
  }
  return false;
}

bool MayBeSeveral(const ElementChoice& choice) {
  return choice.kind == ElementChoice::Kind::kAll ||
         (choice.kind == ElementChoice::Kind::kNamed && choice.names.size() > 1);
}

// One assertion on its way down the document.
class Evaluation {
 public:
  explicit Evaluation(const Assertion& assertion) : assertion_(assertion) {
    for (const PathStep& step : assertion.path) {
      has_several_ |= step.choice && MayBeSeveral(*step.choice);
    }
  }

  AssertionResult Run(const Json& head, const std::vector<ResultList>& lists) {
    for (const ResultList& list : lists) {
      if (!list.parent.empty() || list.key != assertion_.path.front().key) continue;
      WalkElements(ElementsOf(list), 0, "");
      return Outcome();
    }
    Walk(head, 0, "", "");
    return Outcome();
  }

 private:
  // From `json` along the steps that are left. `of`: the last element that was chosen;
  // `at`: the place of `json`, with a dot behind it unless it is the root.
  void Walk(const Json& json, std::size_t next, const std::string& of, const std::string& at) {
    if (next == assertion_.path.size()) {
      Consider(FigureOf(json), of);
      return;
    }
    const PathStep& step = assertion_.path[next];
    const auto member = json.is_object() ? json.find(step.key) : json.end();
    if (!json.is_object() || member == json.end()) {
      Consider({}, of);
    } else if (step.choice && member->is_array()) {
      WalkElements(ElementsOf(*member, step.choice->name_key), next, at);
    } else {
      Walk(*member, next + 1, of, at + step.key + ".");
    }
  }

  void WalkElements(const Elements& elements, std::size_t next, const std::string& at) {
    const PathStep& step = assertion_.path[next];
    const std::string list = at + step.key;
    bool found = false;
    for (std::size_t i = 0; i < elements.size; ++i) {
      if (!IsChosen(*step.choice, i, elements)) continue;
      found = true;
      const std::string name = elements.name(i);
      const std::string of = fmt::format("{}[{}]", list, name.empty() ? std::to_string(i) : name);
      Walk(elements.element(i), next + 1, of, of + ".");
    }
    if (found) return;
    if (step.choice->kind == ElementChoice::Kind::kAll) {
      empty_list_ = list;
    } else {
      Consider({}, list);
    }
  }

  void Consider(Figure value, const std::string& of) {
    const bool asks_for_null = IsNull(assertion_.bound);
    if (IsNull(value) && !asks_for_null && assertion_.path.back().key == "margin") value = 1.0;
    const bool held = Holds(value, assertion_.comparison, assertion_.bound);
    const bool is_worse = !worst_ || (worst_->held && !held) ||
                          (worst_->held == held && HoldsLess(value, worst_->value, assertion_));
    if (is_worse) worst_ = Considered{std::move(value), of, held};
  }

  AssertionResult Outcome() const {
    AssertionResult outcome{.text = assertion_.text,
                            .comparison = assertion_.comparison,
                            .bound = assertion_.bound,
                            .unit = assertion_.unit,
                            .held = true};
    if (worst_) {
      outcome.value = worst_->value;
      outcome.held = worst_->held;
    }
    if (has_several_) outcome.of = worst_ ? worst_->of : empty_list_;
    return outcome;
  }

  struct Considered {
    Figure value;
    std::string of;
    bool held = false;
  };

  const Assertion& assertion_;
  bool has_several_ = false;
  std::optional<Considered> worst_;
  std::string empty_list_;  // one that was to be gone through and has no elements
};

// "30 runs: 2.81 Gbps +- 0.02 Gbps", "held in 27 of 30 runs".
std::string ReplicatedText(const AssertionResult& assertion) {
  const ReplicatedAssertion& all = *assertion.replicated;
  if (!all.mean) return fmt::format("held in {} of {} runs", all.held, all.runs);
  const std::string mean = FigureText(*all.mean, assertion.unit);
  if (!all.half_width) return fmt::format("{}, of one run", mean);
  return fmt::format("{} +- {}, of {} runs", mean, FigureText(*all.half_width, assertion.unit),
                     all.runs);
}

}  // namespace

void CheckAssertions(const ValidScenario& scenario, RunResult& result) {
  result.assertions.clear();
  if (scenario.assertions.empty()) return;
  std::vector<AssertionResult> outcomes;
  const Json head = ResultHead(result);
  const std::vector<ResultList> lists = ResultLists(result);
  for (const Assertion& assertion : scenario.assertions) {
    outcomes.push_back(Evaluation(assertion).Run(head, lists));
  }
  result.assertions = std::move(outcomes);
}

bool IsAboutCoverage(const Assertion& assertion) {
  return assertion.path.front().key == "coverage";
}

std::vector<AssertionResult> CheckCoverage(const ValidScenario& scenario,
                                           const CoverageSummary& coverage) {
  RunResult result;
  result.coverage = coverage;
  const Json head = ResultHead(result);
  std::vector<AssertionResult> outcomes;
  for (const Assertion& assertion : scenario.assertions) {
    if (IsAboutCoverage(assertion)) outcomes.push_back(Evaluation(assertion).Run(head, {}));
  }
  return outcomes;
}

std::string_view ToString(AssertionOutcome outcome) {
  constexpr std::array<std::string_view, 3> kWords = {"met", "missed", "undecided"};
  return kWords[static_cast<std::size_t>(outcome)];
}

std::string OutcomeText(const AssertionResult& assertion) {
  if (assertion.replicated) return ReplicatedText(assertion);
  const std::string of = assertion.of.empty() ? "" : ", of " + assertion.of;
  if (IsNull(assertion.value)) return "no value" + of;
  constexpr int kMostDigits = 11;  // more than usual: 15 in all, which a double holds
  int more = 0;
  const auto text = [&](const Figure& figure) { return FigureText(figure, assertion.unit, more); };
  while (more < kMostDigits && !IsEqual(assertion.value, assertion.bound) &&
         text(assertion.value) == text(assertion.bound)) {
    ++more;
  }
  return fmt::format("it is {}{}", text(assertion.value), of);
}

}  // namespace vpcmirror
