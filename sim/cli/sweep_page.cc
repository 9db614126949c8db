#include "sim/cli/sweep_page.h"

#include <fmt/format.h>

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>

#include "analysis/report/html/html_report.h"
#include "analysis/report/sweep_report.h"
#include "analysis/report/verdict.h"
#include "sim/cli/atomic_file.h"
#include "sim/cli/sweep_figures.h"
#include "sim/cli/version.h"

namespace vpcmirror::sim {
namespace {

constexpr std::string_view kVerdict = "verdict";  // which has a place of its own

// Of figures that are words, nothing.
std::optional<double> NumberOfCell(const Cell& cell) {
  if (const auto* whole = std::get_if<std::int64_t>(&cell)) return static_cast<double>(*whole);
  if (const auto* real = std::get_if<double>(&cell)) return *real;
  return std::nullopt;
}

SweepRun RunOf(const StoredRun& stored, const SweepPlan& plan) {
  SweepRun run{.point = plan.points()[stored.key.point],
               .replication = stored.key.replication,
               .status = std::string(ToString(stored.outcome.status)),
               .error = stored.outcome.error};
  if (stored.outcome.figures.empty()) return run;
  const std::vector<std::string> names = SweepFigureNames();
  for (std::size_t i = 0; i < names.size(); ++i) {
    const Cell& cell = stored.outcome.figures[i];
    if (names[i] == kVerdict) {
      run.verdict = VerdictNamed(ToText(cell));
    } else {
      run.figures.push_back({ToText(cell), NumberOfCell(cell)});
    }
  }
  return run;
}

SweepOutcome OutcomeOf(const SweepPlan& plan, const SweepStore& store, const std::string& summary,
                       const std::string& command) {
  const SweepRequest& request = plan.request();
  SweepOutcome outcome{.scenario = request.file,
                       .summary = summary,
                       .provenance = {{"vpcmirror", kVersion},
                                      {"Engine", request.engine},
                                      {"Scenario", request.file},
                                      {"SHA-256", plan.sha256()}},
                       .command = command};
  for (const std::string& name : SweepFigureNames()) {
    if (name != kVerdict) outcome.figures.push_back(name);
  }
  for (const SweepAxis& axis : plan.axes()) outcome.axes.push_back({axis.key, axis.values});
  store.ForEach([&](const StoredRun& run) {
    if (run.key.replication <= request.runs) outcome.runs.push_back(RunOf(run, plan));
  });
  return outcome;
}

}  // namespace

void WriteSweepPage(const std::string& folder, const SweepPlan& plan, const SweepStore& store,
                    const std::string& summary, const std::string& command) {
  const Report report = ReportOfSweep(OutcomeOf(plan, store, summary, command));
  PendingFile(folder + "/sweep.html", [&](const auto& write) {
    WriteHtmlReport(report, write);
  }).Commit();
}

}  // namespace vpcmirror::sim
