#include "tests/fidelity/support/queue_probe.h"

#include <ns3/object-factory.h>
#include <ns3/rng-seed-manager.h>
#include <ns3/scheduler.h>
#include <ns3/simulator.h>

#include <cmath>
#include <stdexcept>

#include "models/cloud/frame_drop.h"
#include "models/ns3/clock.h"
#include "models/ns3/window_scheduler.h"
#include "models/units/rates.h"
#include "sim/packet/network.h"
#include "tests/fidelity/support/simulate.h"

namespace vpcmirror::fidelity {
namespace {

using PacketPtr = ns3::Ptr<const ns3::Packet>;

Bytes SizeOf(const PacketPtr& packet) { return Bytes(packet->GetSize()); }

// The engine's network of a scenario, with the engine's seeds, and no more.
class WatchedRun {
 public:
  WatchedRun(const ValidScenario& scenario, std::uint64_t replication)
      : duration_(scenario.duration) {
    ns3::ObjectFactory scheduler(WindowScheduler::GetTypeId().GetName());
    ns3::Simulator::SetScheduler(scheduler);
    ns3::RngSeedManager::SetSeed(1 + kSeed);
    ns3::RngSeedManager::SetRun(replication);
    network_ = sim::BuildNetwork(scenario, "", [] {});
  }
  ~WatchedRun() {
    network_ = {};
    ns3::Simulator::Destroy();
  }
  WatchedRun(const WatchedRun&) = delete;
  WatchedRun& operator=(const WatchedRun&) = delete;

  EniDevice& eni() { return *network_.enis.at(0); }

  void Run() {
    ns3::Simulator::Stop(ToTime(duration_));
    ns3::Simulator::Run();
  }

 private:
  Picoseconds duration_;
  sim::Network network_;
};

// Sums of times instead of times: which frame departs when does not matter to a
// mean as long as the same frames are summed up on both sides.
class QueueProbe {
 public:
  QueueProbe(WatchedRun& run, BitsPerSecond bandwidth, const QueueWatch& watch)
      : watch_(watch), bandwidth_(bandwidth) {
    EniDevice& eni = run.eni();
    eni.TraceConnectWithoutContext("MacTx", ns3::MakeCallback(&QueueProbe::OnTaken, this));
    eni.TraceConnectWithoutContext("MacTxDrop", ns3::MakeCallback(&QueueProbe::OnLost, this));
    if (!watch.waits) return;
    eni.TraceConnectWithoutContext("Sniffer", ns3::MakeCallback(&QueueProbe::OnDeparted, this));
  }

  QueueSample Sample() const {
    if (!is_done_) throw std::logic_error("the run was over before its frames were");
    return {.offered = watch_.frames,
            .lost = lost_,
            .waited = Picoseconds(static_cast<std::int64_t>(waited_)),
            .waited_of = watch_.waits ? watch_.frames : 0};
  }

 private:
  bool IsWatched(std::int64_t number) const {
    return number > watch_.skipped && number <= watch_.skipped + watch_.frames;
  }

  void OnTaken(PacketPtr frame) {
    CountOffered();
    if (!watch_.waits || !IsWatched(++taken_)) return;
    waited_ -= SimulatedNow().count() + SerialisationDelay(SizeOf(frame), bandwidth_).count();
  }

  void OnLost(PacketPtr, FrameDrop) {
    if (IsWatched(offered_ + 1)) ++lost_;
    CountOffered();
  }

  void CountOffered() {
    if (++offered_ == watch_.skipped + watch_.frames && !watch_.waits) Finish();
  }

  void OnDeparted(PacketPtr) {
    if (!IsWatched(++departed_)) return;
    waited_ += SimulatedNow().count();
    if (departed_ == watch_.skipped + watch_.frames) Finish();
  }

  void Finish() {
    is_done_ = true;
    ns3::Simulator::Stop();
  }

  QueueWatch watch_;
  BitsPerSecond bandwidth_;
  std::int64_t offered_ = 0;
  std::int64_t taken_ = 0;
  std::int64_t departed_ = 0;
  std::int64_t lost_ = 0;
  Int128 waited_ = 0;  // while frames are under way, a sum of times beyond 64 bits
  bool is_done_ = false;
};

}  // namespace

Estimate EstimateOf(const std::vector<double>& values) {
  const auto n = static_cast<double>(values.size());
  double mean = 0;
  for (const double value : values) mean += value / n;
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return {.mean = mean, .standard_error = std::sqrt(squares / (n - 1) / n)};
}

QueueSample WatchQueue(const ValidScenario& scenario, std::uint64_t replication,
                       const QueueWatch& watch) {
  WatchedRun run(scenario, replication);
  QueueProbe probe(run, scenario.deployment->cvms.at(0).limits.bandwidth.value(), watch);
  run.Run();
  return probe.Sample();
}

QueueTrace TraceQueue(const ValidScenario& scenario) {
  WatchedRun run(scenario, 1);
  QueueTrace trace;
  const auto add_to = [](std::vector<FrameAt>& frames, const PacketPtr& frame) {
    frames.push_back({SimulatedNow(), SizeOf(frame)});
  };
  run.eni().TraceConnectWithoutContext("MacTx",
                                       ns3::Callback<void, PacketPtr>([&](PacketPtr frame) {
                                         add_to(trace.offered, frame);
                                         add_to(trace.taken, frame);
                                       }));
  run.eni().TraceConnectWithoutContext(
      "MacTxDrop", ns3::Callback<void, PacketPtr, FrameDrop>(
                       [&](PacketPtr frame, FrameDrop) { add_to(trace.offered, frame); }));
  run.eni().TraceConnectWithoutContext(
      "Sniffer",
      ns3::Callback<void, PacketPtr>([&](PacketPtr frame) { add_to(trace.departed, frame); }));
  run.Run();
  return trace;
}

}  // namespace vpcmirror::fidelity
