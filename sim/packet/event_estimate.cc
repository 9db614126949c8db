#include "sim/packet/event_estimate.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <string>
#include <vector>

#include "models/scenario/error.h"
#include "models/units/rates.h"

namespace vpcmirror::sim {
namespace {

double MeanFrameBytes(const Workload& workload) {
  double bytes = 0;
  double weights = 0;
  for (const FrameSize& size : workload.sizes) {
    bytes += static_cast<double>(size.frame.count()) * size.weight;
    weights += size.weight;
  }
  return weights > 0 ? bytes / weights : 1;
}

// Copies that a frame at this end may cause.
std::vector<double> SessionsByEni(const ValidScenario& scenario) {
  std::vector<double> sessions(scenario.deployment->enis.size(), 0);
  for (const PlacedMirror& mirror : scenario.mirrors) {
    for (const std::size_t eni : mirror.sources) ++sessions[eni];
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
          static_cast<double>(stream.rate.count()) / kBitsPerByte / MeanFrameBytes(workload);
      events += frames_per_second * seconds * per_frame(stream.from, stream.to);
    }
    for (const RequestStream& stream : workload.requests) {
      const double frames = 1 + static_cast<double>(stream.response.count()) / 1500;
      events += stream.per_second * seconds * frames * per_frame(stream.client, stream.server);
    }
  }
  return events;
}

void RefuseIfTooLarge(const ValidScenario& scenario, std::int64_t max_events) {
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
