#include "sim/cli/experiment.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <numeric>
#include <optional>
#include <stop_token>
#include <vector>

#include "analysis/coverage/coverage.h"
#include "analysis/report/assertions.h"
#include "analysis/report/verdict.h"
#include "analysis/words/quantities.h"
#include "models/scenario/variants.h"
#include "models/units/rates.h"
#include "sim/cli/progress_bar.h"
#include "sim/cli/version.h"
#include "sim/packet/event_estimate.h"

namespace vpcmirror::sim {
namespace {

// Runs one after the other, which share a clock, a way to be stopped and a line
// of progress.
class Runs {
 public:
  Runs(const ExperimentSettings& settings, const Surroundings& around)
      : settings_(settings),
        around_(around),
        started_(settings.started.value_or(around.seconds())),
        at_signal_(around.stop, [this] { stop_.request_stop(); }) {
    if (settings.show_progress) bar_.emplace(around.err, around.seconds);
  }

  // That another run of so much work is to come.
  void Expect(const ValidScenario& scenario) {
    work_.push_back(1 + EstimateRun(settings_.engine, scenario).events);
  }

  // Its result, judged. Requires that it was expected, and in this order.
  RunResult Run(const ValidScenario& scenario, const std::string& output_folder) {
    RunControl control;
    control.seed = settings_.seed;
    control.replication = settings_.replication;
    control.stop = stop_.get_token();
    control.limits = {.events = settings_.limits.events};
    control.load_lasts = settings_.load_lasts;
    control.output_folder = output_folder;
    if (bar_ || settings_.limits.wall) {
      control.progress = [this, &scenario](Picoseconds done) { Look(scenario, done); };
    }
    RunResult result = around_.make_engine(settings_.engine)->Run(scenario, control);
    ++finished_;
    cut_ |= !result.complete;
    Judge(scenario, settings_.margin_goal, result);
    return result;
  }

  // What ended a run before its end; empty when nothing did.
  std::string stopped_by() const {
    if (!cut_) return "";
    return out_of_time_ ? fmt::format("--max-wall {}", TimeText(*settings_.limits.wall))
                        : "a signal";
  }

 private:
  void Look(const ValidScenario& scenario, Picoseconds done) {
    const auto& wall = settings_.limits.wall;
    if (wall && !out_of_time_ && around_.seconds() - started_ > Seconds(*wall)) {
      out_of_time_ = true;
      stop_.request_stop();
    }
    if (!bar_) return;
    const auto behind = work_.begin() + static_cast<std::ptrdiff_t>(finished_);
    const double of_this_run = Seconds(done) / Seconds(scenario.duration);
    bar_->Show({.done = done,
                .total = scenario.duration,
                .share = (std::accumulate(work_.begin(), behind, 0.0) + *behind * of_this_run) /
                         std::accumulate(work_.begin(), work_.end(), 0.0),
                .run = static_cast<int>(finished_) + 1,
                .runs = static_cast<int>(work_.size())});
  }

  const ExperimentSettings& settings_;
  const Surroundings& around_;
  double started_;
  std::optional<ProgressBar> bar_;
  std::vector<double> work_;  // of each run, done or to come
  std::size_t finished_ = 0;
  bool cut_ = false;
  bool out_of_time_ = false;
  std::stop_source stop_;
  std::stop_callback<std::function<void()>> at_signal_;
};

void AddBaseline(const ValidScenario& without, Runs& runs, RunResult& result) {
  const RunResult baseline = runs.Run(without, "");
  if (!baseline.complete) {
    result.notes.emplace_back("The run without the mirror was stopped: there is no comparison.");
    return;
  }
  CompareWithBaseline(baseline, result);
}

DisciplineResult DisciplineOf(const std::string& value, const RunResult& result) {
  return {value, result.production, result.copies, result.verdict};
}

// Where nothing was lost under shared_random, nothing else would lose either: it is
// the only one that drops before a queue is full, until the first loss all hold the
// same frames, and the queues that production_first has for each class are as long.
bool NothingWouldChange(const ValidScenario& scenario, const RunResult& result) {
  const bool all_are_random = std::all_of(
      scenario.providers.begin(), scenario.providers.end(),
      [](const ProviderProfile& each) { return each.congestion == Congestion::kSharedRandom; });
  // TCP flows slow down before anything is lost.
  return all_are_random && result.tcp.empty() && !LostAtABudget(result);
}

void TryDisciplines(const ValidScenario& scenario, Runs& runs, RunResult& result) {
  const std::optional<Discipline> assumed = AssumedDiscipline(scenario);
  if (!assumed || NothingWouldChange(scenario, result)) return;
  const std::vector<Discipline> others = OtherDisciplines(scenario);
  for (std::size_t i = 0; i < others.size(); ++i) runs.Expect(scenario);
  result.disciplines = {DisciplineOf(ToString(*assumed), result)};
  for (const Discipline& each : others) {
    RunResult other = runs.Run(WithDiscipline(scenario, each), "");
    if (!other.complete) {
      result.notes.push_back(fmt::format(
          "The run under congestion={} was stopped: it is not compared.", ToString(each)));
      break;
    }
    other.baseline = result.baseline;  // without a mirror, as good as under any discipline
    JudgeSlowdown(other);
    result.disciplines.push_back(DisciplineOf(ToString(each), other));
  }
  JudgeDisciplines(result);
}

}  // namespace

bool Compares(const ValidScenario& scenario) {
  return scenario.baseline && !scenario.mirrors.empty();
}

void CompareWithBaseline(const RunResult& baseline, RunResult& result) {
  result.baseline = BaselineResult{
      .produced = baseline.produced.value_or(Count{}),
      .production = {baseline.production, baseline.delivered, baseline.production_delay},
      .tcp = baseline.tcp};
  JudgeSlowdown(result);
}

RunEstimate EstimateExperiment(const ValidScenario& scenario, EngineKind engine) {
  const RunEstimate run = EstimateRun(engine, scenario);
  return Compares(scenario) ? run + EstimateRun(engine, WithoutMirrors(scenario)) : run;
}

RunResult RunExperiment(const ValidScenario& scenario, const ExperimentSettings& settings,
                        const Surroundings& around) {
  const bool compares = Compares(scenario);
  const ValidScenario without = compares ? WithoutMirrors(scenario) : ValidScenario{};
  Runs runs(settings, around);
  runs.Expect(scenario);
  if (compares) runs.Expect(without);
  RefuseIfTooLarge(scenario, EstimateExperiment(scenario, settings.engine), settings.limits);

  RunResult result = runs.Run(scenario, settings.output_folder);
  result.version = kVersion;
  if (result.complete && result.produced && result.produced->frames == 0) {
    result.notes.emplace_back(
        scenario.warm_up > Picoseconds(0)
            ? "No frame was sent after the warm-up, so that this run says nothing of a load."
            : "No frame was sent in this run, so that it says nothing of a load.");
  }
  if (scenario.baseline && !compares) {
    result.notes.emplace_back("There is no mirror: a run without one would be this one.");
  }
  if (result.complete && compares) AddBaseline(without, runs, result);
  if (result.complete && settings.tries_disciplines) TryDisciplines(scenario, runs, result);
  result.stopped_by = runs.stopped_by();
  result.coverage = SummaryOf(SteadyCoverage(scenario));
  CheckAssertions(scenario, result);
  return result;
}

}  // namespace vpcmirror::sim
