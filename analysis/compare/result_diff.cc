#include "analysis/compare/result_diff.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <variant>

#include "analysis/compare/result_measures.h"
#include "analysis/words/quantities.h"
#include "models/capacity/delay_histogram.h"

namespace vpcmirror {
namespace {

constexpr double kPercent = 0.01;

// Empty of words and of nothing; a margin that nothing limits is all free.
std::optional<double> AmountOf(const Measure& measure) {
  if (const auto* whole = std::get_if<std::int64_t>(&measure.value)) {
    return static_cast<double>(*whole);
  }
  if (const auto* number = std::get_if<double>(&measure.value)) return *number;
  return measure.is_kept ? std::optional(1.0) : std::nullopt;
}

// The largest difference that is noise.
double NoiseOf(FigureScale scale, double a, double b, double noise) {
  const double larger = std::max(std::abs(a), std::abs(b));
  switch (scale) {
    case FigureScale::kRelative:
    case FigureScale::kWord:
      break;
    case FigureScale::kDelay:
      return std::max(noise, kDelayError) * larger;
    case FigureScale::kPoints:
      return noise * std::max({1.0, 1 - a, 1 - b});
    case FigureScale::kLoss:
      return a == 0 || b == 0 ? 0 : noise * std::max(larger, kPercent);
  }
  return noise * larger;
}

double EffectOf(FigureScale scale, double a, double b) {
  const double larger = std::max(std::abs(a), std::abs(b));
  const double unit = scale == FigureScale::kLoss ? kPercent * std::max(larger, kPercent)
                                                  : NoiseOf(scale, a, b, kPercent);
  return std::abs(a - b) / unit;
}

ChangeSense SenseOf(WorseWhen worse, double before, double after) {
  if (worse == WorseWhen::kNeither) return ChangeSense::kNeither;
  return (after > before) == (worse == WorseWhen::kMore) ? ChangeSense::kWorse
                                                         : ChangeSense::kBetter;
}

// Fills in a diff, part by part.
class Comparing {
 public:
  Comparing(const RunResult& before, const RunResult& after, double noise)
      : before_(before),
        after_(after),
        intervals_before_(IntervalsOf(before)),
        intervals_after_(IntervalsOf(after)) {
    diff_.noise = noise;
  }

  ResultDiff Run() {
    for (std::size_t i = 0; i < kResultParts; ++i) ComparePart(static_cast<ResultPart>(i));
    std::stable_sort(diff_.changes.begin(), diff_.changes.end(),
                     [](const FigureChange& a, const FigureChange& b) {
                       return std::tuple(!a.is_regression, a.sense, -a.effect) <
                              std::tuple(!b.is_regression, b.sense, -b.effect);
                     });
    return std::move(diff_);
  }

 private:
  // Only where both have them: an interval says nothing of a single run.
  const Replications* IntervalsOf(const RunResult& result) const {
    const auto is_replicated = [](const RunResult& each) {
      return each.replications && each.replications->runs > 1;
    };
    return is_replicated(before_) && is_replicated(after_) ? &*result.replications : nullptr;
  }

  void ComparePart(ResultPart part) {
    const MeasuredPart before = MeasuredPartOf(part, before_, intervals_before_);
    const MeasuredPart after = MeasuredPartOf(part, after_, intervals_after_);
    std::unordered_map<std::string_view, std::size_t> places;
    places.reserve(after.size);
    for (std::size_t i = 0; i < after.size; ++i) places.emplace(after.id(i), i);
    for (std::size_t i = 0; i < before.size; ++i) {
      const std::string& id = before.id(i);
      const auto place = places.find(id);
      if (place == places.end()) {
        diff_.gone.push_back({part, id});
        continue;
      }
      Compare(part, id, before.measures(i), after.measures(place->second));
      places.erase(place);
    }
    for (std::size_t i = 0; i < after.size; ++i) {
      const auto place = places.find(after.id(i));
      if (place != places.end() && place->second == i)
        diff_.appeared.push_back({part, after.id(i)});
    }
  }

  void Compare(ResultPart part, const std::string& id, const std::vector<Measure>& before,
               const std::vector<Measure>& after) {
    for (std::size_t i = 0; i < before.size(); ++i) Compare(part, id, before[i], after[i]);
  }

  void Compare(ResultPart part, const std::string& id, const Measure& before,
               const Measure& after) {
    ++diff_.compared;
    if (before.value == after.value) return;
    FigureChange change{.part = part,
                        .id = id,
                        .figure = before.figure,
                        .unit = before.unit,
                        .before = before.value,
                        .after = after.value};
    const std::optional<double> a = AmountOf(before);
    const std::optional<double> b = AmountOf(after);
    if (a && b) {
      if (IsHidden(before, after, *a, *b)) return;
      change.sense = SenseOf(before.worse, *a, *b);
      change.effect = EffectOf(before.scale, *a, *b);
    } else {
      change.effect = 1 / kPercent;  // a word, or a limit that came or went: all of it
    }
    change.is_regression = before.is_kept && change.sense == ChangeSense::kWorse;
    diff_.changes.push_back(std::move(change));
  }

  bool IsHidden(const Measure& before, const Measure& after, double a, double b) {
    const double difference = std::abs(a - b);
    if (difference <= NoiseOf(before.scale, a, b, diff_.noise)) {
      ++diff_.within_noise;
      return true;
    }
    const bool overlap =
        !intervals_before_.is_empty() && difference <= before.half_width + after.half_width;
    if (overlap) ++diff_.within_intervals;
    return overlap;
  }

