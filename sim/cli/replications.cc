#include "sim/cli/replications.h"

#include <fmt/format.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <exception>
#include <fstream>
#include <iterator>
#include <mutex>
#include <new>
#include <stdexcept>
#include <stop_token>
#include <system_error>
#include <vector>

#include "analysis/report/replications.h"
#include "analysis/report/result_json.h"
#include "sim/cli/atomic_file.h"
#include "sim/cli/exit_code.h"
#include "sim/packet/event_estimate.h"

namespace vpcmirror::sim {
namespace {

constexpr int kUsual = 10;  // replications of an experiment

// Numbers from 1 on, each given to one process.
class NextRun {
 public:
  NextRun()
      : next_(static_cast<std::atomic<int>*>(::mmap(nullptr, sizeof(std::atomic<int>),
                                                    PROT_READ | PROT_WRITE,
                                                    MAP_SHARED | MAP_ANONYMOUS, -1, 0))) {
    if (next_ == MAP_FAILED) {
      throw std::system_error(errno, std::generic_category(), "cannot share memory");
    }
    new (next_) std::atomic<int>(1);
  }
  ~NextRun() { ::munmap(next_, sizeof(*next_)); }
  NextRun(const NextRun&) = delete;
  NextRun& operator=(const NextRun&) = delete;

  int Take() const { return next_->fetch_add(1); }

 private:
  static_assert(std::atomic<int>::is_always_lock_free);
  std::atomic<int>* next_;
};

// Runs the replications that are next, as long as there are any, and leaves the text of
// each result in the scratch folder.
class Worker {
 public:
  Worker(const ValidScenario& scenario, const ExperimentSettings& settings,
         const ReplicationSettings& replications, const Surroundings& around)
      : scenario_(scenario),
        settings_(settings),
        replications_(replications),
        around_(around),
        others_(scenario),
        started_(around.seconds()) {
    others_.series_bin.reset();
  }

  // From `first`, which the caller took, on. Returns the result of that one. `stopped_by` in
  // it says what ended any of them.
  RunResult Run(int first) const {
    RunResult of_first;
    for (int run = first; run <= replications_.runs; run = next_.Take()) {
      RunResult result = RunExperiment(run == 1 ? scenario_ : others_, SettingsOf(run), around_);
      const std::string stopped_by = result.stopped_by;
      if (stopped_by.empty()) Leave(run, ResultJson(result));
      if (run == first) of_first = std::move(result);
      of_first.stopped_by = stopped_by;
      if (!stopped_by.empty()) break;
    }
    return of_first;
  }

  int TakeRun() const { return next_.Take(); }

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
  // The first is the one that is shown: captures and series are of it, and other
  // disciplines are tried for it alone.
  ExperimentSettings SettingsOf(int run) const {
    ExperimentSettings settings = settings_;
    settings.replication = static_cast<std::uint64_t>(run);
    settings.started = started_;
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
  ValidScenario others_;  // what all but the first run
  double started_;
  NextRun next_;
};

// A process that has no part in what its parent says to the user, ends with it, and is
// ended by Ctrl-C at once.
[[noreturn]] void WorkInChild(const Worker& worker) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  const int first = worker.TakeRun();
  try {
    worker.Run(first);
    ::_exit(0);
  } catch (const std::exception& failure) {
    const std::string said =
        fmt::format("vpcmirror: a process of replications: {}\n", failure.what());
    [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, said.data(), said.size());
    ::_exit(dynamic_cast<const FileException*>(&failure) != nullptr ? kBadInput : kOurBug);
  }
}

class Children {
 public:
  ~Children() {
    End();
    WaitForAll();
  }

  void Start(const Worker& worker) {
    const pid_t child = ::fork();
    if (child == -1) throw std::system_error(errno, std::generic_category(), "cannot fork");
    if (child == 0) WorkInChild(worker);
    running_.push_back(child);
  }

  // From any thread: what they are at is lost, what they finished stays.
  void End() {
    const std::lock_guard lock(mutex_);
    for (const pid_t child : running_) ::kill(child, SIGKILL);
  }

  // Returns waitpid's status of those that failed.
  std::vector<int> WaitForAll() {
    std::vector<int> failed;
    while (!running_.empty()) {
      const pid_t child = running_.back();
      // Its number is nobody else's until it is waited for in earnest.
      siginfo_t ignored{};
      while (::waitid(P_PID, static_cast<id_t>(child), &ignored, WEXITED | WNOWAIT) == -1 &&
             errno == EINTR) {
      }
      const std::lock_guard lock(mutex_);
      int status = 0;
      ::waitpid(child, &status, 0);
      running_.pop_back();
      if (status != 0) failed.push_back(status);
    }
    return failed;
  }

 private:
  std::mutex mutex_;  // of running_ when it shrinks
  std::vector<pid_t> running_;
};

// A process that failed has said why, unless it was killed.
[[noreturn]] void FailAs(int status) {
  if (WIFSIGNALED(status)) {
    throw FileException(fmt::format(
        "a process that ran replications was killed by signal {}; if it was for want of memory, "
        "give fewer --jobs",
        WTERMSIG(status)));
  }
  if (WEXITSTATUS(status) == kBadInput) {
    throw FileException("a process could not keep the results of its replications");
  }
  throw std::runtime_error("a process that ran replications ended before its time");
}

void RefuseIfTooLarge(const ValidScenario& scenario, const ExperimentSettings& settings, int runs,
                      int jobs) {
  RunEstimate all = EstimateExperiment(scenario, settings.engine);
  all.events *= runs;
  all.seconds *= static_cast<double>(runs) / jobs;
  all.set_up_seconds *= static_cast<double>(runs) / jobs;
  all.bytes *= jobs;
  sim::RefuseIfTooLarge(scenario, all, settings.limits);
}

}  // namespace

RunResult RunReplications(const ValidScenario& scenario, const ExperimentSettings& settings,
                          const ReplicationSettings& replications, const Surroundings& around) {
  ReplicationSettings settled = replications;
  settled.jobs = std::clamp(replications.jobs, 1, replications.runs);
  RefuseIfTooLarge(scenario, settings, settled.runs, settled.jobs);

  const Worker worker(scenario, settings, settled, around);
  Children children;
  const int first = worker.TakeRun();  // the one that is shown
  for (int job = 1; job < settled.jobs; ++job) children.Start(worker);
  // A signal may be for this process alone.
  const std::stop_callback at_signal(around.stop, [&children] { children.End(); });
  RunResult result = worker.Run(first);
  const std::vector<int> failed = children.WaitForAll();
  const std::vector<std::string> results = worker.Collect();
  worker.Clear();
  const auto finished = static_cast<int>(results.size());
  if (finished < settled.runs) {
    const bool was_stopped = !result.stopped_by.empty() || around.stop.stop_requested();
    if (!failed.empty() && !was_stopped) FailAs(failed.front());
    if (result.stopped_by.empty()) {  // others were, and by what would have stopped this one
      result.stopped_by = around.stop.stop_requested() ? "a signal" : "--max-wall";
    }
    result.notes.push_back(
        fmt::format("Stopped after {} of {} replications.", finished, settled.runs));
  }
  if (finished == 0) return result;
  result.replications = Replicate(results, settled.confidence, result.assertions);
  if (finished < kUsual) {
    result.notes.push_back(
        fmt::format("Intervals of {} runs rest on what so few differ by: {} or more are usual.",
                    finished, kUsual));
  }
  return result;
}

}  // namespace vpcmirror::sim
