// vpcmirror diff: what two results say differently; or, of two scenarios, which packets are
// mirrored otherwise.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "analysis/compare/mirror_diff.h"
#include "analysis/compare/result_diff.h"
#include "analysis/report/diff_report.h"
#include "analysis/report/html/html_report.h"
#include "analysis/report/mirror_diff_json.h"
#include "analysis/report/mirror_diff_report.h"
#include "analysis/report/mirror_diff_text.h"
#include "analysis/report/result_diff_json.h"
#include "analysis/report/result_diff_text.h"
#include "sim/cli/atomic_file.h"
#include "sim/cli/commands.h"
#include "sim/cli/exit_code.h"
#include "sim/cli/load_side.h"
#include "sim/cli/option_values.h"
#include "sim/cli/result_file.h"
#include "sim/cli/result_folder.h"
#include "sim/cli/version.h"
#include "sim/input/library.h"
#include "sim/input/quantity.h"

namespace vpcmirror::sim {
namespace {

struct DiffOptions {
  std::string before;  // empty: of the last result, the one before
  std::string after;   // empty: `before` is the second, and its previous the first
  std::vector<std::string> sets;
  std::string format = "text";
  std::string data;
  std::string noise = "1%";
  std::string fail_on;
};

// What only makes sense of two scenarios, and of two results.
constexpr const char* kScenarioOptions[] = {"--set", "--data"};
constexpr const char* kResultOptions[] = {"--noise", "--fail-on"};

// How a kind of difference is written.
template <class Difference>
struct Formats {
  std::string (*text)(const Difference&, const TextStyle&);
  std::string (*markdown)(const Difference&);
  std::string (*json)(const Difference&);
  Report (*page)(const Difference&);
};

template <class Difference>
std::string InFormat(const Difference& difference, const std::string& format,
                     const Surroundings& around, const Formats<Difference>& formats) {
  if (format == "json") return formats.json(difference);
  if (IsMarkdown(format)) return formats.markdown(difference);
  if (format != "html") return formats.text(difference, {.width = 80, .color = around.color});
  Report page = formats.page(difference);
  page.command = around.command;
  return HtmlReport(page);
}

int DiffScenarios(const DiffOptions& options, const Surroundings& around) {
  ReadOptions read;
  read.data_folder = FindDataFolder(options.data);
  read.open_captures = false;  // what is sent does not matter to what would be mirrored
  const Library library = LoadLibrary(read.data_folder);
  const ValidScenario before = LoadSide({options.before}, library, read);
  for (const std::string& text : options.sets) read.sets.push_back(ParseOverride(text));
  const ValidScenario after = LoadSide({options.after}, library, read);
  const DiffReport report{.version = kVersion,
                          .before = options.before,
                          .after = options.after,
                          .scenario_before = &before,
                          .scenario_after = &after,
                          .diff = DiffMirroring(before, after)};
  around.out << InFormat(report, options.format, around,
                         {MirrorDiffText, MirrorDiffMarkdown, MirrorDiffJson, ReportOfMirrorDiff});
  return report.diff.groups.empty() ? kFine : kFindings;
}

double NoiseOf(const DiffOptions& options) {
  const Parsed<double> noise = ParsePercent(options.noise);
  if (!noise || *noise.value < 0 || *noise.value > 1) {
    throw CLI::ValidationError("--noise", "'" + options.noise + "' is not 0% to 100%");
  }
  return *noise.value;
}

bool IsFailure(const DiffOptions& options, const ResultDiff& diff) {
  if (options.fail_on == "regression") return diff.Regressions() > 0;
  return options.fail_on == "difference" && !diff.IsEmpty();
}

int DiffResultFiles(const std::string& before_file, const std::string& after_file,
                    const DiffOptions& options, const Surroundings& around) {
  const double noise = NoiseOf(options);
  const RunResult before = LoadResult(before_file);
  const RunResult after = LoadResult(after_file);
  const ResultDiffReport report{.version = kVersion,
                                .before = before_file,
                                .after = after_file,
                                .result_before = &before,
                                .result_after = &after,
                                .diff = DiffResults(before, after, noise)};
  around.out << InFormat(report, options.format, around,
                         {ResultDiffText, ResultDiffMarkdown, ResultDiffJson, ReportOfDiff});
  return IsFailure(options, report.diff) ? kFindings : kFine;
}

template <std::size_t size>
void Refuse(const CLI::App& command, const char* const (&names)[size], const char* why) {
  for (const char* name : names) {
    if (command.count(name) > 0) throw CLI::ValidationError(name, why);
  }
}

void RefuseForResults(const CLI::App& command) {
  Refuse(command, kScenarioOptions, "is about scenarios, and these are results of runs");
}

void RefuseOtherOutput(const NamedDocument& document) {
  if (document.kind == DocumentKind::kNoDocuments) {
    throw FileException(fmt::format(
        "{} is a folder without {} or any .json file: diff takes the folder of a run, or one of "
        "what a provider's API answers",
        document.path, kResultFile));
  }
  if (document.kind != DocumentKind::kOtherOutput) return;
  throw FileException(fmt::format(
      "{} is a document of another kind ({}): diff takes two results (result.json of vpcmirror "
      "run), or two scenarios",
      document.path, document.schema));
}

int DiffWithPrevious(const CLI::App& command, const DiffOptions& options,
                     const Surroundings& around) {
  RefuseForResults(command);
  std::string last;
  if (options.before.empty()) {
    last = LastResult();
  } else {
    const NamedDocument document = Identify(options.before);
    RefuseOtherOutput(document);
    if (document.kind == DocumentKind::kUnreadable) {
      throw FileException(fmt::format("there is no {} that can be read", document.path));
    }
    if (document.kind != DocumentKind::kResult) {
      throw FileException(
          fmt::format("{} is no result of a run, so that nothing before it is kept: name what to "
                      "compare it with",
                      document.path));
    }
    last = document.path;
  }
  return DiffResultFiles(PreviousResult(last), last, options, around);
}

// A pipe beside a result is taken for a result: what it holds is read once.
bool MayBeResult(const NamedDocument& document) {
  return document.kind == DocumentKind::kResult ||
         (document.kind == DocumentKind::kUnknown && document.is_pipe);
}

int Diff(const CLI::App& command, const DiffOptions& options, const Surroundings& around) {
  if (options.after.empty()) return DiffWithPrevious(command, options, around);
  const NamedDocument before = Identify(options.before);
  const NamedDocument after = Identify(options.after);
  RefuseOtherOutput(before);
  RefuseOtherOutput(after);
  const bool has_result =
      before.kind == DocumentKind::kResult || after.kind == DocumentKind::kResult;
  if (!has_result) {
    Refuse(command, kResultOptions, "is about results of runs, and these are scenarios");
    return DiffScenarios(options, around);
  }
  for (const NamedDocument* each : {&before, &after}) {
    if (each->kind == DocumentKind::kUnreadable) LoadResult(each->path);  // says why
    if (MayBeResult(*each)) continue;
    const NamedDocument& other = each == &before ? after : before;
    throw FileException(fmt::format(
        "{} is a result and {} is not: diff takes two results (result.json of vpcmirror run), or "
        "two scenarios",
        other.path, each->path));
  }
  RefuseForResults(command);
  return DiffResultFiles(before.path, after.path, options, around);
}

constexpr char kFooter[] =
    "Of two results: which figures differ by more than noise, sorted by effect, and what was run\n"
    "differently. A folder stands for its result.json. With one result, or none: the named, or\n"
    "the last in out/, against the one that it replaced.\n"
    "Of two scenarios: what mirrors decide at the beginning of either, by exact arithmetic on\n"
    "sets of packets: not what is lost on the way, nor later changes of a timeline. Each change\n"
    "comes with a packet that explain --packet says the same of.\n"
    "Examples:\n"
    "  vpcmirror diff\n"
    "  vpcmirror diff out/quickstart --fail-on regression\n"
    "  vpcmirror diff main/result.json branch/result.json --noise 2% --format markdown\n"
    "  vpcmirror diff before.json after.json\n"
    "  vpcmirror diff answers-of-monday/ answers-of-today/\n"
    "  vpcmirror diff a.json a.json --set /mirrors/0/State=STOPED\n"
    "Exit code: of results 0, or 1 if there is what --fail-on names; of scenarios 0 no\n"
    "difference, 1 differences; 2 what cannot be read.";

}  // namespace

void AddDiffCommand(CLI::App& app, const Surroundings& around, int& exit_code) {
  auto options = std::make_shared<DiffOptions>();
  CLI::App* command = app.add_subcommand(
      "diff", "Compare two results; or say which packets two scenarios mirror otherwise");
  command->add_option("before", options->before,
                      "Result or its folder; or scenario file, or a file or folder of what a "
                      "provider's API answers");
  command->add_option("after", options->after, "The same after the change");
  command->add_option("--format", options->format, "text, json, markdown or html")
      ->check(CLI::IsMember({"text", "json", "md", "markdown", "html"}))
      ->capture_default_str();
  command
      ->add_option("--noise", options->noise,
                   "Of results: changes up to this share are left out; of losses and margins, "
                   "docs/diff.md says what that means")
      ->type_name("PERCENT")
      ->capture_default_str();
  command
      ->add_option("--fail-on", options->fail_on,
                   "Of results: exit with 1 if there is a regression (a worse verdict, more loss, "
                   "less margin, an assertion newly missed), or any difference")
      ->check(CLI::IsMember({"regression", "difference"}));
  command
      ->add_option("--set", options->sets,
                   "PATH=VALUE: change the second scenario; may be repeated")
      ->type_name("PATH=VALUE")
      ->allow_extra_args(false);
  command->add_option("--data", options->data, "Folder of schema/, profiles/ and catalog/")
      ->type_name("DIR");
  command->footer(kFooter);
  command->callback(
      [command, options, &around, &exit_code] { exit_code = Diff(*command, *options, around); });
}

}  // namespace vpcmirror::sim
