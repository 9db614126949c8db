#include "sim/cli/mirror_everything.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace vpcmirror::sim {
namespace {

// How one cloud writes it: `session` for each source, joined by commas between
// `before` and `after`. Fields: {n} counts sessions from 1, {source} and {receiver}
// are one member each, {r} counts receivers from 1.
struct Shape {
  std::string_view provider;
  std::string_view before;
  std::string_view session;
  std::string_view after;
  std::string_view target;  // for each receiver, joined by commas behind `after`
  std::string_view end;
};

constexpr Shape kShapes[] = {
    {.provider = "aws",
     .before = R"({{"TrafficMirrorSessions": [
    )",
     .session =
         R"({{"TrafficMirrorSessionId": "tms-{n}", "NetworkInterfaceId": "{source}", "SessionNumber": {n}, "TrafficMirrorFilterId": "tmf-all", "TrafficMirrorTargetId": "tmt-{r}"}})",
     .after = R"(],
    "TrafficMirrorFilters": [{{"TrafficMirrorFilterId": "tmf-all", "NetworkServices": ["amazon-dns"],
      "IngressFilterRules": [{{"RuleNumber": 1, "RuleAction": "accept", "SourceCidrBlock": "0.0.0.0/0", "DestinationCidrBlock": "0.0.0.0/0"}}],
      "EgressFilterRules": [{{"RuleNumber": 1, "RuleAction": "accept", "SourceCidrBlock": "0.0.0.0/0", "DestinationCidrBlock": "0.0.0.0/0"}}]}}],
    "TrafficMirrorTargets": [
    )",
     .target =
         R"({{"TrafficMirrorTargetId": "tmt-{r}", "Type": "network-interface", "NetworkInterfaceId": "{receiver}"}})",
     .end = "]}}"},
    {.provider = "alibaba",
     .before = R"({{"TrafficMirrorSessions": [
    )",
     .session =
         R"({{"TrafficMirrorSessionId": "tms-{n}", "TrafficMirrorSourceIds": ["{source}"], "Priority": {n}, "Enabled": true, "TrafficMirrorFilterId": "tmf-all", "TrafficMirrorTargetType": "NetworkInterface", "TrafficMirrorTargetId": "{receiver}"}})",
     .after = R"(],
    "TrafficMirrorFilters": [{{"TrafficMirrorFilterId": "tmf-all",
      "IngressRules": [{{"Priority": 1, "Action": "accept", "Protocol": "ALL"}}],
      "EgressRules": [{{"Priority": 1, "Action": "accept", "Protocol": "ALL"}}]}}]}})",
     .target = "",
     .end = ""},
    {.provider = "huawei",
     .before = R"({{"traffic_mirror_sessions": [
    )",
     .session =
         R"({{"id": "session-{n}", "traffic_mirror_sources": ["{source}"], "priority": {n}, "enabled": true, "traffic_mirror_filter_id": "filter-all", "traffic_mirror_target_type": "eni", "traffic_mirror_target_id": "{receiver}"}})",
     .after = R"(],
    "traffic_mirror_filters": [{{"id": "filter-all",
      "ingress_rules": [{{"priority": 1, "action": "accept", "protocol": "ALL"}}],
      "egress_rules": [{{"priority": 1, "action": "accept", "protocol": "ALL"}}]}}]}})",
     .target = "",
     .end = ""},
    {.provider = "volcengine",
     .before = R"({{"traffic_mirror_sessions": [
    )",
     .session =
         R"({{"traffic_mirror_session_id": "tms-{n}", "network_interface_id": "{source}", "traffic_mirror_target_id": "tmt-{r}", "traffic_mirror_filter_id": "tmf-all", "priority": {n}}})",
     .after = R"(],
    "traffic_mirror_filter_rules": [
      {{"traffic_mirror_filter_id": "tmf-all", "traffic_direction": "ingress", "policy": "accept", "priority": 1, "protocol": "all", "source_cidr_block": "0.0.0.0/0", "destination_cidr_block": "0.0.0.0/0"}},
      {{"traffic_mirror_filter_id": "tmf-all", "traffic_direction": "egress", "policy": "accept", "priority": 1, "protocol": "all", "source_cidr_block": "0.0.0.0/0", "destination_cidr_block": "0.0.0.0/0"}}],
    "traffic_mirror_targets": [
    )",
     .target =
         R"({{"traffic_mirror_target_id": "tmt-{r}", "instance_type": "NetworkInterface", "instance_id": "{receiver}"}})",
     .end = "]}}"},
    {.provider = "gcp",
     .before = R"([{{"name": "all", "mirroredResources": {{"instances": [
    )",
     .session = R"({{"url": "{source}"}})",
     .after = R"(]}}, "options": {{"collectors": ["{receivers}"]}}}}])",
     .target = "",
     .end = ""},
    {.provider = "azure",
     .before = R"([
    )",
     .session =
         R"({{"name": "tap-{n}", "destinationNetworkInterfaceIPConfiguration": {{"id": "{receiver}"}}, "networkInterfaceTapConfigurations": [{{"id": "{source}"}}]}})",
     .after = "]",
     .target = "",
     .end = ""},
    {.provider = "baidu",
     .before = R"({{"trafficMirrorSessions": [
    )",
     .session =
         R"({{"trafficMirrorSessionId": "ms-{n}", "status": "running", "sourceType": "eip", "sourceId": "{source}", "trafficMirrorRuleGroupId": "group-all", "options": {{"collectors": ["{receivers}"]}}}})",
     .after = R"(],
    "trafficMirrorRuleGroups": [{{"trafficMirrorRuleGroupId": "group-all",
      "ingressRules": [{{"priority": 1, "strategy": "allow", "protocol": "all"}}],
      "egressRules": [{{"priority": 1, "strategy": "allow", "protocol": "all"}}]}}]}})",
     .target = "",
     .end = ""},
};

