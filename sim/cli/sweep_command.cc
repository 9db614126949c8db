// vpcmirror sweep: many runs of one scenario, with values varied from run to run.
#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/file.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <functional>
#include <memory>
#include <new>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "analysis/report/text_layout.h"
#include "models/scenario/error.h"
#include "models/units/rates.h"
#include "sim/cli/atomic_file.h"
#include "sim/cli/commands.h"
#include "sim/cli/exit_code.h"
#include "sim/cli/experiment.h"
#include "sim/cli/option_values.h"
#include "sim/cli/progress_bar.h"
#include "sim/cli/result_folder.h"
#include "sim/cli/sweep_figures.h"
#include "sim/cli/sweep_output.h"
#include "sim/cli/sweep_plan.h"
#include "sim/input/quantity.h"
#include "sim/input/sha256.h"
#include "sim/sweep/give_out.h"
#include "sim/sweep/mpi_post.h"
#include "sim/sweep/processes.h"
#include "sim/sweep/ranks.h"
#include "sim/sweep/store.h"

namespace vpcmirror::sim {
namespace {

struct SweepOptions {
  SweepRequest request;
  std::string sample = "grid";
  std::string margin = "20%";
  std::string out;  // empty: by the scenario's name
  int jobs = 0;     // 0: as many as there are cores and memory; under mpirun one a rank
  bool resume = false;
  bool dry_run = false;
  bool quiet = false;
  std::string max_wall;
  std::string max_memory;
  std::string lost_after = "60 s";
  double lost_after_seconds = 0;
  bool under_mpirun = false;
};

constexpr char kLatin[] = "latin:";

// What of the options is text and means more.
void Settle(SweepOptions& options, const Surroundings& around) {
  SweepRequest& request = options.request;
  request.engine = "packet";
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
  if (options.out.empty()) {
    const std::string name = std::filesystem::path(request.file).stem().string();
    options.out = DefaultResultFolder(name + "-sweep");
  }
}

// One run after the other, in a process of its own. Keeps the scenario of the last point, whose
// replications come behind one another.
class OneRun {
 public:
  OneRun(const SweepPlan& plan, const Surroundings& around)
      : plan_(plan), around_(around), last_(std::make_shared<Last>()) {}

  Outcome operator()(std::size_t run) const {
    const double started = around_.seconds();
    Outcome outcome = Try(plan_.KeyOf(run));
    outcome.seconds = around_.seconds() - started;
    return outcome;
  }

 private:
  struct Last {
    std::optional<std::size_t> point;
    ValidScenario scenario;
  };

  Outcome Try(const RunKey& key) const {
    try {
      return Run(key);
    } catch (const ScenarioException& exception) {
      const ScenarioError& error = exception.errors().front();
      return Failed(error.path.empty() ? error.message
                                       : fmt::format("{} (at {})", error.message, error.path));
    } catch (const std::bad_alloc&) {
      return Failed("there was not enough memory");
    } catch (const std::exception& exception) {
      return Failed(exception.what());
    }
  }

  Outcome Run(const RunKey& key) const {
    if (last_->point != key.point) {
      last_->point.reset();
      last_->scenario = plan_.Load(key.point);
      last_->point = key.point;
    }
    const ExperimentSettings settings{
        .seed = plan_.SeedOf(last_->scenario),
        .replication = static_cast<std::uint64_t>(key.replication),
        .tries_disciplines = false,  // /assumptions/congestion may be varied
        .margin_goal = plan_.request().margin_goal,
        .limits = plan_.request().limits};
    const RunResult result = RunExperiment(last_->scenario, settings, around_);
    if (!result.complete || !result.stopped_by.empty()) {
      return Failed("stopped by " + result.stopped_by);
    }
    return {.figures = SweepFigures(result)};
  }

  static Outcome Failed(std::string why) {
    return {.status = RunStatus::kFailed, .error = why.substr(0, kLongestError)};
  }

