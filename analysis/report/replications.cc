#include "analysis/report/replications.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "analysis/compare/mean_interval.h"
#include "analysis/report/verdict.h"

namespace vpcmirror {
namespace {

using Json = nlohmann::ordered_json;

// What is about the runs and not a figure of them, or has figures of its own.
constexpr std::string_view kNoFigures[] = {"seed", "series", "asserts", "replications"};
// Which part of a run was the busiest is no quantity.
constexpr std::string_view kLabels[] = {"margin_from_ns", "margin_to_ns"};

struct Samples {
  std::string path;
  std::vector<double> values;
};

// Numbers by path, in the order in which the first result has them.
class FigureTable {
 public:
  void Add(const Json& result) {
    for (const auto& [key, value] : result.items()) {
      const bool is_figure =
          std::find(std::begin(kNoFigures), std::end(kNoFigures), key) == std::end(kNoFigures);
      if (is_figure) AddAll(key, value);
    }
  }
  const std::vector<Samples>& rows() const { return rows_; }

 private:
  void AddAll(const std::string& path, const Json& value) {
    if (value.is_number()) {
      const auto [place, is_new] = places_.try_emplace(path, rows_.size());
      if (is_new) rows_.push_back({path, {}});
      rows_[place->second].values.push_back(value.get<double>());
    } else if (value.is_object()) {
      for (const auto& [key, member] : value.items()) {
        const bool is_label =
            std::find(std::begin(kLabels), std::end(kLabels), key) != std::end(kLabels);
        if (!is_label) AddAll(path + "." + key, member);
      }
    } else if (value.is_array()) {
      for (const Json& item : value) {
        const auto id = item.is_object() ? item.find("id") : item.end();
        if (item.is_object() && id != item.end()) {
          AddAll(fmt::format("{}[{}]", path, id->get<std::string>()), item);
        }
      }
    }
  }

  std::vector<Samples> rows_;
  std::unordered_map<std::string, std::size_t> places_;
};

// What the runs found of one assertion.
struct Findings {
  int held = 0;
  std::vector<double> values;

  void Add(const Json& assertion) {
    held += assertion.at("held").get<bool>() ? 1 : 0;
    const Json& value = assertion.at("value");
    if (value.is_number()) values.push_back(value.get<double>());
  }
};

// Whether the mean is on one side of what is asserted, with all of its interval.
AssertionOutcome OutcomeOfMean(const AssertionResult& assertion, double mean, double half_width) {
  const double bound = std::visit(
      [](const auto& value) {
        if constexpr (std::is_arithmetic_v<std::decay_t<decltype(value)>>) {
          return static_cast<double>(value);
        }
        return std::numeric_limits<double>::quiet_NaN();
      },
      assertion.bound);
  const double low = mean - half_width;
  const double high = mean + half_width;
  const auto decide = [](bool met, bool missed) {
    return met      ? AssertionOutcome::kMet
           : missed ? AssertionOutcome::kMissed
                    : AssertionOutcome::kUndecided;
  };
  const bool is_equal = low == bound && high == bound;
  const bool is_outside = bound < low || high < bound;
  switch (assertion.comparison) {
    case Comparison::kLess:
      return decide(high < bound, low >= bound);
    case Comparison::kAtMost:
      return decide(high <= bound, low > bound);
    case Comparison::kEqual:
      return decide(is_equal, is_outside);
    case Comparison::kUnequal:
      return decide(is_outside, is_equal);
    case Comparison::kAtLeast:
      return decide(low >= bound, high < bound);
    case Comparison::kMore:
      return decide(low > bound, high <= bound);
  }
  return AssertionOutcome::kUndecided;
}

ReplicatedAssertion Decide(const AssertionResult& assertion, const Findings& findings, int runs,
                           double confidence) {
  ReplicatedAssertion all{.runs = runs, .held = findings.held};
  const bool has_numbers = findings.values.size() == static_cast<std::size_t>(runs);
  const bool is_of_number = std::holds_alternative<double>(assertion.bound) ||
                            std::holds_alternative<std::int64_t>(assertion.bound);
  if (has_numbers && is_of_number) {
    const MeanInterval interval = IntervalOf(findings.values, confidence);
    all.mean = interval.mean;
    all.half_width = interval.half_width;
    all.outcome = OutcomeOfMean(assertion, interval.mean, interval.half_width.value_or(0));
  } else if (findings.held == runs) {
    all.outcome = AssertionOutcome::kMet;
  } else if (findings.held == 0) {
    all.outcome = AssertionOutcome::kMissed;
  }
  return all;
}

bool IsOfFirstRun(const AssertionResult& assertion) {
  return assertion.text.find("disciplines[") == assertion.text.find_first_not_of(' ');
}

}  // namespace

Replications Replicate(std::span<const std::string> results, double confidence,
                       std::vector<AssertionResult>& assertions) {
  FigureTable table;
  std::vector<Findings> findings(assertions.size());
  std::map<Verdict, int> verdicts;
  for (const std::string& text : results) {
    const Json result = Json::parse(text);
    table.Add(result);
    if (const auto verdict = result.find("verdict"); verdict != result.end()) {
      ++verdicts[VerdictNamed(verdict->get<std::string>()).value_or(Verdict::kDoesNotFit)];
    }
    for (std::size_t i = 0; i < findings.size(); ++i) findings[i].Add(result.at("asserts").at(i));
  }
  const auto runs = static_cast<int>(results.size());
  for (std::size_t i = 0; i < assertions.size(); ++i) {
    if (IsOfFirstRun(assertions[i])) continue;
    assertions[i].replicated = Decide(assertions[i], findings[i], runs, confidence);
  }
  Replications replications{
      .runs = runs, .confidence = confidence, .verdicts = std::move(verdicts), .figures = {}};
  for (const Samples& row : table.rows()) {
    if (row.values.size() != results.size()) continue;
    const auto [smallest, largest] = std::minmax_element(row.values.begin(), row.values.end());
    if (*smallest == *largest) continue;
    const MeanInterval interval = IntervalOf(row.values, confidence);
    replications.figures.push_back({.path = row.path,
                                    .mean = interval.mean,
                                    .half_width = interval.half_width,
                                    .smallest = *smallest,
                                    .largest = *largest});
  }
  return replications;
}

}  // namespace vpcmirror
