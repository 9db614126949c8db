#include "sim/packet/packet_engine.h"

#include <ns3/object-factory.h>
#include <ns3/rng-seed-manager.h>
#include <ns3/scheduler.h>
#include <ns3/simulator.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <stop_token>
#include <thread>
#include <vector>

#include "models/ns3/clock.h"
#include "models/ns3/window_scheduler.h"
#include "models/scenario/error.h"
#include "models/scenario/measure.h"
#include "sim/packet/counters.h"
#include "sim/packet/event_estimate.h"
#include "sim/packet/network.h"
#include "sim/packet/series_sampler.h"
#include "sim/packet/span_sampler.h"
#include "sim/packet/timeline_player.h"

namespace vpcmirror::sim {
namespace {

// ns-3 keeps one simulation in global state. Whatever ends a run, an exception
// included, the next one starts clean.
class Simulation {
 public:
  explicit Simulation(const RunControl& control) {
    ns3::ObjectFactory scheduler(WindowScheduler::GetTypeId().GetName());
    ns3::Simulator::SetScheduler(scheduler);
    // MRG32k3a takes seeds from 1 to m2 - 1 (L'Ecuyer 1999).
    constexpr std::uint64_t kSeeds = 4294944442;
    ns3::RngSeedManager::SetSeed(static_cast<std::uint32_t>(1 + control.seed % kSeeds));
    ns3::RngSeedManager::SetRun(control.replication);
  }
  ~Simulation() { ns3::Simulator::Destroy(); }
  Simulation(const Simulation&) = delete;
  Simulation& operator=(const Simulation&) = delete;
};

// The run was asked to stop before its first moment.
struct StoppedInSetUp {};

// Looks up now and then from making the network.
class SetUpWatch {
 public:
  explicit SetUpWatch(const RunControl& control) : control_(control) {}

  void operator()() {
    constexpr int kBetweenLooks = 64;  // objects, of some microseconds each
    if (made_++ % kBetweenLooks != 0) return;
    if (control_.progress) control_.progress(Picoseconds(0));
    if (control_.stop.stop_requested()) throw StoppedInSetUp();
  }

 private:
  const RunControl& control_;
  int made_ = 0;
};

// Looks up from the run now and then: reports how far it is, and ends it when asked to.
// That is ten thousand times a run, several times a second however many events
// lie between two of those, and at once when a stop is requested.
class Watch {
 public:
  Watch(const RunControl& control, Picoseconds duration)
      : control_(control),
        period_(std::max(Picoseconds(1), duration / kLooks)),
        at_stop_(control.stop, [this] { LookSoon(); }) {
    ns3::Simulator::ScheduleNow(&Watch::LookAgain, this);
    if (control.progress)
      ticker_ = std::jthread([this](const std::stop_token& over) { Tick(over); });
  }

  bool stopped() const { return stopped_; }
  // Events that are the watch's own, of which there are as many as time allows.
  std::int64_t looks() const { return looks_; }

 private:
  static constexpr std::int64_t kLooks = 10'000;

  // From any thread: ScheduleWithContext is the one call of a simulation for others.
  void LookSoon() {
    ns3::Simulator::ScheduleWithContext(ns3::Simulator::NO_CONTEXT, ns3::Time(0), &Watch::Look,
                                        this);
  }

  void Tick(const std::stop_token& over) {
    constexpr std::chrono::milliseconds kBetweenLooks(100);
    std::mutex mutex;
    std::unique_lock lock(mutex);
    std::condition_variable_any wake;
    while (!wake.wait_for(lock, over, kBetweenLooks, [&] { return over.stop_requested(); })) {
      LookSoon();
    }
  }

  void LookAgain() {
    Look();
    if (!stopped_) ns3::Simulator::Schedule(ToTime(period_), &Watch::LookAgain, this);
  }

  void Look() {
    ++looks_;
    if (control_.progress && !stopped_) control_.progress(SimulatedNow());
    if (!control_.stop.stop_requested()) return;
    stopped_ = true;
    ns3::Simulator::Stop();
  }

