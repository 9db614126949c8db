#include "analysis/report/result_diff_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "analysis/report/markdown_text.h"
#include "analysis/report/paragraph.h"
#include "analysis/report/result_diff_rows.h"
#include "analysis/report/text_layout.h"
#include "analysis/report/verdict.h"
#include "analysis/words/quantities.h"

namespace vpcmirror {
namespace {

// Rows of one list that are told; JSON has all.
constexpr std::size_t kMostDiffRows = 20;
constexpr int kHanging = 6;

struct DiffSection {
  ChangeSense sense;
  std::string_view title;
  Ink ink;
};
constexpr DiffSection kDiffSections[] = {{ChangeSense::kWorse, "Worse", Ink::kBad},
                                         {ChangeSense::kBetter, "Better", Ink::kGood},
                                         {ChangeSense::kNeither, "Otherwise", Ink::kPlain}};

// What should be the same for figures to be comparable.
constexpr std::string_view kInputsDiffer =
    "The two runs are not of the same; what differs below may be so because of this:";
constexpr std::string_view kInputsAlike =
    "Same scenario, seed, engine, assumptions and version of vpcmirror.";

std::string OrNone(const std::string& text) { return text.empty() ? "none" : text; }

std::string VerdictWords(const ResultDiffReport& report) {
  const Verdict before = report.result_before->verdict;
  const Verdict after = report.result_after->verdict;
  if (before == after) return std::string(ToString(after)) + ", before and after";
  return fmt::format("{} -> {}", ToString(before), ToString(after));
}

std::vector<ResultDiffRow> RowsOf(const std::vector<ResultDiffRow>& rows, ChangeSense sense) {
  std::vector<ResultDiffRow> chosen;
  for (const ResultDiffRow& row : rows) {
    if (row.sense == sense) chosen.push_back(row);
  }
  return chosen;
}

class ResultDiffWriter {
 public:
  ResultDiffWriter(const ResultDiffReport& report, const TextStyle& style)
      : report_(report), style_(style) {}

  std::string Write() {
    const std::vector<ResultDiffRow> rows = ResultDiffRows(report_.diff);
    Put("", fmt::format("{} -> {}", report_.before, report_.after), kHanging);
    WriteInputs();
    WriteVerdict();
    WriteAssertions();
    for (const DiffSection& section : kDiffSections)
      WriteSection(section, RowsOf(rows, section.sense));
    WriteUnmatched("New", report_.diff.appeared);
    WriteUnmatched("Gone", report_.diff.gone);
    out_ += '\n';
    Put("", ResultDiffSummary(report_) + ".", kHanging);
    return std::move(out_);
  }

 private:
  void Put(std::string_view head, std::string_view text, int indent) {
    AppendLine(out_, "{}", Paragraph(head, text, style_.width, indent));
  }
  void Title(std::string_view title, Ink ink) {
    AppendLine(out_, "\n{}", Painted(title, ink, style_.color));
  }

  void WriteInputs() {
    out_ += '\n';
    if (report_.diff.inputs.empty()) return Put("", kInputsAlike, 0);
    Put("", kInputsDiffer, 0);
    for (const InputChange& input : report_.diff.inputs) {
      Put("  ", fmt::format("{}: {} -> {}", input.name, OrNone(input.before), OrNone(input.after)),
          kHanging);
    }
  }

  void WriteVerdict() {
    const Ink ink = !report_.diff.verdict_differs   ? Ink::kPlain
                    : report_.diff.verdict_is_worse ? Ink::kBad
                                                    : Ink::kGood;
    AppendLine(out_, "\nVerdict: {}", Painted(VerdictWords(report_), ink, style_.color));
    if (report_.result_before->because == report_.result_after->because) {
      return Put("  ", report_.result_after->because, kHanging);
    }
    Put("  before: ", report_.result_before->because, kHanging);
    Put("  after:  ", report_.result_after->because, kHanging);
  }

  void WriteAssertions() {
    if (report_.diff.assertions.empty()) return;
    Title("Assertions", Ink::kBold);
    Cut(report_.diff.assertions.size(), [&](std::size_t i) {
      const AssertionChange& each = report_.diff.assertions[i];
      Put("  ", fmt::format("{}: {}", each.text, AssertionChangeWords(each)), kHanging);
    });
  }

