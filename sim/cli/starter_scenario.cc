#include "sim/cli/starter_scenario.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

namespace vpcmirror::sim {
namespace {

constexpr std::string_view kBefore =
    R"(// A vpcmirror scenario for {title}. Run it:  vpcmirror run my.json
// Quantities are strings with units. What is left out gets a default, and each
// default used is listed under Assumptions in the result.
{{
  "name": "starter",
  "description": "Four web servers and a database, watched by {sensors}",
  "provider": "{provider}",
  "duration": "200 ms",

  // One VPC with three subnets.
  "vpcs": {{
    "prod": {{
      "cidr": "10.0.0.0/16",
      "subnets": {{"web": "10.0.1.0/24", "db": "10.0.2.0/24", "sec": "10.0.9.0/24"}}
    }}
  }},

  // {hosts}
  // A count of 4 makes web[0] to web[3]. A host with a receiver profile takes copies.
  "hosts": {{
    "web": {{"count": 4, {web}, "subnet": "web"}},
    "db":  {{"limits": {{"bandwidth": "10 Gbps", "pps": "1 Mpps"}}, "subnet": "db"}},
    "ids": {{{count}{ids}, "subnet": "sec", "receiver": "suricata"}}
  }},

  // Traffic to and from the outside ("at"), or between hosts ("from", "to").
  // "per" is "host" (each) or "total" (all together).
  "workloads": {{
    "www": {{"at": "web", "in": "100 Mbps", "out": "400 Mbps", "per": "host", "sizes": "imix"}},
    "sql": {{"from": "web", "to": "db", "rate": "800 Mbps", "per": "total"}}
  }},

)";

constexpr std::string_view kAfter = R"(
  // The run exits with 3 unless these hold.
  "assert": ["production_loss == 0"]
}
)";

constexpr std::string_view kTencent =
    R"(  // Mirrors as the CreateTrafficMirror API takes them. A source may be a host,
  // web[0-1], subnet:web, vpc:prod, an ENI's ID or an address.
  "mirrors": [
    {
      "TrafficMirrorName": "watch-web",
      "State": "RUNNING",
      "CollectorSrcs": ["subnet:web"],
      "Direction": "ALL",
      "CollectorTarget": {"TargetIps": ["ids[0]", "ids[1]"], "AlgHash": "FIVE_TUPLE_FLOW"}
    }
  ],
)";

constexpr std::string_view kAws =
    R"(  // What aws ec2 describe-traffic-mirror-sessions, -filters and -targets print, side
  // by side. A network interface may be named by its ID, its host or its address. A
  // session of web, which has four, stands for one session of each.
  "mirrors": {
    "TrafficMirrorSessions": [
      {"TrafficMirrorSessionId": "tms-web", "NetworkInterfaceId": "web", "SessionNumber": 1,
       "TrafficMirrorFilterId": "tmf-tcp", "TrafficMirrorTargetId": "tmt-ids"}
    ],
    "TrafficMirrorFilters": [
      {"TrafficMirrorFilterId": "tmf-tcp",
       // The first rule that matches decides; Protocol 6 is TCP.
       "IngressFilterRules": [
         {"RuleNumber": 10, "RuleAction": "reject", "Protocol": 6, "SourceCidrBlock": "0.0.0.0/0",
          "DestinationCidrBlock": "0.0.0.0/0", "DestinationPortRange": {"FromPort": 22, "ToPort": 22}},
         {"RuleNumber": 20, "RuleAction": "accept", "Protocol": 6, "SourceCidrBlock": "0.0.0.0/0",
          "DestinationCidrBlock": "0.0.0.0/0"}
       ],
       "EgressFilterRules": [
         {"RuleNumber": 10, "RuleAction": "accept", "Protocol": 6, "SourceCidrBlock": "0.0.0.0/0",
          "DestinationCidrBlock": "0.0.0.0/0"}
       ]}
    ],
    "TrafficMirrorTargets": [
      {"TrafficMirrorTargetId": "tmt-ids", "Type": "network-interface", "NetworkInterfaceId": "ids"}
    ]
  },
)";

