// Azure's virtual network TAPs, as its CLI prints them: a destination and the tap
// configurations of the network interfaces that it watches. No filter.
#include "sim/input/mirror_shapes.h"

namespace vpcmirror::sim {
namespace {

MirrorWords Words() {
  return {.mirror = "virtual network TAP",
          .sources = "networkInterfaceTapConfigurations",
          .targets = "destinationNetworkInterfaceIPConfiguration",
          .filter = "",
          .state = "",
          .direction = "",
          .number = "",
          .vni = "",
          .length = "",
          .priority = ""};
}

// "/subscriptions/.../networkInterfaces/web/tapConfigurations/tap" is web; what is
// no resource ID is taken as it is.
std::optional<At<std::string>> ReadInterface(const Cursor& object) {
  auto id = ReadText(object, "id");
  constexpr std::string_view kStep = "/networkInterfaces/";
  const std::size_t at = id ? id->value.find(kStep) : std::string::npos;
  if (at == std::string::npos) return id;
  const std::size_t first = at + kStep.size();
  id->value = id->value.substr(first, id->value.find('/', first) - first);
  return id;
}

}  // namespace

std::vector<MirrorSpec> ReadAzureTap(const Cursor& at) {
  MirrorSpec mirror;
  mirror.path = at.path();
  mirror.api = "azure";
  mirror.spoken = "a virtual network TAP of Azure";
  mirror.words = Words();
  mirror.id = ReadText(at, "name");
  if (const auto sources = at.Get("networkInterfaceTapConfigurations")) {
    for (const Cursor& item : sources->Items()) {
      if (auto name = ReadInterface(item)) mirror.sources.push_back(std::move(*name));
    }
  }
  if (const auto target = at.Get("destinationNetworkInterfaceIPConfiguration")) {
    if (auto name = ReadInterface(*target)) mirror.targets.push_back(std::move(*name));
  }
  if (const auto target = at.Get("destinationLoadBalancerFrontEndIPConfiguration")) {
    if (auto name = ReadText(*target, "id")) {
      mirror.load_balancer =
          LoadBalancerTarget{std::move(*name), "destinationLoadBalancerFrontEndIPConfiguration"};
    }
  }
  mirror.one_target = true;
  const auto port = ReadWhole(at, "destinationPort");
  constexpr std::int64_t kLastPort = 65535;
  if (port && port->value > 0 && port->value <= kLastPort) {
    mirror.destination_port = static_cast<std::uint16_t>(port->value);
  }
  mirror.filter.path = at.path();
  ReadMirrorOptions(at, mirror);
  return {std::move(mirror)};
}

}  // namespace vpcmirror::sim
