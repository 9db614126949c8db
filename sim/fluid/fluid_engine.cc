#include "sim/fluid/fluid_engine.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "models/scenario/course.h"
#include "models/scenario/error.h"
#include "models/scenario/measure.h"
#include "models/scenario/spans.h"
#include "models/units/rates.h"
#include "sim/fluid/doubts.h"
#include "sim/fluid/equilibrium.h"
#include "sim/fluid/flow_bundles.h"
#include "sim/fluid/tally.h"

namespace vpcmirror::sim {
namespace {

// What is left of the token buckets of burstable CVMs, from stretch to stretch. Under a load that
// lasts, nothing is.
class Buckets {
 public:
  Buckets(const Deployment& deployment, bool load_lasts) {
    for (const Cvm& cvm : deployment.cvms) {
      const double burst = load_lasts ? 0 : static_cast<double>(cvm.limits.burst.count());
      most_bits_.push_back(burst * kBitsPerByte);
    }
    left_bits_ = most_bits_;
  }

  // Bandwidth as it is in the mean of so many seconds when all is spent.
  RateSettings MeanRates(const Cvm& cvm, std::size_t index, double seconds) const {
    RateSettings rates{.bandwidth = cvm.limits.bandwidth,
                       .peak_bandwidth = cvm.limits.peak_bandwidth,
                       .packet_rate = cvm.limits.packet_rate};
    if (!rates.bandwidth || most_bits_[index] == 0) return rates;
    const double mean = static_cast<double>(rates.bandwidth->count()) + left_bits_[index] / seconds;
    rates.bandwidth = BitsPerSecond(static_cast<std::int64_t>(std::min(mean, kMostRate)));
    if (rates.peak_bandwidth) {
      rates.bandwidth = std::min(*rates.bandwidth, *rates.peak_bandwidth);
    }
    return rates;
  }

  void Spend(const Cvm& cvm, std::size_t index, double bits, double seconds) {
    if (!cvm.limits.bandwidth || most_bits_[index] == 0) return;
    const double earned = static_cast<double>(cvm.limits.bandwidth->count()) * seconds;
    left_bits_[index] = std::clamp(left_bits_[index] + earned - bits, 0.0, most_bits_[index]);
  }

 private:
  static constexpr double kMostRate = 1e18;
  std::vector<double> most_bits_;  // by CVM
  std::vector<double> left_bits_;  // the same
};

// How full the queues of budgets and rings are, from stretch to stretch. One that is over its
// limit fills as far as that takes it; one that is not is empty soon. Under a load that lasts,
// what fills is full.
class Queues {
 public:
  Queues(const Deployment& deployment, bool load_lasts) {
    for (const Cvm& cvm : deployment.cvms) {
      const double room = load_lasts ? 0 : static_cast<double>(cvm.queue.frames);
      budgets_.insert(budgets_.end(), 2, room);
      const double ring = load_lasts ? 0 : RingOf(cvm);
      rings_.emplace_back(cvm.receiver ? static_cast<std::size_t>(cvm.workers) : 0, ring);
    }
    budgets_left_ = budgets_;
    rings_left_ = rings_;
  }

  void Offer(double seconds, Means& means) const {
    means.budget_rooms = budgets_left_;
    for (double& room : means.budget_rooms) room /= seconds;
    means.worker_rooms = rings_left_;
    for (auto& of_cvm : means.worker_rooms) {
      for (double& room : of_cvm) room /= seconds;
    }
  }

  void Fill(const Overloads& is_full, double seconds) {
    const auto fill = [&](bool is_over, double taken, double whole, double& left) {
      left = is_over ? std::max(0.0, left - taken * seconds) : whole;
    };
    for (std::size_t i = 0; i < budgets_.size(); ++i) {
      fill(is_full.budgets[i], is_full.budget_rooms_taken[i], budgets_[i], budgets_left_[i]);
    }
    for (std::size_t i = 0; i < rings_.size(); ++i) {
      for (std::size_t worker = 0; worker < rings_[i].size(); ++worker) {
        fill(is_full.workers[i][worker], is_full.worker_rooms_taken[i][worker], rings_[i][worker],
             rings_left_[i][worker]);
      }
    }
  }

 private:
  static double RingOf(const Cvm& cvm) {
    constexpr double kRingFrames = 4096;  // of a receiver whose profile does not say
    return cvm.receiver && cvm.receiver->ring_frames > 0
               ? static_cast<double>(cvm.receiver->ring_frames)
               : kRingFrames;
  }

  std::vector<double> budgets_;  // room when empty, in frames
  std::vector<double> budgets_left_;
  std::vector<std::vector<double>> rings_;  // by CVM and worker
  std::vector<std::vector<double>> rings_left_;
};

class FluidRun {
 public:
  FluidRun(const ValidScenario& scenario, const RunControl& control)
      : scenario_(scenario),
        control_(control),
        numbers_(*scenario.deployment),
        buckets_(*scenario.deployment, control.load_lasts),
        queues_(*scenario.deployment, control.load_lasts),
        tally_(scenario) {
    const std::vector<Picoseconds> starts = SpanStarts(scenario);
    if (starts.empty()) return;
    span_borders_.insert(starts.begin(), starts.end());
    span_borders_.insert(scenario.warm_up);
    span_borders_.insert(scenario.duration);
  }