  const RunResult& before_;
  const RunResult& after_;
  IntervalTable intervals_before_;
  IntervalTable intervals_after_;
  ResultDiff diff_;
};

// So much of a hash tells two files apart, and can be read.
std::string BeginningOf(const std::string& hash) {
  constexpr std::size_t kDigits = 16;
  return hash.substr(0, kDigits);
}

std::string RunsText(const RunResult& result) {
  return std::to_string(result.replications ? result.replications->runs : 1);
}

std::string EndText(const RunResult& result) {
  if (result.complete) return "whole";
  return fmt::format("stopped after {}", TimeText(result.duration));
}

std::map<std::string, std::string> AssumptionsOf(const RunResult& result) {
  std::map<std::string, std::string> values;
  for (const Assumption& assumption : result.assumptions) {
    values.emplace(assumption.name, assumption.value);
  }
  return values;
}

// Those of `before` in its order, then those that `after` has besides.
void AddAssumptions(const RunResult& before, const RunResult& after,
                    std::vector<InputChange>& changes) {
  const std::map<std::string, std::string> was = AssumptionsOf(before);
  const std::map<std::string, std::string> is = AssumptionsOf(after);
  for (const auto& [name, value] : was) {
    const auto now = is.find(name);
    const std::string& other = now == is.end() ? std::string() : now->second;
    if (other != value) changes.push_back({"assumption " + name, value, other});
  }
  for (const auto& [name, value] : is) {
    if (!was.contains(name)) changes.push_back({"assumption " + name, "", value});
  }
}

std::string ChangesText(const RunResult& result) {
  std::string text;
  for (const std::string& each : result.scenario_changes) text += (text.empty() ? "" : "; ") + each;
  return text;
}

std::vector<InputChange> InputsOf(const RunResult& before, const RunResult& after) {
  std::vector<InputChange> changes;
  const auto add = [&](const char* name, const auto& text_of) {
    const std::string was = text_of(before);
    const std::string is = text_of(after);
    if (was != is) changes.push_back({name, was, is});
  };
  add("scenario", [](const RunResult& r) { return r.scenario_name; });
  add("file", [](const RunResult& r) { return r.scenario_file; });
  add("changes (--set)", ChangesText);
  // A digest is of the file and of its changes.
  const bool is_changed_alike = before.scenario_changes == after.scenario_changes;
  add(is_changed_alike ? "SHA-256 of the file" : "SHA-256 of the file with its changes",
      [](const RunResult& r) { return BeginningOf(r.scenario_sha256); });
  add("seed", [](const RunResult& r) { return std::to_string(r.seed); });
  add("engine", [](const RunResult& r) { return r.engine; });
  add("version of vpcmirror", [](const RunResult& r) { return r.version; });
  add("duration", [](const RunResult& r) { return TimeText(r.planned_duration); });
  add("warm-up", [](const RunResult& r) { return TimeText(r.warm_up); });
  add("end of the run", EndText);
  add("runs", RunsText);
  add("margin that should stay free",
      [](const RunResult& r) { return PercentText(r.margin_goal); });
  AddAssumptions(before, after, changes);
  return changes;
}

std::vector<AssertionChange> AssertionsOf(const RunResult& before, const RunResult& after) {
  std::vector<AssertionChange> all;
  std::unordered_map<std::string, std::size_t> places;
  for (const AssertionResult& assertion : before.assertions) {
    const bool is_new = places.emplace(assertion.text, all.size()).second;
    if (is_new) all.push_back({.text = assertion.text, .before = OutcomeOf(assertion)});
  }
  for (const AssertionResult& assertion : after.assertions) {
    const auto [place, is_new] = places.emplace(assertion.text, all.size());
    if (is_new) all.push_back({.text = assertion.text});
    all[place->second].after = OutcomeOf(assertion);
  }
  std::erase_if(all, [](const AssertionChange& each) { return each.before == each.after; });
  for (AssertionChange& each : all) each.is_regression = each.after == AssertionOutcome::kMissed;
  return all;
}

}  // namespace

std::string_view ToString(ResultPart part) {
  constexpr std::array<std::string_view, kResultParts> kWords = {
      "run", "hosts", "receivers", "load_balancers", "mirrors", "enis", "tcp", "disciplines"};
  return kWords[static_cast<std::size_t>(part)];
}

std::string_view ToString(ChangeSense sense) {
  constexpr std::array<std::string_view, 3> kWords = {"worse", "better", "neither"};
  return kWords[static_cast<std::size_t>(sense)];
}

std::int64_t ResultDiff::Regressions() const {
  std::int64_t count = verdict_is_worse ? 1 : 0;
  for (const FigureChange& change : changes) count += change.is_regression ? 1 : 0;
  for (const AssertionChange& change : assertions) count += change.is_regression ? 1 : 0;
  return count;
}

bool ResultDiff::IsEmpty() const {
  return !verdict_differs && inputs.empty() && changes.empty() && appeared.empty() &&
         gone.empty() && assertions.empty();
}

ResultDiff DiffResults(const RunResult& before, const RunResult& after, double noise) {
  ResultDiff diff = Comparing(before, after, noise).Run();
  diff.inputs = InputsOf(before, after);
  diff.verdict_differs = after.verdict != before.verdict;
  diff.verdict_is_worse = after.verdict > before.verdict;
  diff.assertions = AssertionsOf(before, after);
  return diff;
}

}  // namespace vpcmirror
