#include "sim/packet/event_estimate.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "models/ns3/mirror_receiver.h"
#include "models/ns3/replay_source.h"
#include "models/ns3/request_source.h"
#include "models/scenario/error.h"
#include "models/scenario/flows.h"
#include "models/scenario/timeline_means.h"
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

// Measured on an AMD EPYC with 2 vCPU, 2026-11-29: docs/performance.md, "What a run takes".
constexpr double kSecondsPerEvent = 0.6e-6;
constexpr double kSecondsPerEni = 100e-6;  // read, validated, set up, measured and written
// 20 us of ns-3's TCP for a segment of data and its acknowledgement: docs/performance.md, "TCP".
constexpr double kEventsPerSegment = 20e-6 / kSecondsPerEvent;
constexpr double kBytesAtLeast = 17e6;   // the program with a scenario of one host
constexpr double kBytesPerEni = 10.5e3;  // with its CVM and its part of the result
constexpr double kBytesPerStream = 2e3;
constexpr double kBytesPerFlow = 150;
constexpr double kBytesPerConnection = 22e3;  // both sockets
constexpr double kBytesPerTcpNode = 12e3;     // ns-3's Internet stack
constexpr double kBytesPerSession = 1e3;
constexpr double kBytesPerRememberedCopy =
    16;  // a number and an ENI, by which duplicates are known
constexpr double kBytesPerFrameUnderWay = 500;

std::string Rounded(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.2g", value);
  return text.data();
}

double BitsPerSecondOf(const ValidScenario& scenario, std::size_t eni) {
  const Deployment& deployment = *scenario.deployment;
  const auto& limit = deployment.cvms[deployment.enis[eni].cvm].limits.bandwidth;
  return limit ? static_cast<double>(limit->count()) : std::numeric_limits<double>::infinity();
}

// TCP streams that an ENI has, by ENI.
std::map<std::size_t, double> TcpStreamsByEni(const ValidScenario& scenario) {
  std::map<std::size_t, double> streams;
  for (const Workload& workload : scenario.workloads) {
    for (const TcpStream& stream : workload.tcp_streams) {
      for (const Endpoint& end : {stream.client, stream.server}) {
        if (end.eni) streams[*end.eni] += 1;
      }
    }
  }
  return streams;
}

// ENIs and peers outside with TCP.
double TcpNodes(const ValidScenario& scenario) {
  auto nodes = static_cast<double>(TcpStreamsByEni(scenario).size());
  for (const Workload& workload : scenario.workloads) {
    for (const TcpStream& stream : workload.tcp_streams) {
      if (!stream.client.eni || !stream.server.eni) nodes += 1;
    }
  }
  return nodes;
}

// As many as the ends' shares of their limits or the buffers let through, or as there are to
// send in `seconds`.
double TcpSegments(const ValidScenario& scenario, const Workload& workload, const TcpStream& stream,
                   const std::map<std::size_t, double>& streams, double seconds) {
  const TcpSettings& tcp = *workload.tcp;
  const auto segment = static_cast<double>(tcp.segment.count());
  const auto segments_of = [&](Bytes data) {
    return std::ceil(static_cast<double>(data.count()) / segment);
  };
  constexpr double kShortestRoundTrip = 10e-6;  // s, where the fabric has no delay
  const bool is_inside = stream.client.eni && stream.server.eni;
  const double round_trip = std::max(
      kShortestRoundTrip, 2 * Seconds(is_inside ? scenario.fabric_delay : tcp.outside_delay));
  const auto share_of = [&](const Endpoint& end) {
    if (!end.eni) return std::numeric_limits<double>::infinity();
    return BitsPerSecondOf(scenario, *end.eni) / streams.at(*end.eni);
  };
  const double link =
      std::min(share_of(stream.client), share_of(stream.server)) / kBitsPerByte / segment;
  const double window = workload.flows * segments_of(tcp.buffer) / round_trip;
  const double most = std::min(link, window) * seconds;
  if (tcp.send) return std::min(most, workload.flows * segments_of(*tcp.send));
  if (!tcp.exchanges_requests()) return most;
  const double of_exchange = segments_of(tcp.request) + segments_of(tcp.response);
  return std::min(most, workload.flows * of_exchange * seconds / (round_trip + Seconds(tcp.think)));
}