  const SweepPlan& plan_;
  const Surroundings& around_;
  std::shared_ptr<Last> last_;
};

// The folder of a sweep, for one program at a time.
class SweepFolder {
 public:
  explicit SweepFolder(const std::string& path) {
    std::error_code error;
    std::filesystem::create_directories(path, error);
    if (error) throw FileException(fmt::format("cannot write {}: {}", path, error.message()));
    descriptor_ = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    // Some file systems of networks know no locks.
    if (descriptor_ >= 0 && ::flock(descriptor_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
      ::close(descriptor_);
      throw FileException(fmt::format("another vpcmirror is at work in {}", path));
    }
  }
  ~SweepFolder() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  SweepFolder(const SweepFolder&) = delete;
  SweepFolder& operator=(const SweepFolder&) = delete;

 private:
  int descriptor_ = -1;
};

// One sweep, on the machine and rank that writes.
class Sweep {
 public:
  Sweep(const SweepOptions& options, const Surroundings& around)
      : options_(options), around_(around), plan_(options.request) {}

  const SweepPlan& plan() const { return plan_; }

  // `ranks` is null where there are no others.
  int Run(RemoteRanks* ranks) {
    forecasts_ = plan_.Foresee([&](std::size_t) {
      if (ranks != nullptr) ranks->ShowLife();
    });
    const int jobs = Jobs();
    if (options_.dry_run) {
      Preview(plan_.run_count(), jobs, ranks);
      return kFine;
    }
    RefuseToOverwrite();
    const SweepFolder folder(options_.out);
    SweepStore store(Database(), plan_.IdentityOfResults(), {Keys(), SweepFigureNames()});
    const std::vector<std::size_t> missing = Missing(store);
    Preview(missing.size(), jobs, ranks);
    if (around_.run_begins) around_.run_begins();
    bool all = true;
    try {
      if (!missing.empty()) all = RunMissing(missing, jobs, ranks, store);
      return Conclude(all, store);
    } catch (const StoreException& exception) {
      throw FileException(exception.what() + Kept());
    } catch (const FileException& exception) {
      throw FileException(exception.what() + Kept());
    }
  }

 private:
  std::string Database() const { return options_.out + "/sweep.sqlite"; }
  std::string Kept() const {
    return fmt::format("; what is in {} is kept, and the same command with --resume goes on",
                       Database());
  }

  std::vector<std::string> Keys() const {
    std::vector<std::string> keys;
    for (const SweepAxis& axis : plan_.axes()) keys.push_back(axis.key);
    return keys;
  }

  void RefuseToOverwrite() const {
    std::error_code error;
    if (options_.resume || !std::filesystem::exists(Database(), error)) return;
    throw FileException(
        fmt::format("{} is there: give --resume to go on with it, or another --out", Database()));
  }

  // Those that are not settled, the longest first, so that at the end nobody waits for long.
  std::vector<std::size_t> Missing(const SweepStore& store) const {
    const std::set<RunKey> settled = store.Settled();
    std::vector<std::size_t> missing;
    for (std::size_t run = 0; run < plan_.run_count(); ++run) {
      if (!settled.contains(plan_.KeyOf(run))) missing.push_back(run);
    }
    std::stable_sort(missing.begin(), missing.end(),
                     [&](std::size_t a, std::size_t b) { return SecondsOf(a) > SecondsOf(b); });
    return missing;
  }

  double SecondsOf(std::size_t run) const {
    return forecasts_[plan_.KeyOf(run).point].estimate.seconds;
  }

  // As many as asked for, else as there are cores and memory.
  int Jobs() const {
    if (options_.jobs > 0) return options_.jobs;
    if (options_.under_mpirun) return 1;  // mpirun places a rank on each core
    double largest = 1;
    for (const PointForecast& forecast : forecasts_) {
      largest = std::max(largest, forecast.estimate.bytes);
    }
    const double cores = std::max(1U, std::thread::hardware_concurrency());
    const auto& memory = options_.request.limits.memory;
    const double fitting = memory ? static_cast<double>(memory->count()) / largest : cores;
    return static_cast<int>(std::clamp(std::min(cores, fitting), 1.0, cores));
  }

