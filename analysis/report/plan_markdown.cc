#include "analysis/report/plan_markdown.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "analysis/report/markdown_text.h"
#include "analysis/report/plan_log_report.h"
#include "analysis/report/plan_words.h"
#include "analysis/report/usage.h"
#include "analysis/report/verdict.h"
#include "analysis/words/quantities.h"

namespace vpcmirror {
namespace {

// One thing after the other; names of strangers are no syntax.
class MarkdownPlan {
 public:
  explicit MarkdownPlan(const Plan& plan) : plan_(plan) {}

  std::string Write(const std::optional<PlanBefore>& before) {
    const RunResult& result = plan_.result;
    const std::string because =
        plan_.obstacles.empty() ? result.because : ObstacleWords(plan_.obstacles);
    out_ = fmt::format("**{}**, because {}.\n\n", ToString(VerdictOf(plan_)),
                       StrangersMarkdown(because));
    for (const Obstacle& each : plan_.obstacles) Item(each.code + ": " + each.message);
    if (!plan_.obstacles.empty()) {
      out_ += "\n" + StrangersMarkdown(ByTrafficWords(result)) + "\n\n";
    }
    if (!result.holds.empty()) out_ += StrangersMarkdown(result.holds) + "\n\n";
    out_ += fmt::format("{}\n\n", fmt::join(GrowthSentences(result, plan_.headroom), " "));
    out_ += RunsWords(plan_) + "\n";
    if (plan_.log) WriteLog(*plan_.log);
    if (before) WriteBefore(*before);
    WriteBottlenecks();
    WriteLosses();
    WriteOutlines();
    WriteReceivers();
    return std::move(out_);
  }

 private:
  void Title(std::string_view title) { out_ += fmt::format("\n### {}\n\n", title); }
  void Head(const std::vector<std::string_view>& cells) {
    out_ += fmt::format("| {} |\n|", fmt::join(cells, " | "));
    for (std::size_t i = 0; i < cells.size(); ++i) out_ += " --- |";
    out_ += '\n';
  }
  void Row(const std::vector<std::string>& cells) {
    out_ += '|';
    for (const std::string& cell : cells) out_ += " " + StrangersMarkdown(cell) + " |";
    out_ += '\n';
  }
  void Item(const std::string& text) { out_ += "- " + StrangersMarkdown(text) + "\n"; }

  void WriteBefore(const PlanBefore& before) {
    Title("Since the last plan");
    const std::vector<std::string> changes = ChangesSince(before, plan_);
    for (const std::string& each : changes) Item(each);
    if (changes.empty()) Item("nothing has changed");
  }

  void WriteLog(const PlannedLog& log) {
    Title("Traffic of flow logs");
    for (const std::string& each : LogWords(log)) Item(each);
    if (log.windows.empty()) return;
    out_ += '\n';
    const std::vector<std::vector<std::string>> table = LogTable(log);
    Head({table.front().begin(), table.front().end()});
    for (std::size_t i = 1; i < table.size(); ++i) Row(table[i]);
  }

  void WriteBottlenecks() {
    if (plan_.bottlenecks.empty()) return;
    Title("Bottlenecks");
    Head({"what", "tightest", "limit", "used", "breaks at"});
    for (const Bottleneck& each : plan_.bottlenecks) {
      Row({PartWords(each), each.use.tightest_member,
           LimitWords(each) + " " + LimitName(each.use.limit), PercentText(1 - each.use.margin),
           BreakWords(each)});
    }
  }

  void WriteLosses() {
    if (!plan_.first_losses) return;
    Title("What is lost first");
    out_ += LossWords(*plan_.first_losses) + "\n\n";
    for (const LossPlace& each : plan_.first_losses->places) {
      Item(PlaceWords(each) + "; " + CounterWords(each));
    }
  }

  void RowOf(const std::string& what, const Outline& outline) {
    Row({what, std::string(ToString(outline.verdict)), MarginText(outline.margin),
         PercentText(outline.copies.fraction()), PercentText(outline.production.fraction())});
  }

  void WriteOutlines() {
    constexpr std::size_t kShown = 10;
    if (!plan_.what_ifs.empty()) {
      Title("What if");
      Head({"change", "verdict", "margin", "copies lost", "production lost"});
      for (const WhatIf& each : plan_.what_ifs) {
        Outline outline = each.outline;
        outline.verdict = WithObstacles(outline.verdict, each.obstacles);
        const std::string why = ObstacleWords(each.obstacles);
        RowOf(each.change + (why.empty() ? "" : " (" + why + ")"), outline);
      }
    }
    Title("What the verdict hangs on");
    Head({"if it is so", "verdict", "margin", "copies lost", "production lost"});
    for (std::size_t i = 0; i < std::min(kShown, plan_.sensitivity.size()); ++i) {
      const Sensitivity& each = plan_.sensitivity[i];
      RowOf(each.subject + "=" + each.value, each.outline);
    }
    if (plan_.savings.empty()) return;
    Title("What would save most copies");
    Head({"change", "verdict", "margin", "copies lost", "production lost"});
    for (std::size_t i = 0; i < std::min(kShown, plan_.savings.size()); ++i) {
      const Saving& each = plan_.savings[i];
      RowOf(fmt::format("{} (saves {})", LeverWords(each.lever), BitRateText(each.saved)),
            each.outline);
    }
  }

  void WriteReceivers() {
    if (!plan_.outages.empty()) Title("When it is lost");
    for (const Outage& each : plan_.outages) Item(OutageWords(each));
    if (plan_.sizing) {
      Title("Receivers needed");
      Item(DemandWords(*plan_.sizing));
      for (const std::string& each : CheapestWords(*plan_.sizing)) Item(each);
      for (const std::string& each : SizingNotes(*plan_.sizing)) Item(each);
    }
    if (plan_.cost.lines.empty()) return;
    Title("Cost a month");
    for (const CostLine& each : plan_.cost.lines) Item(CostWords(each));
  }

  const Plan& plan_;
  std::string out_;
};

}  // namespace

std::string PlanMarkdown(const Plan& plan, const std::optional<PlanBefore>& before) {
  return MarkdownPlan(plan).Write(before);
}

}  // namespace vpcmirror
