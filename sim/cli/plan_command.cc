// vpcmirror plan: whether a scenario fits, what breaks first and how far it can grow.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "analysis/plan/plan.h"
#include "analysis/report/plan_json.h"
#include "analysis/report/plan_text.h"
#include "analysis/report/verdict.h"
#include "sim/cli/atomic_file.h"
#include "sim/cli/commands.h"
#include "sim/cli/engines.h"
#include "sim/cli/exit_code.h"
#include "sim/cli/experiment.h"
#include "sim/cli/result_folder.h"
#include "sim/input/catalog.h"
#include "sim/input/library.h"
#include "sim/input/prices_reader.h"
#include "sim/input/quantity.h"
#include "sim/input/scenario_reader.h"

namespace vpcmirror::sim {
namespace {

struct PlanOptions {
  std::string file;
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
};

// A fresh one for each run.
class EngineOfEachRun : public Engine {
 public:
  EngineOfEachRun(const Surroundings& around, EngineKind kind) : around_(around), kind_(kind) {}

  RunResult Run(const ValidScenario& scenario, const RunControl& control) override {
    RefuseIfTooLarge(scenario, EstimateRun(kind_, scenario), control.limits);
    return around_.make_engine(kind_)->Run(scenario, control);
  }

 private:
  const Surroundings& around_;
  EngineKind kind_;
};

double PlanMargin(const PlanOptions& options) {
  const Parsed<double> margin = ParsePercent(options.margin);
  if (!margin || *margin.value < 0 || *margin.value > 1) {
    throw CLI::ValidationError("--margin", "'" + options.margin + "' is not 0% to 100%");
  }
  return *margin.value;
}

// What only shows under way is not asked for by a plan.
void LeaveOutOutputs(ValidScenario& scenario) {
  scenario.pcaps.clear();
  scenario.series_bin.reset();
  scenario.baseline = false;
}

int PlanExitCode(const RunResult& result) {
  const auto is_missed = [](const AssertionResult& each) { return !each.held; };
  return std::any_of(result.assertions.begin(), result.assertions.end(), is_missed)
             ? kAssertionMissed
             : kFine;
}

// Reads the scenario anew, with the edits behind those of the user.
Remake RemakeOf(const PlanOptions& options, const Library& library, const ReadOptions& read) {
  return [&options, &library, &read](const std::vector<Edit>& edits) {
    ReadOptions changed = read;
    for (const Edit& edit : edits) changed.sets.push_back(ParseOverride(edit.path + "=" + edit.value));
    ValidScenario scenario = LoadScenario(options.file, library, changed);
    LeaveOutOutputs(scenario);
    return scenario;
  };
}

// Several changes of one column have a semicolon between them.
ValidScenario ChangedBy(const std::string& change, const PlanOptions& options,
                        const Library& library, const ReadOptions& read) {
  ReadOptions changed = read;
  for (std::size_t at = 0; at <= change.size();) {
    const std::size_t end = std::min(change.find(';', at), change.size());
    changed.sets.push_back(ParseOverride(change.substr(at, end - at), "--whatif"));
    at = end + 1;
  }
  ValidScenario scenario = LoadScenario(options.file, library, changed);
  LeaveOutOutputs(scenario);
  return scenario;
}

// Of --receivers and --budget; the latter alone is for all receivers, however many.
std::optional<CopyBudget> BudgetOfOptions(const PlanOptions& options,
                                          const ValidScenario& scenario, double margin_goal) {
  if (!options.budget.empty()) {
    const Parsed<BitsPerSecond> rate = ParseBandwidth(options.budget);
    if (!rate) throw CLI::ValidationError("--budget", rate.fault.message);
    return CopyBudget{.bandwidth = *rate.value};
  }
  if (!options.receivers) return std::nullopt;
  const std::optional<CopyBudget> budget = BudgetOf(scenario, *options.receivers, margin_goal);
  if (!budget) {
    throw CLI::ValidationError("--receivers",
                               "nothing is known of what a receiver of this scenario takes: give "
                               "--budget, such as '10 Gbps'");
  }
  return budget;
}

PlanSettings PlanSettingsOf(const PlanOptions& options, const Library& library,
                            const ReadOptions& read, const std::string& today) {
  PlanSettings settings{.remake = RemakeOf(options, library, read)};
  for (const auto& [name, table] : library.costs) settings.cost_tables.push_back(name);
  for (const auto& [name, profile] : library.receivers) {
    settings.market.profiles.push_back(profile);
  }
  settings.market.types = ReadCatalog(read.data_folder).types;
  settings.market.prices = LoadPrices(read.data_folder);
  AddCatalogPrices(settings.market.types, settings.market.prices);
  settings.today = today;
  for (const std::string& change : options.what_ifs) {
    settings.what_ifs.emplace_back(change, ChangedBy(change, options, library, read));
  }
  return settings;
}

int MakePlanOf(const PlanOptions& options, const Surroundings& around) {
  const double margin_goal = PlanMargin(options);
  ReadOptions read;
  read.data_folder = FindDataFolder(options.data);
  for (const std::string& text : options.sets) read.sets.push_back(ParseOverride(text));
  read.assertions = options.asserts;
  const Library library = LoadLibrary(read.data_folder);
  ValidScenario scenario = LoadScenario(options.file, library, read);
  LeaveOutOutputs(scenario);
  if (around.run_begins) around.run_begins();
  ResultFolder folder(options.out.empty() ? DefaultResultFolder(scenario.name) : options.out);
  const EngineChoice choice = ChooseEngine(options.engine, scenario);
  if (!choice.why.empty()) scenario.notes.push_back(choice.why);

  const RunResult result = RunExperiment(
      scenario, {.engine = choice.kind, .seed = scenario.seed, .margin_goal = margin_goal}, around);
  if (!result.complete) throw TrialStopped();
  EngineOfEachRun engine(around, choice.kind);
  RunControl control;
  control.seed = scenario.seed;
  control.stop = around.stop;
  Trials trials(engine, control, [&](const ValidScenario& of, RunResult& run) {
    Judge(of, margin_goal, run);
  });
  PlanSettings settings = PlanSettingsOf(options, library, read, around.today);
  settings.budget = BudgetOfOptions(options, scenario, margin_goal);
  const Plan plan = MakePlan(scenario, result, settings, trials);
  const std::string json = PlanJson(plan);
  PendingFile(folder.plan_file(), json).Commit(folder.previous_plan_file());
  around.out << (options.format == "json"
                     ? json
                     : PlanText(plan, {.width = 80, .color = around.color}));
  if (options.format == "text") around.out << "\nPlan: " << folder.plan_file() << '\n';
  return PlanExitCode(plan.result);
}

constexpr char kPlanFooter[] =
    "Examples:\n"
    "  vpcmirror plan scenario.json\n"
    "  vpcmirror plan scenario.json --whatif '/workloads/*/in=x2' --whatif '/hosts/ids/count=+1'\n"
    "  vpcmirror plan scenario.json --receivers 4\n"
    "  vpcmirror plan scenario.json --set '/workloads/www/in=\"2 Gbps\"' --format json\n"
    "Exit code: 0 fine, 2 bad input or usage, 3 an assertion missed, 130 stopped by Ctrl-C, 70 a\n"
    "bug in vpcmirror.";

}  // namespace

void AddPlanCommand(CLI::App& app, const Surroundings& around, int& exit_code) {
  auto options = std::make_shared<PlanOptions>();
  CLI::App* command = app.add_subcommand(
      "plan", "Say whether a scenario fits, what breaks first and how far it can grow");
  command->add_option("scenario", options->file, "Scenario file")->required();
  command
      ->add_option("--out", options->out, "Folder of plan.json (default: out/NAME)")
      ->type_name("DIR");
  command
      ->add_option("--set", options->sets,
                   "Change a value: /hosts/web/count=4; may be repeated")
      ->type_name("PATH=VALUE")
      ->allow_extra_args(false);
  command
      ->add_option("--assert", options->asserts,
                   "Exit with 3 unless it holds of the scenario's run: 'mirror_loss < 0.1%'; may "
                   "be repeated")
      ->type_name("'PATH OP VALUE'")
      ->allow_extra_args(false);
  command
      ->add_option("--whatif", options->what_ifs,
                   "A column of its own for the scenario with this changed: "
                   "'/workloads/www/in=x2'; several changes of one column with ; between them; "
                   "may be repeated")
      ->type_name("PATH=VALUE")
      ->allow_extra_args(false);
  command
      ->add_option("--receivers", options->receivers,
                   "What of the traffic so many receivers like the scenario's can be sent")
      ->check(CLI::Range(1, 100'000));
  command
      ->add_option("--budget", options->budget,
                   "The same for so much bandwidth of copies in all, in place of what receivers take")
      ->type_name("RATE");
  command->add_option("--margin", options->margin, "Share of each limit that should stay free")
      ->type_name("PERCENT")
      ->capture_default_str();
  command->add_option("--format", options->format, "Of stdout; json is exactly plan.json")
      ->check(CLI::IsMember({"text", "json"}))
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
    try {
      exit_code = MakePlanOf(*options, around);
    } catch (const TrialStopped&) {
      around.err << "vpcmirror: stopped: there is no plan\n";
      exit_code = kStopped;
    }
  });
}

}  // namespace vpcmirror::sim
