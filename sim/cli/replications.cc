#include "sim/cli/replications.h"

#include <fmt/format.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <exception>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <system_error>
#include <vector>

#include "analysis/report/replications.h"
#include "analysis/report/result_json.h"
#include "sim/cli/atomic_file.h"
#include "sim/packet/event_estimate.h"

namespace vpcmirror::sim {
namespace {

constexpr int kUsual = 10;  // replications of an experiment

// Runs replications `first`, `first` + `step`, ... in this process, and leaves the text
// of each result in the scratch folder.
class Worker {
 public:
  Worker(const ValidScenario& scenario, const ExperimentSettings& settings,
         const ReplicationSettings& replications, const Surroundings& around)
      : scenario_(scenario), settings_(settings), replications_(replications), around_(around) {}

  // Returns the result of the first of them.
  RunResult Run(int first) const {
    RunResult of_first;
    for (int run = first; run <= replications_.runs; run += replications_.jobs) {
      RunResult result = RunExperiment(scenario_, SettingsOf(run), around_);
      const bool is_whole = result.complete && result.stopped_by.empty();
      if (is_whole) Leave(run, ResultJson(result));
      if (run == first) of_first = std::move(result);
      if (!is_whole) break;
    }
    return of_first;
  }

  // Of all replications that are there, in their order.
  std::vector<std::string> Collect() const {
    std::vector<std::string> results;
    for (int run = 1; run <= replications_.runs; ++run) {
      std::ifstream file(FileOf(run));
      if (!file) continue;
      results.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    }
    return results;
  }

  void Clear() const {
    for (int run = 1; run <= replications_.runs; ++run) ::unlink(FileOf(run).c_str());
  }

 private:
  // The first is the one that is shown: captures are of it, and other disciplines are
  // tried for it alone.
  ExperimentSettings SettingsOf(int run) const {
    ExperimentSettings settings = settings_;
    settings.replication = static_cast<std::uint64_t>(run);
    if (run == 1) return settings;
    settings.output_folder.clear();
    settings.tries_disciplines = false;
    return settings;
  }

  std::string FileOf(int run) const {
    return fmt::format("{}/replication-{}.json", replications_.scratch, run);
  }

  // Whole or not there, should the process be killed.
  void Leave(int run, const std::string& text) const { PendingFile(FileOf(run), text).Commit(); }

  const ValidScenario& scenario_;
  const ExperimentSettings& settings_;
  const ReplicationSettings& replications_;
  const Surroundings& around_;
};

// A process that has no part in what its parent says to the user, ends with it, and is
// ended by Ctrl-C at once.
[[noreturn]] void WorkInChild(const Worker& worker, int first) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  try {
    worker.Run(first);
    ::_exit(0);
  } catch (const std::exception&) {
    // The parent says what is wrong: it runs the first replication, which fails likewise.
    ::_exit(1);
  }
}

class Children {
 public:
  ~Children() {
    for (const pid_t child : running_) ::kill(child, SIGKILL);
    WaitForAll();
  }

  void Start(const Worker& worker, int first) {
    const pid_t child = ::fork();
    if (child == -1) throw std::system_error(errno, std::generic_category(), "cannot fork");
    if (child == 0) WorkInChild(worker, first);
    running_.push_back(child);
  }

  // Whether all ended of themselves.
  bool WaitForAll() {
    bool all_well = true;
    for (const pid_t child : running_) {
      int status = 0;
      while (::waitpid(child, &status, 0) == -1 && errno == EINTR) continue;
      all_well &= WIFEXITED(status) && WEXITSTATUS(status) == 0;
    }
    running_.clear();
    return all_well;
  }

 private:
  std::vector<pid_t> running_;
};

void RefuseIfTooLarge(const ValidScenario& scenario, const RunLimits& limits, int runs, int jobs) {
  RunEstimate all = EstimateRun(scenario);
  all.events *= runs;
  all.seconds *= static_cast<double>(runs) / jobs;
  all.set_up_seconds *= static_cast<double>(runs) / jobs;
  all.bytes *= jobs;
  sim::RefuseIfTooLarge(scenario, all, limits);
}

}  // namespace

RunResult RunReplications(const ValidScenario& scenario, const ExperimentSettings& settings,
                          const ReplicationSettings& replications, const Surroundings& around) {
  ReplicationSettings settled = replications;
  settled.jobs = std::clamp(replications.jobs, 1, replications.runs);
  RefuseIfTooLarge(scenario, settings.limits, settled.runs, settled.jobs);

  const Worker worker(scenario, settings, settled, around);
  Children children;
  for (int first = 2; first <= settled.jobs; ++first) children.Start(worker, first);
  RunResult result = worker.Run(1);
  const bool was_stopped =
      !result.complete || !result.stopped_by.empty() || around.stop.stop_requested();
  const bool all_well = children.WaitForAll();
  const std::vector<std::string> results = worker.Collect();
  worker.Clear();
  const auto finished = static_cast<int>(results.size());
  if (finished < settled.runs) {
    if (!all_well && !was_stopped) {
      throw std::runtime_error("a process that ran replications ended before its time");
    }
    result.notes.push_back(
        fmt::format("Stopped after {} of {} replications.", finished, settled.runs));
    if (result.stopped_by.empty()) result.stopped_by = "a signal";
  }
  if (finished == 0) return result;
  result.replications = Replicate(results, settled.confidence);
  if (finished < kUsual) {
    result.notes.push_back(
        fmt::format("Intervals of {} runs rest on what so few differ by: {} or more are usual.",
                    finished, kUsual));
  }
  return result;
}

}  // namespace vpcmirror::sim
