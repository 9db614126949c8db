// vpcmirror plan: whether a scenario fits, what breaks first and how far it can grow.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "analysis/plan/plan.h"
#include "analysis/plan/several.h"
#include "analysis/report/html/html_report.h"
#include "analysis/report/plan_before.h"
#include "analysis/report/plan_json.h"
#include "analysis/report/plan_markdown.h"
#include "analysis/report/plan_report.h"
#include "analysis/report/plan_text.h"
#include "analysis/report/text_layout.h"
#include "analysis/report/verdict.h"
#include "models/scenario/course.h"
#include "models/scenario/variants.h"
#include "sim/cli/atomic_file.h"
#include "sim/cli/commands.h"
#include "sim/cli/engines.h"
#include "sim/cli/exit_code.h"
#include "sim/cli/experiment.h"
#include "sim/cli/log_options.h"
#include "sim/cli/option_values.h"
#include "sim/cli/plan_log.h"
#include "sim/cli/plan_obstacles.h"
#include "sim/cli/progress_bar.h"
#include "sim/cli/result_folder.h"
#include "sim/input/catalog.h"
#include "sim/input/examine_scenario.h"
#include "sim/input/json_document.h"
#include "sim/input/library.h"
#include "sim/input/prices_reader.h"
#include "sim/input/quantity.h"
#include "sim/input/scenario_reader.h"

namespace vpcmirror::sim {
namespace {

struct PlanOptions {
  std::vector<std::string> files;
  std::string out;
  std::vector<std::string> sets;
  std::vector<std::string> asserts;
  std::vector<std::string> what_ifs;
  std::optional<int> receivers;
  std::string budget;
  std::string engine = "fluid";
  std::string format = "text";
  std::string margin = "20%";
  std::string data;
  LogOptions logs;  // no files: the workloads are planned for
  bool every_window = false;
  std::vector<CLI::Option*> of_logs;
};

// Whether losses can be those of a load that lasts, however short the run is.
bool LoadLasts(const ValidScenario& scenario, EngineKind kind) {
  return kind == EngineKind::kFluid && IsOneStretch(scenario);
}

// A fresh one for each run, of a load that lasts where that can be.
class EngineOfEachRun : public Engine {
 public:
  EngineOfEachRun(const Surroundings& around, EngineKind kind) : around_(around), kind_(kind) {}

  RunResult Run(const ValidScenario& scenario, const RunControl& control) override {
    RefuseIfTooLarge(scenario, EstimateRun(kind_, scenario), control.limits);
    RunControl same = control;
    same.load_lasts = LoadLasts(scenario, kind_);
    return around_.make_engine(kind_)->Run(scenario, same);
  }

