#include "sim/cli/starter_scenario.h"

namespace vpcmirror::sim {

std::string_view StarterScenario() {
  return R"(// A vpcmirror scenario for Tencent Cloud. Run it:  vpcmirror run my.json
// Quantities are strings with units. What is left out gets a default, and each
// default used is listed under Assumptions in the result.
{
  "name": "starter",
  "description": "Four web servers and a database, watched by two sensors",
  "provider": "tencent",
  "duration": "200 ms",

  // One VPC with three subnets.
  "vpcs": {
    "prod": {
      "cidr": "10.0.0.0/16",
      "subnets": {"web": "10.0.1.0/24", "db": "10.0.2.0/24", "sec": "10.0.9.0/24"}
    }
  },

  // CVMs: a catalogue type, or "limits" by hand. A count of 4 makes web[0] to web[3].
  // A host with a receiver profile takes mirror copies.
  "hosts": {
    "web": {"count": 4, "type": "S5.2XLARGE32", "subnet": "web"},
    "db":  {"limits": {"bandwidth": "10 Gbps", "pps": "1 Mpps"}, "subnet": "db"},
    "ids": {"count": 2, "type": "S5.4XLARGE32", "subnet": "sec", "receiver": "suricata"}
  },

  // Traffic to and from the outside ("at"), or between hosts ("from", "to").
  // "per" is "host" (each) or "total" (all together).
  "workloads": {
    "www": {"at": "web", "in": "100 Mbps", "out": "400 Mbps", "per": "host", "sizes": "imix"},
    "sql": {"from": "web", "to": "db", "rate": "800 Mbps", "per": "total"}
  },

  // Mirrors as the CreateTrafficMirror API takes them. A source may be a host,
  // web[0-1], subnet:web, vpc:prod, an ENI's ID or an address.
  "mirrors": [
    {
      "TrafficMirrorName": "watch-web",
      "CollectorSrcs": ["subnet:web"],
      "Direction": "ALL",
      "CollectorTarget": {"TargetIps": ["ids[0]", "ids[1]"], "AlgHash": "FIVE_TUPLE_FLOW"}
    }
  ],

  // The run exits with 3 unless these hold.
  "assert": ["production_loss == 0"]
}
)";
}

}  // namespace vpcmirror::sim
