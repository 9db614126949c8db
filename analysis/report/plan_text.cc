#include "analysis/report/plan_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "analysis/report/member_groups.h"
#include "analysis/report/plan_log_report.h"
#include "analysis/report/plan_words.h"
#include "analysis/report/text_layout.h"
#include "analysis/report/usage.h"
#include "analysis/report/verdict.h"
#include "analysis/words/quantities.h"

namespace vpcmirror {
namespace {

// A name of at most so many columns.
std::string Clipped(const std::string& name, std::size_t width) {
  return name.size() <= width ? name : name.substr(0, width - 2) + "..";
}

// An address that no line holds: its host and its last step; plan.json has all of it.
std::string ShortAddresses(std::string text, std::size_t most) {
  constexpr std::string_view kScheme = "https://";
  for (std::size_t at = 0; (at = text.find(kScheme, at)) != std::string::npos; ++at) {
    const std::size_t end = std::min(text.find_first_of(" )", at), text.size());
    if (end - at <= most) continue;
    const std::size_t host_end = text.find('/', at + kScheme.size());
    const std::size_t last = text.rfind('/', end - 1);
    if (host_end < last) text.replace(host_end + 1, last - host_end - 1, "..");
  }
  return text;
}

// One figure of a what-if.
using WhatIfCell = std::string (*)(const WhatIf&);

std::string SizingText(const std::optional<Sizing>& sizing, const std::set<std::string>& families,
                       const TextStyle& style) {
  std::string out = "\n" + Painted("Receivers needed", Ink::kBold, style.color) + "\n";
  const auto sentence = [&](const std::string& text) {
    AppendLine(out, "  {}", Wrapped(text, style.width - 2, 4));
  };
  if (!sizing) {
    sentence("None: nothing is copied.");
    return out;
  }
  sentence(DemandWords(*sizing));
  constexpr std::size_t kShown = 8;
  const std::vector<const FleetSize*> sizes = ShownSizes(*sizing, families, kShown);
  if (!sizes.empty()) {
    AppendLine(out, "  {:16}{:>5}{:>11}{:>9}  {}", "type", "vCPU", "receivers", "N+1",
               "limited by");
  }
  for (const FleetSize* size : sizes) {
    AppendLine(out, "  {:16}{:>5}{:>11}{:>9}  {}", Clipped(Printable(size->type), 16), size->vcpus,
               NeedRange(*size, 0), NeedRange(*size, 1),
               Clipped(std::string(ToString(size->needs.front().limit)), 35));
  }
  for (const std::string& each : CheapestWords(*sizing)) sentence(each);
  for (const std::string& note : SizingNotes(*sizing)) sentence(Printable(note));
  return out;
}

class PlanReport : private TextLines {
 public:
  PlanReport(const Plan& plan, const TextStyle& style) : TextLines(style), plan_(plan) {}

  std::string Write(const std::optional<PlanBefore>& before) {
    WriteVerdict();
    if (before) WriteBefore(*before);
    WriteBottlenecks();
    WriteGrowth();
    WriteLosses();
    WriteWhatIfs();
    WriteSensitivity();
    WriteSavings();
    WriteOutages();
    WriteSizing();
    WriteBudget();
    WriteCost();
    WriteAssumptions();
    return Take();
  }

 private:
  void WriteVerdict();
  void WriteObstacles();
  void WriteLog(const PlannedLog& log);
  void WriteBefore(const PlanBefore& before);
  void WriteBottlenecks();
  void WriteGrowth();
  void WriteLosses();
  void WriteWhatIfs();
  void WriteWhatIfRow(std::string_view what, std::size_t first, const WhatIfCell& cell);
  void WriteSensitivity();
  void WriteOutages();
  void WriteSizing();
  void WriteBudget();
  void WriteCost();
  void WriteSavings();
  void WriteAssumptions();