// One alone is "web" and not "web[0]".
std::string Member(std::string_view host, int count, int index) {
  return count == 1 ? std::string(host) : fmt::format("{}[{}]", host, index);
}

std::string AllMembers(std::string_view host, int count) {
  return count == 1 ? std::string(host) : fmt::format("{}[*]", host);
}

std::string Filled(std::string_view part, const EverythingFrom& asked, int session) {
  const int receiver = session % asked.receivers;
  return fmt::format(fmt::runtime(part), fmt::arg("n", session + 1), fmt::arg("r", receiver + 1),
                     fmt::arg("source", Member(asked.source, asked.count, session)),
                     fmt::arg("receiver", Member(asked.receiver, asked.receivers, receiver)),
                     fmt::arg("receivers", AllMembers(asked.receiver, asked.receivers)));
}

std::string Each(std::string_view part, const EverythingFrom& asked, int count) {
  std::string all;
  for (int i = 0; i < count; ++i) {
    if (i > 0) all += ",\n     ";
    all += Filled(part, asked, i);
  }
  return all;
}

// A single mirror takes any number of sources and receivers.
std::string Tencent(const EverythingFrom& asked) {
  return fmt::format(R"([
    {{"CollectorSrcs": ["{}"], "Direction": "ALL", "CollectorTarget": {{"TargetIps": ["{}"], "AlgHash": "FIVE_TUPLE_FLOW"}}}}
  ])",
                     asked.source, asked.receiver);
}

}  // namespace

std::string MirrorEverything(const EverythingFrom& asked) {
  const auto* shape = std::find_if(std::begin(kShapes), std::end(kShapes), [&](const Shape& each) {
    return each.provider == asked.provider;
  });
  if (shape == std::end(kShapes)) return Tencent(asked);
  std::string text = Filled(shape->before, asked, 0) + Each(shape->session, asked, asked.count) +
                     Filled(shape->after, asked, 0);
  if (!shape->target.empty()) {
    text += Each(shape->target, asked, asked.receivers) + Filled(shape->end, asked, 0);
  }
  return text;
}

}  // namespace vpcmirror::sim