  void Run(RunResult& result) {
    Course course(scenario_);
    Stretch stretch;
    Picoseconds now{};
    RunCounters counters;
    if (span_borders_.count(now) != 0) span_start_ = tally_.CountersAt(now);
    std::optional<RunCounters> warm;
    while (GoesOn(now) && course.Next(stretch)) {
      if (!Add(stretch)) break;
      now = stretch.span.end;
      ++result.events;
      const bool is_warm = now == scenario_.warm_up;
      const bool is_border = span_borders_.count(now) != 0;
      if (!is_warm && !is_border && now != scenario_.duration) continue;
      counters = tally_.CountersAt(now);
      if (is_border) EndSpan(counters, result);
      if (is_warm) {
        warm = counters;
        delivered_when_warm_ = tally_.delivered();
      }
    }
    result.complete = now == scenario_.duration;
    result.duration = now;
    for (std::size_t i = 0; i < course.events(); ++i) {
      result.timeline.push_back(scenario_.timeline[i].action);
    }
    if (!result.complete) counters = tally_.CountersAt(now);
    if (warm) {
      counters.TakeOff(*warm);
    } else if (scenario_.warm_up > Picoseconds(0)) {
      counters.TakeOff(RunCounters(counters));
    }
    result.warm_up = counters.since;
    Measure(scenario_, counters, result);
    Count delivered = tally_.delivered();
    delivered -= delivered_when_warm_;
    result.delivered = LoadOf(delivered, counters.time());
    if (scenario_.series_bin) {
      result.notes.emplace_back("The fluid engine keeps no series; --engine packet does.");
    }
    if (!scenario_.pcaps.empty()) {
      result.notes.emplace_back("The fluid engine has no packets, and writes no captures.");
    }
    const std::vector<std::string> doubts = doubts_.Notes();
    result.notes.insert(result.notes.end(), doubts.begin(), doubts.end());
  }

 private:
  // Whether nobody has stopped it, who is told how far it is.
  bool GoesOn(Picoseconds now) const {
    if (control_.progress) control_.progress(now);
    return !control_.stop.stop_requested();
  }

  // False when it was stopped under way.
  bool Add(const Stretch& stretch) {
    const auto goes_on = [&] { return GoesOn(stretch.span.start); };
    const double seconds = Seconds(stretch.span.end - stretch.span.start);
    const Deployment& deployment = *stretch.scenario.deployment;
    const FlowBundles flows = BundleFlows(stretch.scenario);
    if (!goes_on()) return false;
    Means means{.rates = {}, .speeds = stretch.speeds, .budget_rooms = {}, .worker_rooms = {}};
    FlowLimits limits;
    for (std::size_t i = 0; i < deployment.cvms.size(); ++i) {
      means.rates.push_back(buckets_.MeanRates(deployment.cvms[i], i, seconds));
    }
    for (const Eni& eni : deployment.enis) {
      const auto& flow = deployment.cvms[eni.cvm].limits.flow_bandwidth;
      limits.push_back(flow ? static_cast<double>(flow->count()) : 0);
    }
    queues_.Offer(seconds, means);
    const Equilibrium rest =
        FindEquilibrium(stretch.scenario, flows, numbers_, limits, means, goes_on);
    if (!goes_on()) return false;
    tally_.Drain(rest.is_full);
    tally_.Add(flows, numbers_, limits, rest.losses, stretch.speeds, seconds);
    queues_.Fill(rest.is_full, seconds);
    doubts_.Add(stretch.scenario, flows, numbers_, rest);
    for (std::size_t i = 0; i < deployment.cvms.size(); ++i) {
      const double bps = std::max(rest.passed_bps[2 * i], rest.passed_bps[2 * i + 1]);
      buckets_.Spend(deployment.cvms[i], i, bps * seconds, seconds);
    }
    return true;
  }

  void EndSpan(const RunCounters& counters, RunResult& result) {
    if (span_start_ && counters.until > span_start_->until) {
      RunCounters of_span = counters;
      of_span.TakeOff(*span_start_);
      result.spans.push_back(MeasureSpan(scenario_, of_span));
    }
    span_start_ = counters;
  }

  const ValidScenario& scenario_;
  const RunControl& control_;
  BudgetNumbers numbers_;
  Buckets buckets_;
  Queues queues_;
  Tally tally_;
  Doubts doubts_;
  std::set<Picoseconds> span_borders_;
  std::optional<RunCounters> span_start_;
  Count delivered_when_warm_;
};

class FluidEngine : public Engine {
 public:
  RunResult Run(const ValidScenario& scenario, const RunControl& control) override {
    RunResult result{.engine = "fluid",
                     .scenario_name = scenario.name,
                     .scenario_description = scenario.description,
                     .scenario_file = scenario.file,
                     .scenario_sha256 = scenario.sha256,
                     .scenario_changes = scenario.changes,
                     .seed = control.seed,
                     .assumptions = scenario.assumptions,
                     .notes = scenario.notes};
    RefuseReplays(scenario);
    FluidRun(scenario, control).Run(result);
    return result;
  }
};

}  // namespace

void RefuseReplays(const ValidScenario& scenario) {
  std::vector<ScenarioError> errors;
  for (const Workload& workload : scenario.workloads) {
    if (workload.replays.empty()) continue;
    errors.push_back({.path = "/workloads/" + workload.name + "/replay",
                      .message = "the fluid engine reckons with rates and replays no capture",
                      .accepted = "--engine packet, or a rate in place of the capture"});
  }
  if (!errors.empty()) throw ScenarioException(errors);
}

std::unique_ptr<Engine> MakeFluidEngine() { return std::make_unique<FluidEngine>(); }

}  // namespace vpcmirror::sim