constexpr std::string_view kAlibaba =
    R"(  // What ListTrafficMirrorSessions and ListTrafficMirrorFilters answer, side by
  // side. An ENI may be named by its ID, its host or its address.
  "mirrors": {
    "TrafficMirrorSessions": [
      {"TrafficMirrorSessionId": "tms-web", "TrafficMirrorSourceIds": ["web"], "Priority": 1,
       "Enabled": true, "TrafficMirrorFilterId": "tmf-tcp",
       "TrafficMirrorTargetType": "NetworkInterface", "TrafficMirrorTargetId": "ids"}
    ],
    "TrafficMirrorFilters": [
      {"TrafficMirrorFilterId": "tmf-tcp",
       // The first rule that matches decides.
       "IngressRules": [
         {"Priority": 1, "Action": "drop", "Protocol": "TCP", "DestinationPortRange": "22/22"},
         {"Priority": 2, "Action": "accept", "Protocol": "TCP"}
       ],
       "EgressRules": [{"Priority": 1, "Action": "accept", "Protocol": "TCP"}]}
    ]
  },
)";

constexpr std::string_view kHuawei =
    R"(  // What the lists of traffic mirror sessions and filters answer, side by side. An
  // ENI may be named by its ID, its host or its address. Without packet_length only
  // 96 bytes of a frame are copied.
  "mirrors": {
    "traffic_mirror_sessions": [
      {"id": "session-web", "traffic_mirror_sources": ["web"], "priority": 1, "enabled": true,
       "packet_length": 1460, "traffic_mirror_filter_id": "filter-tcp",
       "traffic_mirror_target_type": "eni", "traffic_mirror_target_id": "ids"}
    ],
    "traffic_mirror_filters": [
      {"id": "filter-tcp",
       // The first rule that matches decides.
       "ingress_rules": [
         {"priority": 1, "action": "reject", "protocol": "TCP", "ethertype": "IPv4",
          "destination_port_range": "22"},
         {"priority": 2, "action": "accept", "protocol": "TCP", "ethertype": "IPv4"}
       ],
       "egress_rules": [
         {"priority": 1, "action": "accept", "protocol": "TCP", "ethertype": "IPv4"}
       ]}
    ]
  },
)";

constexpr std::string_view kVolcengine =
    R"(  // Sessions, filter rules and targets as the Terraform resources write them. A
  // network interface may be named by its ID, its host or its address. A session of
  // web, which has four, stands for one session of each.
  "mirrors": {
    "traffic_mirror_sessions": [
      {"traffic_mirror_session_id": "tms-web", "network_interface_id": "web", "priority": 1,
       "traffic_mirror_filter_id": "tmf-tcp", "traffic_mirror_target_id": "tmt-ids"}
    ],
    "traffic_mirror_filter_rules": [
      {"traffic_mirror_filter_id": "tmf-tcp", "traffic_direction": "ingress", "priority": 1,
       "policy": "accept", "protocol": "tcp", "source_cidr_block": "0.0.0.0/0",
       "destination_cidr_block": "0.0.0.0/0"},
      {"traffic_mirror_filter_id": "tmf-tcp", "traffic_direction": "egress", "priority": 1,
       "policy": "accept", "protocol": "tcp", "source_cidr_block": "0.0.0.0/0",
       "destination_cidr_block": "0.0.0.0/0"}
    ],
    "traffic_mirror_targets": [
      {"traffic_mirror_target_id": "tmt-ids", "instance_type": "NetworkInterface",
       "instance_id": "ids"}
    ]
  },
)";

