#include "sim/cli/sweep_page.h"

#include <fmt/format.h>

#include <cstdint>
#include <optional>
#include <utility>
#include <variant>

#include "analysis/report/html/html_report.h"
#include "analysis/report/sweep_report.h"
#include "analysis/words/shell_word.h"
#include "sim/cli/atomic_file.h"
#include "sim/cli/sweep_figures.h"
#include "sim/cli/version.h"

namespace vpcmirror::sim {
namespace {

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
    if (names[i] == "verdict") run.verdict = ToText(cell);
    run.figures.push_back(NumberOfCell(cell));
  }
  return run;
}

// As it would be typed again, quoted for a shell.
std::string CommandOf(const SweepRequest& request) {
  std::string command = "vpcmirror sweep " + ShellWord(request.file);
  for (const std::string& each : request.variations) command += " --vary " + ShellWord(each);
  for (const std::string& each : request.sets) command += " --set " + ShellWord(each);
  if (request.samples) command += fmt::format(" --points latin:{}", *request.samples);
  if (request.runs > 1) command += fmt::format(" --runs {}", request.runs);
  if (request.seed) command += fmt::format(" --seed {}", *request.seed);
  return command + " --engine " + request.engine;
}

SweepOutcome OutcomeOf(const SweepPlan& plan, const SweepStore& store, const std::string& summary) {
  const SweepRequest& request = plan.request();
  SweepOutcome outcome{.scenario = request.file,
                       .summary = summary,
                       .figures = SweepFigureNames(),
                       .provenance = {{"vpcmirror", kVersion},
                                      {"Engine", request.engine},
                                      {"Scenario", request.file},
                                      {"SHA-256", plan.sha256()}},
                       .command = CommandOf(request)};
  for (const SweepAxis& axis : plan.axes()) outcome.axes.push_back({axis.key, axis.values});
  store.ForEach([&](const StoredRun& run) {
    if (run.key.replication <= request.runs) outcome.runs.push_back(RunOf(run, plan));
  });
  return outcome;
}

}  // namespace

void WriteSweepPage(const std::string& folder, const SweepPlan& plan, const SweepStore& store,
                    const std::string& summary) {
  const Report report = ReportOfSweep(OutcomeOf(plan, store, summary));
  PendingFile(folder + "/sweep.html", [&](const auto& write) {
    WriteHtmlReport(report, write);
  }).Commit();
}

}  // namespace vpcmirror::sim
