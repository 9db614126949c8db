#include "analysis/compare/copy_form.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <string_view>

namespace vpcmirror {
namespace {

void PutTunnel(const Mirror& mirror, CopyTraits& traits) {
  const TunnelSettings& tunnel = mirror.settings().tunnel;
  const EncapsulationKind kind = tunnel.kind;
  traits.push_back({"encapsulation", std::string(ToString(kind))});
  if (HasVni(kind)) traits.push_back({"VNI", std::to_string(tunnel.vni)});
  if (IsOverUdp(kind)) {
    traits.push_back(
        {"UDP port", std::to_string(mirror.encapsulation().destination_port().value_or(0))});
    traits.push_back({"outer source ports",
                      fmt::format("{} from {}, {}", tunnel.source_ports, tunnel.first_source_port,
                                  mirror.settings().port_hash_symmetry == HashSymmetry::kSymmetric
                                      ? "the same for both directions of a flow"
                                      : "each direction of a flow its own")});
  }
  if (IsPlainGre(kind)) {
    traits.push_back({"GRE key", tunnel.gre_key ? std::to_string(*tunnel.gre_key) : "none"});
    traits.push_back({"sequence numbers", tunnel.sequence_numbers ? "yes" : "no"});
  }
  if (HasErspanHeader(kind)) {
    traits.push_back({"ERSPAN session", std::to_string(tunnel.erspan_session)});
    traits.push_back(
        {"ERSPAN platform subheader", tunnel.erspan_platform_subheader ? "yes" : "no"});
  }
  if (kind == EncapsulationKind::kGeneve) {
    std::string options;
    for (const std::byte octet : tunnel.geneve_options) {
      options += fmt::format("{:02x}", std::to_integer<int>(octet));
    }
    traits.push_back({"Geneve options", options.empty() ? "none" : options});
    traits.push_back({"Geneve carries", tunnel.geneve_carries_ip ? "IP packets" : "frames"});
  }
}

std::string PolicyWords(MtuPolicy policy) {
  switch (policy) {
    case MtuPolicy::kTruncate:
      return "cut";
    case MtuPolicy::kTruncateRepaired:
      return "cut and its lengths repaired";
    case MtuPolicy::kSegment:
      return "segmented";
    case MtuPolicy::kFragment:
      return "fragmented";
    case MtuPolicy::kDrop:
      return "dropped";
  }
  return "";
}

const CopyTrait* Find(const CopyTraits& traits, std::string_view name) {
  const auto found = std::find_if(traits.begin(), traits.end(),
                                  [&](const CopyTrait& each) { return each.name == name; });
  return found == traits.end() ? nullptr : &*found;
}

}  // namespace

CopyTraits ReceiverTraits(const Mirror& mirror) {
  const MirrorSettings& settings = mirror.settings();
  if (settings.receivers.size() == 1) {
    return {{"receiver", ToString(settings.receivers.front().address)}};
  }
  std::string text;
  for (const ReceiverAddress& receiver : settings.receivers) {
    if (!text.empty()) text += ", ";
    text += ToString(receiver.address);
    if (receiver.weight != 1) text += fmt::format(" (weight {})", receiver.weight);
  }
  const bool by_flow = settings.choice == ReceiverChoice::kByFlow;
  const bool one_way = settings.hash_symmetry == HashSymmetry::kDirectional;
  text += !by_flow ? "; by ENI" : one_way ? "; by flow, each direction its own" : "; by flow";
  return {{"receiver", std::move(text)}};
}

CopyTraits HeadTraits(const Mirror& mirror, Bytes mtu, Direction direction) {
  const MirrorSettings& settings = mirror.settings();
  CopyTraits traits;
  PutTunnel(mirror, traits);
  const auto& length = settings.packet_length[static_cast<std::size_t>(direction)];
  traits.push_back(
      {"copied of each frame", length ? fmt::format("{} bytes", length->count()) : "all of it"});
  const bool segments = std::any_of(
      settings.receivers.begin(), settings.receivers.end(),
      [](const ReceiverAddress& each) { return each.mtu_policy == MtuPolicy::kSegment; });
  if (segments) traits.push_back({"segmented for MTU", std::to_string(mtu.count())});
  return traits;
}

CopyTraits RoomTraits(const Mirror& mirror, Bytes mtu) {
  std::vector<std::string> rooms;
  for (std::uint32_t i = 0; i < mirror.settings().receivers.size(); ++i) {
    const Bytes room = std::min(mirror.RoomAtSource(mtu), mirror.RoomAtReceiver(i));
    const std::string policy = PolicyWords(mirror.settings().receivers[i].mtu_policy);
    rooms.push_back(room >= kNoLimit ? "any length"
                                     : fmt::format("over {} bytes is {}", room.count(), policy));
  }
  const bool all_alike = std::equal(rooms.begin() + 1, rooms.end(), rooms.begin());
  std::string text;
  for (std::size_t i = 0; i < (all_alike ? 1 : rooms.size()); ++i) {
    text += (i == 0 ? "" : ", ") + rooms[i];
  }
  return {{"what a copy holds", std::move(text)}};
}

CopyTraits ShareTraits(const Mirror& mirror, const std::string& nat_gateway) {
  const Sampling& sampling = mirror.settings().sampling;
  CopyTraits traits;
  if (sampling.keep == sampling.of) {
    traits.push_back({"sampling", "every flow"});
  } else {
    const auto common = std::gcd(sampling.keep, sampling.of);
    traits.push_back(
        {"sampling", fmt::format("{} of {} flows, chosen by {}", sampling.keep / common,
                                 sampling.of / common, mirror.settings().id)});
  }
  traits.push_back({"route", nat_gateway.empty() ? "any" : "NAT gateway " + nat_gateway});
  return traits;
}

std::string TextOf(const CopyTraits& traits) {
  std::string text;
  for (const CopyTrait& trait : traits) text += trait.name + "\n" + trait.value + "\n";
  return text;
}

std::vector<TraitChange> DifferencesOf(const CopyTraits& before, const CopyTraits& after) {
  std::vector<TraitChange> changes;
  for (const CopyTrait& was : before) {
    const CopyTrait* is = Find(after, was.name);
    if (is == nullptr || is->value != was.value) {
      changes.push_back({was.name, was.value, is == nullptr ? "" : is->value});
    }
  }
  for (const CopyTrait& is : after) {
    if (Find(before, is.name) == nullptr) changes.push_back({is.name, "", is.value});
  }
  return changes;
}

}  // namespace vpcmirror
