#include "analysis/report/result_diff_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <map>
#include <optional>
#include <variant>

#include "analysis/report/figure_text.h"
#include "analysis/report/member_groups.h"
#include "analysis/words/quantities.h"

namespace vpcmirror {
namespace {

std::string ValueText(const Figure& figure, FigureUnit unit, int more) {
  if (std::holds_alternative<std::monostate>(figure)) return "none";
  const auto* word = std::get_if<std::string>(&figure);
  if (word != nullptr && word->empty()) return "none";
  return FigureText(figure, unit, more);
}

// What one side of a row has.
std::string SideText(const std::vector<const FigureChange*>& members, Figure FigureChange::*side,
                     int more) {
  const FigureUnit unit = members.front()->unit;
  const auto is_less = [side](const FigureChange* a, const FigureChange* b) {
    return NumberOf(a->*side).value_or(0) < NumberOf(b->*side).value_or(0);
  };
  const auto [low, high] = std::minmax_element(members.begin(), members.end(), is_less);
  const std::string from = ValueText((*low)->*side, unit, more);
  const std::string to = ValueText((*high)->*side, unit, more);
  return from == to ? from : fmt::format("{} to {}", from, to);
}

// "+12 %" of a rate; of a share, which is a percentage already, the points.
std::string DifferenceText(const FigureChange& change) {
  const std::optional<double> before = NumberOf(change.before);
  const std::optional<double> after = NumberOf(change.after);
  if (!before || !after) return "";
  constexpr int kDigits = 3;
  const double difference = *after - *before;
  const std::string sign = difference < 0 ? "-" : "+";
  if (change.unit == FigureUnit::kShare) {
    return fmt::format("{}{} points", sign, SignificantText(std::abs(difference) * 100, kDigits));
  }
  if (*before == 0) return "from nothing";
  if (*after == 0) return "to nothing";
  const double factor = *after / *before;
  constexpr double kManyTimes = 10;
  if (factor >= kManyTimes) return fmt::format("x{}", SignificantText(factor, kDigits));
  return fmt::format("{}{} %", sign, SignificantText(std::abs(factor - 1) * 100, kDigits));
}

// Of several: that of the first, which has the largest effect.
std::string ChangeText(const std::vector<const FigureChange*>& members) {
  const std::string text = DifferenceText(*members.front());
  if (text.empty() || members.size() == 1) return text;
  const bool are_alike = std::all_of(members.begin(), members.end(), [&](const auto* each) {
    return DifferenceText(*each) == text;
  });
  return are_alike ? text : "at most " + text;
}

ResultDiffRow DiffRowOf(const std::vector<const FigureChange*>& members, const std::string& label) {
  const FigureChange& first = *members.front();
  ResultDiffRow row{.where = first.part == ResultPart::kRun
                                 ? "run"
                                 : fmt::format("{} {}", ToString(first.part), label),
                    .figure = std::string(first.figure),
                    .before = "",
                    .after = "",
                    .change = ChangeText(members),
                    .sense = first.sense,
                    .is_regression = first.is_regression};
  constexpr int kMostDigits = 11;  // more than usual: 15 in all, which a double holds
  int more = 0;
  do {
    row.before = SideText(members, &FigureChange::before, more);
    row.after = SideText(members, &FigureChange::after, more);
  } while (row.before == row.after && ++more <= kMostDigits);
  return row;
}

// Members of a row change the same figure, the same way, and words to the same words.
std::string KindOf(const FigureChange& change) {
  const auto word = [](const Figure& figure) {
    const auto* text = std::get_if<std::string>(&figure);
    return text == nullptr ? std::string() : *text;
  };
  const auto is_none = [](const Figure& f) { return std::holds_alternative<std::monostate>(f); };
  return fmt::format("{}|{}|{}|{}|{}|{}|{}|{}", ToString(change.part), change.figure,
                     ToString(change.sense), change.is_regression, word(change.before),
                     word(change.after), is_none(change.before), is_none(change.after));
}

std::string_view DiffOutcomeWord(const std::optional<AssertionOutcome>& outcome) {
  if (!outcome) return "not asserted";
  constexpr std::array<std::string_view, 3> kWords = {"met", "MISSED", "undecided"};
  return kWords[static_cast<std::size_t>(*outcome)];
}

}  // namespace

std::vector<ResultDiffRow> ResultDiffRows(const ResultDiff& diff) {
  std::vector<Member> members;
  members.reserve(diff.changes.size());
  for (const FigureChange& change : diff.changes) members.push_back({change.id, KindOf(change)});
  std::vector<ResultDiffRow> rows;
  for (const MemberGroup& group : GroupMembers(members)) {
    std::vector<const FigureChange*> changes;
    for (const std::size_t i : group.members) changes.push_back(&diff.changes[i]);
    rows.push_back(DiffRowOf(changes, group.label));
  }
  return rows;
}

std::vector<std::string> UnmatchedWords(const std::vector<Unmatched>& unmatched) {
  std::vector<Member> members;
  members.reserve(unmatched.size());
  for (const Unmatched& each : unmatched) {
    members.push_back({each.id, std::string(ToString(each.part))});
  }
  std::vector<std::string> words;
  for (const MemberGroup& group : GroupMembers(members)) {
    words.push_back(fmt::format("{} {}", members[group.members.front()].kind, group.label));
  }
  return words;
}

std::string AssertionChangeWords(const AssertionChange& change) {
  return fmt::format("{} -> {}", DiffOutcomeWord(change.before), DiffOutcomeWord(change.after));
}

std::string ResultDiffSummary(const ResultDiffReport& report) {
  const ResultDiff& diff = report.diff;
  const std::int64_t regressions = diff.Regressions();
  std::string text = fmt::format("{} of {} figures differ",
                                 CountText(static_cast<std::int64_t>(diff.changes.size())),
                                 CountText(diff.compared));
  if (diff.within_noise > 0) {
    text += fmt::format("; {} within noise of {} not told", CountText(diff.within_noise),
                        PercentText(diff.noise));
  }
  if (diff.within_intervals > 0) {
    text += fmt::format("; {} where intervals overlap not told", CountText(diff.within_intervals));
  }
  text += regressions == 0   ? "; no regression"
          : regressions == 1 ? "; 1 regression"
                             : fmt::format("; {} regressions", CountText(regressions));
  return text;
}

}  // namespace vpcmirror
