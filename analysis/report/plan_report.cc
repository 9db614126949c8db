#include "analysis/report/plan_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "analysis/report/grounds.h"
#include "analysis/report/limit_bars.h"
#include "analysis/report/member_groups.h"
#include "analysis/report/plan_log_report.h"
#include "analysis/report/plan_words.h"
#include "analysis/report/run_parts.h"
#include "analysis/report/usage.h"
#include "analysis/report/values.h"
#include "analysis/report/verdict.h"

namespace vpcmirror {
namespace {

constexpr std::size_t kShownLimits = 3;
constexpr std::size_t kShownCurves = 4;
constexpr std::size_t kShownSensitivities = 14;

// Of what grew, as far as both loads are known.
Value GrowthOf(const LoadBracket& bracket) {
  if (const std::optional<double> at = bracket.at()) return {GrowthText(*at), *at - 1};
  return value::Words(bracket.holds == 0 ? "lost at any load" : "over x64");
}

Value OutlineVerdict(Verdict verdict) {
  return value::Words(std::string(ToString(verdict)), value::ToneOfVerdict(verdict));
}

class PlanReportBuilder {
 public:
  PlanReportBuilder(const Plan& plan, const std::optional<PlanBefore>& before)
      : plan_(plan), result_(plan.result), before_(before) {}

  Report Build() {
    StartReport();
    AddLimits();
    AddHeadlines();
    AddObstacles();
    AddLog();
    AddGrowth();
    AddBottlenecks();
    AddLosses();
    AddWhatIfs();
    AddSensitivity();
    AddSavings();
    AddOutages();
    AddReceivers();
    AddBudget();
    AddCost();
    AddSection(report_, AssumptionTable(result_.assumptions));
    return std::move(report_);
  }

 private:
  void StartReport() {
    const Verdict verdict = VerdictOf(plan_);
    report_ = {
        .kind = "Plan",
        .title = result_.scenario_name,
        .description = result_.scenario_description,
        .verdict = std::string(ToString(verdict)),
        .tone = value::ToneOfVerdict(verdict),
        .because = plan_.obstacles.empty() ? result_.because : ObstacleWords(plan_.obstacles)};
    if (!plan_.obstacles.empty()) report_.remarks.push_back({ByTrafficWords(result_)});
    report_.remarks.push_back({RunsWords(plan_)});
    for (const std::string& note : result_.notes) {
      const auto says = [&](const Obstacle& each) { return note.ends_with(each.message); };
      const bool is_said = std::any_of(plan_.obstacles.begin(), plan_.obstacles.end(), says);
      if (!is_said) report_.remarks.push_back({note, Tone::kWarning});
    }
    if (before_) {
      const std::vector<std::string> changes = ChangesSince(*before_, plan_);
      report_.remarks.push_back(
          {changes.empty() ? "Since the last plan nothing has changed."
                           : fmt::format("Since the last plan: {}.", fmt::join(changes, "; "))});
    }
    report_.figures_rest_on =
        fmt::format("Of the {} engine, unless it says otherwise.", result_.engine);
    report_.provenance = {{"vpcmirror", result_.version},
                          {"Engine", result_.engine},
                          {"Scenario", result_.scenario_file},
                          {"SHA-256", result_.scenario_sha256},
                          {"Seed", fmt::format("{}", result_.seed)}};
  }

  void AddLimits() {
    Bars bars = LimitBars(result_.margin_goal);
    for (const Bottleneck& each : plan_.bottlenecks) {
      if (bars.bars.size() == kShownLimits) break;
      const double used = 1 - each.use.margin;
      bars.bars.push_back({.label = PartWords(each),
                           .detail = fmt::format("{}, {}; breaks at {}", LimitName(each.use.limit),
                                                 LimitWords(each), BreakWords(each)),
                           .to = used,
                           .text = PercentText(used) + " used",
                           .tone = value::ToneOfUse(used, result_.margin_goal)});
    }
    if (!bars.bars.empty()) report_.bottlenecks = std::move(bars);
  }

