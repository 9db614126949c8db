#include "models/mirror/mirror.h"

#include <stdexcept>
#include <utility>

namespace vpcmirror {

Mirror::Mirror(MirrorSettings settings)
    : settings_(std::move(settings)), encapsulation_(settings_.tunnel) {
  if (settings_.receivers.empty()) throw std::invalid_argument("a mirror needs a receiver");
  for (const ReceiverAddress& receiver : settings_.receivers) {
    if (!receiver.address.is_v4()) {
      throw std::invalid_argument(ToString(receiver.address) + " is not IPv4: the underlay is");
    }
    if (encapsulation_.MaxInner(receiver.mtu) <= Bytes(0)) {
      throw std::invalid_argument("an MTU of " + std::to_string(receiver.mtu.count()) +
                                  " leaves no room for a copy");
    }
  }
}

Bytes Mirror::WireOverhead() const {
  const auto headers = static_cast<std::int64_t>(encapsulation_.header_bytes());
  return headers == 0 ? Bytes(0) : Bytes(headers + std::int64_t{kEthernetHeaderBytes});
}

std::vector<MirrorPort> Mirror::MirrorPorts() const {
  std::vector<MirrorPort> ports;
  if (encapsulation_.header_bytes() == 0) return ports;
  const auto port = encapsulation_.destination_port();
  for (const ReceiverAddress& receiver : settings_.receivers) {
    ports.push_back({.receiver = receiver.address,
                     .protocol = port ? kProtocolUdp : kProtocolGre,
                     .port = port.value_or(0)});
  }
  return ports;
}

std::uint32_t Mirror::ChooseReceiver(const FrameInfo& frame,
                                     std::uint64_t source_eni_hash) const noexcept {
  const std::uint64_t count = settings_.receivers.size();
  if (count == 1) return 0;
  const bool by_flow = settings_.choice == ReceiverChoice::kByFlow && frame.has_flow;
  const std::uint64_t hash =
      by_flow ? FlowHash(frame.flow, settings_.hash_symmetry) : source_eni_hash;
  return static_cast<std::uint32_t>(hash % count);
}

std::uint64_t Mirror::Entropy(const FrameInfo& frame) const noexcept {
  return frame.has_flow ? FlowHash(frame.flow, settings_.hash_symmetry) : 0;
}

}  // namespace vpcmirror
