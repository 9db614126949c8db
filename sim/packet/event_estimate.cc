#include "sim/packet/event_estimate.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

#include "models/ns3/replay_source.h"
#include "models/ns3/request_source.h"
#include "models/scenario/error.h"
#include "models/units/rates.h"

namespace vpcmirror::sim {
namespace {

// Arrivals of copies that a frame at this end may cause: one behind a load balancer
// arrives twice.
std::vector<double> SessionsByEni(const ValidScenario& scenario) {
  std::vector<double> sessions(scenario.deployment->enis.size(), 0);
  for (const PlacedMirror& mirror : scenario.mirrors) {
    for (const std::size_t eni : mirror.sources) sessions[eni] += mirror.load_balancer ? 2.0 : 1.0;
  }
  return sessions;
}

std::string Rounded(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.2g", value);
  return text.data();
}

}  // namespace

double EstimateEvents(const ValidScenario& scenario) {
  const std::vector<double> sessions = SessionsByEni(scenario);
  const auto per_frame = [&](const Endpoint& from, const Endpoint& to) {
    const double at_source = from.eni ? sessions[*from.eni] : 0;
    const double at_target = to.eni ? sessions[*to.eni] : 0;
    const double arrival = from.eni && to.eni ? 1 : 0;
    return 1 + arrival + at_source + at_target;
  };

  double events = 0;
  for (const Workload& workload : scenario.workloads) {
    const Picoseconds end = std::min(workload.stop, scenario.duration);
    const double seconds = std::max(0.0, Seconds(end - workload.start));
    for (const Stream& stream : workload.streams) {
      const double frames_per_second =
          static_cast<double>(stream.rate.count()) / kBitsPerByte / MeanFrameBytes(workload.sizes);
      events += frames_per_second * seconds * per_frame(stream.from, stream.to);
    }
    for (const RequestStream& stream : workload.requests) {
      const double frames = 1 + std::ceil(static_cast<double>(stream.response.count()) /
                                          RequestSource::kLargestFrame);
      events += stream.per_second * seconds * frames * per_frame(stream.client, stream.server);
    }
    for (const Replay& replay : workload.replays) {
      const double round =
          Seconds(replay.length) * replay.time_scale + Seconds(ReplaySource::kLoopGap);
      const double rounds = replay.loop ? std::max(1.0, seconds / round) : 1.0;
      events += static_cast<double>(replay.frames) * rounds * (1 + sessions[replay.eni]);
    }
  }
  return events;
}

namespace {

void RefuseTooManyFlows(const ValidScenario& scenario) {
  std::int64_t flows = 0;
  for (const Workload& workload : scenario.workloads) {
    const std::size_t streams = workload.streams.size() + 2 * workload.requests.size();
    flows += static_cast<std::int64_t>(streams) * workload.flows;
  }
  if (flows <= kMostFlows) return;
  throw ScenarioException(
      {{.file = scenario.file,
        .path = "/workloads",
        .message = std::to_string(flows) + " flows in all, more than " + std::to_string(kMostFlows),
        .accepted = "fewer flows a stream, or fewer hosts"}});
}

}  // namespace

void RefuseIfTooLarge(const ValidScenario& scenario, std::int64_t max_events) {
  RefuseTooManyFlows(scenario);
  const double events = EstimateEvents(scenario);
  const auto most = static_cast<double>(max_events);
  if (events <= most) return;
  const double seconds = Seconds(scenario.duration) * most / events;
  throw ScenarioException({{.file = scenario.file,
                            .path = "/duration",
                            .message = "this run would take about " + Rounded(events) +
                                       " events, more than " + Rounded(most),
                            .accepted = "a duration of at most " + Rounded(seconds) +
                                        " s, or fewer hosts, lower rates or larger frames"}});
}

}  // namespace vpcmirror::sim
