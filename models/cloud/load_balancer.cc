#include "models/cloud/load_balancer.h"

#include <algorithm>

#include "models/mirror/mirror.h"

namespace vpcmirror {

std::size_t LoadBalancer::ZoneFor(std::string_view zone) const {
  const auto at = std::find(zones.begin(), zones.end(), zone);
  return at == zones.end() ? 0 : static_cast<std::size_t>(at - zones.begin());
}

bool LoadBalancer::Listens(const FrameInfo& copy, bool has_outer_headers) const {
  if (!kind.needs_listener || !has_outer_headers) return true;
  if (!listener || !copy.has_flow || copy.flow.protocol != listener->protocol) return false;
  // A fragment has no port to ask for; those of a datagram go where the first goes.
  return copy.is_fragment || copy.flow.destination_port == listener->port;
}

BackendChoice::BackendChoice(const LoadBalancer& load_balancer) {
  for (const std::string& zone : load_balancer.zones) {
    std::vector<std::size_t>& eligible = eligible_.emplace_back();
    for (std::size_t i = 0; i < load_balancer.backends.size(); ++i) {
      const Backend& backend = load_balancer.backends[i];
      if (!backend.healthy || (!load_balancer.cross_zone && backend.zone != zone)) continue;
      eligible.push_back(i);
    }
  }
}

std::optional<std::size_t> BackendChoice::Choose(std::size_t zone, std::uint64_t hash) const {
  const std::vector<std::size_t>& eligible = eligible_[zone];
  if (eligible.empty()) return std::nullopt;
  return eligible[hash % eligible.size()];
}

std::uint64_t BalancingHash(const FrameInfo& copy, bool has_outer_headers, HashSymmetry bare) {
  if (!copy.has_flow) return 0;
  return SpreadingHash(copy, has_outer_headers ? HashSymmetry::kDirectional : bare);
}

std::string ToString(const Listener& listener) {
  const bool is_udp = listener.protocol == kProtocolUdp;
  return (is_udp ? "udp:" : "tcp:") + std::to_string(listener.port);
}

}  // namespace vpcmirror