 private:
  const Surroundings& around_;
  EngineKind kind_;
};

double PlanMargin(const PlanOptions& options) {
  const Parsed<double> margin = ParsePercent(options.margin);
  if (!margin || *margin.value < 0 || *margin.value >= 1) {
    throw CLI::ValidationError("--margin", "'" + options.margin + "' is not 0% to under 100%");
  }
  return *margin.value;
}

bool IsOfWorkloads(std::string_view change) {
  constexpr std::string_view kWorkloads = "/workloads";
  return change.find(kWorkloads) != std::string_view::npos;
}

// What goes only with a log, and what its traffic leaves no place for.
void CheckLogMixture(const PlanOptions& options) {
  const bool has_logs = !options.logs.files.empty();
  for (const CLI::Option* each : options.of_logs) {
    if (has_logs || each->count() == 0) continue;
    throw CLI::ValidationError(each->get_name(),
                               "is about flow logs: name them, as in --flowlog LOG");
  }
  if (!has_logs) return;
  if (options.files.size() > 1) {
    throw CLI::ValidationError("--flowlog", "is about a single scenario");
  }
  for (const auto* changes : {&options.sets, &options.what_ifs}) {
    for (const std::string& each : *changes) {
      if (!IsOfWorkloads(each)) continue;
      throw CLI::ValidationError(changes == &options.sets ? "--set" : "--whatif",
                                 "'" + each +
                                     "': the logs' traffic takes the workloads' place; --burst "
                                     "peak-to-mean=2 plans for twice as much of it");
    }
  }
}

// What does not go together, and what goes only with one scenario.
void CheckPlanMixture(const PlanOptions& options) {
  if (options.receivers && !options.budget.empty()) {
    throw CLI::ValidationError("--budget", "asks what fits, as --receivers does: give one of them");
  }
  if (options.files.size() == 1) return;
  const bool asks_more = !options.what_ifs.empty() || options.receivers || !options.budget.empty();
  if (asks_more || IsMarkdown(options.format)) {
    throw CLI::ValidationError("several scenarios",
                               "get one fleet, as text or JSON: --whatif, --receivers, --budget "
                               "and --format md are about a single one");
  }
}

// Of one what-if, where the last would win silently.
void RefuseSecondValue(const std::vector<Override>& changes) {
  const Override& last = changes.back();
  for (std::size_t i = 0; i + 1 < changes.size(); ++i) {
    if (changes[i].path != last.path) continue;
    throw CLI::ValidationError("--whatif", "'" + last.path + "' is changed twice, to " +
                                               changes[i].value + " and to " + last.value +
                                               ": give a --whatif for each");
  }
}

// Reads scenarios, plans what they say, and knows what of the world planning needs.
class Planning {
 public:
  Planning(const PlanOptions& options, const Surroundings& around)
      : options_(options), around_(around), margin_goal_(PlanMargin(options)) {
    read_.data_folder = FindDataFolder(options.data);
    for (const std::string& text : options.sets) read_.sets.push_back(ParseOverride(text));
    read_.assertions = options.asserts;
    library_ = LoadLibrary(read_.data_folder);
    for (const auto& [name, profile] : library_.receivers) market_.profiles.push_back(profile);
    market_.types = ReadCatalog(read_.data_folder).types;
    market_.prices = LoadPrices(read_.data_folder);
    AddCatalogPrices(market_.types, market_.prices);
  }

  int OfOne(const std::string& file) {
    std::vector<Obstacle> obstacles;
    if (!options_.logs.files.empty()) log_.emplace(WithoutWorkloads(file), options_.logs);
    ValidScenario scenario = Read(file, {}, &obstacles);
    // Before the first run, so that a change that leads nowhere costs none.
    PlanSettings settings = SettingsFor(file, scenario);
    settings.obstacles = std::move(obstacles);
    if (around_.run_begins) around_.run_begins();
    ResultFolder folder(options_.out.empty() ? DefaultResultFolder(scenario.name) : options_.out);
    const EngineKind kind = Choose(scenario);
    settings.load_lasts = LoadLasts(scenario, kind);
    if (log_) AddLog(scenario, settings);
    const RunResult result = Run(scenario, kind);
    EngineOfEachRun engine(around_, kind);
    const RunControl control = ControlFor(scenario);
    Trials trials = TrialsOf(engine, control);
    Write(MakePlan(scenario, result, settings, trials), folder);
    return ExitCodeFor(result);
  }

  int OfSeveral(const std::vector<std::string>& files) {
    std::vector<ValidScenario> scenarios;
    std::vector<std::vector<Obstacle>> obstacles(files.size());
    for (std::size_t i = 0; i < files.size(); ++i) {
      scenarios.push_back(Read(files[i], {}, &obstacles[i]));
    }
    if (around_.run_begins) around_.run_begins();
    std::optional<ResultFolder> folder;
    if (!options_.out.empty()) folder.emplace(options_.out);
    std::vector<OneOfSeveral> planned;
    int code = kFine;
    for (std::size_t i = 0; i < files.size(); ++i) {
      planned.push_back(OfMany(scenarios[i], std::move(obstacles[i])));
      code = std::max(code, ExitCodeFor(planned.back().result));
    }
    const std::vector<SharedFleet> fleets = FleetsFor(scenarios, planned, market_, margin_goal_);
    const std::string json = SeveralJson(planned, fleets);
    if (folder) PendingFile(folder->plans_file(), json).Commit();
    if (options_.format == "json") {
      around_.out << json;
      return code;
    }
    around_.out << SeveralText(planned, fleets, {.width = 80, .color = around_.color});
    if (folder) around_.out << "\nPlan: " << Printable(folder->plans_file()) << '\n';
    return code;
  }

