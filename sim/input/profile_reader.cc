#include "sim/input/profile_reader.h"

#include <charconv>
#include <utility>

#include "sim/input/cursor.h"

namespace vpcmirror::sim {
namespace {

std::string TextOf(const Cursor& object, std::string_view name) {
  auto text = ReadText(object, name);
  return text ? std::move(text->value) : std::string();
}

// A number that the schema holds within T; T{} otherwise.
template <class T>
T NumberOf(const Cursor& object, std::string_view name, T otherwise) {
  const auto number = ReadInt(object, name);
  return number && number->value >= 0 ? static_cast<T>(number->value) : otherwise;
}

NeverMirrored ReadNeverMirrored(const Cursor& at) {
  NeverMirrored rule;
  rule.name = TextOf(at, "name");
  const std::string ether_type = TextOf(at, "ether_type");
  if (ether_type.size() == 6) {  // 0x0806
    std::from_chars(ether_type.data() + 2, ether_type.data() + 6, rule.ether_type, 16);
  }
  rule.protocol = ReadProtocol(at, "protocol");
  if (const auto service = at.Get("service")) rule.service = ReadPrefix(*service);
  if (const auto ports = at.Get("ports")) {
    for (const Cursor& item : ports->Items()) {
      if (const auto port = ReadPorts(item)) rule.ports.push_back(port->first);
    }
  }
  rule.both_ports = ReadFlag(at, "both_ports");
  return rule;
}

TunnelSettings ReadTunnel(const Cursor& at) {
  TunnelSettings tunnel;
  tunnel.kind = TextOf(at, "kind") == "none" ? EncapsulationKind::kNone : EncapsulationKind::kVxlan;
  tunnel.vni = NumberOf(at, "vni", tunnel.vni);
  tunnel.destination_port = NumberOf(at, "destination_port", kVxlanPort);
  tunnel.first_source_port = NumberOf(at, "first_source_port", tunnel.first_source_port);
  tunnel.source_ports = NumberOf(at, "source_ports", tunnel.source_ports);
  if (int{tunnel.first_source_port} + int{tunnel.source_ports} - 1 > 65535) {
    at.Complain({"the outer source ports run over 65535", "fewer of them, or a lower first one"});
  }
  return tunnel;
}

std::vector<Assumption> ReadAssumptions(const Cursor& list) {
  std::vector<Assumption> assumptions;
  for (const Cursor& item : list.Items()) {
    Assumption assumption;
    assumption.name = TextOf(item, "name");
    assumption.value = TextOf(item, "value");
    assumption.text = TextOf(item, "text");
    assumption.source = TextOf(item, "source");
    assumptions.push_back(std::move(assumption));
  }
  return assumptions;
}

ProviderProfile ReadRoot(const Cursor& root) {
  ProviderProfile profile;
  profile.name = TextOf(root, "name");
  profile.title = TextOf(root, "title");
  profile.as_of = TextOf(root, "as_of");
  for (const auto& source : ReadTexts(root, "sources")) profile.sources.push_back(source.value);
  if (const auto list = root.Get("never_mirrored")) {
    for (const Cursor& item : list->Items()) {
      profile.never_mirrored.push_back(ReadNeverMirrored(item));
    }
  }
  profile.mirrors_what_security_drops = ReadFlag(root, "mirrors_what_security_drops");
  if (const auto tunnel = root.Get("encapsulation")) profile.tunnel = ReadTunnel(*tunnel);
  profile.mtu_policy =
      TextOf(root, "mtu_policy") == "drop" ? MtuPolicy::kDrop : MtuPolicy::kTruncate;
  profile.hash_symmetry =
      ReadFlag(root, "flow_hash_symmetric") ? HashSymmetry::kSymmetric : HashSymmetry::kDirectional;
  profile.default_choice = TextOf(root, "default_alg_hash") == "FIVE_TUPLE_FLOW"
                               ? ReceiverChoice::kByFlow
                               : ReceiverChoice::kBySourceEni;
  profile.congestion =
      TextOf(root, "congestion") == "fifo" ? Congestion::kFifo : Congestion::kSharedRandom;
  if (const auto list = root.Get("assumptions")) profile.assumptions = ReadAssumptions(*list);
  return profile;
}

}  // namespace

ProviderProfile ReadProfile(std::string_view text, const std::string& file, const Schema& schema) {
  const JsonDocument document = ParseJson(text, file);
  std::vector<Complaint> complaints;
  ProviderProfile profile = ReadRoot(Cursor(document.root, document.place, complaints));
  for (Complaint& complaint : schema.Check(document.root)) {
    complaints.push_back(std::move(complaint));
  }
  if (!complaints.empty()) throw ScenarioException(Locate(complaints, document));
  return profile;
}

}  // namespace vpcmirror::sim