  const RunControl& control_;
  Picoseconds period_;
  bool stopped_ = false;
  std::int64_t looks_ = 0;
  std::stop_callback<std::function<void()>> at_stop_;
  std::jthread ticker_;
};

// A capture that cannot be written is the disk's or the user's matter.
ScenarioError CaptureError(const std::runtime_error& failure) {
  return {.path = "/output/pcap",
          .message = failure.what(),
          .accepted = "a folder with room for the capture, or a shorter run"};
}

Network Build(const ValidScenario& scenario, const RunControl& control) {
  try {
    return BuildNetwork(scenario, control.output_folder, SetUpWatch(control));
  } catch (const std::runtime_error& failure) {
    throw ScenarioException({CaptureError(failure)});
  }
}

void Close(const std::vector<ns3::Ptr<PcapSink>>& pcaps) {
  std::vector<ScenarioError> errors;
  for (const auto& pcap : pcaps) {
    try {
      pcap->Close();
    } catch (const std::runtime_error& failure) {
      errors.push_back(CaptureError(failure));
    }
  }
  if (!errors.empty()) throw ScenarioException(errors);
}

class PacketEngine : public Engine {
 public:
  RunResult Run(const ValidScenario& scenario, const RunControl& control) override {
    RefuseIfTooLarge(scenario, EstimateRun(scenario), control.limits);
    RunResult result{.engine = "packet",
                     .scenario_name = scenario.name,
                     .scenario_description = scenario.description,
                     .scenario_file = scenario.file,
                     .scenario_sha256 = scenario.sha256,
                     .scenario_changes = scenario.changes,
                     .seed = control.seed,
                     .assumptions = scenario.assumptions,
                     .notes = scenario.notes};
    const Simulation simulation(control);
    try {
      Network network = Build(scenario, control);
      Simulate(scenario, control, network, result);
    } catch (const StoppedInSetUp&) {
      result.complete = false;
    }
    return result;
  }

 private:
  static void Simulate(const ValidScenario& scenario, const RunControl& control, Network& network,
                       RunResult& result) {
    {
      // Ahead of all that happens at one moment.
      const TimelinePlayer timeline(scenario, network);
      Watch watch(control, scenario.duration);
      std::optional<RunCounters> start;
      if (scenario.warm_up > Picoseconds(0)) {
        ns3::Simulator::Schedule(ToTime(scenario.warm_up), [&] {
          start = CountersAt(network, scenario.warm_up);
          ForgetPeaks(network, scenario.warm_up);
        });
      }
      SpanSampler spans(scenario, network);
      std::optional<SeriesSampler> sampler;
      if (scenario.series_bin) sampler.emplace(scenario, network, *scenario.series_bin);
      ns3::Simulator::Stop(ToTime(scenario.duration));
      ns3::Simulator::Run();
      result.complete = !watch.stopped();
      result.events = static_cast<std::int64_t>(ns3::Simulator::GetEventCount()) - watch.looks();
      result.duration = result.complete ? scenario.duration : SimulatedNow();
      result.timeline = timeline.happened();
      if (sampler) {
        result.events -= sampler->events();
        result.series = sampler->Finish(result.duration);
      }
      Close(network.pcaps);
      const bool ends_in_warm_up = !start && scenario.warm_up > Picoseconds(0);
      if (ends_in_warm_up) ForgetPeaks(network, result.duration);
      RunCounters counters = CountersAt(network, result.duration);
      result.events -= spans.events();
      result.spans = spans.Finish(counters);
      if (start) {
        --result.events;
        counters.TakeOff(*start);
      } else if (ends_in_warm_up) {
        counters.TakeOff(counters);
      }
      result.warm_up = counters.since;
      Measure(scenario, counters, result);
      const Deliveries& production = network.fabric->production();
      result.delivered = LoadOf(production.frames, counters.time());
      result.production_delay = DelayOf(production.delays);
      result.copy_delay = DelayOf(network.fabric->copies().delays);
    }
  }
};

}  // namespace

std::unique_ptr<Engine> MakePacketEngine() {
  static const bool resolution_set = [] {
    ns3::Time::SetResolution(ns3::Time::PS);
    return true;
  }();
  (void)resolution_set;
  return std::make_unique<PacketEngine>();
}

}  // namespace vpcmirror::sim
