// Google Cloud's packetMirrorings resources. Its collector is a load balancer, of the
// scenario or, where "options" names the hosts behind it, none that is simulated.
#include "sim/input/mirror_shapes.h"

namespace vpcmirror::sim {
namespace {

MirrorWords Words() {
  return {.mirror = "packetMirroring",
          .sources = "mirroredResources",
          .targets = kCollectors,
          .filter = "filter",
          .state = "enable",
          .direction = "filter.direction",
          .number = "",
          .vni = "",
          .length = "",
          .priority = ""};
}

// "https://.../zones/z/instances/web" is web.
std::optional<At<std::string>> ReadUrl(const Cursor& object) {
  auto url = ReadText(object, "url");
  if (!url) return std::nullopt;
  if (url->value.rfind("http", 0) == 0 || url->value.rfind("projects/", 0) == 0) {
    url->value = url->value.substr(url->value.rfind('/') + 1);
  }
  return url;
}

void ReadSources(const Cursor& at, std::vector<At<std::string>>& sources) {
  if (const auto subnetworks = at.Get("subnetworks")) {
    for (const Cursor& item : subnetworks->Items()) {
      auto name = ReadUrl(item);
      if (!name) continue;
      if (name->value.rfind("subnet:", 0) != 0) name->value.insert(0, "subnet:");
      sources.push_back(std::move(*name));
    }
  }
  if (const auto instances = at.Get("instances")) {
    for (const Cursor& item : instances->Items()) {
      if (auto name = ReadUrl(item)) sources.push_back(std::move(*name));
    }
  }
}

void ReadFilter(const Cursor& at, MirrorSpec& mirror) {
  mirror.filter.path = at.path();
  if (const auto ranges = at.Get("cidrRanges")) {
    for (const Cursor& item : ranges->Items()) {
      if (const auto prefix = ReadPrefix(item)) {
        mirror.filter.peers.push_back({*prefix, item.path()});
      }
    }
  }
  if (const auto protocols = at.Get("IPProtocols")) {
    for (const Cursor& item : protocols->Items()) {
      if (const auto protocol = ReadProtocol(item)) {
        mirror.filter.protocols.push_back({*protocol, item.path()});
      }
    }
  }
  if (const auto direction = ReadText(at, "direction")) {
    mirror.direction = At<DirectionSet>{direction->value == "EGRESS"    ? DirectionSet::kEgress
                                        : direction->value == "INGRESS" ? DirectionSet::kIngress
                                                                        : DirectionSet::kAll,
                                        direction->path};
  }
}

}  // namespace

std::vector<MirrorSpec> ReadGcpMirroring(const Cursor& at) {
  MirrorSpec mirror;
  mirror.path = at.path();
  mirror.api = "gcp";
  mirror.spoken = "a packetMirrorings resource of Google Cloud";
  mirror.words = Words();
  mirror.id = ReadText(at, "name");
  if (const auto network = at.Get("network")) mirror.vpc = ReadUrl(*network);
  if (const auto enable = ReadBool(at, "enable")) {
    mirror.state = At<MirrorState>{enable->value ? MirrorState::kRunning : MirrorState::kStopped,
                                   enable->path};
  }
  if (const auto sources = at.Get("mirroredResources")) ReadSources(*sources, mirror.sources);
  const auto collector = at.Get("collectorIlb");
  ReadCollectors(at, collector ? ReadUrl(*collector) : std::nullopt, "collectorIlb", mirror);
  mirror.filter.path = at.path();
  if (const auto filter = at.Get("filter")) ReadFilter(*filter, mirror);
  ReadMirrorOptions(at, mirror);
  return {std::move(mirror)};
}

}  // namespace vpcmirror::sim
