#include "sim/cli/sweep_job.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <exception>
#include <filesystem>
#include <memory>
#include <new>
#include <numeric>
#include <optional>
#include <set>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>

#include "analysis/report/text_layout.h"
#include "analysis/words/counted.h"
#include "models/scenario/error.h"
#include "sim/cli/atomic_file.h"
#include "sim/cli/exit_code.h"
#include "sim/cli/experiment.h"
#include "sim/cli/progress_bar.h"
#include "sim/cli/sweep_figures.h"
#include "sim/cli/sweep_output.h"
#include "sim/cli/sweep_page.h"
#include "sim/sweep/give_out.h"
#include "sim/sweep/processes.h"

namespace vpcmirror::sim {
namespace {

constexpr double kLeastWork = 1e-9;  // seconds: a share of no work is none

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
        .engine = plan_.EngineOf(last_->scenario),
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

std::vector<std::string> KeysOf(const SweepPlan& plan) {
  std::vector<std::string> keys;
  for (const SweepAxis& axis : plan.axes()) keys.push_back(axis.key);
  keys.emplace_back("engine");
  return keys;
}

// "packet", or of how many points which: "packet of 3 points, fluid of 1".
std::string EnginesText(const std::vector<PointForecast>& forecasts) {
  const auto fluid = static_cast<std::size_t>(std::count_if(
      forecasts.begin(), forecasts.end(),
      [](const PointForecast& forecast) { return forecast.engine == EngineKind::kFluid; }));
  if (fluid == 0) return "packet";
  if (fluid == forecasts.size()) return "fluid";
  return fmt::format("packet of {}, fluid of {}", Counted(forecasts.size() - fluid, "point"),
                     fluid);
}

// "about 3 min"; less is not foreseen to the second.
std::string AboutText(double seconds) {
  return seconds < 1 ? "under 1 s" : "about " + DurationText(seconds);
}

// With the one that writes.
std::size_t Ranks(const RemoteRanks* ranks) { return ranks == nullptr ? 1 : ranks->Count() + 1; }

}  // namespace

RunFunction OneRunOf(const SweepPlan& plan, const Surroundings& around) {
  return OneRun(plan, around);
}

SweepJob::SweepJob(const SweepSettings& settings, const Surroundings& around)
    : settings_(settings), around_(around), plan_(settings.request) {}

int SweepJob::Run(RemoteRanks* ranks) {
  Foresee(ranks);
  const int jobs = Jobs();
  if (settings_.dry_run) {
    Preview(AllRuns(), jobs, ranks);
    return kFine;
  }
  RefuseToOverwrite();
  const SweepFolder folder(settings_.out);
  SweepStore store(Database(), plan_.IdentityOfResults(), {KeysOf(plan_), SweepFigureNames()});
  RefuseToShrink(store);
  const std::vector<std::size_t> missing = Missing(store);
  Preview(missing, jobs, ranks);
  if (around_.run_begins) around_.run_begins();
  bool all = true;
  try {
    if (!missing.empty()) all = RunMissing(missing, jobs, ranks, store);
    return Conclude(all, store);
  } catch (const DamagedStoreException&) {
    throw;
  } catch (const std::exception& exception) {
    const bool is_of_files = dynamic_cast<const StoreException*>(&exception) != nullptr ||
                             dynamic_cast<const FileException*>(&exception) != nullptr;
    if (!is_of_files) throw;
    throw FileException(exception.what() + Kept());
  }
}

std::string SweepJob::Database() const { return settings_.out + "/sweep.sqlite"; }
std::string SweepJob::Kept() const {
  return fmt::format("; what is in {} is kept, and the same command with --resume goes on",
                     Database());
}

void SweepJob::Foresee(RemoteRanks* ranks) {
  std::optional<ProgressBar> bar;
  if (around_.progress && !settings_.quiet) bar.emplace(around_.err, around_.seconds);
  const std::size_t points = plan_.points().size();
  const double started = around_.seconds();
  forecasts_ = plan_.Foresee([&](std::size_t point) {
    if (ranks != nullptr) ranks->ShowLife();
    if (!bar) return;
    bar->Show({.share = static_cast<double>(point) / static_cast<double>(points),
               .done = point,
               .total = points,
               .what = "points checked"});
  });
  load_seconds_ = (around_.seconds() - started) / static_cast<double>(points);
}

void SweepJob::RefuseToOverwrite() const {
  std::error_code error;
  if (settings_.resume || !std::filesystem::exists(Database(), error)) return;
  throw FileException(
      fmt::format("{} is there: give --resume to go on with it, or another --out", Database()));
}

// Its tables are of the replications that are asked for.
void SweepJob::RefuseToShrink(const SweepStore& store) const {
  const int known = store.MostReplications();
  if (known <= settings_.request.runs) return;
  throw FileException(
      fmt::format("{} has points of {} runs each, and --runs {} would leave some out of the "
                  "tables: give --runs {}, or another --out",
                  Database(), known, settings_.request.runs, known));
}

// Those that are not settled, the longest first, so that at the end nobody waits for long.
std::vector<std::size_t> SweepJob::Missing(const SweepStore& store) const {
  const std::set<RunKey> settled = store.Settled();
  std::vector<std::size_t> missing;
  for (std::size_t run = 0; run < plan_.run_count(); ++run) {
    if (!settled.contains(plan_.KeyOf(run))) missing.push_back(run);
  }
  std::stable_sort(missing.begin(), missing.end(),
                   [&](std::size_t a, std::size_t b) { return SecondsOf(a) > SecondsOf(b); });
  return missing;
}

// The scenario is loaded anew for a run; of rates, that is most of what it takes.
double SweepJob::SecondsOf(std::size_t run) const {
  return load_seconds_ + forecasts_[plan_.KeyOf(run).point].estimate.seconds;
}

double SweepJob::SecondsOf(const std::vector<std::size_t>& runs) const {
  double seconds = 0;
  for (const std::size_t run : runs) seconds += SecondsOf(run);
  return seconds;
}

std::vector<std::size_t> SweepJob::AllRuns() const {
  std::vector<std::size_t> runs(plan_.run_count());
  std::iota(runs.begin(), runs.end(), std::size_t{0});
  return runs;
}

// As many as asked for, else as there are cores and memory.
int SweepJob::Jobs() const {
  if (settings_.jobs > 0) return settings_.jobs;
  if (settings_.under_mpirun) return 1;  // mpirun places a rank on each core
  double largest = 1;
  for (const PointForecast& forecast : forecasts_) {
    largest = std::max(largest, forecast.estimate.bytes);
  }
  const double cores = std::max(1U, std::thread::hardware_concurrency());
  const auto& memory = settings_.request.limits.memory;
  const double fitting = memory ? static_cast<double>(memory->count()) / largest : cores;
  return static_cast<int>(std::clamp(std::min(cores, fitting), 1.0, cores));
}

void SweepJob::Preview(const std::vector<std::size_t>& missing, int jobs,
                       const RemoteRanks* ranks) const {
  if (settings_.quiet) return;
  const std::size_t processes = static_cast<std::size_t>(jobs) * Ranks(ranks);
  around_.err << fmt::format(
      "{} x {} = {}", Counted(plan_.points().size(), "point"),
      Counted(static_cast<std::size_t>(settings_.request.runs), "replication"),
      Counted(plan_.run_count(), "run"));
  if (missing.size() < plan_.run_count()) {
    around_.err << fmt::format(", {} of them known", plan_.run_count() - missing.size());
  }
  around_.err << fmt::format(": {} on {} process{}\nEngine: {}\n",
                             AboutText(SecondsOf(missing) / static_cast<double>(processes)),
                             processes, processes == 1 ? "" : "es", EnginesText(forecasts_));
}

void SweepJob::Put(std::size_t run, const Outcome& outcome, SweepStore& store) const {
  const RunKey key = plan_.KeyOf(run);
  std::vector<std::string> values = plan_.ValuesOf(key.point);
  values.emplace_back(ToString(forecasts_[key.point].engine));
  store.Put(key, values, outcome);
}

bool SweepJob::RunMissing(const std::vector<std::size_t>& missing, int jobs, RemoteRanks* ranks,
                          SweepStore& store) const {
  Processes own(std::min(static_cast<std::size_t>(jobs), missing.size()), OneRunOf(plan_, around_));
  std::vector<Workers*> workers = {&own};
  if (ranks != nullptr) workers.push_back(ranks);
  std::optional<ProgressBar> bar;
  if (around_.progress && !settings_.quiet) bar.emplace(around_.err, around_.seconds);
  const double work = std::max(SecondsOf(AllRuns()), kLeastWork);
  double done = work - SecondsOf(missing);
  RunsProgress progress{.share_then = done / work,
                        .done = plan_.run_count() - missing.size(),
                        .total = plan_.run_count()};
  GiveOutControl control;
  control.stop = around_.stop;
  control.ended = [&](std::size_t run, const Outcome& outcome) {
    Put(run, outcome, store);
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

int SweepJob::Conclude(bool all, const SweepStore& store) const {
  const SweepTotals totals = WriteSweepTables(settings_.out, plan_, forecasts_, store);
  const std::string summary = SweepSummary(totals, plan_.run_count());
  WriteSweepPage(settings_.out, plan_, store, summary, around_.command);
  if (!settings_.quiet) {
    around_.out << summary << "\nTable: " << Printable(settings_.out + "/sweep.csv")
                << "\nReport: " << Printable(settings_.out + "/sweep.html") << '\n';
  }
  if (!all) {
    around_.err << "vpcmirror: stopped; the same command with --resume runs what is missing\n";
    return kStopped;
  }
  if (totals.lost > 0) {
    around_.err << fmt::format(
        "vpcmirror: {} lost with a process (column error); --resume tries again, and if it was\n"
        "  for want of memory, give fewer --jobs\n",
        Counted(totals.lost, "run"));
  }
  return totals.failed + totals.lost > 0 ? kFindings : kFine;
}

}  // namespace vpcmirror::sim
