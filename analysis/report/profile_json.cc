#include "analysis/report/profile_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

namespace vpcmirror {
namespace {

using Json = nlohmann::ordered_json;

std::string Text(Bytes bytes) { return fmt::format("{} B", bytes.count()); }
std::string Text(const PortRange& ports) { return fmt::format("{}-{}", ports.first, ports.last); }

void PutBytes(Json& json, const char* key, const std::optional<Bytes>& bytes) {
  if (bytes) json[key] = Text(*bytes);
}
void PutBandwidth(Json& json, const char* key, const std::optional<BitsPerSecond>& rate) {
  if (!rate) return;
  constexpr std::int64_t kGiga = 1'000'000'000;
  json[key] = rate->count() % kGiga == 0 ? fmt::format("{} Gbps", rate->count() / kGiga)
                                         : fmt::format("{} bps", rate->count());
}
void PutText(Json& json, const char* key, const std::string& text) {
  if (!text.empty()) json[key] = text;
}
template <class List>
void PutList(Json& json, const char* key, const List& list) {
  if (!list.empty()) json[key] = list;
}
void PutRange(Json& json, const char* key, const NumberRange& range) {
  if (range.first <= range.last) json[key] = {{"first", range.first}, {"last", range.last}};
}

bool IsSymmetric(HashSymmetry symmetry) { return symmetry == HashSymmetry::kSymmetric; }

Json FilterJson(const FilterRules& rules) {
  Json json;
  json["model"] = ToString(rules.model);
  json["copies_all_without_rules"] = rules.copies_all_without_rules;
  json["copies_all_without_match"] = rules.copies_all_without_match;
  json["directions"] = ToString(rules.directions);
  PutText(json, "accept", rules.accept);
  PutText(json, "reject", rules.reject);
  PutRange(json, "priority", rules.priority);
  json["largest_first"] = rules.largest_first;
  PutList(json, "protocols", rules.protocols);
  if (rules.has_ports) json["ports"] = Text(rules.port_limits);
  json["ipv6"] = rules.has_ipv6;
  json["next_hop"] = rules.has_next_hop;
  json["services_need_enabling"] = rules.services_need_enabling;
  return json;
}

Json SessionsJson(const SessionRules& rules) {
  Json json;
  PutRange(json, "number", rules.number);
  json["unique_within"] = ToString(rules.unique_within);
  if (rules.per_eni) json["per_eni"] = *rules.per_eni;
  json["at_most_one_copy"] = rules.at_most_one_copy;
  json["reject_stops_later"] = rules.reject_stops_later;
  json["object_in_one_mirror"] = rules.object_in_one_mirror;
  json["one_source"] = rules.one_source;
  return json;
}

Json EncapsulationJson(const ProviderProfile& profile) {
  const TunnelSettings& tunnel = profile.tunnel;
  const auto last_port =
      static_cast<std::uint16_t>(tunnel.first_source_port + tunnel.source_ports - 1);
  Json json;
  json["kind"] = ToString(tunnel.kind);
  json["vni_rule"] = ToString(profile.vni);
  json["vni"] = tunnel.vni;
  if (tunnel.destination_port) json["destination_port"] = *tunnel.destination_port;
  json["outer_source_ports"] = Text(PortRange{tunnel.first_source_port, last_port});
  json["outer_port_hash_symmetric"] = IsSymmetric(profile.port_hash_symmetry);
  if (tunnel.gre_key) json["gre_key"] = *tunnel.gre_key;
  json["sequence_numbers"] = tunnel.sequence_numbers;
  json["erspan_session"] = tunnel.erspan_session;
  json["erspan_platform_subheader"] = tunnel.erspan_platform_subheader;
  json["geneve_carries_ip"] = tunnel.geneve_carries_ip;
  return json;
}

Json LengthJson(const LengthRule& rule) {
  Json json = Json::object();
  PutBytes(json, "default", rule.by_default);
  PutBytes(json, "least", rule.least);
  PutBytes(json, "least_ipv6", rule.least_v6);
  PutBytes(json, "most", rule.most);
  if (rule.zero_is_whole) json["zero_is_whole"] = true;
  return json;
}

Json MtuJson(const ProviderProfile& profile) {
  Json json;
  json["policy"] = ToString(profile.mtu_policy);
  json["basis"] = ToString(profile.mtu.basis);
  json["fixed"] = Text(profile.mtu.fixed);
  PutBytes(json, "counted_overhead", profile.mtu.counted_overhead_v4);
  PutBytes(json, "counted_overhead_ipv6", profile.mtu.counted_overhead_v6);
  PutBytes(json, "largest", profile.largest_mtu);
  PutText(json, "advice", profile.mtu_advice);
  return json;
}

const char* ProtocolWord(std::uint8_t protocol) {
  return protocol == kProtocolTcp ? "tcp" : protocol == kProtocolUdp ? "udp" : "icmp";
}

Json NeverMirroredJson(const ProviderProfile& profile, const NeverMirrored& rule, bool applies) {
  Json json;
  json["name"] = rule.name;
  if (rule.ether_type != 0) json["ether_type"] = fmt::format("0x{:04x}", rule.ether_type);
  if (rule.protocol) json["protocol"] = ProtocolWord(*rule.protocol);
  if (rule.service) json["service"] = Json::array({ToString(*rule.service)});
  PutList(json, "ports", rule.ports);
  if (rule.both_ports) json["both_ports"] = true;
  const auto& assumed = profile.kinds_at_service_addresses;
  if (std::find(assumed.begin(), assumed.end(), rule.name) != assumed.end()) {
    json["service_is_assumed"] = true;
  }
  if (!applies) json["applies"] = false;
  return json;
}

Json ServiceJson(const ServiceTraffic& service) {
  Json json;
  json["name"] = service.name;
  for (const IpPrefix& address : service.addresses) json["addresses"].push_back(ToString(address));
  if (service.vpc_offset) json["vpc_offset"] = *service.vpc_offset;
  for (const std::uint8_t each : service.protocols) {
    json["protocols"].push_back(ProtocolWord(each));
  }
  json["port"] = service.port;
  return json;
}

Json ReceiversJson(const ProviderProfile& profile) {
  Json json;
  json["kinds"] = profile.target_kinds;
  json["choice"] = ToString(profile.default_choice);
  json["flow_hash_symmetric"] = IsSymmetric(profile.hash_symmetry);
  json["loop"] = ToString(profile.loop);
  json["same_vpc"] = profile.needs_same_vpc;
  json["ipv6"] = profile.receiver_ipv6;
  if (profile.source_to_receiver_bandwidth) {
    json["source_to_receiver_bandwidth"] = *profile.source_to_receiver_bandwidth;
  }
  return json;
}

void PutSeconds(Json& json, const char* name, const std::optional<Picoseconds>& time) {
  if (time) json[name] = fmt::format("{} s", time->count() / kPicosecondsPerSecond);
}

Json LoadBalancerKindJson(const LoadBalancerKind& kind) {
  Json json;
  json["kind"] = kind.name;
  json["title"] = kind.title;
  json["target"] = kind.target;
  json["needs_listener"] = kind.needs_listener;
  json["cross_zone"] = kind.cross_zone;
  json["internal_only"] = kind.internal_only;
  json["own_length"] = kind.has_own_length;
  PutBytes(json, "mtu", kind.mtu);
  PutBandwidth(json, "zone_bandwidth", kind.zone_bandwidth);
  PutBandwidth(json, "zone_bandwidth_most", kind.zone_bandwidth_most);
  PutBytes(json, "geneve_options", kind.geneve_options);
  PutSeconds(json, "unhealthy_after", kind.unhealthy_after);
  PutSeconds(json, "healthy_after", kind.healthy_after);
  json["as_of"] = kind.as_of;
  json["source"] = kind.source;
  return json;
}

Json LoadBalancingJson(const LoadBalancing& balancing) {
  Json json;
  json["kinds"] = Json::array();
  for (const LoadBalancerKind& kind : balancing.kinds) {
    json["kinds"].push_back(LoadBalancerKindJson(kind));
  }
  if (balancing.reorders_within) {
    json["reorders_within"] = fmt::format(
        "{} us", balancing.reorders_within->count() / (1000 * kPicosecondsPerNanosecond));
  }
  return json;
}

Json LifecycleJson(const Lifecycle& lifecycle) {
  Json json;
  PutList(json, "states", lifecycle.states);
  PutText(json, "default", lifecycle.by_default);
  json["runs_by_default"] = lifecycle.runs_by_default;
  if (lifecycle.is_required) json["required"] = true;
  return json;
}

Json SourceTypesJson(const SourceTypes& types) {
  Json json;
  PutList(json, "families", types.families);
  PutList(json, "excluded", types.excluded);
  json["as_of"] = types.as_of;
  json["source"] = types.source;
  return json;
}

Json QuotaJson(const Quota& quota) {
  Json json;
  json["name"] = quota.name;
  json["text"] = quota.text;
  if (quota.most) json["most"] = *quota.most;
  if (quota.most_of_listed) {
    json["listed"]["most"] = *quota.most_of_listed;
    if (!quota.listed_types.empty()) json["listed"]["types"] = quota.listed_types;
  }
  json["as_of"] = quota.as_of;
  json["source"] = quota.source;
  return json;
}

template <class Items, class ToJson>
Json ListJson(const Items& items, ToJson to_json) {
  Json list = Json::array();
  for (const auto& item : items) list.push_back(to_json(item));
  return list;
}

void PutWhatIsCopied(Json& json, const ProviderProfile& profile) {
  json["filter"] = FilterJson(profile.filter);
  if (profile.rule_mode) json["rule_mode"] = FilterJson(*profile.rule_mode);
  json["sessions"] = SessionsJson(profile.sessions);
  json["encapsulation"] = EncapsulationJson(profile);
  json["packet_length"] = LengthJson(profile.packet_length);
  if (profile.load_balancer_length) {
    json["load_balancer_length"] = LengthJson(*profile.load_balancer_length);
  }
  json["mtu"] = MtuJson(profile);
  json["never_mirrored"] = Json::array();
  for (const bool applies : {true, false}) {
    for (const auto& rule : applies ? profile.never_mirrored : profile.may_be_never_mirrored) {
      json["never_mirrored"].push_back(NeverMirroredJson(profile, rule, applies));
    }
  }
  json["services"] = ListJson(profile.services, ServiceJson);
}

void PutWhatIsSaid(Json& json, const ProviderProfile& profile) {
  json["security"] = {{"mirrors_what_source_drops", profile.security.mirrors_what_source_drops},
                      {"mirrors_outbound_drops", profile.security.mirrors_outbound_drops},
                      {"copies_pass_source", profile.security.copies_pass_source},
                      {"target_filters_copies", profile.security.target_filters_copies}};
  json["receivers"] = ReceiversJson(profile);
  if (!profile.load_balancing.kinds.empty()) {
    json["load_balancing"] = LoadBalancingJson(profile.load_balancing);
  }
  json["congestion"] = {{"documented", ToString(profile.documented_congestion)},
                        {"runs_as", ToString(profile.congestion)},
                        {"copy_order", ToString(profile.copy_order)}};
  PutBandwidth(json["congestion"], "flow", profile.flow_bandwidth);
  json["who_pays"] = ToString(profile.who_pays);
  json["limit_model"] = ToString(profile.limit_model);
  json["lifecycle"] = LifecycleJson(profile.lifecycle);
  if (!profile.source_types.as_of.empty()) {
    json["source_types"] = SourceTypesJson(profile.source_types);
  }
  json["quotas"] = ListJson(profile.quotas, QuotaJson);
  json["metrics"] = profile.metrics;
  json["loss_counters"] = ListJson(profile.loss_counters, [](const LossCounter& each) {
    return Json{{"lost", each.lost}, {"names", each.names}, {"source", each.source}};
  });
  json["error_codes"] = Json::object();
  for (const auto& [refusal, code] : profile.error_codes) json["error_codes"][refusal] = code;
  json["not_modelled"] = profile.not_modelled;
  json["assumptions"] = ListJson(profile.assumptions, [](const Assumption& each) {
    return Json{
        {"name", each.name}, {"value", each.value}, {"text", each.text}, {"source", each.source}};
  });
}

}  // namespace

std::string ProfileJson(const ProviderProfile& profile) {
  Json json;
  json["name"] = profile.name;
  json["title"] = profile.title;
  json["as_of"] = profile.as_of;
  json["experimental"] = profile.experimental;
  json["api"] = profile.api;
  json["sources"] = ListJson(profile.sources, [](const DocumentSource& each) {
    return Json{{"where", each.where}, {"sections", each.sections}};
  });
  PutWhatIsCopied(json, profile);
  PutWhatIsSaid(json, profile);
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string ProfileListJson(const ProviderProfiles& profiles) {
  const Json json = ListJson(profiles, [](const auto& entry) {
    const ProviderProfile& profile = entry.second;
    return Json{{"name", profile.name},
                {"title", profile.title},
                {"as_of", profile.as_of},
                {"filter", ToString(profile.filter.model)},
                {"encapsulation", ToString(profile.tunnel.kind)},
                {"experimental", profile.experimental},
                {"note", ExperimentalNote(profile)}};
  });
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace vpcmirror
