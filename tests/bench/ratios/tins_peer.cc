#include "tests/bench/ratios/tins_peer.h"

#include <tins/tins.h>

#include <cstring>
#include <vector>

#include "tests/bench/ratios/outer.h"

namespace vpcmirror::ratios {
namespace {

const std::uint8_t* Octets(std::span<const std::byte> octets) {
  return reinterpret_cast<const std::uint8_t*>(octets.data());
}

Tins::EthernetII Read(std::span<const std::byte> frame) {
  return {Octets(frame), static_cast<std::uint32_t>(frame.size())};
}

std::uint32_t PortsOf(const Tins::EthernetII& frame) {
  if (const auto* tcp = frame.find_pdu<Tins::TCP>()) {
    return std::uint32_t{tcp->sport()} << 16 | tcp->dport();
  }
  if (const auto* udp = frame.find_pdu<Tins::UDP>()) {
    return std::uint32_t{udp->sport()} << 16 | udp->dport();
  }
  return 0;
}

std::uint32_t HashOf(const Tins::EthernetII& frame) {
  std::uint32_t hash = PortsOf(frame);
  if (const auto* ip = frame.find_pdu<Tins::IP>()) {
    hash ^= static_cast<std::uint32_t>(ip->src_addr()) ^ static_cast<std::uint32_t>(ip->dst_addr());
  }
  return hash * 0x9e3779b1;  // Knuth's multiplicative hash: 2^32 / golden ratio, odd
}

}  // namespace

std::uint32_t TinsPorts(std::span<const std::byte> frame) { return PortsOf(Read(frame)); }

std::size_t TinsEncapsulate(std::span<const std::byte> frame, std::byte* out) {
  const std::uint32_t hash = HashOf(Read(frame));
  std::vector<std::uint8_t> inner;
  inner.reserve(kVxlanHeader.size() + frame.size());
  inner.assign(Octets(kVxlanHeader), Octets(kVxlanHeader) + kVxlanHeader.size());
  inner.insert(inner.end(), Octets(frame), Octets(frame) + frame.size());
  const auto source_port = static_cast<std::uint16_t>(49152 + (hash >> 26));
  Tins::EthernetII datagram = Tins::EthernetII(Tins::HWAddress<6>(kOuterDestinationMac),
                                               Tins::HWAddress<6>(kOuterSourceMac)) /
                              Tins::IP(kOuterDestination, kOuterSource) /
                              Tins::UDP(4789, source_port) /
                              Tins::RawPDU(inner.data(), static_cast<std::uint32_t>(inner.size()));
  const std::vector<std::uint8_t> octets = datagram.serialize();
  std::memcpy(out, octets.data(), octets.size());
  return octets.size();
}

}  // namespace vpcmirror::ratios
