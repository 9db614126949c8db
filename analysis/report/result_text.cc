#include "analysis/report/result_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <variant>

#include "analysis/report/assertions.h"
#include "analysis/report/comparison_text.h"
#include "analysis/report/figure_text.h"
#include "analysis/report/headline_text.h"
#include "analysis/report/load_balancers_text.h"
#include "analysis/report/mirrors_text.h"
#include "analysis/report/rate_tables_text.h"
#include "analysis/report/run_parts.h"
#include "analysis/report/sparkline.h"
#include "analysis/report/tcp_text.h"
#include "analysis/words/quantities.h"

namespace vpcmirror {
namespace {

class TextReport : private TextLines {
 public:
  TextReport(const RunResult& result, const TextStyle& style) : TextLines(style), result_(result) {}

  std::string Write() {
    out_ += HeadlineText(result_, style_);
    WriteAssertions();
    out_ += ComparisonText(result_, style_.color);
    out_ += TcpText(result_, style_.color);
    WriteSeries();
    WriteTimeline();
    out_ += HostsText(result_, style_);
    out_ += EnisText(result_, style_);
    if (!result_.mirrors.empty()) out_ += '\n' + MirrorsText(result_.mirrors, style_);
    out_ += ReceiversText(result_, style_);
    out_ += LoadBalancersText(result_, style_);
    WriteAssumptions();
    return Take();
  }

 private:
  void WriteAssertions();
  void WriteSeries();
  void WriteTimeline();
  void WriteAssumptions();

  const RunResult& result_;
};

std::string OutcomeWord(const AssertionResult& assertion, bool color) {
  const int width = assertion.replicated ? 9 : 6;  // UNDECIDED, MISSED
  switch (OutcomeOf(assertion)) {
    case AssertionOutcome::kMet:
      return Painted(fmt::format("{:{}}", "met", width), Ink::kGood, color);
    case AssertionOutcome::kMissed:
      return Painted(fmt::format("{:{}}", "MISSED", width), Ink::kBad, color);
    default:
      return Painted("UNDECIDED", Ink::kWarning, color);
  }
}

void TextReport::WriteAssertions() {
  if (result_.assertions.empty()) return;
  Title("Assertions");
  for (const AssertionResult& assertion : result_.assertions) {
    const int indent = assertion.replicated ? 13 : 10;  // behind the word
    std::string text =
        fmt::format("{}  ({})", Printable(assertion.text), Printable(OutcomeText(assertion)));
    if (indent + static_cast<int>(text.size()) > style_.width) {
      text = Wrapped(text, style_.width - indent, indent);
    }
    Line("  {}  {}", OutcomeWord(assertion, style_.color), text);
  }
}

// Each curve of the report by its ends, and as a curve where the terminal can.
void TextReport::WriteSeries() {
  constexpr std::size_t kSparkColumns = 20;
  for (const ReportPart& part : SeriesCharts(result_)) {
    const LineChart* chart = std::get_if<LineChart>(&part);
    if (chart == nullptr) continue;
    out_ += '\n';
    Line("{}{:>14}{:>14}",
         Painted(fmt::format("{:30.30}", Printable(chart->title)), Ink::kBold, style_.color),
         "least", "most");
    for (const ChartLine& line : chart->lines) {
      if (line.values.empty()) continue;
      const auto [low, high] = std::minmax_element(line.values.begin(), line.values.end());
      Line("  {:28.28}{:>14}{:>14}  {}", line.name, FigureText(Figure(*low), chart->unit),
           FigureText(Figure(*high), chart->unit),
           style_.sparks && !line.is_limit ? Sparkline(line.values, kSparkColumns) : "");
    }
  }
}

// As many as a reader looks through.
void TextReport::WriteTimeline() {
  if (result_.timeline.empty()) return;
  Title("Timeline");
  constexpr int kIndent = 14;  // of what does not fit behind the time
  constexpr std::size_t kMostRows = 40;
  const std::size_t rows = std::min(result_.timeline.size(), kMostRows);
  for (std::size_t i = 0; i < rows; ++i) {
    const TimelineAction& action = result_.timeline[i];
    std::string text = action.what + " " + action.subject;
    if (!action.detail.empty()) text += ": " + action.detail;
    Line("  {:>10}  {}", TimeText(action.at),
         Wrapped(Printable(text), style_.width - kIndent, kIndent));
    if (!action.refusal) continue;
    const std::string& code = action.refusal->code;
    const std::string why =
        fmt::format("refused{}: {}", code.empty() ? "" : " with " + code, action.refusal->message);
    Line("  {:10}  {}", "",
         Painted(Wrapped(Printable(why), style_.width - kIndent, kIndent), Ink::kWarning,
                 style_.color));
  }
  if (rows < result_.timeline.size()) {
    Line("  and {} more: result.json has them all", result_.timeline.size() - rows);
  }
}

void TextReport::WriteAssumptions() {
  if (result_.assumptions.empty()) return;
  Title("Assumptions (result.json says what each means)");
  std::string text;
  for (const Assumption& assumption : result_.assumptions) {
    if (!text.empty()) text += ", ";
    text += fmt::format("{}={}{}", assumption.name, Printable(assumption.value),
                        assumption.overridden ? " (yours)" : "");
  }
  Line("  {}", Wrapped(text, style_.width - 2, 2));
}

}  // namespace

std::string ResultText(const RunResult& result, const TextStyle& style) {
  return TextReport(result, style).Write();
}

}  // namespace vpcmirror
