#include "analysis/report/plan_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "analysis/report/plan_words.h"
#include "analysis/report/text_layout.h"
#include "analysis/report/verdict.h"
#include "analysis/words/quantities.h"

namespace vpcmirror {
namespace {

Ink InkOfPlan(Verdict verdict) {
  switch (verdict) {
    case Verdict::kFits:
      return Ink::kGood;
    case Verdict::kAtRisk:
      return Ink::kWarning;
    case Verdict::kDoesNotFit:
      return Ink::kBad;
  }
  return Ink::kPlain;
}

class PlanReport {
 public:
  PlanReport(const Plan& plan, const TextStyle& style) : plan_(plan), style_(style) {}

  std::string Write() {
    WriteVerdict();
    WriteBottlenecks();
    WriteGrowth();
    WriteLosses();
    WriteSensitivity();
    WriteSavings();
    WriteAssumptions();
    return std::move(out_);
  }

 private:
  template <class... Args>
  void Line(fmt::format_string<Args...> format, Args&&... args) {
    AppendLine(out_, format, std::forward<Args>(args)...);
  }
  void Title(std::string_view title) {
    out_ += '\n';
    Line("{}", Painted(title, Ink::kBold, style_.color));
  }
  void Sentence(std::string_view text, int indent = 0, int hang = 0) {
    const std::string margin(static_cast<std::size_t>(indent), ' ');
    Line("{}{}", margin, Wrapped(text, style_.width - indent, indent + hang));
  }

  void WriteVerdict();
  void WriteBottlenecks();
  void WriteGrowth();
  void WriteLosses();
  void WriteSensitivity();
  void WriteSavings();
  void WriteAssumptions();

  const Plan& plan_;
  TextStyle style_;
  std::string out_;
};

void PlanReport::WriteVerdict() {
  const RunResult& result = plan_.result;
  const std::string_view verdict = ToString(result.verdict);
  const std::string line = Wrapped(
      fmt::format("{}, because {}{}.", verdict, result.because,
                  result.holds.empty() ? "" : "; " + result.holds),
      style_.width, 0);
  Line("{}{}", Painted(verdict, InkOfPlan(result.verdict), style_.color),
       std::string_view(line).substr(verdict.size()));
  out_ += '\n';
  std::string title = Printable(result.scenario_name);
  if (!result.scenario_description.empty()) title += ": " + Printable(result.scenario_description);
  Sentence(title);
  Sentence(fmt::format("{} engine, {} runs of {}.", result.engine, plan_.runs,
                       TimeText(result.duration)));
  for (const std::string& note : result.notes) Sentence(Printable(note));
}

void PlanReport::WriteBottlenecks() {
  if (plan_.bottlenecks.empty()) {
    Title("Bottlenecks");
    Sentence("Nothing here has a known limit.", 2);
    return;
  }
  out_ += '\n';
  Line("{}{:31}{:>12}  {:13}{:>8}{:>13}", Painted("Bottlenecks", Ink::kBold, style_.color), "",
       "limit", "", "used", "breaks at");
  for (const Bottleneck& each : plan_.bottlenecks) {
    const std::string workers =
        each.use.workers > 1 ? fmt::format(" (busiest of {} workers)", each.use.workers) : "";
    Line("{:42.42}{:>12}  {:13}{:>8}", "  " + PartWords(each) + workers, LimitWords(each),
         LimitName(each.use.limit), PercentText(1 - each.use.margin));
    Line("      tightest: {:32.32}{:>38}", Printable(each.use.tightest_member),
         BreakWords(each.breaks));
  }
}

void PlanReport::WriteGrowth() {
  Title("Growth of all workloads");
  Sentence(LastsWords(plan_), 2);
  Sentence(FitsWords(plan_), 2);
  if (!plan_.unscaled.empty()) {
    Sentence(fmt::format("TCP flows take what they get, and are not scaled: {}.",
                         Printable(fmt::format("{}", fmt::join(plan_.unscaled, ", ")))),
             2);
  }
}

void PlanReport::WriteLosses() {
  Title("What is lost first");
  if (!plan_.first_losses) {
    Sentence("Nothing, at any load that was tried.", 2);
    return;
  }
  Sentence(LossWords(*plan_.first_losses), 2);
  for (const LossPlace& place : plan_.first_losses->places) {
    Sentence(PlaceWords(place) + ";", 2, 2);
    Sentence(CounterWords(place), 4);
  }
}

// A name of at most so many columns.
std::string Clipped(const std::string& name, std::size_t width) {
  return name.size() <= width ? name : name.substr(0, width - 2) + "..";
}

void PlanReport::WriteSensitivity() {
  constexpr double kNothing = 5e-4;  // of a margin or a loss, as a share: under 0.05 %
  constexpr std::size_t kShown = 12;
  Title("What the verdict hangs on          if it is so            margin");
  std::size_t shown = 0;
  for (const Sensitivity& each : plan_.sensitivity) {
    if (!each.flips && each.effect < kNothing) continue;
    if (++shown > kShown) continue;
    const std::string what = Clipped(each.subject + "=" + each.value, 32);
    Line("  {:33}{}", Printable(what), OutlineWords(each.outline));
  }
  if (shown > kShown) Sentence(fmt::format("{} more change less.", shown - kShown), 2);
  const std::size_t without = plan_.sensitivity.size() - shown;
  if (without > 0) {
    Sentence(fmt::format("{} other values that were tried change nothing.", without), 2);
  }
}

void PlanReport::WriteSavings() {
  Title("What would save most copies               saved   then            margin");
  if (plan_.savings.empty()) {
    Sentence("Nothing of what was tried: directions, the largest port, truncation.", 2);
    return;
  }
  constexpr std::size_t kShown = 10;
  for (std::size_t i = 0; i < std::min(kShown, plan_.savings.size()); ++i) {
    const Saving& each = plan_.savings[i];
    Line("  {:35}{:>11}   {}", Clipped(LeverWords(each.lever), 35), BitRateText(each.saved),
         OutlineWords(each.outline));
  }
  if (plan_.savings.size() > kShown) {
    Sentence(fmt::format("{} more save less.", plan_.savings.size() - kShown), 2);
  }
}

void PlanReport::WriteAssumptions() {
  if (plan_.result.assumptions.empty()) return;
  Title("Assumptions (plan.json says what each means)");
  std::string all;
  for (const Assumption& each : plan_.result.assumptions) {
    all += fmt::format("{}{}={}", all.empty() ? "" : ", ", each.name, Printable(each.value));
  }
  Sentence(all, 2);
}

}  // namespace

std::string PlanText(const Plan& plan, const TextStyle& style) {
  return PlanReport(plan, style).Write();
}

}  // namespace vpcmirror