double EstimateEvents(const ValidScenario& scenario) {
  const std::vector<double> sessions = SessionsByEni(scenario);
  const auto per_frame = [&](const Endpoint& from, const Endpoint& to) {
    const double at_source = from.eni ? sessions[*from.eni] : 0;
    const double at_target = to.eni ? sessions[*to.eni] : 0;
    const double arrival = from.eni && to.eni ? 1 : 0;
    return 1 + arrival + at_source + at_target;
  };

  const std::map<std::size_t, double> tcp_streams = TcpStreamsByEni(scenario);
  double events = 0;
  for (std::size_t i = 0; i < scenario.workloads.size(); ++i) {
    const Workload& workload = scenario.workloads[i];
    const Picoseconds end = std::min(workload.stop, scenario.duration);
    const double seconds = std::max(0.0, Seconds(end - workload.start)) *
                           MeanScale(scenario.timeline, i, workload.start, end);
    for (const Stream& stream : workload.streams) {
      const double frames_per_second =
          static_cast<double>(stream.rate.count()) / kBitsPerByte / MeanFrameBytes(workload.sizes);
      events += frames_per_second * seconds * per_frame(stream.from, stream.to);
    }
    for (const RequestStream& stream : workload.requests) {
      const double frames = 1 + std::ceil(static_cast<double>(stream.response.count()) /
                                          kLongestResponseFrame.count());
      events += stream.per_second * seconds * frames * per_frame(stream.client, stream.server);
    }
    for (const TcpStream& stream : workload.tcp_streams) {
      events += TcpSegments(scenario, workload, stream, tcp_streams, seconds) *
                (kEventsPerSegment + per_frame(stream.client, stream.server));
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

std::int64_t StreamsOf(const Workload& workload) {
  return static_cast<std::int64_t>(workload.streams.size() + 2 * workload.requests.size() +
                                   workload.tcp_streams.size() + workload.replays.size());
}

std::int64_t FlowsOf(const ValidScenario& scenario) {
  std::int64_t flows = 0;
  for (const Workload& workload : scenario.workloads) {
    flows +=
        (StreamsOf(workload) - static_cast<std::int64_t>(workload.replays.size())) * workload.flows;
  }
  return flows;
}

double EstimateBytes(const ValidScenario& scenario, double events) {
  double bytes = kBytesAtLeast;
  bytes += kBytesPerEni * static_cast<double>(scenario.deployment->enis.size());
  bytes += kBytesPerFlow * static_cast<double>(FlowsOf(scenario));
  for (const Workload& workload : scenario.workloads) {
    bytes += kBytesPerStream * static_cast<double>(StreamsOf(workload));
  }
  for (const Workload& workload : scenario.workloads) {
    const auto streams = static_cast<double>(workload.tcp_streams.size());
    bytes += kBytesPerConnection * streams * workload.flows;
  }
  bytes += kBytesPerTcpNode * TcpNodes(scenario);
  for (const PlacedMirror& mirror : scenario.mirrors) {
    const double copies = std::min(events, static_cast<double>(MirrorReceiver::kRemembered));
    bytes += kBytesPerSession * static_cast<double>(mirror.sources.size());
    bytes += kBytesPerRememberedCopy * copies * static_cast<double>(mirror.receiver_enis.size());
  }
  const double per_second = events / std::max(1e-12, Seconds(scenario.duration));
  // No more than there are can be under way.
  const double under_way = std::min(events, per_second * Seconds(scenario.fabric_delay));
  return bytes + kBytesPerFrameUnderWay * under_way;
}

void RefuseTooManyFlows(const ValidScenario& scenario) {
  const std::int64_t flows = FlowsOf(scenario);
  if (flows <= kMostFlows) return;
  throw ScenarioException(
      {{.file = scenario.file,
        .path = "/workloads",
        .message = std::to_string(flows) + " flows in all, more than " + std::to_string(kMostFlows),
        .accepted = "fewer flows a stream, or fewer hosts"}});
}

std::string DurationText(double seconds) {
  if (seconds < 120) return Rounded(seconds) + " s";
  if (seconds < 7200) return Rounded(seconds / 60) + " min";
  return Rounded(seconds / 3600) + " h";
}

std::string MemoryText(double bytes) {
  constexpr double kMebibyte = 1 << 20;
  const double mebibytes = bytes / kMebibyte;
  return mebibytes < 1024 ? Rounded(mebibytes) + " MiB" : Rounded(mebibytes / 1024) + " GiB";
}

// One limit that an estimate is over, and what would do instead.
struct Excess {
  std::string path;
  std::string limit;     // "more than 1e+10 events"
  std::string accepted;  // what would do
};

// What would bring down a run whose work grows with its duration, of which
// `share` fits.
std::string Shorter(const ValidScenario& scenario, double share, const char* option) {
  const std::string others =
      std::string("fewer hosts, lower rates or larger frames, or a larger ") + option;
  if (!(share > 0)) return others;
  return "a duration of at most " + Rounded(Seconds(scenario.duration) * share) + " s, or " +
         others;
}

std::optional<Excess> ExcessOf(const ValidScenario& scenario, const RunEstimate& estimate,
                               const RunLimits& limits) {
  const auto most = static_cast<double>(limits.events);
  if (estimate.events > most) {
    return Excess{"/duration", "more than " + Rounded(most) + " events",
                  Shorter(scenario, most / estimate.events, "--max-events")};
  }
  if (limits.wall && estimate.seconds > Seconds(*limits.wall)) {
    const std::string over = "more than the " + DurationText(Seconds(*limits.wall)) +
                             " of --max-wall";
    if (estimate.events == 0) {
      return Excess{"/hosts", over,
                    "fewer hosts, workloads, flows or changes under way, or a larger --max-wall"};
    }
    const double left = Seconds(*limits.wall) - estimate.set_up_seconds;
    return Excess{
        "/duration", over,
        Shorter(scenario, left / (estimate.seconds - estimate.set_up_seconds), "--max-wall")};
  }
  if (limits.memory && estimate.bytes > static_cast<double>(limits.memory->count())) {
    const std::string most_memory = MemoryText(static_cast<double>(limits.memory->count()));
    return Excess{"/hosts", "more than " + most_memory + " of memory",
                  "fewer hosts, flows or sources of mirrors, or a larger --max-memory on a machine "
                  "that has it"};
  }
  return std::nullopt;
}

}  // namespace

RunEstimate operator+(const RunEstimate& first, const RunEstimate& second) {
  return {.events = first.events + second.events,
          .seconds = first.seconds + second.seconds,
          .set_up_seconds = first.set_up_seconds + second.set_up_seconds,
          .bytes = std::max(first.bytes, second.bytes)};
}

RunEstimate EstimateRun(const ValidScenario& scenario) {
  RunEstimate estimate;
  estimate.events = EstimateEvents(scenario);
  estimate.set_up_seconds = kSecondsPerEni * static_cast<double>(scenario.deployment->enis.size());
  estimate.seconds = estimate.set_up_seconds + kSecondsPerEvent * estimate.events;
  estimate.bytes = EstimateBytes(scenario, estimate.events);
  return estimate;
}

void RefuseIfTooLarge(const ValidScenario& scenario, const RunEstimate& estimate,
                      const RunLimits& limits) {
  RefuseTooManyFlows(scenario);
  const std::optional<Excess> excess = ExcessOf(scenario, estimate, limits);
  if (!excess) return;
  throw ScenarioException(
      {{.file = scenario.file,
        .path = excess->path,
        .message = "this run would take about " +
                   (estimate.events > 0 ? Rounded(estimate.events) + " events, " : "") +
                   DurationText(estimate.seconds) + " of CPU time and " +
                   MemoryText(estimate.bytes) + " of memory: " + excess->limit,
        .accepted = excess->accepted}});
}

}  // namespace vpcmirror::sim
