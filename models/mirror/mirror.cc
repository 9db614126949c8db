#include "models/mirror/mirror.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "models/wire/hash.h"

namespace vpcmirror {
namespace {

// Weights are shares, not rates: beyond this somebody has confused the two.
constexpr std::uint64_t kMostShares = 1 << 16;

void CheckReceivers(const MirrorSettings& settings) {
  if (settings.receivers.empty()) throw std::invalid_argument("a mirror needs a receiver");
  const IpFamily family = settings.receivers.front().address.family();
  std::uint64_t shares = 0;
  for (const ReceiverAddress& receiver : settings.receivers) {
    if (receiver.address.family() != family) {
      throw std::invalid_argument("receivers over IPv4 and over IPv6: one of the two");
    }
    if (receiver.weight == 0) {
      throw std::invalid_argument("a weight of 0: leave the receiver out, or give it 1 or more");
    }
    shares += receiver.weight;
  }
  if (shares > kMostShares) {
    throw std::invalid_argument("weights that add up to " + std::to_string(shares) +
                                ": at most 65536, of which each receiver has its share");
  }
}

void CheckLengths(const MirrorSettings& settings) {
  const Sampling& sampling = settings.sampling;
  if (sampling.keep == 0 || sampling.keep > sampling.of) {
    throw std::invalid_argument("sampling keeps " + std::to_string(sampling.keep) + " of " +
                                std::to_string(sampling.of) + " flows: 1 to all are possible");
  }
  for (const std::optional<Bytes>& length : settings.packet_length) {
    if (length && *length <= Bytes(0)) {
      throw std::invalid_argument("a packet length of " + std::to_string(length->count()) +
                                  ": at least 1 byte");
    }
  }
}

// What fits into an outer packet of `mtu` bytes, as the cloud reckons it.
Bytes RoomIn(Bytes mtu, const MirrorSettings& settings, const Encapsulation& encapsulation) {
  const IpFamily family = settings.receivers.front().address.family();
  const Bytes real = encapsulation.MaxInner(mtu, family);
  const std::optional<Bytes>& counted =
      family == IpFamily::kV4 ? settings.mtu.counted_overhead_v4 : settings.mtu.counted_overhead_v6;
  if (!counted || settings.tunnel.kind == EncapsulationKind::kNone) return real;
  const Bytes ethernet(encapsulation.carries_ip() ? 0 : std::int64_t{kEthernetHeaderBytes});
  return std::clamp(mtu - *counted + ethernet, Bytes(0), real);
}

}  // namespace

Mirror::Mirror(MirrorSettings settings)
    : settings_(std::move(settings)), encapsulation_(settings_.tunnel) {
  CheckReceivers(settings_);
  CheckLengths(settings_);
  const MtuRule& rule = settings_.mtu;
  for (const ReceiverAddress& receiver : settings_.receivers) {
    const Bytes mtu = rule.basis == MtuBasis::kFixed ? rule.fixed : receiver.mtu;
    if (RoomIn(mtu, settings_, encapsulation_) <= Bytes(0)) {
      throw std::invalid_argument("an MTU of " + std::to_string(mtu.count()) +
                                  " leaves no room for a copy");
    }
    rooms_.push_back(rule.basis == MtuBasis::kSource ? kNoLimit
                                                     : RoomIn(mtu, settings_, encapsulation_));
    by_share_.insert(by_share_.end(), receiver.weight,
                     static_cast<std::uint32_t>(rooms_.size() - 1));
  }
  sample_ = HashText(settings_.id);
  keep_below_ = (std::uint64_t{settings_.sampling.keep} << 32) / settings_.sampling.of;
}

Bytes Mirror::WireOverhead() const {
  const auto headers = static_cast<std::int64_t>(encapsulation_.header_bytes(family()));
  if (headers == 0) return Bytes(0);
  return Bytes(headers + (encapsulation_.carries_ip() ? 0 : std::int64_t{kEthernetHeaderBytes}));
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

Bytes Mirror::RoomAtSource(Bytes source_mtu) const noexcept {
  const MtuBasis basis = settings_.mtu.basis;
  if (basis == MtuBasis::kReceiver || basis == MtuBasis::kFixed) return kNoLimit;
  return RoomIn(source_mtu, settings_, encapsulation_);
}

std::uint32_t Mirror::ChooseAmongSeveral(const FrameInfo& frame,
                                         const FrameHashes& hashes) const noexcept {
  const bool by_flow = settings_.choice == ReceiverChoice::kByFlow && frame.has_flow;
  // Mixed once more, since the outer source port is the same hash mod another
  // number: a receiver is to see all ports, not those that its number fits.
  const std::uint64_t hash =
      by_flow ? MixBits(HashOf(frame, settings_.hash_symmetry, hashes)) : hashes.source_eni;
  return by_share_[hash % by_share_.size()];
}

bool Mirror::Keeps(const FrameInfo& frame) const noexcept {
  if (settings_.sampling.keep == settings_.sampling.of || !frame.has_flow) return true;
  return MixBits(SpreadingHash(frame, HashSymmetry::kSymmetric) ^ sample_) >> 32 < keep_below_;
}

std::string_view ToString(MtuPolicy policy) {
  switch (policy) {
    case MtuPolicy::kTruncate:
      return "truncate";
    case MtuPolicy::kTruncateRepaired:
      return "truncate_repaired";
    case MtuPolicy::kSegment:
      return "segment";
    case MtuPolicy::kFragment:
      return "fragment";
    case MtuPolicy::kDrop:
      return "drop";
  }
  return "unknown";
}

std::string_view ToString(MtuBasis basis) {
  switch (basis) {
    case MtuBasis::kPath:
      return "path";
    case MtuBasis::kReceiver:
      return "receiver";
    case MtuBasis::kSource:
      return "source";
    case MtuBasis::kFixed:
      return "fixed";
  }
  return "unknown";
}

}  // namespace vpcmirror
