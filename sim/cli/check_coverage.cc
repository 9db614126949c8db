#include "sim/cli/check_coverage.h"

#include <fmt/format.h>

#include <algorithm>

#include "analysis/report/assertions.h"
#include "analysis/report/coverage_report.h"
#include "analysis/report/text_layout.h"
#include "models/scenario/error.h"
#include "sim/cli/exit_code.h"
#include "sim/cli/flow_log_coverage.h"
#include "sim/cli/load_side.h"
#include "sim/cli/version.h"

namespace vpcmirror::sim {

int PrintCoverage(const CoverageOptions& options, const Library& library, const ReadOptions& read,
                  const Surroundings& around) {
  const ValidScenario scenario = LoadSide(options.files, library, read);
  RefuseOtherAssertions(scenario, read);
  CoverageReport report{.version = kVersion, .file = options.files.front(), .scenario = &scenario};
  if (options.flow_logs.empty()) {
    report.coverage = SteadyCoverage(scenario);
  } else {
    CoverageCount count(scenario);
    for (const std::string& file : options.flow_logs) {
      report.logs.push_back(AddFlowLog(file, scenario, count));
    }
    report.coverage = count.Result();
  }
  report.asserts = CheckCoverage(scenario, SummaryOf(report.coverage));
  around.out << (options.format == "json" ? CoverageJson(report)
                 : options.format == "csv"
                     ? CoverageCsv(report)
                     : CoverageText(report, {.width = 80, .color = around.color}));
  const bool all_hold = std::all_of(report.asserts.begin(), report.asserts.end(),
                                    [](const AssertionResult& each) { return each.held; });
  return all_hold ? kFine : kAssertionMissed;
}

bool MissesCoverage(const ValidScenario& scenario, const Surroundings& around) {
  const auto& assertions = scenario.assertions;
  if (std::none_of(assertions.begin(), assertions.end(), IsAboutCoverage)) return false;
  bool misses = false;
  for (const AssertionResult& each : CheckCoverage(scenario, SummaryOf(SteadyCoverage(scenario)))) {
    if (each.held) continue;
    misses = true;
    around.err << fmt::format("vpcmirror: assertion missed: {} ({})\n", Printable(each.text),
                              OutcomeText(each));
  }
  return misses;
}

void RefuseOtherAssertions(const ValidScenario& scenario, const ReadOptions& read) {
  std::vector<ScenarioError> errors;
  for (const std::string& text : read.assertions) {
    const auto found = std::find_if(scenario.assertions.begin(), scenario.assertions.end(),
                                    [&](const Assertion& each) { return each.text == text; });
    if (found == scenario.assertions.end() || IsAboutCoverage(*found)) continue;
    ScenarioError error;
    error.file = "--assert " + text;
    error.message = "only a run can tell whether it holds";
    error.accepted = "vpcmirror run, or what is about coverage: \"coverage.bytes >= 99%\"";
    errors.push_back(std::move(error));
  }
  if (!errors.empty()) throw ScenarioException(errors);
}

}  // namespace vpcmirror::sim
