#include <charconv>

#include "sim/input/scenario_parts.h"

namespace vpcmirror::sim {
namespace {

std::optional<MacAddress> ReadMac(const Cursor& value) {
  const auto* text = value.value().get_ptr<const std::string*>();
  return text == nullptr ? std::nullopt : ParseMacAddress(*text);
}

EniSpec ReadEni(const Cursor& at) {
  EniSpec eni;
  eni.path = at.path();
  eni.id = ReadText(at, "id");
  eni.subnet = ReadText(at, "subnet");
  eni.address = ReadAt(at, "address", &ReadAddress);
  if (const auto secondary = at.Get("secondary_addresses")) {
    for (const Cursor& item : secondary->Items()) {
      const auto address = ReadAddress(item);
      if (address) eni.secondary_addresses.push_back({*address, item.path()});
    }
  }
  eni.mtu = ReadBytes(at, "mtu");
  eni.mac = ReadAt(at, "mac", &ReadMac);
  eni.security_groups = ReadTexts(at, "security_groups");
  return eni;
}

void ReadLimits(const Cursor& limits, HostSettings& settings) {
  settings.bandwidth = ReadBandwidth(limits, "bandwidth");
  settings.burst = ReadBytes(limits, "burst");
  settings.peak_bandwidth = ReadBandwidth(limits, "peak");
  settings.flow_bandwidth = ReadBandwidth(limits, "flow");
  settings.packet_rate = ReadPacketRate(limits, "pps");
  if (const auto model = ReadText(limits, "model")) {
    settings.limit_model = At<LimitModel>{
        model->value == "per_direction" ? LimitModel::kPerDirection : LimitModel::kCombined,
        model->path};
  }
  settings.vcpus = ReadInt(limits, "vcpus");
  settings.memory = ReadBytes(limits, "memory", "GiB");
}

// So many frames, or frames and bytes.
void ReadQueue(const Cursor& host, HostSettings& settings) {
  const auto queue = host.Get("queue");
  if (!queue) return;
  if (!queue->value().is_object()) {
    settings.queue_frames = ReadFrames(host, "queue");
    return;
  }
  settings.queue_frames = ReadFrames(*queue, "frames");
  settings.queue_bytes = ReadBytes(*queue, "bytes");
}

HostSettings ReadSettings(const Cursor& at) {
  HostSettings settings;
  settings.type = ReadText(at, "type");
  if (const auto limits = at.Get("limits")) ReadLimits(*limits, settings);
  settings.receiver = ReadText(at, "receiver");
  settings.workers = ReadInt(at, "workers");
  settings.ring_bytes = ReadBytes(at, "ring_bytes", "MiB");
  settings.costs = ReadCosts(at);
  settings.subnet = ReadText(at, "subnet");
  settings.mtu = ReadBytes(at, "mtu");
  ReadQueue(at, settings);
  settings.timer_delay = ReadDuration(at, "timer_delay", Zero::kAllowed);
  settings.security_groups = ReadTexts(at, "security_groups");
  if (const auto enis = at.Get("enis")) {
    for (const Cursor& item : enis->Items()) settings.enis.push_back(ReadEni(item));
  }
  return settings;
}

}  // namespace

std::vector<HostSpec> ReadHosts(const Cursor& hosts) {
  std::vector<HostSpec> all;
  for (auto& [name, at] : hosts.Members()) {
    HostSpec host;
    host.name = name;
    host.path = at.path();
    host.count = ReadInt(at, "count");
    host.settings = ReadSettings(at);
    if (const auto overrides = at.Get("override")) {
      for (auto& [member, settings] : overrides->Members()) {
        int number = 0;
        const auto end = member.data() + member.size();
        if (std::from_chars(member.data(), end, number).ptr != end) continue;
        if (host.overrides.contains(number)) {
          settings.Complain({"member " + std::to_string(number) + " is here for the second time",
                             "one entry for each member"});
        }
        host.overrides[number] = {ReadSettings(settings), settings.path()};
      }
    }
    all.push_back(std::move(host));
  }
  return all;
}

}  // namespace vpcmirror::sim
