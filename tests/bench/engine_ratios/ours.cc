#include "tests/bench/engine_ratios/ours.h"

#include <memory>
#include <stdexcept>

#include "sim/input/scenario_reader.h"
#include "sim/packet/packet_engine.h"

namespace vpcmirror::ratios {
namespace {

const std::string kLimits = R"("limits": {"bandwidth": "10 Gbps", "model": "per_direction"})";

std::string RateOf(const UdpTraffic& traffic) {
  constexpr std::int64_t kBitsPerByte = 8;
  constexpr std::int64_t kNanosecondsPerSecond = 1'000'000'000;
  const std::int64_t rate =
      traffic.frame_bytes * kBitsPerByte * kNanosecondsPerSecond / traffic.gap_ns;
  return "\"" + std::to_string(rate) + " bps\"";
}

// What all UDP workloads have in common.
std::string UdpOf(const UdpTraffic& traffic) {
  return R"("protocol": "udp", "flows": 1, "sizes": ")" + std::to_string(traffic.frame_bytes) +
         R"( B")";
}

std::string ScenarioOf(const std::string& seconds, const std::string& hosts,
                       const std::string& workloads) {
  return R"({"provider": "tencent", "duration": ")" + seconds + R"( s",
  "vpcs": {"prod": {"cidr": "10.0.0.0/8",
                    "subnets": {"web": "10.0.0.0/9", "sec": "10.128.0.0/24"}}},
  "hosts": {)" +
         hosts + R"(,
    "ids": {)" +
         kLimits + R"(, "subnet": "sec", "receiver": "generic"}},
  "workloads": {)" +
         workloads + R"(},
  "mirrors": [{"CollectorSrcs": ["web"], "Direction": "ALL",
               "CollectorTarget": {"TargetIps": ["ids"]}}]})";
}

}  // namespace

std::string MirroredHost(const UdpTraffic& traffic, OtherSide other_side) {
  const std::string host = "{" + kLimits + R"(, "subnet": "web"})";
  const std::string rate = RateOf(traffic);
  const std::string udp = UdpOf(traffic);
  const std::string seconds = std::to_string(traffic.seconds);
  if (other_side == OtherSide::kOutside) {
    return ScenarioOf(
        seconds, R"("web": )" + host,
        R"("udp": {"at": "web", "in": )" + rate + R"(, "out": )" + rate + ", " + udp + "}");
  }
  const auto workload = [&](const char* name, const char* from, const char* to) {
    return std::string("\"") + name + R"(": {"from": ")" + from + R"(", "to": ")" + to +
           R"(", "rate": )" + rate + ", " + udp + "}";
  };
  return ScenarioOf(seconds, R"("web": )" + host + R"(, "client": )" + host,
                    workload("in", "client", "web") + ", " + workload("out", "web", "client"));
}

std::string MirroredFleet(int enis, const UdpTraffic* traffic, OtherSide other_side) {
  const std::string hosts =
      R"("web": {"count": )" + std::to_string(enis) + ", " + kLimits + R"(, "subnet": "web"})";
  if (traffic == nullptr) return ScenarioOf("1", hosts, "");
  const std::string ends = other_side == OtherSide::kOutside
                               ? R"("at": "web", "out": )"
                               : R"("from": "web", "to": "web", "rate": )";
  return ScenarioOf(
      std::to_string(traffic->seconds), hosts,
      R"("udp": {)" + ends + RateOf(*traffic) + R"(, "per": "total", )" + UdpOf(*traffic) + "}");
}

std::string TcpHosts(const TcpTraffic& traffic, bool mirrored) {
  const auto text = [](std::int64_t count) { return std::to_string(count); };
  const std::string host = "{" + kLimits + R"(, "queue": "100000 frames", "mtu": "9000 B"})";
  const std::string mirror = mirrored ? R"({"CollectorSrcs": ["client"], "Direction": "EGRESS",
                     "CollectorTarget": {"TargetIps": ["ids"]}})"
                                      : "";
  return R"({"duration": ")" + text(traffic.seconds) + R"( s",
  "hosts": {"client": )" +
         host + R"(, "server": )" + host + R"(, "ids": {"mtu": "9000 B"}},
  "workloads": {"bulk": {"from": "client", "to": "server", "flows": )" +
         text(traffic.flows) + R"(, "tcp": {"send": ")" + text(traffic.bytes) +
         R"( B", "segment": ")" + text(traffic.segment) + R"( B", "buffer": ")" +
         text(traffic.buffer) + R"( B"}}},
  "mirrors": [)" +
         mirror + "]}";
}

namespace {

double DeliveredIn(const RunResult& result, OtherSide other_side) {
  std::int64_t delivered = 0;
  if (!result.tcp.empty()) {
    constexpr std::int64_t kSegment = 1448;
    return static_cast<double>(result.tcp.front().delivered.count() / kSegment);
  }
  for (const EniResult& eni : result.enis) {
    delivered += eni.in.frames;
    if (other_side == OtherSide::kOutside) delivered += eni.out.frames - eni.mirror_out.frames;
  }
  return static_cast<double>(delivered);
}

// No frame of these scenarios is lost, and all that the direction asks for are to be copied.
void RefuseLosses(const RunResult& result) {
  for (const MirrorResult& mirror : result.mirrors) {
    const auto by_direction = static_cast<std::size_t>(Refusal::kDirection);
    const std::int64_t lost = mirror.ledger.offered.frames - mirror.ledger.mirrored.frames -
                              mirror.ledger.queued_at_end.frames -
                              mirror.ledger.rejected[by_direction].frames;
    if (lost != 0) throw std::runtime_error(std::to_string(lost) + " frames were not mirrored");
  }
}

}  // namespace

Measured SimulateWithEngine(const std::string& scenario, const Library& library,
                            OtherSide other_side) {
  Measured measured;
  const auto engine = sim::MakePacketEngine();
  const double fresh_bytes = ResidentBytes();
  const double start = ProcessCpuNs();
  sim::ReadOptions options;
  options.data_folder = VPCMIRROR_SOURCE_DIR "/scenarios";
  const ValidScenario valid = LoadScenarioText(scenario, "bench.json", library, options);
  const double loaded = ProcessCpuNs();
  const double loaded_bytes = ResidentBytes();
  measured.load_ns = loaded - start;
  measured.load_bytes = loaded_bytes - fresh_bytes;

  // The engine looks up before the first frame and then 10,000 times.
  double first_look = 0;
  double last_look = 0;
  RunControl control;
  control.progress = [&](Picoseconds now) {
    // Set-up looks at time 0, again and again.
    if (now == Picoseconds(0)) {
      measured.build_bytes = ResidentBytes() - loaded_bytes;
      first_look = ProcessCpuNs();
    } else if (now >= valid.duration / 1000 * 999) {
      last_look = ProcessCpuNs();
    }
  };
  const RunResult result = engine->Run(valid, control);
  measured.total_ns = ProcessCpuNs() - loaded;
  measured.build_ns = first_look - loaded;
  measured.run_ns = last_look - first_look;
  measured.events = static_cast<double>(result.events);
  measured.frames = DeliveredIn(result, other_side);
  RefuseLosses(result);
  return measured;
}

}  // namespace vpcmirror::ratios