  void AddHeadlines() {
    std::vector<Headline>& headlines = report_.headlines;
    if (!SendsNothing(result_)) {
      headlines.push_back({.key = "without_loss_growth_share",
                           .title = "Nothing is lost until",
                           .with = GrowthOf(plan_.headroom.without_loss),
                           .rests_on = CopyLossGrounds(result_)});
      headlines.push_back(
          {.key = "fits_growth_share",
           .title = fmt::format("{} stay free until", PercentText(result_.margin_goal)),
           .with = GrowthOf(plan_.headroom.fits),
           .rests_on = CopyLossGrounds(result_)});
    }
    headlines.push_back({.key = "production_loss",
                         .title = "Production lost",
                         .with = value::LossShare(result_.production),
                         .rests_on = ProductionLossGrounds(result_)});
    headlines.push_back({.key = "mirror_loss",
                         .title = "Copies lost",
                         .with = value::LossShare(result_.copies),
                         .rests_on = CopyLossGrounds(result_)});
    if (plan_.sizing) {
      headlines.push_back({.key = "copies_bps",
                           .title = "Copies for receivers",
                           .with = value::Rate(plan_.demand.bandwidth),
                           .rests_on = EgressGrounds(result_)});
      headlines.push_back({.key = "receivers",
                           .title = "Receivers needed",
                           .with = value::Words(ReceiversRange()),
                           .rests_on = ReceiverGrounds()});
    }
    for (const auto& [currency, total] : plan_.cost.totals) {
      headlines.push_back(
          {.key = "month_cost_" + currency,
           .title = "Cost a month",
           .with = {MoneyText(total, currency), total},
           .rests_on = plan_.cost.is_complete
                           ? "documented: dated price lists"
                           : "documented: dated price lists; some prices are not known"});
    }
  }

  std::string ReceiverGrounds() const {
    return fmt::format(
        "documented: limits of instance types; assumed: what makers publish of {} a vCPU. The "
        "range "
        "is from the fewest that may do to the most that are needed and one to spare",
        fmt::join(plan_.sizing->profiles, ", "));
  }

  // "2..5 of S5.4XLARGE32": of the type that the scenario's receivers are; from the fewest
  // that may do to the most that are needed, and one to spare.
  std::string ReceiversRange() const {
    std::set<std::string> receivers;
    for (const ReceiverResult& receiver : result_.receivers) receivers.insert(receiver.host);
    std::set<std::string> types;
    for (const HostResult& host : result_.hosts) {
      if (receivers.contains(host.id)) types.insert(host.type);
    }
    for (const FleetSize& size : plan_.sizing->fleet.sizes) {
      if (!types.contains(size.type)) continue;
      if (!size.fewest || !size.most) break;
      return fmt::format("{}..{} of {}", CountText(*size.fewest), CountText(*size.most + 1),
                         size.type);
    }
    return "see the fleet below";
  }

  Section& NewSection(std::string key, std::string title) {
    report_.sections.push_back({std::move(key), std::move(title), {}});
    return report_.sections.back();
  }

  void AddObstacles() {
    if (plan_.obstacles.empty()) return;
    Section& section = NewSection("obstacles", "What stands in the way, whatever is sent");
    for (const Obstacle& each : plan_.obstacles) {
      section.blocks.push_back(
          Remark{fmt::format("{} ({}): {}", each.code, each.subject, each.message), Tone::kBad});
    }
  }

  void AddLog() {
    if (!plan_.log) return;
    Section& section = NewSection("log", "Traffic of flow logs");
    const bool is_incomplete = plan_.log->logged.tally.late.records > 0;
    for (const std::string& each : LogWords(*plan_.log)) {
      const bool is_first = section.blocks.empty();
      section.blocks.push_back(Remark{each, is_first && is_incomplete ? Tone::kBad : Tone::kPlain});
      if (is_first && is_incomplete) report_.remarks.push_back({each, Tone::kBad});
    }
    Table table{.key = "log_windows", .title = "Windows"};
    const std::vector<std::vector<std::string>> rows = LogTable(*plan_.log);
    if (rows.size() < 2) return;
    for (std::size_t i = 0; i < rows.front().size(); ++i) {
      table.columns.push_back(
          {fmt::format("column_{}", i), rows.front()[i], i == 0 ? Role::kId : Role::kWords});
    }
    for (std::size_t i = 1; i < rows.size(); ++i) {
      std::vector<Value> row;
      for (const std::string& cell : rows[i]) row.push_back(value::Words(cell));
      table.rows.push_back(std::move(row));
    }
    section.blocks.push_back(std::move(table));
  }

