#include <fmt/format.h>

#include <filesystem>

#include "models/scenario/error.h"
#include "models/scenario/valid_scenario.h"
#include "sim/input/pcap_reader.h"
#include "sim/input/scenario_parts.h"

namespace vpcmirror::sim {
namespace {

// The simple IMIX of 64, 594 and 1518 bytes as 7:4:1; those count the FCS, frames here do not.
const std::vector<FrameSize>& Imix() {
  static const std::vector<FrameSize> mix = {
      {Bytes(60), 7.0}, {Bytes(590), 4.0}, {Bytes(1514), 1.0}};
  return mix;
}

// An Ethernet header before the longest IP packet.
constexpr Bytes kLargestFrame{14 + 65535};

void CheckFrame(const Cursor& at, Bytes frame) {
  if (frame >= kShortestFrame && frame <= kLargestFrame) return;
  at.Complain({fmt::format("a frame of {} bytes", frame.count()),
               fmt::format("from {} B to {} B, Ethernet header in and FCS out",
                           kShortestFrame.count(), kLargestFrame.count())});
}

// A frame size at `name` of `object`; 0 when there is none.
Bytes ReadFrame(const Cursor& object, std::string_view name) {
  const auto frame = ReadBytes(object, name);
  if (!frame) return Bytes(0);
  CheckFrame(*object.Get(name), frame->value);
  return frame->value;
}

std::optional<At<std::vector<FrameSize>>> ReadSizes(const Cursor& workload) {
  const std::optional<Cursor> sizes = workload.Get("sizes");
  if (!sizes) return std::nullopt;
  At<std::vector<FrameSize>> mix{{}, sizes->path()};
  if (const auto* text = sizes->value().get_ptr<const std::string*>()) {
    if (*text == "imix") {
      mix.value = Imix();
      return mix;
    }
  }
  if (sizes->value().is_object()) {
    const Bytes mean = ReadFrame(*sizes, "geometric");
    mix.value.push_back({.frame = mean, .geometric_up_to = kLargestFrame});
    return mix;
  }
  if (!sizes->value().is_array()) {
    mix.value.push_back({ReadFrame(workload, "sizes"), 1.0});
    return mix;
  }
  for (const Cursor& item : sizes->Items()) {
    mix.value.push_back({ReadFrame(item, "frame"), ReadNumber(item, "weight").value_or(1.0)});
  }
  return mix;
}

void ReadArrivals(const Cursor& at, WorkloadSpec& workload) {
  const std::optional<Cursor> arrivals = at.Get("arrivals");
  if (!arrivals) return;
  if (const auto text = ReadText(at, "arrivals")) {
    workload.arrivals = At<ArrivalProcess>{
        text->value == "poisson" ? ArrivalProcess::kPoisson : ArrivalProcess::kConstant,
        text->path};
    return;
  }
  OnOffSpec on_off;
  if (const auto on = ReadDuration(*arrivals, "on", Zero::kRefused)) on_off.mean_on = on->value;
  if (const auto off = ReadDuration(*arrivals, "off", Zero::kRefused)) on_off.mean_off = off->value;
  on_off.shape = ReadNumber(*arrivals, "shape").value_or(on_off.shape);
  workload.arrivals = At<ArrivalProcess>{ArrivalProcess::kOnOff, arrivals->path()};
  workload.on_off = At<OnOffSpec>{on_off, arrivals->path()};
}

void ReadPortsOf(const Cursor& at, WorkloadSpec& workload) {
  const std::optional<Cursor> ports = at.Get("ports");
  if (!ports) return;
  workload.client_ports = ReadAt(*ports, "client", &ReadPorts);
  if (const auto server = ReadInt(*ports, "server");
      server && server->value >= 1 && server->value <= 65535) {
    workload.server_port =
        At<std::uint16_t>{static_cast<std::uint16_t>(server->value), server->path};
  }
}

std::optional<At<RequestSpec>> ReadRequests(const Cursor& at) {
  const std::optional<Cursor> requests = at.Get("requests");
  if (!requests) return std::nullopt;
  At<RequestSpec> spec{{}, requests->path()};
  if (const auto rate = ReadPerSecond(*requests, "rate")) spec.value.per_second = *rate;
  spec.value.request = ReadFrame(*requests, "request");
  if (const auto response = ReadBytes(*requests, "response")) spec.value.response = response->value;
  return spec;
}

TcpVariant ReadTcpVariant(const Cursor& tcp) {
  const std::string word = TextOf(tcp, "variant");
  for (std::size_t i = 0; i < kTcpVariants; ++i) {
    if (ToString(static_cast<TcpVariant>(i)) == word) return static_cast<TcpVariant>(i);
  }
  return TcpVariant::kCubic;
}

std::optional<At<TcpClient>> ReadTcpClient(const Cursor& tcp) {
  const auto word = ReadText(tcp, "client");
  if (!word) return std::nullopt;
  return At<TcpClient>{word->value == "host" ? TcpClient::kHost : TcpClient::kOutside, word->path};
}

std::optional<At<TcpSpec>> ReadTcp(const Cursor& at) {
  const std::optional<Cursor> tcp = at.Get("tcp");
  if (!tcp) return std::nullopt;
  return At<TcpSpec>{{.variant = ReadTcpVariant(*tcp),
                      .send = ReadBytes(*tcp, "send"),
                      .request = ReadBytes(*tcp, "request"),
                      .response = ReadBytes(*tcp, "response"),
                      .think = ReadDuration(*tcp, "think", Zero::kAllowed),
                      .exchanges = ReadInt(*tcp, "exchanges"),
                      .segment = ReadBytes(*tcp, "segment"),
                      .buffer = ReadBytes(*tcp, "buffer"),
                      .client = ReadTcpClient(*tcp),
                      .delay = ReadDuration(*tcp, "delay", Zero::kAllowed)},
                     tcp->path()};
}

void OpenReplay(const Cursor& file, const CaptureFolder& captures, ReplaySpec& replay) {
  if (!captures.open) return;
  const auto path = std::filesystem::path(captures.path) / replay.file.value;
  std::vector<IpPrefix> locals;
  for (const At<IpPrefix>& local : replay.local) locals.push_back(local.value);
  try {
    Capture capture = ScanCapture(path.lexically_normal().string(), locals);
    replay.open = std::move(capture.open);
    replay.length = capture.length;
    replay.frames = capture.frames;
    replay.aside = capture.aside;
  } catch (const ScenarioException& e) {
    for (const ScenarioError& error : e.errors()) {
      file.Complain({fmt::format("{}: {}", error.file, error.message), error.accepted});
    }
  }
}

std::optional<At<ReplaySpec>> ReadReplay(const Cursor& at, const CaptureFolder& captures) {
  const std::optional<Cursor> replay = at.Get("replay");
  if (!replay) return std::nullopt;
  At<ReplaySpec> spec{{}, replay->path()};
  if (const auto local = replay->Get("local")) {
    for (const Cursor& item : local->Items()) {
      const auto prefix = ReadPrefix(item, /*or_address=*/true);
      if (prefix) spec.value.local.push_back({*prefix, item.path()});
    }
  }
  spec.value.map_addresses = ReadFlag(*replay, "map");
  spec.value.loop = ReadFlag(*replay, "loop");
  spec.value.time_scale = ReadNumber(*replay, "time_scale").value_or(1.0);
  if (auto file = ReadText(*replay, "file")) {
    spec.value.file = std::move(*file);
    OpenReplay(*replay->Get("file"), captures, spec.value);
  }
  return spec;
}

std::optional<IpPrefix> ReadPeer(const Cursor& at) { return ReadPrefix(at, /*or_address=*/true); }

WorkloadSpec ReadWorkload(std::string name, const Cursor& at, const CaptureFolder& captures) {
  WorkloadSpec workload;
  workload.name = std::move(name);
  workload.path = at.path();
  workload.at = ReadText(at, "at");
  workload.from = ReadText(at, "from");
  workload.to = ReadText(at, "to");
  workload.in = ReadBandwidth(at, "in");
  workload.out = ReadBandwidth(at, "out");
  workload.rate = ReadBandwidth(at, "rate");
  if (const auto per = ReadText(at, "per")) {
    workload.scope =
        At<RateScope>{per->value == "total" ? RateScope::kTotal : RateScope::kPerHost, per->path};
  }
  workload.peer = ReadAt(at, "peer", &ReadPeer);
  if (const auto protocol = ReadProtocol(at, "protocol")) {
    workload.protocol = At<std::uint8_t>{*protocol, at.path() + "/protocol"};
  }
  workload.flows = ReadInt(at, "flows");
  ReadPortsOf(at, workload);
  workload.sizes = ReadSizes(at);
  ReadArrivals(at, workload);
  workload.requests = ReadRequests(at);
  workload.tcp = ReadTcp(at);
  workload.replay = ReadReplay(at, captures);
  workload.wake_delay = ReadDuration(at, "wake_delay", Zero::kAllowed);
  workload.start = ReadDuration(at, "start", Zero::kAllowed);
  workload.stop = ReadDuration(at, "stop", Zero::kRefused);
  return workload;
}

}  // namespace

std::vector<WorkloadSpec> ReadWorkloads(const Cursor& workloads, const CaptureFolder& captures) {
  std::vector<WorkloadSpec> all;
  for (auto& [name, at] : workloads.Members()) all.push_back(ReadWorkload(name, at, captures));
  return all;
}

}  // namespace vpcmirror::sim
