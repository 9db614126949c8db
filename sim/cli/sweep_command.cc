// vpcmirror sweep: many runs of one scenario, with values varied from run to run.
#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "analysis/report/text_layout.h"
#include "models/scenario/error.h"
#include "models/units/rates.h"
#include "sim/cli/atomic_file.h"
#include "sim/cli/commands.h"
#include "sim/cli/exit_code.h"
#include "sim/cli/option_values.h"
#include "sim/cli/result_folder.h"
#include "sim/cli/sweep_job.h"
#include "sim/cli/sweep_plan.h"
#include "sim/input/quantity.h"
#include "sim/input/sha256.h"
#include "sim/sweep/mpi_post.h"
#include "sim/sweep/processes.h"
#include "sim/sweep/ranks.h"
#include "sim/sweep/store.h"

namespace vpcmirror::sim {
namespace {

struct SweepOptions {
  SweepSettings settings;
  std::string sample = "grid";
  std::string margin = "20%";
  std::string max_wall;
  std::string max_memory;
  std::string lost_after = "60 s";
  double lost_after_seconds = 0;
};

constexpr char kLatin[] = "latin:";

// What of the options is text and means more.
void Settle(SweepOptions& options, const Surroundings& around) {
  SweepRequest& request = options.settings.request;
  const Parsed<double> margin = ParsePercent(options.margin);
  if (!margin || *margin.value > 1) {
    throw CLI::ValidationError("--margin", "'" + options.margin + "' is not 0% to 100%");
  }
  request.margin_goal = *margin.value;
  if (options.sample.starts_with(kLatin)) {
    const std::string samples = options.sample.substr(std::string_view(kLatin).size());
    request.samples = static_cast<std::size_t>(ReadWhole("--sample", samples, 1));
  } else if (options.sample != "grid") {
    throw CLI::ValidationError(
        "--sample", "'" + options.sample + "' is neither grid nor latin:N, such as latin:50");
  }
  request.limits.wall = LimitOf<Picoseconds>("--max-wall", options.max_wall, ParseDuration);
  request.limits.memory = LimitOf<Bytes>("--max-memory", options.max_memory, ParseBytes);
  if (!request.limits.memory) request.limits.memory = around.memory;
  options.lost_after_seconds =
      Seconds(LimitOf<Picoseconds>("--lost-after", options.lost_after, ParseDuration)
                  .value_or(Picoseconds(0)));
  if (options.settings.out.empty()) {
    const std::string name = std::filesystem::path(request.file).stem().string();
    options.settings.out = DefaultResultFolder(name + "-sweep");
  }
}

// What has to be the same on all ranks.
std::string DigestOf(const SweepPlan& plan) {
  std::string all;
  for (const auto& [name, value] : plan.IdentityOfResults()) all += name + "=" + value + "\n";
  return Sha256(all + std::to_string(plan.run_count()));
}

RankTiming TimingOf(const SweepOptions& options, const Surroundings& around) {
  return {.seconds = around.seconds, .lost_after = options.lost_after_seconds};
}

// Ends a rank of a job that has lost others: those never say goodbye, and nobody is to wait.
[[noreturn]] void EndAlone(int exit_code, const Surroundings& around) {
  around.out.flush();
  around.err.flush();
  ::_exit(exit_code);
}

int ServeRank(const SweepOptions& options, const Surroundings& around, MpiPost& post) {
  std::optional<SweepPlan> plan;
  std::string problem;
  try {
    plan.emplace(options.settings.request);
  } catch (const ScenarioException& exception) {
    problem = exception.errors().front().message;
  }
  if (around.run_begins) around.run_begins();
  std::optional<Processes> own;
  if (plan) {
    const auto jobs = static_cast<std::size_t>(std::max(options.settings.jobs, 1));
    own.emplace(jobs, OneRunOf(*plan, around));
  }
  const RankEnding ending =
      ServeAsRank(post, plan ? DigestOf(*plan) : "", problem.substr(0, kLongestError),
                  own ? &*own : nullptr, TimingOf(options, around), around.stop);
  own.reset();
  if (!ending.all_live) EndAlone(ending.end == RankEnd::kInterrupted ? kStopped : kFine, around);
  post.SayGoodbye();
  return kFine;
}

int RunOverRanks(const SweepOptions& options, const Surroundings& around, MpiPost& post) {
  const auto complain = [&](const std::string& text) {
    around.err << "vpcmirror: " << Printable(text) << '\n';
  };
  bool all_live = true;
  int exit_code = kFine;
  std::exception_ptr thrown;
  {
    std::optional<SweepJob> job;
    try {
      job.emplace(options.settings, around);
    } catch (...) {
      thrown = std::current_exception();
    }
    RemoteRanks ranks(
        post, job ? DigestOf(job->plan()) : "", TimingOf(options, around),
        job ? std::function<void(const std::string&)>(complain) : [](const std::string&) {});
    try {
      if (job) exit_code = job->Run(&ranks);
    } catch (...) {
      thrown = std::current_exception();
    }
    all_live = !ranks.has_lost_any();
  }
  if (all_live) post.SayGoodbye();
  if (thrown) std::rethrow_exception(thrown);
  if (!all_live) EndAlone(exit_code, around);
  return exit_code;
}

// A number in the environment; empty where there is none.
std::optional<int> FromEnvironment(const char* name) {
  const char* text = std::getenv(name);
  if (text == nullptr) return std::nullopt;
  int number = 0;
  const std::string_view digits(text);
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return read.ec == std::errc() ? std::optional(number) : std::nullopt;
}

int RunByRank(const SweepOptions& options, const Surroundings& around, int ranks) {
  if (ranks <= 1) return SweepJob(options.settings, around).Run(nullptr);
  if (!KnowsMpi()) {
    if (FromEnvironment("OMPI_COMM_WORLD_RANK").value_or(0) != 0) return kBadInput;
    throw FileException(fmt::format(
        "built without MPI, and started {} times by mpirun: start it once, or build it where "
        "libopenmpi-dev is installed",
        ranks));
  }
  MpiPost post;
  return post.rank() == 0 ? RunOverRanks(options, around, post) : ServeRank(options, around, post);
}

int RunSweep(SweepOptions options, const Surroundings& around) {
  Settle(options, around);
  // Where a limit on the size of files is reached, writing fails, which can be told and mended.
  ::signal(SIGXFSZ, SIG_IGN);
  const std::optional<int> ranks = FromEnvironment("OMPI_COMM_WORLD_SIZE");
  options.settings.under_mpirun = ranks.has_value();
  try {
    return RunByRank(options, around, ranks.value_or(1));
  } catch (const StoreException& exception) {
    throw FileException(exception.what());
  } catch (const MixException& exception) {
    throw FileException(std::string(exception.what()) +
                        ": results of two are not put together; give another --out");
  }
}

void AddWhatOptions(CLI::App& command, SweepOptions& options) {
  SweepRequest& request = options.settings.request;
  command.add_option("scenario", request.file, "Scenario file")->required();
  command
      .add_option("--vary", request.variations,
                  "PATH=a,b,c, PATH=1..10 Gbps:10 or PATH=x1..x4:7; a step * of PATH is all that "
                  "is there; may be repeated")
      ->type_name("PATH=LIST")
      ->allow_extra_args(false)
      ->required();
  command
      .add_option("--engine", request.engine,
                  "packet: every frame; fluid: rates; auto: by how many events the packets of a "
                  "point would be")
      ->check(CLI::IsMember({"packet", "fluid", "auto"}))
      ->capture_default_str();
  command
      .add_option("--runs", request.runs,
                  "Replications of each point, on random streams of their own")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  command
      .add_option("--sample", options.sample,
                  "grid: all combinations; latin:N: N of them, as a Latin hypercube")
      ->capture_default_str();
  command
      .add_option_function<std::string>(
          "--seed",
          [&request](const std::string& text) { request.seed = ReadWhole("--seed", text, 0); },
          "Of the random streams (default: the scenario's) and of the Latin hypercube (default: 1)")
      ->type_name("N");
  command.add_option("--set", request.sets, "Change a value for all points; may be repeated")
      ->type_name("PATH=VALUE")
      ->allow_extra_args(false);
  command
      .add_option("--assert", request.assertions,
                  "Count, in column assertions_missed, whether it holds; may be repeated")
      ->type_name("'PATH OP VALUE'")
      ->allow_extra_args(false);
  command.add_option("--margin", options.margin, "Share of each limit that should stay free")
      ->type_name("PERCENT")
      ->capture_default_str();
  command.add_option("--data", request.data, "Folder of schema/, profiles/ and catalog/")
      ->type_name("DIR");
}

void AddHowOptions(CLI::App& command, SweepOptions& options) {
  command
      .add_option("--out", options.settings.out, "Folder of the results (default: out/FILE-sweep)")
      ->type_name("DIR");
  command.add_flag("--resume", options.settings.resume, "Run only what is missing in the folder");
  command.add_flag("--dry-run", options.settings.dry_run,
                   "Check all points, say how long it would take, run nothing");
  command
      .add_option("--jobs", options.settings.jobs,
                  "Processes at once (default: a core each, as far as memory goes; under mpirun "
                  "one a rank)")
      ->check(CLI::Range(1, 1024));
  command
      .add_option("--max-wall", options.max_wall,
                  "Stop a run that takes longer: '10min'; its row says so")
      ->type_name("TIME");
  command
      .add_option("--max-memory", options.max_memory,
                  "Refuse runs that would need more: '4GiB' (default: what the machine has)")
      ->type_name("BYTES");
  command
      .add_option("--lost-after", options.lost_after,
                  "Under mpirun: give up a rank that is not heard of for so long")
      ->type_name("TIME")
      ->capture_default_str();
  command.add_flag("--quiet", options.settings.quiet, "No preview, no progress, no summary");
}

constexpr char kSweepFooter[] =
    "The folder holds sweep.sqlite, a row a run as it finishes, and at the end\n"
    "sweep.csv and sweep.json: the same whatever the processes or interruptions.\n"
    "Examples:\n"
    "  vpcmirror sweep scenario.json --vary '/mirrors/0/Direction=ALL,EGRESS' \\\n"
    "      --vary '/workloads/*/in=1..10 Gbps:10' --runs 5\n"
    "  vpcmirror sweep scenario.json --vary '/workloads/www/in=x1..x4:13' --out load\n"
    "  vpcmirror sweep scenario.json --vary '/workloads/www/in=x1..x4:13' --out load --resume\n"
    "  mpirun -n 64 vpcmirror sweep scenario.json --vary ... --sample latin:1000\n"
    "Exit code: 0 fine, 1 a run failed (its row says why), 2 bad input, or files that\n"
    "cannot be written, 130 stopped by Ctrl-C (what is done is kept), 70 a bug in\n"
    "vpcmirror.";

}  // namespace

void AddSweepCommand(CLI::App& app, const Surroundings& around, int& exit_code) {
  auto options = std::make_shared<SweepOptions>();
  CLI::App* command =
      app.add_subcommand("sweep", "Run a scenario many times with values varied, into a table");
  AddWhatOptions(*command, *options);
  AddHowOptions(*command, *options);
  command->footer(kSweepFooter);
  command->callback([options, &around, &exit_code] { exit_code = RunSweep(*options, around); });
}

}  // namespace vpcmirror::sim