constexpr std::string_view kGcp =
    R"(  // packetMirrorings resources. Of a url only the last step counts, so that a subnet
  // or host may be named alone. The collector is a load balancer; the hosts behind
  // it are named among our own options.
  "mirrors": [
    {
      "name": "watch-web",
      "mirroredResources": {"subnetworks": [{"url": "web"}]},
      "filter": {"IPProtocols": ["tcp"], "direction": "BOTH"},
      "collectorIlb": {"url": "regions/r/forwardingRules/collector"},
      "options": {"collectors": ["ids[*]"]}
    }
  ],
)";

constexpr std::string_view kAzure =
    R"(  // Virtual network TAPs as az network vnet tap list prints them: there is no filter.
  // Of an ID the step behind networkInterfaces/ counts; a host may be named alone.
  "mirrors": [
    {
      "name": "watch-web",
      "networkInterfaceTapConfigurations": [{"id": "web"}],
      "destinationNetworkInterfaceIPConfiguration": {"id": "ids"},
      "destinationPort": 4789
    }
  ],
)";

constexpr std::string_view kBaidu =
    R"(  // Sessions as the API takes them: the source is the host that has the EIP. The
  // target is a load balancer; the hosts behind it are named among our own options.
  "mirrors": {
    "trafficMirrorSessions": [
      {"trafficMirrorSessionId": "ms-web", "sourceType": "eip", "sourceId": "web[0]",
       "trafficMirrorRuleGroupId": "group-tcp", "options": {"collectors": ["ids[*]"]}}
    ],
    "trafficMirrorRuleGroups": [
      {"trafficMirrorRuleGroupId": "group-tcp",
       "ingressRules": [{"priority": 1, "strategy": "allow", "protocol": "tcp"}],
       "egressRules": [{"priority": 1, "strategy": "allow", "protocol": "tcp"}]}
    ]
  },
)";

struct Starter {
  std::string_view provider;
  std::string_view title;
  std::string_view mirrors;
  bool has_types;    // of the catalogue
  bool several_ids;  // receivers
};

constexpr Starter kStarters[] = {
    {"tencent", "Tencent Cloud", kTencent, true, true},
    {"aws", "AWS", kAws, false, false},
    {"alibaba", "Alibaba Cloud", kAlibaba, false, false},
    {"huawei", "Huawei Cloud", kHuawei, false, false},
    {"volcengine", "Volcengine", kVolcengine, false, false},
    {"gcp", "Google Cloud", kGcp, false, true},
    {"azure", "Azure", kAzure, false, false},
    {"baidu", "Baidu AI Cloud", kBaidu, false, true},
};

}  // namespace

std::vector<std::string> StarterProviders() {
  std::vector<std::string> names;
  for (const Starter& each : kStarters) names.emplace_back(each.provider);
  return names;
}

std::string StarterScenario(std::string_view provider) {
  using namespace fmt::literals;
  const auto* starter =
      std::find_if(std::begin(kStarters), std::end(kStarters),
                   [&](const Starter& each) { return each.provider == provider; });
  assert(starter != std::end(kStarters));
  constexpr std::string_view kByHand = R"("limits": {"bandwidth": "10 Gbps", "pps": "1 Mpps"})";
  const std::string before = fmt::format(
      fmt::runtime(kBefore), "title"_a = starter->title, "provider"_a = starter->provider,
      "sensors"_a = starter->several_ids ? "two sensors" : "a sensor",
      "hosts"_a = starter->has_types ? "A catalogue type, or \"limits\" by hand."
                                     : "\"limits\" by hand, or a \"type\" of the catalogue.",
      "web"_a = starter->has_types ? std::string_view(R"("type": "S5.2XLARGE32")") : kByHand,
      "count"_a = starter->several_ids ? R"("count": 2, )" : "",
      "ids"_a = starter->has_types ? std::string_view(R"("type": "S5.4XLARGE32")") : kByHand);
  return before + std::string(starter->mirrors) + std::string(kAfter);
}

}  // namespace vpcmirror::sim