  void AddGrowth() {
    Section& section = NewSection("growth", plan_.obstacles.empty()
                                                ? "Growth of all workloads"
                                                : "Growth of all workloads, if that were mended");
    for (const std::string& each : GrowthSentences(result_, plan_.headroom)) {
      section.blocks.push_back(Remark{each});
    }
    if (!plan_.unscaled.empty()) {
      section.blocks.push_back(
          Remark{fmt::format("TCP flows take what they get, and are not scaled: {}.",
                             fmt::join(plan_.unscaled, ", "))});
    }
    LineChart chart = GrowthChart();
    if (!chart.lines.empty()) section.blocks.push_back(std::move(chart));
  }

  // What is used of the tightest limits, at the loads that were run.
  LineChart GrowthChart() const {
    LineChart chart{.key = "growth_used",
                    .title = "Used of the tightest limits by load",
                    .caption =
                        "At the loads that were run to find where something breaks; 1 is "
                        "the scenario as it is.",
                    .x_title = "times the load of the scenario",
                    .unit = FigureUnit::kShare};
    if (SendsNothing(result_)) return chart;
    std::vector<const GrowthPoint*> points;
    for (const GrowthPoint& point : plan_.growth) {
      if (point.load <= LargestShownLoad()) points.push_back(&point);
    }
    constexpr std::size_t kFewestPoints = 3;
    if (points.size() < kFewestPoints) return chart;
    for (const GrowthPoint* point : points) chart.x.push_back(point->load);
    for (std::size_t i = 0; i < std::min(kShownCurves, plan_.bottlenecks.size()); ++i) {
      const Bottleneck& bottleneck = plan_.bottlenecks[i];
      ChartLine line{.name = PartWords(bottleneck)};
      for (const GrowthPoint* point : points) {
        const auto part = point->parts.find(bottleneck.part);
        line.values.push_back(part == point->parts.end() ? 0 : 1 - part->second.margin);
      }
      chart.lines.push_back(std::move(line));
    }
    if (chart.lines.empty()) return chart;
    chart.lines.push_back(
        {.name = "limit", .is_limit = true, .values = std::vector<double>(chart.x.size(), 1)});
    return chart;
  }

  // A little over where the last of the shown limits breaks; what is far beyond would hide it.
  double LargestShownLoad() const {
    double largest = 1;
    for (std::size_t i = 0; i < std::min(kShownCurves, plan_.bottlenecks.size()); ++i) {
      const auto& breaks = plan_.bottlenecks[i].breaks;
      if (breaks && breaks->at()) largest = std::max(largest, *breaks->at());
    }
    constexpr double kBeyond = 1.5;
    return largest * kBeyond;
  }

  void AddBottlenecks() {
    Table table{.key = "bottlenecks",
                .title = "Bottlenecks",
                .caption =
                    "Breaks at: the load of all workloads at which more is asked than there "
                    "is.",
                .columns = {{"of", "Of", Role::kId},
                            {"limit", "Limit", Role::kId},
                            {"size", "Size", Role::kWords},
                            {"used_share", "Used"},
                            {"tightest", "Tightest", Role::kWords},
                            {"breaks_at", "Breaks at", Role::kWords}}};
    for (const Bottleneck& each : plan_.bottlenecks) {
      table.rows.push_back(
          {value::Words(PartWords(each)), value::Words(LimitName(each.use.limit)),
           value::Words(LimitWords(each)), value::Used(each.use.margin, result_.margin_goal),
           value::Words(each.use.tightest_member), value::Words(BreakWords(each))});
    }
    AddSection(report_, std::move(table));
  }

  void AddLosses() {
    Section& section = NewSection("first_losses", "What is lost first");
    if (!plan_.first_losses) {
      section.blocks.push_back(Remark{"Nothing, at any load that was tried."});
      return;
    }
    section.blocks.push_back(Remark{LossWords(*plan_.first_losses)});
    Table table{.key = "loss_places",
                .title = section.title,
                .columns = {{"where", "Where", Role::kId},
                            {"counters", "Which counter shows it", Role::kWords}}};
    for (const LossPlace& place : plan_.first_losses->places) {
      table.rows.push_back({value::Words(PlaceWords(place)), value::Words(CounterWords(place))});
    }
    if (!table.rows.empty()) section.blocks.push_back(std::move(table));
  }

