// How a mirror copies: state, order, lengths, receivers' shares, encapsulation.
#include <algorithm>
#include <utility>

#include "models/scenario/expand_mirrors.h"
#include "models/wire/hash.h"

namespace vpcmirror {
namespace {

MirrorState SettleState(MirrorDraft& mirror) {
  const MirrorSpec& spec = mirror.spec;
  if (spec.state) return spec.state->value;
  const Lifecycle& lifecycle = mirror.profile().lifecycle;
  const bool runs = lifecycle.runs_by_default;
  if (!spec.words.state.empty()) {
    const std::string word = !runs                          ? "stopped"
                             : lifecycle.by_default.empty() ? "running"
                                                            : lifecycle.by_default;
    mirror.draft.assumptions.Default("mirror_state", word,
                                     "A " + spec.words.mirror + " without " + spec.words.state +
                                         " is " + word + (runs ? "." : " and copies nothing."),
                                     "the API's own default, or its example");
  }
  return runs ? MirrorState::kRunning : MirrorState::kStopped;
}

DirectionSet SettleDirection(MirrorDraft& mirror) {
  const MirrorSpec& spec = mirror.spec;
  if (spec.direction) return spec.direction->value;
  if (!spec.words.direction.empty()) {
    mirror.draft.assumptions.Default(
        "mirror_direction", "ALL",
        "A " + spec.words.mirror + " without " + spec.words.direction + " collects ALL.",
        "the API's example leaves it out");
  }
  return DirectionSet::kAll;
}

// A profile that lists its choice as an assumption says it in its own words.
ReceiverChoice SettleChoice(MirrorDraft& mirror) {
  if (mirror.spec.choice) return mirror.spec.choice->value;
  const ProviderProfile& profile = mirror.profile();
  const auto& listed = profile.assumptions;
  const bool said = std::any_of(listed.begin(), listed.end(), [](const Assumption& each) {
    return each.name == "default_alg_hash" || each.name == "receiver_choice";
  });
  const bool one = mirror.spec.one_target;
  const bool by_eni = profile.default_choice == ReceiverChoice::kBySourceEni;
  const std::string choice = by_eni ? "ENI" : "FIVE_TUPLE_FLOW";
  if (!said && !one) {
    mirror.draft.assumptions.Default("default_alg_hash", choice,
                                     "A mirror without AlgHash spreads copies by " + choice + ".",
                                     "the API's example leaves it out");
  }
  return profile.default_choice;
}

std::int64_t SettleNumber(MirrorDraft& mirror) {
  const auto& number = mirror.spec.number;
  if (!number) return 0;
  const NumberRange& range = mirror.profile().sessions.number;
  if (range.first <= range.last && (number->value < range.first || number->value > range.last)) {
    mirror.FailAs(
        "session_number_range", number->path,
        mirror.spec.words.number + " " + std::to_string(number->value) + " is out of range",
        "from " + std::to_string(range.first) + " to " + std::to_string(range.last),
        {{number->path, std::to_string(std::clamp(number->value, range.first, range.last))}});
  }
  return number->value;
}

std::string RangeText(const LengthRule& rule) {
  std::string text = "from " + std::to_string(rule.least.value_or(Bytes(1)).count());
  if (rule.most) text += " to " + std::to_string(rule.most->count());
  return text + " bytes";
}

// As JSON; empty for whoever wrote 0, and wants whole packets.
std::string NearestLength(const LengthRule& rule, Bytes length) {
  if (length == Bytes(0)) return "";
  const Bytes least = rule.least.value_or(Bytes(1));
  return std::to_string((length < least ? least : rule.most.value_or(length)).count());
}

bool HasIpv6Source(const MirrorDraft& mirror) {
  return std::any_of(mirror.sources.begin(), mirror.sources.end(), [&](std::size_t eni) {
    const auto& addresses = mirror.deployment().enis[eni].addresses;
    return std::any_of(addresses.begin(), addresses.end(),
                       [](const IpAddress& each) { return !each.is_v4(); });
  });
}

// That of sessions to its target.
const LengthRule& LengthRuleOf(const MirrorDraft& mirror) {
  const ProviderProfile& profile = mirror.profile();
  if (!mirror.load_balancer || !profile.load_balancer_length) return profile.packet_length;
  const LoadBalancer& balancer = mirror.deployment().load_balancers[*mirror.load_balancer];
  return balancer.kind.has_own_length ? *profile.load_balancer_length : profile.packet_length;
}

std::optional<Bytes> LengthForBoth(MirrorDraft& mirror) {
  const LengthRule& rule = LengthRuleOf(mirror);
  const auto& given = mirror.spec.packet_length;
  if (!given) {
    if (rule.by_default) {
      const std::string bytes = std::to_string(rule.by_default->count());
      mirror.draft.assumptions.Default("packet_length", bytes + " B",
                                       "A " + mirror.spec.words.mirror +
                                           (mirror.load_balancer ? " to a load balancer" : "") +
                                           " without " + mirror.spec.words.length +
                                           " copies the first " + bytes + " bytes of a frame.",
                                       "the API's own default");
    }
    return rule.by_default;
  }
  const Bytes length(given->value);
  if (rule.zero_is_whole && given->value == 0) return std::nullopt;
  if (length < rule.least.value_or(Bytes(1)) || (rule.most && length > *rule.most)) {
    mirror.FailAs(
        "packet_length_range", given->path,
        mirror.spec.words.length + " " + std::to_string(given->value) + " is out of range",
        RangeText(rule), {{given->path, NearestLength(rule, length)}});
  } else if (rule.least_v6 && length < *rule.least_v6 && HasIpv6Source(mirror)) {
    ScenarioError caution;
    caution.rule = "packet_length_of_ipv6";
    caution.path = given->path;
    caution.message = mirror.spec.words.length + " " + std::to_string(given->value) + " of " +
                      mirror.id + " is below the " + std::to_string(rule.least_v6->count()) +
                      " bytes that " + mirror.profile().title +
                      " asks for of IPv6 frames, which its sources have.";
    caution.accepted = RangeText(LengthRule{.least = rule.least_v6, .most = rule.most});
    caution.edits = {{given->path, std::to_string(rule.least_v6->count())}};
    mirror.draft.Warn(caution);
  }
  return length;
}

void SettleLengths(MirrorDraft& mirror, MirrorSettings& settings) {
  const auto& options = mirror.spec.length_by_direction;
  std::optional<Bytes> both;
  if (!options[0] || !options[1]) both = LengthForBoth(mirror);
  for (std::size_t i = 0; i < options.size(); ++i) {
    settings.packet_length[i] = options[i] ? std::optional(options[i]->value) : both;
  }
}

template <class T>
void Replace(T& setting, const std::optional<T>& given) {
  if (given) setting = *given;
}

using KindTest = bool (*)(EncapsulationKind);
constexpr bool IsGeneve(EncapsulationKind kind) { return kind == EncapsulationKind::kGeneve; }
constexpr bool IsErspan3(EncapsulationKind kind) { return kind == EncapsulationKind::kErspan3; }

// A setting that the chosen encapsulation has no place for.
void CheckSetting(MirrorDraft& mirror, EncapsulationKind kind, const char* name, bool given,
                  KindTest has_place) {
  if (!given || has_place(kind)) return;
  std::string accepted;
  for (std::size_t i = 0; i < kEncapsulationKinds; ++i) {
    const auto each = static_cast<EncapsulationKind>(i);
    if (!has_place(each)) continue;
    accepted += (accepted.empty() ? "\"" : ", \"") + std::string(ToString(each)) + "\"";
  }
  mirror.Fail(mirror.spec.tunnel->path + "/" + name,
              std::string(name) + " beside encapsulation " + std::string(ToString(kind)) +
                  ", which has none",
              "kind " + accepted + ", or no " + name);
}

// A switch that is off asks for nothing.
void CheckTunnelSettings(MirrorDraft& mirror, EncapsulationKind kind) {
  const TunnelSpec& spec = *mirror.spec.tunnel;
  const auto check = [&](const char* name, bool given, KindTest has_place) {
    CheckSetting(mirror, kind, name, given, has_place);
  };
  check("vni", spec.vni.has_value(), HasVni);
  check("destination_port", spec.destination_port.has_value(), IsOverUdp);
  check("first_source_port", spec.first_source_port.has_value(), IsOverUdp);
  check("source_ports", spec.source_ports.has_value(), IsOverUdp);
  check("gre_key", spec.gre_key.has_value(), IsPlainGre);
  check("sequence_numbers", spec.sequence_numbers.value_or(false), IsPlainGre);
  check("erspan_session", spec.erspan_session.has_value(), HasErspanHeader);
  check("erspan_platform_subheader", spec.erspan_platform_subheader.value_or(false), IsErspan3);
  check("geneve_options", spec.geneve_options.has_value(), IsGeneve);
  check("geneve_carries_ip", spec.geneve_carries_ip.value_or(false), IsGeneve);
}

void ApplyTunnel(MirrorDraft& mirror, TunnelSettings& tunnel) {
  const TunnelSpec& spec = *mirror.spec.tunnel;
  CheckTunnelSettings(mirror, spec.kind.value_or(tunnel.kind));
  if (spec.kind && *spec.kind != tunnel.kind) {
    tunnel.kind = *spec.kind;
    tunnel.destination_port.reset();  // that of another format
  }
  if (spec.vni) tunnel.vni = spec.vni->value;
  if (spec.destination_port) tunnel.destination_port = spec.destination_port;
  if (spec.gre_key) tunnel.gre_key = spec.gre_key;
  Replace(tunnel.first_source_port, spec.first_source_port);
  Replace(tunnel.source_ports, spec.source_ports);
  Replace(tunnel.sequence_numbers, spec.sequence_numbers);
  Replace(tunnel.erspan_session, spec.erspan_session);
  Replace(tunnel.erspan_platform_subheader, spec.erspan_platform_subheader);
  Replace(tunnel.geneve_options, spec.geneve_options);
  Replace(tunnel.geneve_carries_ip, spec.geneve_carries_ip);
  Assumption assumption{"encapsulation", std::string(ToString(tunnel.kind)),
                        "Copies of " + mirror.id + " travel in " +
                            std::string(ToString(tunnel.kind)) + ", as its options say.",
                        "the scenario", true};
  mirror.draft.assumptions.Add(assumption);
}

// The same for the same ID and seed; the next one free where another session has it.
std::uint32_t DrawVni(MirrorDraft& mirror, VniSet& vnis) {
  const auto& given_seed = mirror.draft.scenario.seed;
  const std::uint64_t seed = given_seed ? given_seed->value : 1;
  auto vni = static_cast<std::uint32_t>(MixBits(HashText(mirror.id) ^ MixBits(seed)) & kVniMax);
  while (vnis.count(vni) != 0) vni = (vni + 1) & kVniMax;
  vnis.insert(vni);
  mirror.draft.assumptions.Default("random_vni", std::to_string(vni),
                                   "The " + mirror.spec.words.mirror + " " + mirror.id +
                                       " names no " + mirror.spec.words.vni +
                                       ": its own is drawn from its ID and the seed.",
                                   "the cloud draws one that no other session has");
  return vni;
}

void SettleVni(MirrorDraft& mirror, TunnelSettings& tunnel, VniSet& vnis) {
  const MirrorSpec& spec = mirror.spec;
  if (spec.vni && (spec.vni->value < 0 || spec.vni->value > std::int64_t{kVniMax})) {
    mirror.FailAs("vni_range", spec.vni->path,
                  spec.words.vni + " " + std::to_string(spec.vni->value) + " is out of range",
                  "from 0 to " + std::to_string(kVniMax));
    return;
  }
  if (!HasVni(tunnel.kind)) return;
  if (spec.tunnel && spec.tunnel->vni) return;
  if (spec.vni) {
    tunnel.vni = static_cast<std::uint32_t>(spec.vni->value);
  } else if (mirror.profile().vni == VniRule::kRandom && !spec.words.vni.empty()) {
    tunnel.vni = DrawVni(mirror, vnis);
  }
}

TunnelSettings SettleTunnel(MirrorDraft& mirror, VniSet& vnis) {
  TunnelSettings tunnel = mirror.profile().tunnel;
  if (mirror.spec.destination_port) tunnel.destination_port = mirror.spec.destination_port;
  if (mirror.spec.tunnel) ApplyTunnel(mirror, tunnel);
  SettleVni(mirror, tunnel, vnis);
  return tunnel;
}

// Positions of the receivers that a name among the options means.
std::vector<std::size_t> ReceiversNamed(MirrorDraft& mirror, const std::string& name,
                                        const std::string& path) {
  std::vector<std::size_t> positions;
  const Selection selection = ResolveEnis(mirror.draft, {name, path, VpcHint(mirror, name)});
  mirror.failed = mirror.failed || selection.failed;
  if (selection.failed) return positions;
  for (const std::size_t eni : OnePerHost(mirror.draft, selection)) {
    const auto at = std::find_if(mirror.receivers.begin(), mirror.receivers.end(),
                                 [&](const ReceiverDraft& each) { return each.eni == eni; });
    if (at == mirror.receivers.end()) {
      mirror.Fail(path, mirror.deployment().enis[eni].id + " is no receiver of " + mirror.id,
                  "what " + mirror.spec.words.targets + " names");
      return positions;
    }
    positions.push_back(static_cast<std::size_t>(at - mirror.receivers.begin()));
  }
  return positions;
}

template <class T>
void ApplyTo(MirrorDraft& mirror, const std::vector<OfReceiver<T>>& given,
             std::vector<ReceiverAddress>& receivers, T ReceiverAddress::*setting) {
  for (const OfReceiver<T>& each : given) {
    if (!each.receiver) continue;
    for (const std::size_t at : ReceiversNamed(mirror, *each.receiver, each.value.path)) {
      receivers[at].*setting = each.value.value;
    }
  }
}

void ApplyWeights(MirrorDraft& mirror, std::vector<ReceiverAddress>& receivers) {
  const auto& weights = mirror.spec.weights;
  if (weights.empty() || weights.front().receiver) {
    ApplyTo(mirror, weights, receivers, &ReceiverAddress::weight);
    return;
  }
  if (weights.size() != receivers.size()) {
    mirror.Fail(weights.front().value.path,
                std::to_string(weights.size()) + " weights for " +
                    std::to_string(receivers.size()) + " receivers",
                "a weight for each, or weights by name");
    return;
  }
  for (std::size_t i = 0; i < weights.size(); ++i) receivers[i].weight = weights[i].value.value;
}

std::vector<ReceiverAddress> SettleReceivers(MirrorDraft& mirror) {
  const auto& policies = mirror.spec.mtu_policy;
  const bool for_all = !policies.empty() && !policies.front().receiver;
  const MtuPolicy by_default = for_all ? policies.front().value.value : mirror.profile().mtu_policy;
  std::vector<ReceiverAddress> receivers;
  for (const ReceiverDraft& receiver : mirror.receivers) {
    receivers.push_back({.address = receiver.address,
                         .mtu = mirror.deployment().enis[receiver.eni].mtu,
                         .weight = 1,
                         .mtu_policy = by_default});
  }
  ApplyTo(mirror, policies, receivers, &ReceiverAddress::mtu_policy);
  ApplyWeights(mirror, receivers);
  return receivers;
}

}  // namespace

MirrorSettings SettleMirror(MirrorDraft& mirror, VniSet& vnis) {
  const ProviderProfile& profile = mirror.profile();
  MirrorSettings settings;
  settings.id = mirror.id;
  settings.number = SettleNumber(mirror);
  settings.state = SettleState(mirror);
  settings.directions = SettleDirection(mirror);
  if (mirror.spec.sampling) settings.sampling = mirror.spec.sampling->value;
  settings.choice = SettleChoice(mirror);
  settings.hash_symmetry = profile.hash_symmetry;
  settings.port_hash_symmetry = profile.port_hash_symmetry;
  SettleLengths(mirror, settings);
  settings.mtu = profile.mtu;
  settings.receiver_checks_copies = profile.security.target_filters_copies;
  settings.tunnel = SettleTunnel(mirror, vnis);
  settings.receivers = SettleReceivers(mirror);
  return settings;
}

}  // namespace vpcmirror