  void Preview(std::size_t to_run, int jobs, const RemoteRanks* ranks) const {
    if (options_.quiet) return;
    double all = 0;
    for (std::size_t run = 0; run < plan_.run_count(); ++run) all += SecondsOf(run);
    const std::size_t processes = static_cast<std::size_t>(jobs) * Ranks(ranks);
    const double seconds = all * static_cast<double>(to_run) /
                           static_cast<double>(plan_.run_count()) / static_cast<double>(processes);
    around_.err << fmt::format("{} points x {} replications = {} runs", plan_.points().size(),
                               options_.request.runs, plan_.run_count());
    if (to_run < plan_.run_count()) {
      around_.err << fmt::format(", {} of them known", plan_.run_count() - to_run);
    }
    around_.err << fmt::format(": about {} on {} process{}\n", DurationText(seconds), processes,
                               processes == 1 ? "" : "es");
  }

  static std::size_t Ranks(const RemoteRanks* ranks) {
    return ranks == nullptr ? 1 : ranks->Count() + 1;
  }

  bool RunMissing(const std::vector<std::size_t>& missing, int jobs, RemoteRanks* ranks,
                  SweepStore& store) {
    Processes own(static_cast<std::size_t>(jobs), OneRun(plan_, around_));
    std::vector<Workers*> workers = {&own};
    if (ranks != nullptr) workers.push_back(ranks);
    std::optional<ProgressBar> bar;
    if (around_.progress && !options_.quiet) bar.emplace(around_.err, around_.seconds);

    double work = 0;
    for (std::size_t run = 0; run < plan_.run_count(); ++run) work += SecondsOf(run);
    double done = work;
    for (const std::size_t run : missing) done -= SecondsOf(run);
    RunsProgress progress{.share_then = done / work,
                          .done = plan_.run_count() - missing.size(),
                          .total = plan_.run_count()};
    GiveOutControl control;
    control.stop = around_.stop;
    control.ended = [&](std::size_t run, const Outcome& outcome) {
      const RunKey key = plan_.KeyOf(run);
      store.Put(key, plan_.ValuesOf(key.point), outcome);
      done += SecondsOf(run);
      ++progress.done;
      progress.failed += outcome.status == RunStatus::kDone ? 0 : 1;
    };
    control.look = [&](std::size_t under_way) {
      progress.share = done / work;
      progress.under_way = under_way;
      if (bar) bar->Show(progress);
    };
    return GiveOut(missing, workers, control);
  }

  int Conclude(bool all, const SweepStore& store) const {
    const SweepTotals totals = WriteSweepTables(options_.out, plan_, forecasts_, store);
    if (!options_.quiet) {
      around_.out << SweepSummary(totals, plan_.run_count()) << "\nTable: " << options_.out
                  << "/sweep.csv\n";
    }
    if (!all) {
      around_.err << "vpcmirror: stopped; the same command with --resume runs what is missing\n";
      return kStopped;
    }
    if (totals.lost > 0) {
      around_.err << fmt::format(
          "vpcmirror: {} runs were lost with their processes (column error); --resume tries them "
          "again, and if it was for want of memory, give fewer --jobs\n",
          totals.lost);
    }
    return totals.failed + totals.lost > 0 ? kFindings : kFine;
  }

