// The member "options": what vpcmirror knows and no provider's API does.
#include <fmt/format.h>

#include <charconv>
#include <cstddef>
#include <utility>

#include "models/mirror/mirror.h"
#include "models/wire/encapsulation.h"
#include "sim/input/mirror_shapes.h"

namespace vpcmirror::sim {
namespace {

std::optional<Sampling> ReadFraction(const Cursor& value) {
  const auto* text = value.value().get_ptr<const std::string*>();
  if (text == nullptr) return std::nullopt;
  Sampling sampling;
  const char* end = text->data() + text->size();
  const auto keep = std::from_chars(text->data(), end, sampling.keep);
  if (keep.ec != std::errc() || keep.ptr == end || *keep.ptr != '/') return std::nullopt;
  const auto of = std::from_chars(keep.ptr + 1, end, sampling.of);
  if (of.ec != std::errc() || of.ptr != end) return std::nullopt;
  if (sampling.keep == 0 || sampling.keep > sampling.of) {
    value.Complain({fmt::format("\"{}\" is not a share of all flows", *text),
                    "more than nothing and at most all, as in \"1/10\""});
    return std::nullopt;
  }
  return sampling;
}

std::optional<MtuPolicy> MtuPolicyOf(const Cursor& value) {
  const auto* text = value.value().get_ptr<const std::string*>();
  if (text == nullptr) return std::nullopt;
  for (const MtuPolicy policy : {MtuPolicy::kTruncate, MtuPolicy::kTruncateRepaired,
                                 MtuPolicy::kSegment, MtuPolicy::kFragment, MtuPolicy::kDrop}) {
    if (*text == ToString(policy)) return policy;
  }
  return std::nullopt;
}

std::optional<std::uint32_t> WeightOf(const Cursor& value) {
  constexpr std::uint32_t kMost = 1000;  // the schema's maximum
  if (!value.value().is_number_unsigned() || value.value() > kMost) return std::nullopt;
  return value.value().get<std::uint32_t>();
}

// By receiver, in a list or once for all: whichever way it is written.
template <class T>
std::vector<OfReceiver<T>> ReadByReceiver(const Cursor& options, std::string_view name,
                                          std::optional<T> (*read)(const Cursor&)) {
  std::vector<OfReceiver<T>> all;
  const auto take = [&](std::optional<std::string> receiver, const Cursor& value) {
    if (const auto read_value = read(value)) {
      all.push_back({std::move(receiver), {*read_value, value.path()}});
    }
  };
  const std::optional<Cursor> at = options.Get(name);
  if (!at) return all;
  if (at->value().is_object()) {
    for (const auto& [receiver, value] : at->Members()) take(receiver, value);
  } else if (at->value().is_array()) {
    for (const Cursor& item : at->Items()) take(std::nullopt, item);
  } else {
    take(std::nullopt, *at);
  }
  return all;
}

void ReadPacketLength(const Cursor& options, MirrorSpec& spec) {
  const std::optional<Cursor> at = options.Get("packet_length");
  if (!at) return;
  auto& ingress = spec.length_by_direction[static_cast<std::size_t>(Direction::kIngress)];
  auto& egress = spec.length_by_direction[static_cast<std::size_t>(Direction::kEgress)];
  if (at->value().is_object()) {
    ingress = ReadBytes(*at, "ingress");
    egress = ReadBytes(*at, "egress");
    return;
  }
  ingress = egress = ReadBytes(options, "packet_length");
}

std::optional<EncapsulationKind> ReadKind(const Cursor& at) {
  const auto text = ReadText(at, "kind");
  if (!text) return std::nullopt;
  for (std::size_t i = 0; i < kEncapsulationKinds; ++i) {
    const auto kind = static_cast<EncapsulationKind>(i);
    if (text->value == ToString(kind)) return kind;
  }
  return std::nullopt;
}

// Members that the schema holds to the range of T.
template <class T>
std::optional<T> ReadField(const Cursor& at, std::string_view name) {
  const auto number = ReadWhole(at, name);
  if (!number || !std::in_range<T>(number->value)) return std::nullopt;
  return static_cast<T>(number->value);
}

std::optional<bool> ReadSwitch(const Cursor& at, std::string_view name) {
  if (!at.Get(name)) return std::nullopt;
  return ReadFlag(at, name);
}

std::optional<std::vector<std::byte>> ReadHex(const Cursor& at, std::string_view name) {
  const auto text = ReadText(at, name);
  if (!text || text->value.size() % 2 != 0) return std::nullopt;
  std::vector<std::byte> bytes;
  constexpr int kHexBase = 16;
  for (std::size_t i = 0; i < text->value.size(); i += 2) {
    std::uint8_t byte = 0;
    const char* first = text->value.data() + i;
    const auto [end, error] = std::from_chars(first, first + 2, byte, kHexBase);
    if (error != std::errc() || end != first + 2) return std::nullopt;
    bytes.push_back(static_cast<std::byte>(byte));
  }
  return bytes;
}

TunnelSpec ReadTunnel(const Cursor& at) {
  TunnelSpec tunnel;
  tunnel.path = at.path();
  tunnel.kind = ReadKind(at);
  if (const auto vni = ReadField<std::uint32_t>(at, "vni")) {
    tunnel.vni = At<std::uint32_t>{*vni, at.path() + "/vni"};
  }
  tunnel.destination_port = ReadField<std::uint16_t>(at, "destination_port");
  tunnel.first_source_port = ReadField<std::uint16_t>(at, "first_source_port");
  tunnel.source_ports = ReadField<std::uint16_t>(at, "source_ports");
  tunnel.gre_key = ReadField<std::uint32_t>(at, "gre_key");
  tunnel.sequence_numbers = ReadSwitch(at, "sequence_numbers");
  tunnel.erspan_session = ReadField<std::uint16_t>(at, "erspan_session");
  tunnel.erspan_platform_subheader = ReadSwitch(at, "erspan_platform_subheader");
  tunnel.geneve_options = ReadHex(at, "geneve_options");
  tunnel.geneve_carries_ip = ReadSwitch(at, "geneve_carries_ip");
  return tunnel;
}

}  // namespace

void ReadCollectors(const Cursor& mirror, std::optional<At<std::string>> name,
                    std::string_view target, MirrorSpec& spec) {
  if (const auto options = mirror.Get("options")) {
    spec.targets = ReadTexts(*options, "collectors");
  }
  if (!spec.targets.empty() || !name) return;
  spec.load_balancer = LoadBalancerTarget{std::move(*name), std::string(target)};
}

void ReadMirrorOptions(const Cursor& mirror, MirrorSpec& spec) {
  const std::optional<Cursor> options = mirror.Get("options");
  if (!options) return;
  spec.sampling = ReadAt(*options, "sampling", &ReadFraction);
  spec.weights = ReadByReceiver(*options, "weights", &WeightOf);
  spec.mtu_policy = ReadByReceiver(*options, "mtu_policy", &MtuPolicyOf);
  ReadPacketLength(*options, spec);
  if (const auto tunnel = options->Get("encapsulation")) spec.tunnel = ReadTunnel(*tunnel);
}

}  // namespace vpcmirror::sim
