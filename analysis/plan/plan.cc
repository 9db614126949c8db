#include "analysis/plan/plan.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "models/scenario/variants.h"

namespace vpcmirror {
namespace {

// Over the first load that breaks something, so much that what is lost there is seen.
constexpr double kLittleOver = 1.05;

std::vector<Bottleneck> BottlenecksOf(const ValidScenario& scenario, const RunResult& result) {
  std::vector<Bottleneck> all;
  for (auto& [name, use] : PartsOf(scenario, result)) all.push_back({name, use, std::nullopt});
  std::stable_sort(all.begin(), all.end(), [](const Bottleneck& a, const Bottleneck& b) {
    return a.use.margin < b.use.margin;
  });
  return all;
}

// That limit of it, whatever its other limits leave.
bool IsOver(const LoadOutline& outline, const PartName& name, const std::string& limit) {
  const auto part = outline.parts.find(name);
  if (part == outline.parts.end()) return false;
  const auto& margins = part->second.margins;
  return std::any_of(margins.begin(), margins.end(), [&](const LimitMargin& each) {
    return each.limit == limit && each.margin < 0;
  });
}

void SearchBreaks(std::size_t searched, LoadSearch& search, std::vector<Bottleneck>& bottlenecks) {
  for (std::size_t i = 0; i < std::min(searched, bottlenecks.size()); ++i) {
    Bottleneck& each = bottlenecks[i];
    each.breaks = search.Find(
        [&](const LoadOutline& outline) { return IsOver(outline, each.part, each.use.limit); },
        LinearGuess(each.use.margin, 0));
  }
}

std::optional<LossesAtLoad> FirstLosses(const ValidScenario& scenario, const RunResult& result,
                                        const LoadBracket& without_loss, Trials& trials) {
  if (result.verdict == Verdict::kDoesNotFit) return LossesOf(scenario, result, 1);
  if (!std::isfinite(without_loss.breaks)) return std::nullopt;
  const double load = without_loss.at().value_or(without_loss.breaks) * kLittleOver;
  return LossesOf(scenario, trials.Run(WithLoad(scenario, load)), load);
}

std::vector<std::string> UnscaledOf(const ValidScenario& scenario) {
  std::vector<std::string> names;
  for (const Workload& workload : scenario.workloads) {
    if (!workload.tcp_streams.empty()) names.push_back(workload.name);
  }
  return names;
}

// Over all windows, of the traffic that is planned for; windows in which nothing was logged
// count.
double MeanTraffic(const PlannedLog& log) {
  const LoggedTraffic& logged = log.logged;
  const auto of = [](const WindowTotals& totals) {
    return totals.in.bits_per_second + totals.out.bits_per_second + totals.copies.bits_per_second;
  };
  double sum = 0;
  for (const WindowTotals& each : logged.windows) sum += of(each);
  const std::int64_t seconds = logged.windows.back().start - logged.windows.front().start;
  const double mean = sum / static_cast<double>(seconds / logged.window_seconds + 1);
  return mean / (of(log.window.totals) * logged.peak_to_mean);
}

MonthlyCost CostOf(const ValidScenario& scenario, const RunResult& result,
                   const PlanSettings& settings) {
  MonthlyCostSettings of_month{.today = settings.today};
  if (settings.log) of_month.mean_traffic = MeanTraffic(*settings.log);
  MonthlyCost cost = MonthlyCostOf(scenario, result, settings.market.prices, of_month);
  if (settings.log) {
    cost.assumptions.emplace_back(
        "Bytes of a month are those of the mean over all of the log, not of the window that "
        "sizes.");
  }
  return cost;
}

void TryWindows(const WindowTrials& windows, Trials& trials, PlannedLog& log) {
  for (const auto& [window, scenario] : windows) {
    log.windows.push_back({window, OutlineOf(trials.Run(scenario))});
  }
}

LogCourse CourseOf(const EveryWindow& every_window, Trials& trials) {
  LogCourse course;
  every_window([&](const WindowTotals& totals, const ValidScenario& scenario) {
    course.Add({totals, OutlineOf(trials.Run(scenario))});
  });
  return course;
}

}  // namespace

Verdict VerdictOf(const Plan& plan) { return WithObstacles(plan.result.verdict, plan.obstacles); }

Plan MakePlan(const ValidScenario& scenario, const RunResult& result, const PlanSettings& settings,
              Trials& trials) {
  Plan plan{.result = result,
            .load_lasts = settings.load_lasts,
            .bottlenecks = BottlenecksOf(scenario, result)};
  LoadSearch search(scenario, result, trials);
  SearchBreaks(settings.searched, search, plan.bottlenecks);
  const double least = plan.bottlenecks.empty() ? 1 : plan.bottlenecks.front().use.margin;
  plan.headroom = HeadroomOf(least, result.margin_goal, search);
  for (const auto& [load, outline] : search.outlines()) {
    plan.growth.push_back({load, outline.parts});
  }
  plan.first_losses = FirstLosses(scenario, result, plan.headroom.without_loss, trials);
  const Outline now = OutlineOf(result);
  plan.sensitivity =
      SensitivityOf(now, AlternativesOf(scenario, settings.cost_tables, settings.remake), trials);
  plan.savings = SavingsOf(now, LeversOf(scenario), trials);
  plan.outages = OutagesOf(scenario, trials);
  plan.demand = DemandOf(scenario, result);
  if (plan.demand.bandwidth > BitsPerSecond(0)) {
    plan.sizing = SizeFor(scenario, plan.demand, settings.market, result.margin_goal);
  }
  plan.cost = CostOf(scenario, result, settings);
  plan.budget = settings.budget;
  if (settings.budget) plan.choices = ChoicesFor(scenario, *settings.budget);
  for (const WhatIfQuestion& each : settings.what_ifs) {
    plan.what_ifs.push_back(AnswerWhatIf(each, trials));
  }
  plan.obstacles = settings.obstacles;
  plan.log = settings.log;
  if (plan.log) TryWindows(settings.windows, trials, *plan.log);
  if (plan.log && settings.every_window) plan.log->course = CourseOf(settings.every_window, trials);
  plan.unscaled = UnscaledOf(scenario);
  plan.runs = trials.runs();
  return plan;
}

}  // namespace vpcmirror
