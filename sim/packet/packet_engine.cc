#include "sim/packet/packet_engine.h"

#include <ns3/object-factory.h>
#include <ns3/rng-seed-manager.h>
#include <ns3/scheduler.h>
#include <ns3/simulator.h>

#include <algorithm>
#include <stdexcept>
#include <vector>

#include "models/ns3/clock.h"
#include "models/ns3/window_scheduler.h"
#include "models/scenario/error.h"
#include "sim/packet/event_estimate.h"
#include "sim/packet/measure.h"
#include "sim/packet/network.h"

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

// Looks up from the run now and then: reports how far it is, and ends it when asked to.
class Watch {
 public:
  Watch(const RunControl& control, Picoseconds duration)
      : control_(control), period_(std::max(Picoseconds(1), duration / kLooks)) {
    ns3::Simulator::ScheduleNow(&Watch::Look, this);
  }

  bool stopped() const { return stopped_; }

 private:
  static constexpr std::int64_t kLooks = 10'000;

  void Look() {
    if (control_.stop.stop_requested()) {
      stopped_ = true;
      ns3::Simulator::Stop();
      return;
    }
    if (control_.progress) control_.progress(SimulatedNow());
    ns3::Simulator::Schedule(ToTime(period_), &Watch::Look, this);
  }

  const RunControl& control_;
  Picoseconds period_;
  bool stopped_ = false;
};

// A capture that cannot be written is the disk's or the user's matter.
ScenarioError CaptureError(const std::runtime_error& failure) {
  return {.path = "/output/pcap",
          .message = failure.what(),
          .accepted = "a folder with room for the capture, or a shorter run"};
}

Network Build(const ValidScenario& scenario, const std::string& output_folder) {
  try {
    return BuildNetwork(scenario, output_folder);
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
    RefuseIfTooLarge(scenario, control.max_events);
    RunResult result{.engine = "packet",
                     .scenario_name = scenario.name,
                     .scenario_description = scenario.description,
                     .scenario_file = scenario.file,
                     .scenario_sha256 = scenario.sha256,
                     .seed = control.seed,
                     .assumptions = scenario.assumptions,
                     .notes = scenario.notes};

    const Simulation simulation(control);
    Network network = Build(scenario, control.output_folder);
    Watch watch(control, scenario.duration);
    ns3::Simulator::Stop(ToTime(scenario.duration));
    ns3::Simulator::Run();

    result.complete = !watch.stopped();
    result.duration = result.complete ? scenario.duration : SimulatedNow();
    result.events = static_cast<std::int64_t>(ns3::Simulator::GetEventCount());
    Close(network.pcaps);
    Measure(scenario, network, result.duration, result);
    return result;
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