  const SweepOptions& options_;
  const Surroundings& around_;
  SweepPlan plan_;
  std::vector<PointForecast> forecasts_;
};

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
    plan.emplace(options.request);
  } catch (const ScenarioException& exception) {
    problem = exception.errors().front().message;
  }
  if (around.run_begins) around.run_begins();
  std::optional<Processes> own;
  if (plan) {
    const auto jobs = static_cast<std::size_t>(std::max(options.jobs, 1));
    own.emplace(jobs, OneRun(*plan, around));
  }
  const RankEnding ending =
      ServeAsRank(post, plan ? DigestOf(*plan) : "", problem.substr(0, kLongestError),
                  own ? &*own : nullptr, TimingOf(options, around), around.stop);
  own.reset();
  if (!ending.all_live) EndAlone(ending.end == RankEnd::kStopped ? kStopped : kFine, around);
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
    std::optional<Sweep> sweep;
    try {
      sweep.emplace(options, around);
    } catch (...) {
      thrown = std::current_exception();
    }
    RemoteRanks ranks(
        post, sweep ? DigestOf(sweep->plan()) : "", TimingOf(options, around),
        sweep ? std::function<void(const std::string&)>(complain) : [](const std::string&) {});
    try {
      if (sweep) exit_code = sweep->Run(&ranks);
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

int RunSweep(SweepOptions options, const Surroundings& around) {
  Settle(options, around);
  // Where a limit on the size of files is reached, writing fails, which can be told and mended.
  ::signal(SIGXFSZ, SIG_IGN);
  const std::optional<int> ranks = FromEnvironment("OMPI_COMM_WORLD_SIZE");
  options.under_mpirun = ranks.has_value();
  if (ranks.value_or(1) <= 1) return Sweep(options, around).Run(nullptr);
  if (!KnowsMpi()) {
    throw FileException(fmt::format(
        "built without MPI, and started {} times by mpirun: start it once, or build it where "
        "libopenmpi-dev is installed",
        *ranks));
  }
  MpiPost post;
  return post.rank() == 0 ? RunOverRanks(options, around, post) : ServeRank(options, around, post);
}

void AddWhatOptions(CLI::App& command, SweepOptions& options) {
  SweepRequest& request = options.request;
  command.add_option("scenario", request.file, "Scenario file")->required();
  command
      .add_option("--vary", request.variations,
                  "PATH=a,b,c or PATH=1..10 Gbps:10 (ten values, both ends included) or "
                  "PATH=x1..x4:7; a step * of PATH is all that is there; may be repeated")
      ->type_name("PATH=LIST")
      ->allow_extra_args(false)
      ->required();
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
  command.add_option("--out", options.out, "Folder of the results (default: out/FILE-sweep)")
      ->type_name("DIR");
  command.add_flag("--resume", options.resume, "Run only what is missing in the folder");
  command.add_flag("--dry-run", options.dry_run,
                   "Check all points, say how long it would take, run nothing");
  command
      .add_option("--jobs", options.jobs,
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
  command.add_flag("--quiet", options.quiet, "No preview, no progress, no summary");
}

constexpr char kFooter[] =
    "The folder holds sweep.sqlite, a row a run as it finishes, and at the end sweep.csv and\n"
    "sweep.json, which are the same whatever the processes, ranks or interruptions.\n"
    "Examples:\n"
    "  vpcmirror sweep scenario.json --vary '/mirrors/0/Direction=ALL,EGRESS' \\\n"
    "      --vary '/workloads/*/in=1..10 Gbps:10' --runs 5\n"
    "  vpcmirror sweep scenario.json --vary '/workloads/www/in=x1..x4:13' --resume\n"
    "  mpirun -n 64 vpcmirror sweep scenario.json --vary ... --sample latin:1000\n"
    "Exit code: 0 fine, 1 a run failed (its row says why), 2 bad input, or files that cannot be\n"
    "written, 130 stopped by Ctrl-C (what is done is kept), 70 a bug in vpcmirror.";

}  // namespace

void AddSweepCommand(CLI::App& app, const Surroundings& around, int& exit_code) {
  auto options = std::make_shared<SweepOptions>();
  CLI::App* command =
      app.add_subcommand("sweep", "Run a scenario many times with values varied, into a table");
  AddWhatOptions(*command, *options);
  AddHowOptions(*command, *options);
  command->footer(kFooter);
  command->callback([options, &around, &exit_code] { exit_code = RunSweep(*options, around); });
}

}  // namespace vpcmirror::sim
