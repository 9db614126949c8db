// vpcmirror report: a stored result in any format.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "analysis/report/html/html_report.h"
#include "analysis/report/report_csv.h"
#include "analysis/report/report_markdown.h"
#include "analysis/report/report_prometheus.h"
#include "analysis/report/run_report.h"
#include "sim/cli/atomic_file.h"
#include "sim/cli/commands.h"
#include "sim/cli/exit_code.h"
#include "sim/cli/result_file.h"

namespace vpcmirror::sim {
namespace {

struct ReportOptions {
  std::string result;
  std::string format = "html";
  std::string out;
};

// Refers to the report.
PendingFile::Contents ContentsOf(const Report& report, const std::string& format) {
  using Write = std::function<void(std::string_view)>;
  if (format == "md") return [&](const Write& write) { write(MarkdownReport(report)); };
  if (format == "csv") return [&](const Write& write) { WriteReportCsv(report, write); };
  if (format == "prometheus") {
    return [&](const Write& write) { WritePrometheusReport(report, write); };
  }
  return [&](const Write& write) { WriteHtmlReport(report, write); };
}

int WriteReport(const ReportOptions& options, const Surroundings& around) {
  const Report report = ReportOfRun(LoadResult(options.result));
  const PendingFile::Contents contents = ContentsOf(report, options.format);
  if (options.out.empty()) {
    contents([&](std::string_view part) { around.out << part; });
    return kFine;
  }
  PendingFile(options.out, contents).Commit();
  return kFine;
}

}  // namespace

void AddReportCommand(CLI::App& app, const Surroundings& around, int& exit_code) {
  auto options = std::make_shared<ReportOptions>();
  CLI::App* command = app.add_subcommand("report", "A stored result in any format");
  command->add_option("result", options->result, "result.json of a run, or its folder")->required();
  command->add_option("--format", options->format,
                      "html: a page that needs no network; md: for a pull request; csv: a figure "
                      "a line; prometheus: for a text file collector")
      ->check(CLI::IsMember({"html", "md", "csv", "prometheus"}))
      ->capture_default_str();
  command->add_option("--out", options->out, "File to write (default: stdout)")
      ->type_name("FILE");
  command->callback([options, &around, &exit_code] { exit_code = WriteReport(*options, around); });
}

}  // namespace vpcmirror::sim
