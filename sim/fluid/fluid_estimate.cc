#include "sim/fluid/fluid_estimate.h"

#include <iterator>
#include <set>

namespace vpcmirror::sim {
namespace {

// As docs/performance.md tells, reading the scenario and writing the result included.
constexpr double kSecondsPerEni = 40e-6;
constexpr double kSecondsPerStream = 10e-6;  // in a stretch between two changes
constexpr double kSecondsPerFlow = 0.4e-6;
constexpr double kSecondsPerLimitedFlow = 1.6e-6;
constexpr double kBytesAlways = 10e6;
constexpr double kBytesPerEni = 7e3;
constexpr double kBytesPerStream = 4e3;
constexpr double kBytesPerLimitedFlow = 520;

struct Work {
  double streams = 0;
  double flows = 0;
  double limited_flows = 0;  // that are reckoned one by one
};

class Counter {
 public:
  explicit Counter(const ValidScenario& scenario) : deployment_(*scenario.deployment) {}

  void Add(const Endpoint& one, const Endpoint& other, double streams, double flows) {
    work_.streams += streams;
    (IsLimited(one) || IsLimited(other) ? work_.limited_flows : work_.flows) += streams * flows;
  }
  const Work& work() const { return work_; }

 private:
  bool IsLimited(const Endpoint& end) const {
    return end.eni && deployment_.cvms[deployment_.enis[*end.eni].cvm].limits.flow_bandwidth;
  }

  const Deployment& deployment_;
  Work work_;
};

Work WorkOf(const ValidScenario& scenario) {
  constexpr double kBothWays = 2;
  Counter counter(scenario);
  for (const Workload& workload : scenario.workloads) {
    const auto flows = static_cast<double>(workload.flows);
    const double sized = flows * static_cast<double>(workload.sizes.size());
    for (const Stream& stream : workload.streams) counter.Add(stream.from, stream.to, 1, sized);
    for (const RequestStream& stream : workload.requests) {
      counter.Add(stream.client, stream.server, kBothWays, flows);
    }
    for (const TcpStream& stream : workload.tcp_streams) {
      counter.Add(stream.client, stream.server, kBothWays, flows);
    }
  }
  Work work = counter.work();
  for (const Workload& workload : scenario.workloads) {
    work.streams += static_cast<double>(workload.observed.size());
  }
  return work;
}

// Times in which nothing changes.
double StretchesOf(const ValidScenario& scenario) {
  std::set<Picoseconds> changes{scenario.warm_up};
  for (const auto& event : scenario.timeline) changes.insert(event.action.at);
  for (const Workload& workload : scenario.workloads) {
    changes.insert(workload.start);
    changes.insert(workload.stop);
  }
  const auto first = changes.upper_bound(Picoseconds(0));
  const auto last = changes.lower_bound(scenario.duration);
  return 1 + static_cast<double>(std::distance(first, last));
}

}  // namespace

FluidEstimate EstimateFluid(const ValidScenario& scenario) {
  const Work work = WorkOf(scenario);
  const auto enis = static_cast<double>(scenario.deployment->enis.size());
  return {.seconds = kSecondsPerEni * enis +
                     StretchesOf(scenario) *
                         (kSecondsPerStream * work.streams + kSecondsPerFlow * work.flows +
                          kSecondsPerLimitedFlow * work.limited_flows),
          .bytes = kBytesAlways + kBytesPerEni * enis + kBytesPerStream * work.streams +
                   kBytesPerLimitedFlow * work.limited_flows};
}

}  // namespace vpcmirror::sim