 private:
  static constexpr char kNoWorkloads[] = "/workloads={}";  // the logs' traffic takes their place

  ValidScenario WithoutWorkloads(const std::string& file) const {
    ReadOptions read = read_;
    read.sets.push_back(ParseOverride(kNoWorkloads));
    return LoadScenario(file, library_, read);
  }

  void AddLog(const ValidScenario& scenario, PlanSettings& settings) const {
    settings.log = log_->ToldOf(scenario);
    settings.windows = log_->OtherWindows(scenario);
    if (!options_.every_window) return;
    const std::size_t windows = settings.log->logged.windows.size();
    settings.every_window = [this, &scenario, windows](const TryWindow& take) {
      TryEvery(scenario, windows, take);
    };
  }

  void TryEvery(const ValidScenario& scenario, std::size_t windows, const TryWindow& take) const {
    std::optional<ProgressBar> bar;
    if (around_.progress) bar.emplace(around_.err, around_.seconds);
    RunsProgress progress{.total = windows, .what = "windows"};
    log_->TryEvery(scenario, [&](const WindowTotals& totals, const ValidScenario& of_window) {
      take(totals, of_window);
      ++progress.done;
      progress.share = static_cast<double>(progress.done) / static_cast<double>(windows);
      if (bar) bar->Show(progress);
    });
  }

  // Both must outlive them.
  Trials TrialsOf(Engine& engine, const RunControl& control) const {
    return Trials(engine, control,
                  [&engine, &control, this](const ValidScenario& of, RunResult& run) {
                    Judge(of, margin_goal_, run);
                    if (!Compares(of)) return;
                    const ValidScenario without = WithoutMirrors(of);
                    RunResult baseline = engine.Run(without, control);
                    Judge(without, margin_goal_, baseline);
                    CompareWithBaseline(baseline, run);
                  });
  }

  RunControl ControlFor(const ValidScenario& scenario) const {
    RunControl control;
    control.seed = scenario.seed;
    control.stop = around_.stop;
    return control;
  }

  // One of several scenarios.
  OneOfSeveral OfMany(ValidScenario& scenario, std::vector<Obstacle> obstacles) const {
    const EngineKind kind = Choose(scenario);
    RunResult result = Run(scenario, kind);
    EngineOfEachRun engine(around_, kind);
    const RunControl control = ControlFor(scenario);
    Trials trials = TrialsOf(engine, control);
    return PlanOneOfSeveral(scenario, std::move(result), std::move(obstacles), trials);
  }

  // A scenario, with the logs' traffic once they are read, and what stands in its way where that
  // is asked for.
  ValidScenario Read(const std::string& file, const std::vector<Override>& changes,
                     std::vector<Obstacle>* obstacles = nullptr) const {
    ReadOptions read = read_;
    if (log_) read.sets.push_back(ParseOverride(kNoWorkloads));
    read.sets.insert(read.sets.end(), changes.begin(), changes.end());
    ExaminedScenario examined = ExamineScenario(file, library_, read);
    if (!examined.errors.empty()) throw ScenarioException(std::move(examined.errors));
    ValidScenario scenario = *std::move(examined.sound);
    if (obstacles != nullptr) *obstacles = ObstaclesOf(examined.written, scenario);
    // A plan asks nothing that only shows under way.
    scenario.pcaps.clear();
    scenario.series_bin.reset();
    const auto reacts = [](const Workload& workload) { return !workload.tcp_streams.empty(); };
    scenario.baseline = std::any_of(scenario.workloads.begin(), scenario.workloads.end(), reacts);
    if (log_) log_->PutInto(scenario);
    return scenario;
  }

  // Several changes of one column have a semicolon between them.
  WhatIfQuestion Changed(const std::string& file, const std::string& change) const {
    std::vector<Override> changes;
    for (std::size_t at = 0; at <= change.size();) {
      const std::size_t end = std::min(change.find(';', at), change.size());
      changes.push_back(ParseOverride(change.substr(at, end - at), "--whatif"));
      RefuseSecondValue(changes);
      at = end + 1;
    }
    WhatIfQuestion question{.change = change};
    question.scenario = Read(file, changes, &question.obstacles);
    return question;
  }