  static std::vector<Value> OutlineCells(const Outline& outline,
                                         const std::vector<Obstacle>& obstacles) {
    return {OutlineVerdict(WithObstacles(outline.verdict, obstacles)),
            outline.margin ? value::Share(*outline.margin) : value::Words("no limit"),
            value::LossShare(outline.production), value::LossShare(outline.copies)};
  }
  static void AddOutlineColumns(Table& table) {
    table.columns.insert(table.columns.end(), {{"verdict", "Verdict", Role::kWords},
                                               {"margin_share", "Margin"},
                                               {"production_loss", "Production lost"},
                                               {"mirror_loss", "Copies lost"}});
  }

  void AddWhatIfs() {
    if (plan_.what_ifs.empty()) return;
    Table table{.key = "what_if", .title = "What if", .columns = {{"change", "Change", Role::kId}}};
    AddOutlineColumns(table);
    table.columns.push_back({"copies_bps", "Copies"});
    table.columns.push_back({"growth_share", "Nothing lost until"});
    table.columns.push_back({"obstacle", "Whatever is sent", Role::kWords});
    std::vector<WhatIf> all = {{.change = "as it is",
                                .outline = OutlineOf(result_),
                                .obstacles = plan_.obstacles,
                                .without_loss = plan_.headroom.without_loss}};
    all.insert(all.end(), plan_.what_ifs.begin(), plan_.what_ifs.end());
    for (const WhatIf& each : all) {
      std::vector<Value> row = {value::Words(each.change)};
      for (Value& cell : OutlineCells(each.outline, each.obstacles)) row.push_back(std::move(cell));
      row.push_back(value::Rate(each.outline.copies_wanted));
      row.push_back(GrowthOf(each.without_loss));
      row.push_back(each.obstacles.empty()
                        ? value::Words("-")
                        : value::Words(ObstacleWords(each.obstacles), Tone::kBad));
      table.rows.push_back(std::move(row));
    }
    AddSection(report_, std::move(table));
  }

  // A tornado: from the margin as it is to that under the other value.
  void AddSensitivity() {
    const double now = result_.margin.value_or(1);
    Bars bars{.title = "Margin, if it is so",
              .caption = fmt::format("From {}, the margin as it is, marked by the line.",
                                     PercentText(now)),
              .mark = now,
              .mark_text = "as it is"};
    Table table{
        .key = "sensitivity",
        .title = "What the verdict hangs on",
        .columns = {{"assumption", "Assumption", Role::kId}, {"is", "If it is", Role::kId}}};
    AddOutlineColumns(table);
    for (const Sensitivity& each : plan_.sensitivity) {
      std::vector<Value> row = {value::Words(each.subject), value::Words(each.value)};
      for (Value& cell : OutlineCells(each.outline, {})) row.push_back(std::move(cell));
      table.rows.push_back(std::move(row));
      if (bars.bars.size() == kShownSensitivities || (!each.flips && each.effect == 0)) continue;
      bars.bars.push_back({.label = fmt::format("{} = {}", each.subject, each.value),
                           .from = now,
                           .to = each.outline.margin.value_or(1),
                           .text = std::string(ToString(each.outline.verdict)),
                           .tone = value::ToneOfVerdict(each.outline.verdict)});
    }
    if (table.rows.empty()) return;
    Section& section = NewSection(table.key, table.title);
    if (!bars.bars.empty()) section.blocks.push_back(std::move(bars));
    section.blocks.push_back(std::move(table));
  }

  void AddSavings() {
    Table table{.key = "savings",
                .title = "What would save most copies",
                .columns = {{"setting", "Setting", Role::kId}, {"saved_bps", "Saved"}}};
    AddOutlineColumns(table);
    for (const Saving& each : plan_.savings) {
      std::vector<Value> row = {value::Words(LeverWords(each.lever)), value::Rate(each.saved)};
      for (Value& cell : OutlineCells(each.outline, {})) row.push_back(std::move(cell));
      table.rows.push_back(std::move(row));
    }
    AddSection(report_, std::move(table));
  }

