#include "sim/input/profile_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <set>
#include <stdexcept>
#include <utility>

#include "models/cloud/provider_assumptions.h"
#include "models/scenario/nearest.h"
#include "sim/input/cursor.h"

namespace vpcmirror::sim {
namespace {

std::vector<std::string> TextsOf(const Cursor& object, std::string_view name) {
  std::vector<std::string> texts;
  for (auto& text : ReadTexts(object, name)) texts.push_back(std::move(text.value));
  return texts;
}

// A whole number of any size from 0 on.
std::optional<std::int64_t> ReadWhole(const Cursor& object, std::string_view name) {
  const auto member = object.Get(name);
  if (!member || !member->value().is_number_integer()) return std::nullopt;
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  if (member->value().is_number_unsigned() &&
      member->value().get<std::uint64_t>() > static_cast<std::uint64_t>(kMost)) {
    member->Complain({"found " + member->value().dump(), fmt::format("at most {}", kMost)});
    return std::nullopt;
  }
  const auto number = member->value().get<std::int64_t>();
  return number >= 0 ? std::optional(number) : std::nullopt;
}

// A number that the schema holds within T; `otherwise` when there is none.
template <class T>
T NumberOf(const Cursor& object, std::string_view name, T otherwise) {
  const auto number = ReadWhole(object, name);
  constexpr auto kMost = static_cast<std::int64_t>(std::numeric_limits<T>::max());
  return number && *number <= kMost ? static_cast<T>(*number) : otherwise;
}

HashSymmetry SymmetryOf(const Cursor& object, std::string_view name) {
  return ReadFlag(object, name) ? HashSymmetry::kSymmetric : HashSymmetry::kDirectional;
}

std::optional<Bytes> BytesOf(const Cursor& object, std::string_view name) {
  const auto bytes = ReadBytes(object, name);
  return bytes ? std::optional(bytes->value) : std::nullopt;
}

// Each name of `list` once; `what` is what it names.
void CheckNames(const Cursor& list, const char* what) {
  std::set<std::string> seen;
  for (const Cursor& item : list.Items()) {
    const auto name = item.Get("name");
    if (!name || !name->value().is_string()) continue;
    if (seen.insert(name->value().get<std::string>()).second) continue;
    name->Complain({fmt::format("a second {} of this name", what), "each name once"});
  }
}

NumberRange ReadNumberRange(const Cursor& object, std::string_view name) {
  const auto at = object.Get(name);
  if (!at) return {};
  const NumberRange range{NumberOf<std::int64_t>(*at, "first", 0),
                          NumberOf<std::int64_t>(*at, "last", 0)};
  if (range.last < range.first) {
    at->Complain({fmt::format("the range from {} to {} runs backwards", range.first, range.last),
                  "the smaller number first"});
  }
  return range;
}

void CheckFilter(const Cursor& at, const FilterRules& rules) {
  if (TextOf(at, "model") != ToString(rules.model)) return;  // the schema has complained
  const bool ordered = rules.model == FilterModel::kFirstMatch;
  if (ordered && (rules.accept.empty() || rules.reject.empty())) {
    at.Complain({"first_match without the words for accept and reject",
                 "\"accept\" and \"reject\" as the API calls them"});
  }
  if (ordered && !at.Get("priority")) {
    at.Complain({"first_match without priorities", "\"priority\" with its first and last"});
  }
  if (!ordered && (!rules.accept.empty() || !rules.reject.empty())) {
    at.Complain({fmt::format("{} has no rules that accept or reject", ToString(rules.model)),
                 "neither \"accept\" nor \"reject\""});
  }
  if (!ordered && rules.copies_all_without_match) {
    at.Complain({"what does not match is copied, but there are no ordered rules",
                 "\"model\": \"first_match\", or no \"copies_all_without_match\""});
  }
}

FilterRules ReadFilter(const Cursor& at) {
  FilterRules rules;
  rules.model = EnumOf(at, "model", FilterModel::kEverything,
                       {FilterModel::kAllConditions, FilterModel::kFirstMatch,
                        FilterModel::kPeerAndProtocol, FilterModel::kEverything});
  rules.copies_all_without_rules = ReadFlag(at, "copies_all_without_rules");
  rules.copies_all_without_match = ReadFlag(at, "copies_all_without_match");
  rules.directions =
      EnumOf(at, "directions", DirectionModel::kBoth,
             {DirectionModel::kPerMirror, DirectionModel::kPerRule, DirectionModel::kBoth});
  rules.accept = TextOf(at, "accept");
  rules.reject = TextOf(at, "reject");
  rules.priority = ReadNumberRange(at, "priority");
  rules.largest_first = ReadFlag(at, "largest_first");
  rules.protocols = TextsOf(at, "protocols");
  const auto ports = at.Get("ports");
  rules.has_ports = ports.has_value();
  if (ports) rules.port_limits = ReadPorts(*ports).value_or(rules.port_limits);
  rules.has_ipv6 = ReadFlag(at, "ipv6");
  rules.has_next_hop = ReadFlag(at, "next_hop");
  rules.services_need_enabling = ReadFlag(at, "services_need_enabling");
  CheckFilter(at, rules);
  return rules;
}

FilterRules ReadRuleMode(const Cursor& at) {
  FilterRules rules = ReadFilter(at);
  if (rules.model != FilterModel::kFirstMatch) {
    at.Complain({"a rule mode that is not first_match", "\"model\": \"first_match\""});
  }
  return rules;
}

SessionRules ReadSessions(const Cursor& at) {
  SessionRules rules;
  rules.number = ReadNumberRange(at, "number");
  rules.unique_within = EnumOf(at, "unique_within", NumberScope::kNone,
                               {NumberScope::kNone, NumberScope::kEni, NumberScope::kAccount});
  if (const auto most = ReadInt(at, "per_eni")) rules.per_eni = most->value;
  rules.at_most_one_copy = ReadFlag(at, "at_most_one_copy");
  rules.reject_stops_later = ReadFlag(at, "reject_stops_later");
  rules.one_source = ReadFlag(at, "one_source");
  rules.object_in_one_mirror = ReadFlag(at, "object_in_one_mirror");
  if (rules.unique_within != NumberScope::kNone && !at.Get("number")) {
    at.Complain({"numbers are unique, but sessions have none",
                 "\"number\" with its first and last, or \"unique_within\": \"none\""});
  }
  return rules;
}

EncapsulationKind ReadKind(const Cursor& at) {
  const std::string text = TextOf(at, "kind");
  for (std::size_t i = 0; i < kEncapsulationKinds; ++i) {
    const auto kind = static_cast<EncapsulationKind>(i);
    if (ToString(kind) == text) return kind;
  }
  return EncapsulationKind::kNone;
}

void ReadOuterPorts(const Cursor& at, TunnelSettings& tunnel) {
  if (at.Get("destination_port")) {
    tunnel.destination_port = NumberOf<std::uint16_t>(at, "destination_port", kVxlanPort);
  }
  const auto ports = at.Get("outer_source_ports");
  const auto range = ports ? ReadPorts(*ports) : std::nullopt;
  if (!range) return;
  if (range->first == 0) {
    ports->Complain({"outer source ports from 0 on", "1 or more: port 0 is reserved"});
    return;
  }
  tunnel.first_source_port = range->first;
  tunnel.source_ports = static_cast<std::uint16_t>(range->last - range->first + 1);
}

TunnelSettings ReadTunnel(const Cursor& at) {
  TunnelSettings tunnel;
  tunnel.kind = ReadKind(at);
  tunnel.vni = NumberOf(at, "vni", tunnel.vni);
  ReadOuterPorts(at, tunnel);
  if (at.Get("gre_key")) tunnel.gre_key = NumberOf<std::uint32_t>(at, "gre_key", 0);
  tunnel.sequence_numbers = ReadFlag(at, "sequence_numbers");
  tunnel.erspan_session = NumberOf(at, "erspan_session", tunnel.erspan_session);
  tunnel.erspan_platform_subheader = ReadFlag(at, "erspan_platform_subheader");
  tunnel.geneve_carries_ip = ReadFlag(at, "geneve_carries_ip");
  try {
    const Encapsulation probe(tunnel);
  } catch (const std::invalid_argument& refusal) {
    at.Complain({std::string("this encapsulation cannot be: ") + refusal.what(),
                 "settings that go together"});
  }
  return tunnel;
}

void ReadEncapsulation(const Cursor& at, ProviderProfile& profile) {
  profile.tunnel = ReadTunnel(at);
  profile.vni =
      EnumOf(at, "vni_rule", VniRule::kNone, {VniRule::kNone, VniRule::kFixed, VniRule::kRandom});
  profile.port_hash_symmetry = SymmetryOf(at, "outer_port_hash_symmetric");
}

LengthRule ReadLengths(const Cursor& at) {
  LengthRule rule;
  rule.by_default = BytesOf(at, "default");
  rule.least = BytesOf(at, "least");
  rule.least_v6 = BytesOf(at, "least_ipv6");
  rule.most = BytesOf(at, "most");
  rule.zero_is_whole = ReadFlag(at, "zero_is_whole");
  const auto under = [](const std::optional<Bytes>& a, const std::optional<Bytes>& b) {
    return a && b && *a < *b;
  };
  if (under(rule.most, rule.least) || under(rule.most, rule.least_v6)) {
    at.Complain({"the least length is more than the most", "the smaller as \"least\""});
  }
  if (under(rule.by_default, rule.least) || under(rule.most, rule.by_default)) {
    at.Complain({"the default length is none that may be asked for",
                 "a \"default\" from \"least\" to \"most\""});
  }
  if (!rule.least && (rule.least_v6 || rule.most || rule.zero_is_whole)) {
    at.Complain({"bounds of a length that nobody can ask for", "\"least\" beside them"});
  }
  return rule;
}

void ReadMtu(const Cursor& at, ProviderProfile& profile) {
  profile.mtu_policy = EnumOf(at, "policy", MtuPolicy::kTruncate,
                              {MtuPolicy::kTruncate, MtuPolicy::kTruncateRepaired,
                               MtuPolicy::kSegment, MtuPolicy::kFragment, MtuPolicy::kDrop});
  profile.mtu.basis =
      EnumOf(at, "basis", MtuBasis::kPath,
             {MtuBasis::kPath, MtuBasis::kReceiver, MtuBasis::kSource, MtuBasis::kFixed});
  profile.mtu.fixed = BytesOf(at, "fixed").value_or(profile.mtu.fixed);
  profile.mtu.counted_overhead_v4 = BytesOf(at, "counted_overhead");
  profile.mtu.counted_overhead_v6 = BytesOf(at, "counted_overhead_ipv6");
  profile.largest_mtu = BytesOf(at, "largest");
  profile.mtu_advice = TextOf(at, "advice");
  if (!profile.mtu.counted_overhead_v4 && profile.mtu.counted_overhead_v6) {
    at.Complain({"an overhead over IPv6 and none over IPv4", "\"counted_overhead\" beside it"});
  }
}

// One rule for each service range, since traffic is of any of them.
void ReadNeverMirrored(const Cursor& at, ProviderProfile& profile) {
  const bool applies = !at.Get("applies") || ReadFlag(at, "applies");
  auto& rules = applies ? profile.never_mirrored : profile.may_be_never_mirrored;
  NeverMirrored rule;
  rule.name = TextOf(at, "name");
  const std::string ether_type = TextOf(at, "ether_type");
  if (ether_type.size() == 6) {  // 0x0806
    std::from_chars(ether_type.data() + 2, ether_type.data() + 6, rule.ether_type, 16);
  }
  rule.protocol = ReadProtocol(at, "protocol");
  if (const auto ports = at.Get("ports")) {
    for (const Cursor& item : ports->Items()) {
      if (const auto port = ReadPorts(item)) rule.ports.push_back(port->first);
    }
  }
  rule.both_ports = ReadFlag(at, "both_ports");
  if (rule.both_ports && rule.ports.empty()) {
    at.Complain({"both ends are among the ports, but there are no ports", "\"ports\" beside it"});
  }
  const auto services = at.Get("service");
  if (ReadFlag(at, "service_is_assumed")) {
    profile.kinds_at_service_addresses.push_back(rule.name);
    if (rule.ports.empty()) {
      at.Complain({"traffic told by assumed addresses alone", "\"ports\" beside them"});
    }
  }
  if (!services) rules.push_back(rule);
  for (const Cursor& item : services ? services->Items() : std::vector<Cursor>{}) {
    rule.service = ReadPrefix(item);
    if (rule.service) rules.push_back(rule);
  }
}

ServiceTraffic ReadService(const Cursor& at) {
  ServiceTraffic service;
  service.name = TextOf(at, "name");
  if (const auto list = at.Get("addresses")) {
    for (const Cursor& item : list->Items()) {
      if (const auto prefix = ReadPrefix(item)) service.addresses.push_back(*prefix);
    }
  }
  if (at.Get("vpc_offset")) service.vpc_offset = NumberOf<std::uint32_t>(at, "vpc_offset", 0);
  for (const std::string& protocol : TextsOf(at, "protocols")) {
    service.protocols.push_back(protocol == "tcp"   ? kProtocolTcp
                                : protocol == "udp" ? kProtocolUdp
                                                    : kProtocolIcmp);
  }
  service.port = NumberOf<std::uint16_t>(at, "port", 0);
  if (service.addresses.empty() && !service.vpc_offset) {
    at.Complain({"a network service without an address", "\"addresses\" or \"vpc_offset\""});
  }
  return service;
}

void ReadReceivers(const Cursor& at, ProviderProfile& profile) {
  profile.target_kinds = TextsOf(at, "kinds");
  profile.default_choice = EnumOf(at, "choice", ReceiverChoice::kBySourceEni,
                                  {ReceiverChoice::kBySourceEni, ReceiverChoice::kByFlow});
  profile.hash_symmetry = SymmetryOf(at, "flow_hash_symmetric");
  profile.loop = EnumOf(at, "loop", LoopRule::kReceiverExcluded,
                        {LoopRule::kReceiverExcluded, LoopRule::kEniNotBoth});
  profile.needs_same_vpc = ReadFlag(at, "same_vpc");
  profile.receiver_ipv6 = ReadFlag(at, "ipv6");
  if (const auto ratio = ReadInt(at, "source_to_receiver_bandwidth")) {
    profile.source_to_receiver_bandwidth = ratio->value;
  }
}

LoadBalancerKind ReadLoadBalancerKind(const Cursor& at) {
  const auto bandwidth = [&](std::string_view name) -> std::optional<BitsPerSecond> {
    const auto read = ReadBandwidth(at, name);
    return read ? std::optional(read->value) : std::nullopt;
  };
  const auto time = [&](std::string_view name) -> std::optional<Picoseconds> {
    const auto read = ReadDuration(at, name, Zero::kRefused);
    return read ? std::optional(read->value) : std::nullopt;
  };
  return {.name = TextOf(at, "kind"),
          .title = TextOf(at, "title"),
          .target = TextOf(at, "target"),
          .needs_listener = ReadFlag(at, "needs_listener"),
          .cross_zone = ReadFlag(at, "cross_zone"),
          .internal_only = ReadFlag(at, "internal_only"),
          .has_own_length = ReadFlag(at, "own_length"),
          .mtu = BytesOf(at, "mtu"),
          .zone_bandwidth = bandwidth("zone_bandwidth"),
          .zone_bandwidth_most = bandwidth("zone_bandwidth_most"),
          .geneve_options = BytesOf(at, "geneve_options"),
          .unhealthy_after = time("unhealthy_after"),
          .healthy_after = time("healthy_after"),
          .as_of = TextOf(at, "as_of"),
          .source = TextOf(at, "source")};
}

LoadBalancing ReadLoadBalancing(const Cursor& at) {
  LoadBalancing balancing;
  if (const auto kinds = at.Get("kinds")) {
    for (const Cursor& item : kinds->Items()) {
      balancing.kinds.push_back(ReadLoadBalancerKind(item));
    }
  }
  if (const auto within = ReadDuration(at, "reorders_within", Zero::kRefused)) {
    balancing.reorders_within = within->value;
  }
  return balancing;
}

Lifecycle ReadLifecycle(const Cursor& at) {
  Lifecycle lifecycle;
  lifecycle.states = TextsOf(at, "states");
  lifecycle.by_default = TextOf(at, "default");
  lifecycle.runs_by_default = ReadFlag(at, "runs_by_default");
  lifecycle.is_required = ReadFlag(at, "required");
  const auto& states = lifecycle.states;
  const bool is_state =
      std::find(states.begin(), states.end(), lifecycle.by_default) != states.end();
  if (!states.empty() && !is_state) {
    at.Complain({fmt::format("the default \"{}\" is none of the states", lifecycle.by_default),
                 fmt::format("one of {}", fmt::join(states, ", "))});
  }
  return lifecycle;
}

Quota ReadQuota(const Cursor& at) {
  Quota quota{.name = TextOf(at, "name"),
              .text = TextOf(at, "text"),
              .most = ReadWhole(at, "most"),
              .as_of = TextOf(at, "as_of"),
              .source = TextOf(at, "source")};
  if (const auto listed = at.Get("listed")) {
    quota.most_of_listed = ReadWhole(*listed, "most");
    quota.listed_types = TextsOf(*listed, "types");
  }
  return quota;
}

Assumption ReadAssumption(const Cursor& at) {
  Assumption assumption;
  assumption.name = TextOf(at, "name");
  assumption.value = TextOf(at, "value");
  assumption.text = TextOf(at, "text");
  assumption.source = TextOf(at, "source");
  return assumption;
}

// `read` on each item of a list; nothing when there is none.
template <class Read>
void ForEachItem(const Cursor& root, std::string_view name, Read read) {
  if (const auto list = root.Get(name)) {
    for (const Cursor& item : list->Items()) read(item);
  }
}

void ReadWhatIsCopied(const Cursor& root, ProviderProfile& profile) {
  if (const auto at = root.Get("filter")) profile.filter = ReadFilter(*at);
  if (const auto at = root.Get("rule_mode")) profile.rule_mode = ReadRuleMode(*at);
  if (const auto at = root.Get("sessions")) profile.sessions = ReadSessions(*at);
  ForEachItem(root, "never_mirrored",
              [&](const Cursor& item) { ReadNeverMirrored(item, profile); });
  ForEachItem(root, "services",
              [&](const Cursor& item) { profile.services.push_back(ReadService(item)); });
  if (const auto at = root.Get("security")) {
    profile.security = {.mirrors_what_source_drops = ReadFlag(*at, "mirrors_what_source_drops"),
                        .mirrors_outbound_drops = ReadFlag(*at, "mirrors_outbound_drops"),
                        .copies_pass_source = ReadFlag(*at, "copies_pass_source"),
                        .target_filters_copies = ReadFlag(*at, "target_filters_copies")};
  }
}

void ReadHowItTravels(const Cursor& root, ProviderProfile& profile) {
  if (const auto at = root.Get("encapsulation")) ReadEncapsulation(*at, profile);
  if (const auto at = root.Get("packet_length")) profile.packet_length = ReadLengths(*at);
  if (const auto at = root.Get("load_balancer_length")) {
    profile.load_balancer_length = ReadLengths(*at);
  }
  if (const auto at = root.Get("mtu")) ReadMtu(*at, profile);
  if (const auto at = root.Get("receivers")) ReadReceivers(*at, profile);
  if (const auto at = root.Get("load_balancing")) {
    profile.load_balancing = ReadLoadBalancing(*at);
  }
  if (const auto at = root.Get("congestion")) {
    profile.documented_congestion =
        EnumOf(*at, "documented", CongestionRule::kNotDocumented,
               {CongestionRule::kNotDocumented, CongestionRule::kProductionFirst,
                CongestionRule::kNoPriority});
    profile.congestion =
        EnumOf(*at, "runs_as", Congestion::kSharedRandom,
               {Congestion::kProductionFirst, Congestion::kSharedRandom, Congestion::kFifo});
    if (const auto flow = ReadBandwidth(*at, "flow")) profile.flow_bandwidth = flow->value;
    profile.copy_order =
        EnumOf(*at, "copy_order", CopyOrder::kBefore, {CopyOrder::kBefore, CopyOrder::kAfter});
  }
  profile.who_pays = EnumOf(root, "who_pays", Payer::kGuest, {Payer::kGuest, Payer::kHost});
  profile.limit_model = EnumOf(root, "limit_model", LimitModel::kCombined,
                               {LimitModel::kCombined, LimitModel::kPerDirection});
}

void ReadWhatIsSaid(const Cursor& root, ProviderProfile& profile) {
  if (const auto at = root.Get("lifecycle")) profile.lifecycle = ReadLifecycle(*at);
  if (const auto at = root.Get("source_types")) {
    profile.source_types = {.families = TextsOf(*at, "families"),
                            .excluded = TextsOf(*at, "excluded"),
                            .as_of = TextOf(*at, "as_of"),
                            .source = TextOf(*at, "source")};
  }
  if (const auto list = root.Get("quotas")) CheckNames(*list, "quota");
  ForEachItem(root, "quotas",
              [&](const Cursor& item) { profile.quotas.push_back(ReadQuota(item)); });
  profile.metrics = TextsOf(root, "metrics");
  ForEachItem(root, "loss_counters", [&](const Cursor& item) {
    profile.loss_counters.push_back({.lost = TextOf(item, "lost"),
                                     .names = TextsOf(item, "names"),
                                     .source = TextOf(item, "source")});
  });
  if (const auto codes = root.Get("error_codes")) {
    for (const auto& [refusal, code] : codes->Members()) {
      if (code.value().is_string()) profile.error_codes[refusal] = TextOf(*codes, refusal);
    }
  }
  profile.not_modelled = TextsOf(root, "not_modelled");
  if (const auto list = root.Get("assumptions")) CheckNames(*list, "assumption");
  ForEachItem(root, "assumptions",
              [&](const Cursor& item) { profile.assumptions.push_back(ReadAssumption(item)); });
}

ProviderProfile ReadRoot(const Cursor& root) {
  ProviderProfile profile;
  profile.name = TextOf(root, "name");
  profile.title = TextOf(root, "title");
  profile.as_of = TextOf(root, "as_of");
  profile.experimental = ReadFlag(root, "experimental");
  profile.api = TextOf(root, "api");
  ForEachItem(root, "sources", [&](const Cursor& item) {
    profile.sources.push_back({TextOf(item, "where"), TextsOf(item, "sections")});
  });
  ReadWhatIsCopied(root, profile);
  ReadHowItTravels(root, profile);
  ReadWhatIsSaid(root, profile);
  return profile;
}

void CheckAssumptionNames(const Cursor& root) {
  std::vector<std::string> known;
  for (const AssumptionRule& rule : AssumptionRules()) known.emplace_back(rule.name);
  ForEachItem(root, "assumptions", [&](const Cursor& item) {
    const auto name = ReadText(item, "name");
    if (!name || FindAssumptionRule(name->value) != nullptr) return;
    const auto nearest = NearestName(name->value, known);
    item.Get("name")->Complain(
        {fmt::format("the model acts on no assumption \"{}\"", name->value),
         nearest ? fmt::format("\"{}\" (nearest), or a sentence in \"not_modelled\"", *nearest)
                 : std::string("a sentence in \"not_modelled\"")});
  });
}

// Of a profile that is right but for that.
void CheckAssumptionValues(const Cursor& root, const ProviderProfile& profile) {
  ForEachItem(root, "assumptions", [&](const Cursor& item) {
    const auto value = ReadText(item, "value");
    const AssumptionRule* rule = FindAssumptionRule(TextOf(item, "name"));
    if (rule == nullptr || !value) return;
    const std::string set = rule->get(profile);
    if (set == value->value) return;
    item.Get("value")->Complain(
        {fmt::format("{} is assumed to be \"{}\", but this profile sets \"{}\"", rule->name,
                     value->value, set),
         fmt::format("\"{}\", or another setting", set)});
  });
}

}  // namespace

ProviderProfile ReadProfile(std::string_view text, const std::string& file, const Schema& schema) {
  const JsonDocument document = ParseJson(text, file);
  std::vector<Complaint> complaints;
  const Cursor root(document.root, document.place, complaints);
  ProviderProfile profile = ReadRoot(root);
  CheckAssumptionNames(root);
  for (Complaint& complaint : schema.Check(document.root)) {
    complaints.push_back(std::move(complaint));
  }
  if (complaints.empty()) CheckAssumptionValues(root, profile);
  if (!complaints.empty()) throw ScenarioException(Locate(complaints, document));
  return profile;
}

}  // namespace vpcmirror::sim
