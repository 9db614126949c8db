// vpcmirror report: a stored result in any format.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>

#include "analysis/report/html/html_report.h"
#include "analysis/report/report_csv.h"
#include "analysis/report/report_markdown.h"
#include "analysis/report/report_prometheus.h"
#include "analysis/report/run_report.h"
#include "sim/cli/atomic_file.h"
#include "sim/cli/commands.h"
#include "sim/cli/exit_code.h"
#include "sim/cli/option_values.h"
#include "sim/cli/result_file.h"
#include "sim/cli/result_folder.h"

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
  if (IsMarkdown(format)) return [&](const Write& write) { write(MarkdownReport(report)); };
  if (format == "csv") return [&](const Write& write) { WriteReportCsv(report, write); };
  if (format == "prometheus") {
    return [&](const Write& write) { WritePrometheusReport(report, write); };
  }
  return [&](const Write& write) { WriteHtmlReport(report, write); };
}

// A result is not to be lost for its report.
void RefuseToOverwrite(const std::string& result, const std::string& out) {
  std::error_code ignored;
  std::string file = result;
  if (std::filesystem::is_directory(file, ignored)) file += std::string("/") + kResultFile;
  if (!std::filesystem::equivalent(file, out, ignored)) return;
  throw CLI::ValidationError("--out", "'" + out + "' is the result itself: name another file");
}

int WriteReport(const ReportOptions& options, const Surroundings& around) {
  RefuseToOverwrite(options.result, options.out);
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
  command
      ->add_option("--format", options->format,
                   "html: a page that needs no network; md: for a pull request; csv: a figure "
                   "a line; prometheus: for a text file collector")
      ->check(CLI::IsMember({"html", "md", "markdown", "csv", "prometheus"}))
      ->capture_default_str();
  command->add_option("--out", options->out, "File to write (default: stdout)")
      ->type_name("FILE")
      ->check(CLI::Validator(
          [](const std::string& file) {
            return file.empty() ? std::string("names no file") : std::string();
          },
          ""));
  command->footer(
      "Examples:\n"
      "  vpcmirror report out/quickstart --out quickstart.html\n"
      "  vpcmirror report out/quickstart --format md > comment.md\n"
      "  vpcmirror report out/quickstart --format prometheus --out mirror.prom\n"
      "Exit code: 0 written, 2 that is no result, or it cannot be written.");
  command->callback([options, &around, &exit_code] { exit_code = WriteReport(*options, around); });
}

}  // namespace vpcmirror::sim