  void WriteSection(const DiffSection& section, const std::vector<ResultDiffRow>& rows) {
    if (rows.empty()) return;
    Title(section.title, section.ink);
    Cut(rows.size(), [&](std::size_t i) {
      const ResultDiffRow& row = rows[i];
      const std::string change = row.change.empty() ? "" : fmt::format(" ({})", row.change);
      Put(row.is_regression ? "! " : "  ",
          fmt::format("{}: {} {} -> {}{}", row.where, row.figure, row.before, row.after, change),
          kHanging);
    });
  }

  void WriteUnmatched(std::string_view title, const std::vector<Unmatched>& unmatched) {
    if (unmatched.empty()) return;
    const std::vector<std::string> words = UnmatchedWords(unmatched);
    Title(title, Ink::kBold);
    Cut(words.size(), [&](std::size_t i) { Put("  ", words[i], kHanging); });
  }

  template <class WriteRow>
  void Cut(std::size_t size, const WriteRow& write) {
    const std::size_t told = size > kMostDiffRows ? kMostDiffRows - 1 : size;
    for (std::size_t i = 0; i < told; ++i) write(i);
    if (told < size) {
      Put("  ",
          fmt::format("{} more (--format json has all)",
                      CountText(static_cast<std::int64_t>(size - told))),
          kHanging);
    }
  }

  const ResultDiffReport& report_;
  TextStyle style_;
  std::string out_;
};

std::string MarkdownRow(const ResultDiffRow& row) {
  return fmt::format("| {}{} | {} | {} | {} | {} |\n", row.is_regression ? "**regression** " : "",
                     ToString(row.sense) == "neither" ? "" : ToString(row.sense),
                     StrangersMarkdown(row.where + ": " + row.figure),
                     StrangersMarkdown(row.before), StrangersMarkdown(row.after), row.change);
}

std::string MarkdownInputs(const ResultDiff& diff) {
  if (diff.inputs.empty()) return fmt::format("\n{}\n", kInputsAlike);
  std::string out =
      fmt::format("\n{}\n\n| input | before | after |\n| --- | --- | --- |\n", kInputsDiffer);
  for (const InputChange& input : diff.inputs) {
    out += fmt::format("| {} | {} | {} |\n", StrangersMarkdown(input.name),
                       StrangersMarkdown(OrNone(input.before)),
                       StrangersMarkdown(OrNone(input.after)));
  }
  return out;
}

std::string MarkdownChanges(const ResultDiff& diff) {
  const std::vector<ResultDiffRow> rows = ResultDiffRows(diff);
  if (rows.empty()) return "";
  std::string out =
      "\n| change | figure | before | after | difference |\n| --- | --- | --- | --- | --- |\n";
  const std::size_t told = std::min(rows.size(), 2 * kMostDiffRows);
  for (std::size_t i = 0; i < told; ++i) out += MarkdownRow(rows[i]);
  if (told < rows.size()) {
    out += fmt::format("\n{} more rows (`--format json` has all).\n",
                       CountText(static_cast<std::int64_t>(rows.size() - told)));
  }
  return out;
}

std::string MarkdownUnmatched(std::string_view title, const std::vector<Unmatched>& unmatched) {
  if (unmatched.empty()) return "";
  const std::vector<std::string> words = UnmatchedWords(unmatched);
  std::string out = fmt::format("\n{}: ", title);
  const std::size_t told = std::min(words.size(), kMostDiffRows);
  for (std::size_t i = 0; i < told; ++i) {
    out += (i == 0 ? "" : ", ") + StrangersMarkdown(words[i]);
  }
  if (told < words.size()) out += fmt::format(" and {} more", words.size() - told);
  return out + "\n";
}

}  // namespace

std::string ResultDiffText(const ResultDiffReport& report, const TextStyle& style) {
  return ResultDiffWriter(report, style).Write();
}

std::string ResultDiffMarkdown(const ResultDiffReport& report) {
  const ResultDiff& diff = report.diff;
  std::string out = fmt::format("**{}**: {} to {}\n\n{}.\n", VerdictWords(report),
                                StrangersMarkdown(report.before), StrangersMarkdown(report.after),
                                ResultDiffSummary(report));
  out += MarkdownInputs(diff);
  if (!diff.assertions.empty()) {
    out += "\n| assertion | outcome |\n| --- | --- |\n";
    for (const AssertionChange& each : diff.assertions) {
      out += fmt::format("| {} | {} |\n", StrangersMarkdown(each.text), AssertionChangeWords(each));
    }
  }
  out += MarkdownChanges(diff);
  out += MarkdownUnmatched("New", diff.appeared);
  out += MarkdownUnmatched("Gone", diff.gone);
  return out;
}

}  // namespace vpcmirror