  // The latter of --receivers and --budget is for all receivers, however many.
  std::optional<CopyBudget> BudgetFor(const ValidScenario& scenario) const {
    if (!options_.budget.empty()) {
      const Parsed<BitsPerSecond> rate = ParseBandwidth(options_.budget);
      if (!rate) throw CLI::ValidationError("--budget", rate.fault.message);
      return CopyBudget{.bandwidth = *rate.value};
    }
    if (!options_.receivers) return std::nullopt;
    const auto budget = BudgetOf(scenario, *options_.receivers, margin_goal_);
    if (budget) return budget;
    throw CLI::ValidationError("--receivers",
                               "nothing is known of what a receiver of this scenario takes: give "
                               "--budget, such as '10 Gbps'");
  }

  PlanSettings SettingsFor(const std::string& file, const ValidScenario& scenario) const {
    PlanSettings settings;
    for (const auto& [name, table] : library_.costs) settings.cost_tables.push_back(name);
    settings.remake = [this, file](const std::vector<Edit>& edits) {
      std::vector<Override> changes;
      for (const Edit& edit : edits) changes.push_back(ParseOverride(edit.path + "=" + edit.value));
      return Read(file, changes);
    };
    settings.market = market_;
    settings.today = around_.today;
    settings.budget = BudgetFor(scenario);
    for (const std::string& change : options_.what_ifs) {
      settings.what_ifs.push_back(Changed(file, change));
    }
    return settings;
  }

  EngineKind Choose(ValidScenario& scenario) const {
    const EngineChoice choice = ChooseEngine(options_.engine, scenario);
    if (!choice.why.empty()) scenario.notes.push_back(choice.why);
    RefuseWhatItLacks(choice.kind, scenario);
    return choice.kind;
  }

  RunResult Run(const ValidScenario& scenario, EngineKind kind) const {
    RunResult result = RunExperiment(scenario,
                                     {.engine = kind,
                                      .seed = scenario.seed,
                                      .load_lasts = LoadLasts(scenario, kind),
                                      .margin_goal = margin_goal_},
                                     around_);
    if (!result.complete || !result.stopped_by.empty()) throw TrialStopped();
    return result;
  }

  void Write(const Plan& plan, const ResultFolder& folder) const {
    std::optional<PlanBefore> before;
    std::error_code missing;
    if (std::filesystem::is_regular_file(folder.plan_file(), missing)) {
      before = ReadPlanBefore(ReadTextFile(folder.plan_file()));
      if (!before) {
        around_.err << Wrapped(
                           fmt::format("note: {} is no plan that can be read, as where it is "
                                       "damaged: nothing is said of what has changed since; it is "
                                       "kept as {}",
                                       Printable(folder.plan_file()),
                                       Printable(folder.previous_plan_file())),
                           TextStyle{}.width, 2)
                    << '\n';
      }
    }
    const std::string json = PlanJson(plan, before);
    PendingFile page(folder.plan_page_file(), [&](const auto& write) {
      Report report = ReportOfPlan(plan, before);
      report.command = around_.command;
      WriteHtmlReport(report, write);
    });
    PendingFile(folder.plan_file(), json).Commit(folder.previous_plan_file());
    page.Commit();
    if (options_.format == "json") {
      around_.out << json;
    } else if (IsMarkdown(options_.format)) {
      around_.out << PlanMarkdown(plan, before);
    } else {
      around_.out << PlanText(plan, before, {.width = 80, .color = around_.color})
                  << "\nPlan: " << Printable(folder.plan_file())
                  << "\nReport: " << Printable(folder.plan_page_file()) << '\n';
    }
  }

  static int ExitCodeFor(const RunResult& result) {
    const auto is_missed = [](const AssertionResult& each) { return !each.held; };
    return std::any_of(result.assertions.begin(), result.assertions.end(), is_missed)
               ? kAssertionMissed
               : kFine;
  }

