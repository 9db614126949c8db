// A network whose parts tests replace, and what is asked of it.
#pragma once

#include <map>
#include <string>

#include "analysis/reach/reachability.h"
#include "sim/input/library.h"
#include "sim/input/scenario_reader.h"

namespace vpcmirror::testing_reach {

using Parts = std::map<std::string, std::string>;  // in place of the defaults below

// Two VPCs that are peered; web in a, the receivers near in a and far in b. Copies are
// those of AWS, VXLAN to UDP port 4789.
//
//   VPC a 10.0.0.0/16   web 10.0.1.0/24  web[0] 10.0.1.2, web[1] 10.0.1.3
//                       fw  10.0.3.0/24  fw 10.0.3.2
//                       sec 10.0.9.0/24  near 10.0.9.2
//   VPC b 10.1.0.0/16   rx  10.1.1.0/24  far 10.1.1.2
inline std::string Network(const Parts& parts) {
  const Parts defaults = {{"web_routes", R"([{"to": "10.1.0.0/16", "via": "ab"}])"},
                          {"fw_routes", "[]"},
                          {"rx_routes", R"([{"to": "10.0.0.0/16", "via": "ba"}])"},
                          {"acl", R"({"ingress": [{"action": "accept"}]})"},
                          {"group", R"({"ingress": [{"action": "accept"}]})"},
                          {"mtu", "\"1500 B\""},
                          {"target", R"("NetworkInterfaceId": "near")"},
                          {"source", "web"},
                          {"balancer", "{}"},
                          {"hosts", ""},
                          {"more", ""}};
  std::string text = R"({"provider": "aws", "vpcs": {
    "a": {"cidr": "10.0.0.0/16",
      "subnets": {"web": {"cidr": "10.0.1.0/24", "az": "z1", "route_table": "rt-web"},
                  "fw": {"cidr": "10.0.3.0/24", "route_table": "rt-fw"},
                  "sec": {"cidr": "10.0.9.0/24", "az": "z1", "route_table": "rt-sec",
                          "acl": "acl-sec"}},
      "route_tables": {"rt-web": %web_routes%, "rt-fw": %fw_routes%, "rt-sec": []},
      "acls": {"acl-sec": %acl%}, "security_groups": {"sg": %group%},
      "peerings": {"ab": {"peer": "b"}}, "load_balancers": %balancer%},
    "b": {"cidr": "10.1.0.0/16", "subnets": {"rx": {"cidr": "10.1.1.0/24", "route_table": "rt-b"}},
      "route_tables": {"rt-b": %rx_routes%}, "peerings": {"ba": {"peer": "a"}}}},
  "hosts": {"web": {"count": 2, "subnet": "web"}, "fw": {"subnet": "fw"},
            "near": {"subnet": "sec", "security_groups": ["sg"], "mtu": %mtu%},
            "far": {"subnet": "rx"}%hosts%},
  "mirrors": {
    "TrafficMirrorTargets": [{"TrafficMirrorTargetId": "tmt-1", %target%}],
    "TrafficMirrorFilters": [{"TrafficMirrorFilterId": "tmf-1",
      "IngressFilterRules": [{"RuleNumber": 1, "RuleAction": "accept",
        "SourceCidrBlock": "0.0.0.0/0", "DestinationCidrBlock": "0.0.0.0/0"}],
      "EgressFilterRules": []}],
    "TrafficMirrorSessions": [{"TrafficMirrorSessionId": "tms-1", "NetworkInterfaceId": "%source%",
      "SessionNumber": 1, "VirtualNetworkId": 1, "TrafficMirrorTargetId": "tmt-1",
      "TrafficMirrorFilterId": "tmf-1"}]}%more%})";
  for (const auto& [name, value] : defaults) {
    const auto given = parts.find(name);
    const std::string mark = "%" + name + "%";
    text.replace(text.find(mark), mark.size(), given == parts.end() ? value : given->second);
  }
  return text;
}

struct Asked {
  Scenario written;
  ValidScenario valid;
  Reachability reach;
};

inline Asked AskText(const std::string& text) {
  static const Library library = sim::LoadLibrary(sim::FindDataFolder());  // slow to read
  Asked asked;
  asked.written = sim::ReadScenarioText(text, "test.json");
  asked.valid = Validate(asked.written, library);
  asked.reach = ReachabilityOf(asked.written, asked.valid);
  return asked;
}

inline const Parts kToFar = {{"target", R"("NetworkInterfaceId": "far")"}};

}  // namespace vpcmirror::testing_reach