  void AddOutages() {
    if (plan_.outages.empty()) return;
    Section& section = NewSection("outages", "When it is lost");
    for (const Outage& each : plan_.outages) section.blocks.push_back(Remark{OutageWords(each)});
  }

  void AddReceivers() {
    if (!plan_.sizing) return;
    const Sizing& sizing = *plan_.sizing;
    Section& section = NewSection("fleet", "Receivers needed");
    section.blocks.push_back(Remark{DemandWords(sizing)});
    for (const std::string& each : CheapestWords(sizing)) section.blocks.push_back(Remark{each});
    Table table{.key = "fleet_sizes",
                .title = section.title,
                .caption =
                    "A range where makers of the software publish one; N+1 do without any "
                    "one of them.",
                .columns = {{"type", "Type", Role::kId},
                            {"vcpus", "vCPUs"},
                            {"receivers", "Receivers", Role::kWords},
                            {"receivers_and_spare", "N+1", Role::kWords},
                            {"limited_by", "Limited by", Role::kWords}}};
    constexpr std::size_t kMostSizes = 200;
    for (const FleetSize* size : ShownSizes(sizing, FamiliesOfReceivers(result_), kMostSizes)) {
      table.rows.push_back({value::Words(size->type), value::Whole(size->vcpus),
                            value::Words(NeedRange(*size, 0)), value::Words(NeedRange(*size, 1)),
                            value::Words(std::string(ToString(size->needs.front().limit)))});
    }
    if (!table.rows.empty()) section.blocks.push_back(std::move(table));
    for (const std::string& note : SizingNotes(sizing)) section.blocks.push_back(Remark{note});
  }

  void AddBudget() {
    if (!plan_.budget) return;
    Section& section = NewSection("budget", "What fits a budget");
    section.blocks.push_back(Remark{fmt::format(
        "Of copies: {}. In closed form, as if they spread evenly.", BudgetWords(*plan_.budget))});
    Table table{.key = "budget_choices",
                .title = section.title,
                .columns = {{"copy", "Copy", Role::kId},
                            {"kept_share", "Bytes kept"},
                            {"copies_bps", "Copies"},
                            {"sources", "Sources kept"},
                            {"keep", "Keep, the first ones first", Role::kWords}}};
    for (const BudgetChoice& each : plan_.choices) {
      table.rows.push_back(
          {value::Words(ChoiceWords(each)),
           value::Share(each.kept),
           value::Rate(each.copies),
           {fmt::format("{} of {}", each.sources.size(), each.sources_before),
            static_cast<double>(each.sources.size())},
           value::Words(each.sources.size() == each.sources_before ? "all"
                                                                   : GroupedNames(each.sources))});
    }
    if (table.rows.empty()) {
      section.blocks.push_back(Remark{"Not even one source.", Tone::kBad});
    } else {
      section.blocks.push_back(std::move(table));
    }
  }

  void AddCost() {
    Section& section = NewSection("cost", "Cost a month");
    if (plan_.cost.lines.empty()) {
      section.blocks.push_back(Remark{"Nothing is charged for."});
      return;
    }
    for (const CostLine& each : plan_.cost.lines) section.blocks.push_back(Remark{CostWords(each)});
    for (const auto& [currency, total] : plan_.cost.totals) {
      const double free_now = total - plan_.cost.due.at(currency);
      section.blocks.push_back(Remark{fmt::format(
          "{}{}{}.", plan_.cost.is_complete ? "In all " : "Of what has a known price, in all ",
          MoneyText(total, currency),
          free_now > 0 ? fmt::format(", {} of it free now", MoneyText(free_now, currency)) : "")});
    }
    for (const std::string& each : plan_.cost.assumptions) section.blocks.push_back(Remark{each});
  }

  const Plan& plan_;
  const RunResult& result_;
  const std::optional<PlanBefore>& before_;
  Report report_;
};

}  // namespace

Report ReportOfPlan(const Plan& plan, const std::optional<PlanBefore>& before) {
  return PlanReportBuilder(plan, before).Build();
}

}  // namespace vpcmirror