  const PlanOptions& options_;
  const Surroundings& around_;
  double margin_goal_;
  ReadOptions read_;
  Library library_;
  Market market_;
  std::optional<PlanLog> log_;
};

void AddPlanQuestions(CLI::App& command, PlanOptions& options) {
  command
      .add_option("--whatif", options.what_ifs,
                  "A column for the scenario with this changed: '/workloads/www/in=x2'; several "
                  "changes of one column with ; between them; may be repeated")
      ->type_name("PATH=VALUE")
      ->allow_extra_args(false);
  command
      .add_option("--receivers", options.receivers,
                  "What to copy so that so many receivers like the scenario's take it")
      ->check(CLI::Range(1, 100'000));
  command
      .add_option("--budget", options.budget,
                  "The same for so much bandwidth of copies in all, whatever receivers take")
      ->type_name("RATE");
  command
      .add_option("--assert", options.asserts,
                  "Exit with 3 unless it holds of the scenario's run: 'mirror_loss < 0.1%'; may "
                  "be repeated")
      ->type_name("'PATH OP VALUE'")
      ->allow_extra_args(false);
  command.add_option("--margin", options.margin, "Share of each limit that should stay free")
      ->type_name("PERCENT")
      ->capture_default_str();
}

void AddPlanLogs(CLI::App& command, PlanOptions& options) {
  command
      .add_option("--flowlog", options.logs.files,
                  "Plan for a window of these, in place of the workloads: " + kLogsHelp)
      ->type_name("LOG");
  options.of_logs = AddLogOptions(command, options.logs);
  options.of_logs.push_back(
      command.add_flag("--every-window", options.every_window,
                       "Run every window of the logs, too, and say how many do not fit, and when"));
}

constexpr char kPlanFooter[] =
    "Examples:\n"
    "  vpcmirror plan scenario.json\n"
    "  vpcmirror plan scenario.json --whatif '/workloads/*/in=x2' --whatif '/hosts/ids/count=2'\n"
    "  vpcmirror plan scenario.json --receivers 4\n"
    "  vpcmirror plan scenario.json --flowlog logs/*.gz --size-at p99 --per 1min\n"
    "  vpcmirror plan scenario.json --flowlog logs/*.gz --every-window\n"
    "  vpcmirror plan monday.json sunday.json         one fleet that is enough for both\n"
    "Exit code: 0 fine, 2 bad input or usage, 3 an assertion missed, 130 stopped by Ctrl-C, 70 a\n"
    "bug in vpcmirror.";

}  // namespace

void AddPlanCommand(CLI::App& app, const Surroundings& around, int& exit_code) {
  auto options = std::make_shared<PlanOptions>();
  CLI::App* command = app.add_subcommand(
      "plan", "Say whether a scenario fits, what breaks first, how far it can grow, what it needs");
  command->add_option("scenario", options->files, "Scenario file; several get one fleet for all")
      ->required();
  command
      ->add_option("--out", options->out,
                   "Folder of plan.json (default: out/NAME); of several scenarios, of plans.json")
      ->type_name("DIR");
  command->add_option("--set", options->sets, "Change a value: /hosts/web/count=4; may be repeated")
      ->type_name("PATH=VALUE")
      ->allow_extra_args(false);
  AddPlanQuestions(*command, *options);
  AddPlanLogs(*command, *options);
  command->add_option("--format", options->format, "Of stdout; json is exactly plan.json")
      ->check(CLI::IsMember({"text", "json", "md", "markdown"}))
      ->capture_default_str();
  command
      ->add_option("--engine", options->engine,
                   "fluid: rates; packet: every frame, in every run; auto: by how many events the "
                   "packets would be")
      ->check(CLI::IsMember({"packet", "fluid", "auto"}))
      ->capture_default_str();
  command->add_option("--data", options->data, "Folder of schema/, profiles/ and catalog/")
      ->type_name("DIR");
  command->footer(kPlanFooter);
  command->callback([options, &around, &exit_code] {
    CheckPlanMixture(*options);
    CheckLogMixture(*options);
    try {
      Planning planning(*options, around);
      exit_code = options->files.size() == 1 ? planning.OfOne(options->files.front())
                                             : planning.OfSeveral(options->files);
    } catch (const TrialStopped&) {
      around.err << "vpcmirror: stopped: there is no plan\n";
      exit_code = kStopped;
    }
  });
}

}  // namespace vpcmirror::sim
