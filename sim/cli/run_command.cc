// vpcmirror run: simulate a scenario, or the one that flags describe.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "analysis/report/assertions.h"
#include "analysis/report/html/html_report.h"
#include "analysis/report/result_json.h"
#include "analysis/report/result_text.h"
#include "analysis/report/run_report.h"
#include "analysis/report/series_csv.h"
#include "analysis/report/text_layout.h"
#include "analysis/report/verdict.h"
#include "analysis/words/quantities.h"
#include "models/scenario/series.h"
#include "sim/cli/atomic_file.h"
#include "sim/cli/commands.h"
#include "sim/cli/engines.h"
#include "sim/cli/exit_code.h"
#include "sim/cli/experiment.h"
#include "sim/cli/flag_scenario.h"
#include "sim/cli/option_values.h"
#include "sim/cli/replications.h"
#include "sim/cli/result_folder.h"
#include "sim/input/library.h"
#include "sim/input/quantity.h"
#include "sim/input/scenario_reader.h"

namespace vpcmirror::sim {
namespace {

struct RunOptions {
  std::string file;  // empty: a scenario of `flags`
  FlagScenario flags;
  std::string out;      // a folder with a file, a bandwidth without
  std::string out_dir;  // always the folder
  std::optional<std::uint64_t> seed;
  std::vector<std::string> sets;
  std::vector<std::string> asserts;
  std::string engine = "packet";
  std::string format = "text";
  std::string margin = "20%";
  std::string data;
  bool quiet = false;
  bool verbose = false;
  bool baseline = false;
  std::optional<std::string> warm_up;  // empty: the scenario's
  std::optional<std::string> series;   // empty text: the usual bin
  int runs = 1;
  int jobs = 0;  // 0: one a core
  std::string confidence = "95%";
  std::string max_wall;
  std::string max_memory;
  std::int64_t max_events = RunLimits{}.events;
  bool print_scenario = false;
};

// What only makes sense without a scenario file.
constexpr const char* kFlagOptions[] = {"--type",     "--count",         "--in",
                                        "--provider", "--duration",      "--receivers",
                                        "--receiver", "--receiver-type", "--print-scenario"};

// Settles what --out is, and refuses mixtures of the two ways to call.
void Settle(const CLI::App& command, RunOptions& options) {
  if (!options.file.empty()) {
    for (const char* name : kFlagOptions) {
      if (command.count(name) == 0) continue;
      throw CLI::ValidationError(
          name, "describes a scenario, and the file " + options.file +
                    " is one: give either (a value in the file is changed with --set)");
    }
    if (!options.out.empty() && !options.out_dir.empty()) {
      throw CLI::ValidationError("--out-dir", "is the same as --out here: give one of them");
    }
    if (options.out_dir.empty()) options.out_dir = options.out;
    return;
  }
  if (options.series && !options.series->empty() && !ParseDuration(*options.series)) {
    throw CLI::ValidationError("--series", "'" + *options.series +
                                               "' is no bin: write --series='10 ms', or --series "
                                               "alone behind the scenario file");
  }
  if (options.flags.type.empty()) {
    throw CLI::RequiredError("A scenario file, or --type with --in or --out,");
  }
  if (options.flags.in.empty() && options.out.empty()) {
    throw CLI::RequiredError("--in or --out (the traffic of each machine, such as '1 Gbps')");
  }
  if (options.print_scenario && !options.sets.empty()) {
    throw CLI::ValidationError("--set", "changes nothing that --print-scenario prints");
  }
  if (!options.out.empty()) {
    const Parsed<BitsPerSecond> rate = ParseBandwidth(options.out);
    if (!rate) {
      throw CLI::ValidationError(
          "--out", rate.fault.message +
                       " (with --type, --out is what each machine sends, such as '1 Gbps'; the "
                       "folder of the result is --out-dir)");
    }
  }
  options.flags.out = options.out;
}

// What is only about several runs.
void SettleReplications(const CLI::App& command, const RunOptions& options) {
  for (const char* name : {"--ci", "--jobs"}) {
    if (options.runs > 1 || command.count(name) == 0) continue;
    throw CLI::ValidationError(name,
                               "is about several runs, and one has no interval: --runs says "
                               "how many (ten are usual)");
  }
}

double MarginGoal(const RunOptions& options) {
  const Parsed<double> margin = ParsePercent(options.margin);
  if (!margin || *margin.value < 0 || *margin.value > 1) {
    throw CLI::ValidationError("--margin", "'" + options.margin + "' is not 0% to 100%");
  }
  return *margin.value;
}

ReadOptions ReadOptionsFor(const RunOptions& options, const std::string& data_folder) {
  ReadOptions read;
  for (const std::string& text : options.sets) read.sets.push_back(ParseOverride(text));
  if (options.warm_up) read.sets.push_back(ParseOverride("/warm_up=" + *options.warm_up));
  read.assertions = options.asserts;
  read.baseline = options.baseline;
  read.data_folder = data_folder;
  return read;
}

ValidScenario Load(const RunOptions& options) {
  const std::string data = FindDataFolder(options.data);
  const Library library = LoadLibrary(data);
  const ReadOptions read = ReadOptionsFor(options, data);
  if (!options.file.empty()) return LoadScenario(options.file, library, read);
  try {
    return LoadScenarioText(ScenarioText(options.flags), kFlagScenarioName, library, read);
  } catch (const ScenarioException& exception) {
    throw InTermsOfFlags(exception);
  }
}

RunLimits LimitsOf(const RunOptions& options, const Surroundings& around) {
  RunLimits limits;
  limits.events = options.max_events;
  limits.wall = LimitOf<Picoseconds>("--max-wall", options.max_wall, ParseDuration);
  limits.memory = LimitOf<Bytes>("--max-memory", options.max_memory, ParseBytes);
  if (!limits.memory) limits.memory = around.memory;
  return limits;
}

// What is about to run, and what it was read with.
void SayWhatRuns(const ValidScenario& scenario, EngineKind engine, const RunOptions& options,
                 const Surroundings& around) {
  const Deployment& deployment = *scenario.deployment;
  const auto counted = [](std::size_t count) {
    return CountText(static_cast<std::int64_t>(count));
  };
  around.err << fmt::format("vpcmirror: data of {}; hosts {}, ENIs {}, mirrors {}, workloads {}\n",
                            FindDataFolder(options.data), counted(deployment.cvms.size()),
                            counted(deployment.enis.size()), counted(scenario.mirrors.size()),
                            counted(scenario.workloads.size()));
  const RunEstimate estimate = EstimateRun(engine, scenario);
  around.err << fmt::format(
      "vpcmirror: {} engine, {}about {:.2g} s and {} of memory\n", ToString(engine),
      estimate.events > 0 ? fmt::format("{:.2g} events, ", estimate.events) : "", estimate.seconds,
      SizeText(Bytes(static_cast<std::int64_t>(estimate.bytes))));
}

// What the user asked for goes to stdout; the rest is said where it does not disturb that.
void Print(const RunResult& result, const std::string& json, const ResultFolder& folder,
           const RunOptions& options, const Surroundings& around) {
  const bool text = options.format == "text" && !options.quiet;
  if (text) {
    around.out << ResultText(result, {.width = 80, .color = around.color, .sparks = around.sparks})
               << "\nResult: " << folder.result_file() << "\nReport: " << folder.report_file()
               << '\n';
    return;
  }
  if (options.format == "json") around.out << json;
  for (const AssertionResult& assertion : result.assertions) {
    const AssertionOutcome outcome = OutcomeOf(assertion);
    if (outcome == AssertionOutcome::kMet) continue;
    around.err << fmt::format("vpcmirror: assertion {}: {} ({})\n", ToString(outcome),
                              Printable(assertion.text), OutcomeText(assertion));
  }
  if (!options.quiet) around.err << "Result: " << folder.result_file() << '\n';
}

void SayIfStopped(const RunResult& result, const Surroundings& around) {
  if (!result.complete) {
    around.err << fmt::format(
        "vpcmirror: stopped {}after {} of {}; the result says so, captures are not kept\n",
        result.stopped_by.empty() ? "" : "by " + result.stopped_by + " ", TimeText(result.duration),
        TimeText(result.planned_duration));
  } else if (!result.stopped_by.empty()) {
    around.err << "vpcmirror: stopped by " << result.stopped_by
               << " while comparing; the result is whole but for what its notes say\n";
  }
}

int ExitCodeOf(const RunResult& result) {
  if (!result.complete || !result.stopped_by.empty()) return kStopped;
  for (const AssertionResult& assertion : result.assertions) {
    if (OutcomeOf(assertion) != AssertionOutcome::kMet) return kAssertionMissed;
  }
  return kFine;
}

PendingFile::Contents PageOf(const RunResult& result, const Surroundings& around) {
  return [&](const std::function<void(std::string_view)>& write) {
    Report report = ReportOfRun(result);
    report.command = around.command;
    WriteHtmlReport(report, write);
  };
}

// Of series.csv; nothing where there is no series.
PendingFile::Contents SeriesOf(const RunResult& result) {
  if (!result.series) return nullptr;
  return [&series = *result.series](const std::function<void(std::string_view)>& write) {
    WriteSeriesCsv(series, write);
  };
}

// The bin that --series asks for.
std::optional<Picoseconds> SeriesBinOf(const RunOptions& options) {
  if (!options.series) return std::nullopt;
  if (options.series->empty()) return kDefaultSeriesBin;
  return LimitOf<Picoseconds>("--series", *options.series, ParseDuration);
}

// "95" is as good as "95%".
double ConfidenceOf(const RunOptions& options) {
  const std::string& text = options.confidence;
  const Parsed<double> share = ParsePercent(text.ends_with('%') ? text : text + "%");
  if (!share || *share.value < 0.5 || *share.value > 0.9999) {
    throw CLI::ValidationError("--ci", "'" + text + "' is not 50 to 99.99 percent");
  }
  return *share.value;
}

RunResult Simulate(const ValidScenario& scenario, const ExperimentSettings& settings,
                   const RunOptions& options, double confidence, const std::string& scratch,
                   const Surroundings& around) {
  if (options.runs == 1) return RunExperiment(scenario, settings, around);
  const int cores = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  return RunReplications(scenario, settings,
                         {.runs = options.runs,
                          .jobs = options.jobs > 0 ? options.jobs : cores,
                          .confidence = confidence,
                          .scratch = scratch},
                         around);
}

int Run(const RunOptions& options, const Surroundings& around) {
  const double margin_goal = MarginGoal(options);
  const double confidence = ConfidenceOf(options);
  const RunLimits limits = LimitsOf(options, around);
  const std::optional<Picoseconds> series_bin = SeriesBinOf(options);
  if (options.print_scenario) {
    Load(options);  // what is printed runs
    around.out << ScenarioText(options.flags);
    return kFine;
  }
  ValidScenario scenario = Load(options);
  if (series_bin) SetSeriesBin(scenario, *series_bin);
  if (around.run_begins) around.run_begins();
  ResultFolder folder(options.out_dir.empty() ? DefaultResultFolder(scenario.name)
                                              : options.out_dir);
  const EngineChoice engine = ChooseEngine(options.engine, scenario);
  if (!engine.why.empty()) scenario.notes.push_back(engine.why);
  if (options.verbose) SayWhatRuns(scenario, engine.kind, options, around);
  const double begun = around.seconds();
  const ExperimentSettings settings{.engine = engine.kind,
                                    .seed = options.seed.value_or(scenario.seed),
                                    .margin_goal = margin_goal,
                                    .output_folder = scenario.pcaps.empty() ? "" : folder.partial(),
                                    .show_progress = around.progress && !options.quiet,
                                    .limits = limits};
  const RunResult result =
      Simulate(scenario, settings, options, confidence, folder.partial(), around);
  if (options.verbose) {
    around.err << fmt::format("vpcmirror: simulated {} with {} events in {:.3g} s\n",
                              TimeText(result.duration), CountText(result.events),
                              around.seconds() - begun);
  }
  const std::string json = ResultJson(result);
  folder.Keep(json, {.series = SeriesOf(result), .captures = result.complete});
  SayIfStopped(result, around);
  Print(result, json, folder, options, around);
  folder.KeepReport(PageOf(result, around));
  return ExitCodeOf(result);
}

void AddFiles(CLI::App& command, RunOptions& options) {
  command.add_option("scenario", options.file, "Scenario file; without one, see below");
  command
      .add_option("--out", options.out,
                  "Folder of the result (default: out/NAME); without a scenario file: what each "
                  "machine sends, such as '1 Gbps'")
      ->type_name("DIR|RATE");
  command.add_option("--out-dir", options.out_dir, "Folder of the result, always")
      ->type_name("DIR");
}

void AddChangesAndAssertions(CLI::App& command, RunOptions& options) {
  command
      .add_option_function<std::string>(
          "--seed",
          [&options](const std::string& text) { options.seed = ReadWhole("--seed", text, 0); },
          "Of the random streams (default: the scenario's)")
      ->type_name("N");
  command
      .add_option("--set", options.sets,
                  "Change a value: /hosts/web/count=4, /duration='10 s'; may be repeated")
      ->type_name("PATH=VALUE")
      ->allow_extra_args(false);
  command
      .add_option("--assert", options.asserts,
                  "Exit with 3 unless it holds of result.json: 'mirror_loss < 0.1%', "
                  "'enis[web[0]/eni0].out_bps < 3 Gbps', 'hosts[*].margin >= 10%'; may be repeated")
      ->type_name("'PATH OP VALUE'")
      ->allow_extra_args(false);
  command.add_option("--margin", options.margin, "Share of each limit that should stay free")
      ->type_name("PERCENT")
      ->capture_default_str();
}

void AddKindOfRun(CLI::App& command, RunOptions& options) {
  command.add_option("--format", options.format, "Of stdout; json is exactly result.json")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  command
      .add_option("--engine", options.engine,
                  "packet: every frame; fluid: rates, for large networks and long times; auto: "
                  "by how many events the packets would be")
      ->check(CLI::IsMember({"packet", "fluid", "auto"}))
      ->capture_default_str();
  command.add_flag("--baseline", options.baseline,
                   "Run without the mirror as well, and say what it costs production");
  command
      .add_option("--warm-up", options.warm_up,
                  "Leave the beginning out of every figure but the series: '500 ms'")
      ->type_name("TIME");
  command
      .add_option_function<std::string>(
          "--series", [&options](const std::string& bin) { options.series = bin; },
          "What happened from bin to bin as well, in result.json and series.csv; --series='10 ms' "
          "sets the bin (default: 100 ms)")
      ->type_name("TIME")
      ->expected(0, 1)
      ->default_str("");
}

void AddReplications(CLI::App& command, RunOptions& options) {
  command
      .add_option("--runs", options.runs,
                  "So often, on random streams of their own: means and intervals over all")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  command.add_option("--ci", options.confidence, "Confidence of those intervals")
      ->type_name("PERCENT")
      ->capture_default_str();
  command
      .add_option("--jobs", options.jobs, "Of those runs, how many at once (default: a core each)")
      ->check(CLI::Range(1, 1024));
}

void AddRunLimits(CLI::App& command, RunOptions& options) {
  command
      .add_option("--max-wall", options.max_wall,
                  "Refuse a run that would take longer, and stop one that does: '10min' (default: "
                  "no limit)")
      ->type_name("TIME");
  command
      .add_option("--max-memory", options.max_memory,
                  "Refuse a run that would need more: '4GiB' (default: what the machine has)")
      ->type_name("BYTES");
  command
      .add_option_function<std::string>(
          "--max-events",
          [&options](const std::string& text) {
            options.max_events = static_cast<std::int64_t>(ReadWhole("--max-events", text, 1));
          },
          "Refuse a run of more simulation events")
      ->type_name("N")
      ->default_str(std::to_string(RunLimits{}.events));
}

void AddTalkAndData(CLI::App& command, RunOptions& options) {
  command.add_flag("--quiet", options.quiet, "No summary, no progress; --format json still prints");
  command
      .add_flag("--verbose", options.verbose,
                "Say on stderr what is run, with which data, and how long that takes")
      ->excludes("--quiet");
  command.add_option("--data", options.data, "Folder of schema/, profiles/ and catalog/")
      ->type_name("DIR");
}

// In the order of --help.
void AddFileOptions(CLI::App& command, RunOptions& options) {
  AddFiles(command, options);
  AddChangesAndAssertions(command, options);
  AddKindOfRun(command, options);
  AddReplications(command, options);
  AddRunLimits(command, options);
  AddTalkAndData(command, options);
}

void AddFlagOptions(CLI::App& command, FlagScenario& flags, bool& print_scenario) {
  const std::string group = "Without a scenario file";
  command.add_option("--type", flags.type, "Instance type, such as S5.4XLARGE32")->group(group);
  command.add_option("--count", flags.count, "How many of them")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str()
      ->group(group);
  command.add_option("--in", flags.in, "What each receives, such as '1 Gbps'")
      ->type_name("RATE")
      ->group(group);
  command.add_option("--provider", flags.provider, "Cloud")->capture_default_str()->group(group);
  command.add_option("--duration", flags.duration, "Simulated time")
      ->capture_default_str()
      ->group(group);
  command.add_option("--receivers", flags.receivers, "How many receivers share the copies")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str()
      ->group(group);
  command.add_option("--receiver", flags.receiver, "Receiver profile")
      ->capture_default_str()
      ->group(group);
  command
      .add_option("--receiver-type", flags.receiver_type,
                  "Their instance type (default: machines that nothing limits)")
      ->group(group);
  command
      .add_flag("--print-scenario", print_scenario,
                "Print the scenario that these options describe, and do not run it")
      ->group(group);
}

constexpr char kFooter[] =
    "Examples:\n"
    "  vpcmirror run scenario.json --out results\n"
    "  vpcmirror run --type S5.4XLARGE32 --in '1 Gbps' --out '1 Gbps' --count 40\n"
    "Exit code: 0 fine, 2 bad input or usage, 3 an assertion missed, 130 stopped by Ctrl-C\n"
    "(what is known is written), 70 a bug in vpcmirror.";

}  // namespace

void AddRunCommand(CLI::App& app, const Surroundings& around, int& exit_code) {
  auto options = std::make_shared<RunOptions>();
  CLI::App* command =
      app.add_subcommand("run", "Simulate a scenario: summary on stdout, result.json in a folder");
  AddFileOptions(*command, *options);
  AddFlagOptions(*command, options->flags, options->print_scenario);
  command->footer(kFooter);
  command->callback([command, options, &around, &exit_code] {
    Settle(*command, *options);
    SettleReplications(*command, *options);
    exit_code = Run(*options, around);
  });
}

}  // namespace vpcmirror::sim