  const Plan& plan_;
  std::vector<WhatIf> columns_;  // the scenario as it is, then what was asked
};

void PlanReport::WriteVerdict() {
  const RunResult& result = plan_.result;
  const std::string_view verdict = ToString(VerdictOf(plan_));
  const std::string line = Wrapped(VerdictWords(result, plan_.obstacles), style_.width, 0);
  Line("{}{}", Painted(verdict, InkOfVerdict(VerdictOf(plan_)), style_.color),
       std::string_view(line).substr(verdict.size()));
  WriteObstacles();
  out_ += '\n';
  std::string title = Printable(result.scenario_name);
  if (!result.scenario_description.empty()) title += ": " + Printable(result.scenario_description);
  Sentence(title);
  Sentence(RunsWords(plan_));
  for (const std::string& note : result.notes) {
    const auto says = [&](const Obstacle& each) { return note.ends_with(each.message); };
    const bool is_said = std::any_of(plan_.obstacles.begin(), plan_.obstacles.end(), says);
    if (!is_said) Sentence(Printable(note));
  }
  if (plan_.log) WriteLog(*plan_.log);
}

void PlanReport::WriteObstacles() {
  constexpr std::size_t kShown = 5;
  if (plan_.obstacles.empty()) return;
  Sentence(ByTrafficWords(plan_.result));
  for (std::size_t i = 0; i < std::min(kShown, plan_.obstacles.size()); ++i) {
    const Obstacle& each = plan_.obstacles[i];
    Sentence(Printable(each.code + ": " + each.message), 2, 2);
  }
  if (plan_.obstacles.size() > kShown) {
    Sentence(fmt::format("{} more: vpcmirror check lists them.", plan_.obstacles.size() - kShown),
             2);
  }
}

void PlanReport::WriteLog(const PlannedLog& log) {
  out_ += '\n';
  for (const std::string& each : LogWords(log)) Sentence(Printable(each));
  if (log.windows.empty()) return;
  out_ += '\n';
  for (const std::vector<std::string>& row : LogTable(log)) {
    Line("  {:8}{:>9}  {:21}{:>11}  {:14}{:>8}", row[0], row[1], row[2], row[3], row[4], row[5]);
  }
}

void PlanReport::WriteBefore(const PlanBefore& before) {
  const std::vector<std::string> changes = ChangesSince(before, plan_);
  out_ += '\n';
  Sentence(changes.empty() ? "Since the last plan nothing has changed."
                           : fmt::format("Since the last plan: {}.", fmt::join(changes, "; ")));
}

void PlanReport::WriteBottlenecks() {
  if (plan_.bottlenecks.empty()) {
    Title("Bottlenecks");
    Sentence("Nothing here has a known limit.", 2);
    return;
  }
  out_ += '\n';
  Line("{}{:29}{:>12}  {:14}{:>8}", Painted("Bottlenecks", Ink::kBold, style_.color), "", "limit",
       "", "used");
  for (const Bottleneck& each : plan_.bottlenecks) {
    const std::string workers =
        each.use.workers > 1 ? fmt::format(" (busiest of {} workers)", each.use.workers) : "";
    Line("{:40.40}{:>12}  {:14}{:>8}", "  " + PartWords(each) + workers, LimitWords(each),
         LimitName(each.use.limit), PercentText(1 - each.use.margin));
    Line("      tightest: {:32.32}  breaks at: {}", Printable(each.use.tightest_member),
         BreakWords(each));
  }
}

void PlanReport::WriteGrowth() {
  Title(plan_.obstacles.empty() ? "Growth of all workloads"
                                : "Growth of all workloads, if the above were mended");
  for (const std::string& each : GrowthSentences(plan_.result, plan_.headroom)) Sentence(each, 2);
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
  const std::vector<LossPlace>& places = plan_.first_losses->places;
  for (std::size_t i = 0; i < places.size(); ++i) {
    Sentence(PlaceWords(places[i]), 2, 2);
    constexpr std::size_t kMostOfAddress = 68;  // beside indents and brackets
    const std::string counters = ShortAddresses(CounterWords(places[i]), kMostOfAddress);
    const bool is_said_below =
        i + 1 < places.size() && CounterWords(places[i + 1]) == CounterWords(places[i]);
    if (!is_said_below) Sentence(counters, 4, 2);
  }
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
    const std::string row = fmt::format("  {:35}{:>11}   {}", Clipped(LeverWords(each.lever), 35),
                                        BitRateText(each.saved), OutlineWords(each.outline));
    constexpr std::size_t kVerdictAt = 51;
    const std::size_t losses_at = row.rfind("  ");
    if (row.size() <= static_cast<std::size_t>(style_.width)) {
      Line("{}", row);
    } else {
      Line("{}", row.substr(0, losses_at));
      Line("{}{}", std::string(kVerdictAt, ' '), row.substr(losses_at + 2));
    }
  }
  if (plan_.savings.size() > kShown) {
    Sentence(fmt::format("{} more save less.", plan_.savings.size() - kShown), 2);
  }
}

std::string CellOfLoad(const WhatIf& each) {
  const auto at = each.without_loss.at();
  if (at) return GrowthText(*at);
  return each.without_loss.holds == 0 ? "never" : "over x64";
}

// As many columns as 80 characters have room for; then the next ones below.
constexpr std::size_t kWhatIfsAbreast = 4;

void PlanReport::WriteWhatIfRow(std::string_view what, std::size_t first, const WhatIfCell& cell) {
  std::string row = fmt::format("  {:22}", what);
  const std::size_t last = std::min(first + kWhatIfsAbreast, columns_.size());
  for (std::size_t i = first; i < last; ++i) row += fmt::format("{:>14}", cell(columns_[i]));
  Line("{}", row);
}

void PlanReport::WriteWhatIfs() {
  if (plan_.what_ifs.empty()) return;
  Title("What if");
  columns_ = {{.change = "",
               .outline = OutlineOf(plan_.result),
               .obstacles = plan_.obstacles,
               .without_loss = plan_.headroom.without_loss}};
  columns_.insert(columns_.end(), plan_.what_ifs.begin(), plan_.what_ifs.end());
  for (std::size_t i = 1; i < columns_.size(); ++i) {
    Sentence(fmt::format("[{}] {}", i, Printable(columns_[i].change)), 2, 4);
    if (columns_[i].obstacles.empty()) continue;
    Sentence("DOES NOT FIT, because " + Printable(ObstacleWords(columns_[i].obstacles)), 6, 0);
  }
  const bool is_hindered = std::any_of(columns_.begin(), columns_.end(),
                                       [](const WhatIf& each) { return !each.obstacles.empty(); });
  for (std::size_t first = 0; first < columns_.size(); first += kWhatIfsAbreast) {
    std::string head = fmt::format("  {:22}", "");
    for (std::size_t i = first; i < std::min(first + kWhatIfsAbreast, columns_.size()); ++i) {
      head += fmt::format("{:>14}", i == 0 ? "as it is" : fmt::format("[{}]", i));
    }
    Line("{}", head);
    WriteWhatIfRow("verdict", first, [](const WhatIf& each) {
      return std::string(ToString(WithObstacles(each.outline.verdict, each.obstacles)));
    });
    if (is_hindered) {
      WriteWhatIfRow("whatever is sent", first, [](const WhatIf& each) {
        return each.obstacles.empty() ? "-" : each.obstacles.front().code;
      });
    }
    WriteWhatIfRow("margin", first,
                   [](const WhatIf& each) { return MarginText(each.outline.margin); });
    WriteWhatIfRow("  of", first, [](const WhatIf& each) {
      return Clipped(Printable(each.outline.margin_of), 13);
    });
    WriteWhatIfRow("lasts until", first, CellOfLoad);
    WriteWhatIfRow("copies", first,
                   [](const WhatIf& each) { return BitRateText(each.outline.copies_wanted); });
    WriteWhatIfRow("copies lost", first,
                   [](const WhatIf& each) { return PercentText(each.outline.copies.fraction()); });
    WriteWhatIfRow("production lost", first, [](const WhatIf& each) {
      return PercentText(each.outline.production.fraction());
    });
  }
}

void PlanReport::WriteOutages() {
  if (plan_.outages.empty()) return;
  Title("When it is lost");
  for (const Outage& each : plan_.outages) Sentence(OutageWords(each), 2, 2);
}

void PlanReport::WriteSizing() {
  out_ += SizingText(plan_.sizing, FamiliesOfReceivers(plan_.result), style_);
}

void PlanReport::WriteBudget() {
  if (!plan_.budget) return;
  Title("What fits a budget");
  Sentence(fmt::format("Of copies: {}. In closed form, as if they spread evenly.",
                       BudgetWords(*plan_.budget)),
           2);
  if (plan_.choices.empty()) Sentence("Not even one source.", 2);
  for (const BudgetChoice& each : plan_.choices) {
    Line("  {:27}{:>9} of bytes  {:>11}  {} of {} sources", ChoiceWords(each),
         PercentText(each.kept), BitRateText(each.copies), each.sources.size(),
         each.sources_before);
    if (each.sources.size() < each.sources_before) {
      Sentence("keep, the first ones first: " + GroupedNames(each.sources), 6, 2);
    }
  }
}

void PlanReport::WriteCost() {
  Title("Cost a month");
  if (plan_.cost.lines.empty()) {
    Sentence("Nothing is charged for.", 2);
    return;
  }
  for (const CostLine& each : plan_.cost.lines) Sentence(CostWords(each), 2, 2);
  for (const auto& [currency, total] : plan_.cost.totals) {
    const double free_now = total - plan_.cost.due.at(currency);
    Sentence(
        fmt::format(
            "{}{}{}", plan_.cost.is_complete ? "In all " : "Of what has a known price, in all ",
            MoneyText(total, currency),
            free_now > 0 ? fmt::format(", {} of it free now", MoneyText(free_now, currency)) : ""),
        2, 2);
  }
  for (const std::string& each : plan_.cost.assumptions) Sentence(Printable(each), 2, 2);
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

std::string PlanText(const Plan& plan, const std::optional<PlanBefore>& before,
                     const TextStyle& style) {
  return PlanReport(plan, style).Write(before);
}

std::string SeveralText(const std::vector<OneOfSeveral>& planned,
                        const std::vector<SharedFleet>& fleets, const TextStyle& style) {
  std::string out;
  std::set<std::string> families;
  const auto sentence = [&](const std::string& text, int indent) {
    AppendLine(out, "{}{}", std::string(static_cast<std::size_t>(indent), ' '),
               Wrapped(text, style.width - indent, indent + 2));
  };
  for (const OneOfSeveral& each : planned) {
    const RunResult& result = each.result;
    sentence(Printable(result.scenario_name) + ": " + VerdictWords(result, each.obstacles), 0);
    if (!each.obstacles.empty()) sentence(ByTrafficWords(result), 2);
    for (const std::string& growth : GrowthSentences(result, each.headroom)) sentence(growth, 2);
    families.merge(FamiliesOfReceivers(result));
  }
  if (fleets.empty()) return out + SizingText(std::nullopt, families, style);
  if (fleets.size() > 1) {
    out += '\n';
    sentence("Other clouds and other software need receivers of their own: a fleet for each.", 0);
  }
  for (const SharedFleet& each : fleets) {
    out += SizingText(each.sizing, families, style);
    if (fleets.size() > 1) {
      sentence(Printable(fmt::format("This fleet is for {} ({}).", fmt::join(each.scenarios, ", "),
                                     each.sizing.provider)),
               2);
    }
  }
  return out;
}

}  // namespace vpcmirror
