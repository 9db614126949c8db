#include "analysis/report/diff_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <utility>
#include <variant>

#include "analysis/report/figure_text.h"
#include "analysis/report/result_diff_rows.h"
#include "analysis/report/values.h"
#include "analysis/report/verdict.h"

namespace vpcmirror {
namespace {

constexpr std::size_t kShownEffects = 15;

Tone ToneOfChange(ChangeSense sense) {
  switch (sense) {
    case ChangeSense::kWorse:
      return Tone::kBad;
    case ChangeSense::kBetter:
      return Tone::kGood;
    case ChangeSense::kNeither:
      break;
  }
  return Tone::kPlain;
}

// How far a figure went, as a share of the larger: -1 to 1. Empty of words.
std::optional<double> RelativeChange(const FigureChange& change) {
  const std::optional<double> before = NumberOf(change.before);
  const std::optional<double> after = NumberOf(change.after);
  if (!before || !after) return std::nullopt;
  const double larger = std::max(std::abs(*before), std::abs(*after));
  return larger == 0 ? 0 : (*after - *before) / larger;
}

std::string WhereOf(const FigureChange& change) {
  return change.id.empty() ? std::string(ToString(change.part))
                           : fmt::format("{} {}", ToString(change.part), change.id);
}

// The largest effects, to either side of nothing.
Bars EffectBars(const ResultDiff& diff) {
  Bars bars{
      .title = "Largest changes",
      .caption =
          "From before to after, as a share of the larger of both: less to the left, "
          "more to the right; of members that changed alike, the first. Regressions come first.",
      .mark = 0,
      .mark_text = "no change"};
  std::vector<const FigureChange*> changes;
  for (const FigureChange& change : diff.changes) {
    if (RelativeChange(change)) changes.push_back(&change);
  }
  std::stable_sort(changes.begin(), changes.end(), [](const auto* a, const auto* b) {
    if (a->is_regression != b->is_regression) return a->is_regression;
    return a->effect > b->effect;
  });
  // Members that changed alike are one bar.
  std::map<std::string, std::size_t> told;
  for (const FigureChange* change : changes) {
    const std::string words = fmt::format("{} to {}", FigureText(change->before, change->unit),
                                          FigureText(change->after, change->unit));
    const std::string alike =
        fmt::format("{} {} {}", ToString(change->part), change->figure, words);
    if (!told.try_emplace(alike, bars.bars.size()).second) continue;
    if (bars.bars.size() == kShownEffects) break;
    bars.bars.push_back({.label = fmt::format("{}: {}", WhereOf(*change), change->figure),
                         .detail = words,
                         .to = *RelativeChange(*change),
                         .text = change->is_regression ? "regression"
                                 : change->sense == ChangeSense::kNeither
                                     ? "changed"
                                     : std::string(ToString(change->sense)),
                         .tone = ToneOfChange(change->sense)});
  }
  return bars;
}

Table ChangeTable(const ResultDiff& diff) {
  Table table{.key = "changes",
              .title = "All changes",
              .caption = "Members that changed alike stand in one row.",
              .columns = {{"where", "Where", Role::kId},
                          {"figure", "Figure", Role::kId},
                          {"before", "Before", Role::kWords},
                          {"after", "After", Role::kWords},
                          {"change", "Change", Role::kWords},
                          {"sense", "That is", Role::kWords}}};
  for (const ResultDiffRow& row : ResultDiffRows(diff)) {
    const Tone tone = ToneOfChange(row.sense);
    table.rows.push_back(
        {value::Words(row.where), value::Words(row.figure), value::Words(row.before),
         value::Words(row.after), value::Words(row.change),
         value::Words(row.is_regression ? "a regression" : std::string(ToString(row.sense)),
                      tone)});
  }
  return table;
}

Table InputTable(const ResultDiff& diff) {
  Table table{.key = "inputs",
              .title = "What was put in differs",
              .caption = "What differs in the figures may be so because of this.",
              .columns = {{"input", "Input", Role::kId},
                          {"before", "Before", Role::kWords},
                          {"after", "After", Role::kWords}}};
  for (const InputChange& input : diff.inputs) {
    table.rows.push_back({value::Words(input.name),
                          value::Words(input.before.empty() ? "none" : input.before),
                          value::Words(input.after.empty() ? "none" : input.after)});
  }
  return table;
}

Table AssertionChangeTable(const ResultDiff& diff) {
  Table table{
      .key = "assertions",
      .title = "Assertions",
      .columns = {{"assertion", "Assertion", Role::kId}, {"outcome", "Outcome", Role::kWords}}};
  for (const AssertionChange& change : diff.assertions) {
    table.rows.push_back({value::Words(change.text),
                          value::Words(AssertionChangeWords(change),
                                       change.is_regression ? Tone::kBad : Tone::kPlain)});
  }
  return table;
}

Table UnmatchedTable(const ResultDiff& diff) {
  Table table{.key = "unmatched",
              .title = "Only in one of them",
              .columns = {{"what", "What", Role::kId}, {"is", "It is", Role::kWords}}};
  for (const std::string& words : UnmatchedWords(diff.appeared)) {
    table.rows.push_back({value::Words(words), value::Words("new")});
  }
  for (const std::string& words : UnmatchedWords(diff.gone)) {
    table.rows.push_back({value::Words(words), value::Words("gone")});
  }
  return table;
}

}  // namespace

Report ReportOfDiff(const ResultDiffReport& diff) {
  const RunResult& before = *diff.result_before;
  const RunResult& after = *diff.result_after;
  const ResultDiff& changes = diff.diff;
  Report report{.kind = "Diff",
                .title = fmt::format("{} and {}", diff.before, diff.after),
                .description = ResultDiffSummary(diff)};
  report.verdict =
      before.verdict == after.verdict
          ? fmt::format("{}, before and after", ToString(after.verdict))
          : fmt::format("{} before, {} after", ToString(before.verdict), ToString(after.verdict));
  report.tone = changes.Regressions() > 0  ? Tone::kBad
                : !changes.verdict_differs ? Tone::kPlain
                : changes.verdict_is_worse ? Tone::kBad
                                           : Tone::kGood;
  report.because = before.because == after.because
                       ? after.because
                       : fmt::format("before: {}; after: {}", before.because, after.because);
  if (!changes.inputs.empty()) {
    report.remarks.push_back(
        {"The two runs had different inputs, listed below; figures may differ because of that.",
         Tone::kWarning});
  }
  if (Bars bars = EffectBars(changes); !bars.bars.empty()) report.bottlenecks = std::move(bars);
  for (Table table : {InputTable(changes), AssertionChangeTable(changes), ChangeTable(changes),
                      UnmatchedTable(changes)}) {
    AddSection(report, std::move(table));
  }
  report.provenance = {{"vpcmirror", diff.version},
                       {"Before", diff.before},
                       {"After", diff.after},
                       {"Noise", value::Share(changes.noise).text}};
  return report;
}

}  // namespace vpcmirror
