#include "sim/input/scenario_reader.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "models/wire/flow_key.h"
#include "sim/input/json_document.h"
#include "sim/input/library.h"
#include "sim/input/sha256.h"
#include "tests/unit/input/errors.h"
#include "tests/unit/input/shipped.h"

namespace vpcmirror::sim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

ReadOptions Options(std::vector<std::string> sets = {}) {
  ReadOptions options;
  options.data_folder = kDataFolder;
  for (const std::string& set : sets) options.sets.push_back(ParseOverride(set));
  return options;
}

Scenario Read(const std::string& text, std::vector<std::string> sets = {}) {
  return ReadScenarioText(text, "folder/night.json", Options(std::move(sets)));
}

std::vector<std::string> Errors(const std::string& text, std::vector<std::string> sets = {}) {
  return ErrorsOf([&] { Read(text, sets); });
}

// The two scenarios of the design, as they are printed there; the second in braces.
constexpr char kSmallest[] = R"({ "provider": "tencent",
  "hosts":     { "web": {"count": 2, "type": "S5.2XLARGE32"}, "ids": {"type": "S5.4XLARGE32", "receiver": "suricata"} },
  "workloads": { "www": {"at": "web", "in": "500 Mbps", "out": "500 Mbps"} },
  "mirrors":   [ {"CollectorSrcs": ["web"], "CollectorTarget": {"TargetIps": ["ids"]}} ] }
)";
constexpr char kEstate[] =
    R"({"vpcs":  { "prod": {"cidr": "10.0.0.0/16", "subnets": {"web": "10.0.1.0/24", "db": "10.0.2.0/24", "sec": {"cidr": "10.0.9.0/24", "az": "gz-3"}}} },
"hosts": { "web": {"count": 28, "type": "S5.4XLARGE32", "subnet": "web"}, "db": {"count": 12, "type": "S6.8XLARGE64", "subnet": "db"},
           "ids": {"count": 3, "type": "S6.8XLARGE64", "subnet": "sec", "receiver": "suricata"} },
"workloads": { "www": {"at": "web", "in": "120 Mbps", "out": "900 Mbps", "per": "host", "sizes": "imix"},
               "sql": {"from": "web", "to": "db", "rate": "4 Gbps", "per": "total"} },
"mirrors": [ {"CollectorSrcs": ["subnet:web", "subnet:db"], "Direction": "ALL", "CollectorTarget": {"TargetIps": ["ids[*]"], "AlgHash": "FIVE_TUPLE_FLOW"}} ],
"assert": [ "mirror_loss < 0.1%", "production_loss == 0" ]})";

TEST(ScenarioReaderTest, ReadsTheDesignsSmallestScenario) {
  const Scenario scenario = Read(kSmallest);
  EXPECT_EQ(scenario.name, "night");
  EXPECT_EQ(scenario.file, "folder/night.json");
  EXPECT_EQ(scenario.provider.value, "tencent");
  EXPECT_FALSE(scenario.duration || scenario.seed);
  ASSERT_EQ(scenario.hosts.size(), 2u);
  EXPECT_EQ(scenario.hosts[0].name, "web");
  EXPECT_EQ(scenario.hosts[0].path, "/hosts/web");
  EXPECT_EQ(scenario.hosts[0].count->value, 2);
  EXPECT_EQ(scenario.hosts[0].count->path, "/hosts/web/count");
  EXPECT_EQ(scenario.hosts[1].settings.receiver->value, "suricata");
  EXPECT_FALSE(scenario.hosts[1].count);
  ASSERT_EQ(scenario.workloads.size(), 1u);
  EXPECT_EQ(scenario.workloads[0].in->value, BitsPerSecond(500'000'000));
  ASSERT_EQ(scenario.mirrors.size(), 1u);
  EXPECT_EQ(scenario.mirrors[0].targets[0].path, "/mirrors/0/CollectorTarget/TargetIps/0");
}

TEST(ScenarioReaderTest, ReadsTheDesignsEstate) {
  const Scenario scenario = Read(kEstate);
  ASSERT_EQ(scenario.vpcs.size(), 1u);
  ASSERT_EQ(scenario.vpcs[0].subnets.size(), 3u);
  EXPECT_EQ(scenario.vpcs[0].subnets[0].name, "web");
  EXPECT_EQ(ToString(scenario.vpcs[0].subnets[1].cidr), "10.0.2.0/24");
  EXPECT_EQ(scenario.vpcs[0].subnets[2].zone, "gz-3");
  // The mix of 64, 594 and 1518 bytes as 7:4:1, less 4 bytes of FCS each.
  EXPECT_THAT(
      scenario.workloads[0].sizes->value,
      ElementsAre(FrameSize{Bytes(60), 7}, FrameSize{Bytes(590), 4}, FrameSize{Bytes(1514), 1}));
  EXPECT_EQ(scenario.workloads[1].scope->value, RateScope::kTotal);
  EXPECT_EQ(scenario.mirrors[0].choice->value, ReceiverChoice::kByFlow);
  EXPECT_EQ(scenario.mirrors[0].direction->value, DirectionSet::kAll);
  ASSERT_EQ(scenario.assertions.size(), 2u);
  EXPECT_EQ(scenario.assertions[1].assertion.text, "production_loss == 0");
}

TEST(ScenarioReaderTest, KeepsTheOrderOfTheText) {
  const Scenario scenario = Read(R"({"hosts": {"z": {}, "a": {}, "m": {}}})");
  ASSERT_EQ(scenario.hosts.size(), 3u);
  EXPECT_EQ(scenario.hosts[0].name + scenario.hosts[1].name + scenario.hosts[2].name, "zam");
}

TEST(ScenarioReaderTest, ReadsHostsWhole) {
  const Scenario scenario = Read(R"({"hosts": {"web": {
    "count": 4, "mtu": "8500 B", "queue": "50 frames", "security_groups": ["sg"],
    "limits": {"bandwidth": "1.5 Gbps", "pps": "300 kpps", "model": "per_direction", "vcpus": 4, "memory": "8 GiB"},
    "enis": [{"id": "eni-1", "subnet": "s", "address": "10.0.0.9", "secondary_addresses": ["10.0.0.10"],
              "mtu": "9001 B", "mac": "02:00:0a:00:00:01", "security_groups": ["a", "b"]}],
    "override": {"3": {"limits": {"bandwidth": "3 Gbps"}}}}}})");
  const HostSettings& host = scenario.hosts[0].settings;
  EXPECT_EQ(host.bandwidth->value, BitsPerSecond(1'500'000'000));
  EXPECT_EQ(host.packet_rate->value, PacketsPerSecond(300'000));
  EXPECT_EQ(host.limit_model->value, LimitModel::kPerDirection);
  EXPECT_EQ(host.memory->value, Bytes(8'589'934'592));
  EXPECT_EQ(host.queue_frames->value, 50);
  EXPECT_EQ(host.mtu->value, Bytes(8500));
  ASSERT_EQ(host.enis.size(), 1u);
  EXPECT_EQ(host.enis[0].id->value, "eni-1");
  EXPECT_EQ(ToString(host.enis[0].address->value), "10.0.0.9");
  EXPECT_EQ(host.enis[0].secondary_addresses[0].path, "/hosts/web/enis/0/secondary_addresses/0");
  EXPECT_EQ(ToString(host.enis[0].mac->value), "02:00:0a:00:00:01");
  EXPECT_EQ(host.enis[0].security_groups.size(), 2u);
  ASSERT_TRUE(scenario.hosts[0].overrides.contains(3));
  EXPECT_EQ(scenario.hosts[0].overrides.at(3).value.bandwidth->path,
            "/hosts/web/override/3/limits/bandwidth");
}

TEST(ScenarioReaderTest, ReadsNetworksWhole) {
  const Scenario scenario = Read(R"({"hosts": {"web": {}}, "vpcs": {"prod": {
    "id": "vpc-1", "cidr": "10.0.0.0/16", "provider": "tencent",
    "subnets": {"a": {"id": "subnet-1", "cidr": "10.0.1.0/24", "route_table": "rt", "acl": "acl"}},
    "route_tables": {"rt": [{"to": "0.0.0.0/0", "via": "nat-1"}, {"to": "10.9.0.0/16", "via": "web[0]"}]},
    "security_groups": {"sg": {"ingress": [{"action": "accept", "protocol": "tcp", "peer": "10.0.0.7", "ports": "80-90"}, {"action": "drop"}]}},
    "acls": {"acl": {"egress": [{"action": "accept", "protocol": "all", "ports": 53}]}},
    "nat_gateways": {"nat-1": {}}, "peerings": {"p": {"peer": "other"}}, "ccns": {"c": {}}}}})");
  const VpcSpec& vpc = scenario.vpcs[0];
  EXPECT_EQ(vpc.id, "vpc-1");
  EXPECT_EQ(vpc.subnets[0].route_table->value, "rt");
  EXPECT_EQ(vpc.route_tables[0].routes[1].via, "web[0]");
  EXPECT_EQ(ToString(vpc.route_tables[0].routes[0].destination), "0.0.0.0/0");
  const SecurityRuleSpec& rule = vpc.security_groups[0].ingress[0];
  EXPECT_TRUE(rule.accept);
  EXPECT_EQ(rule.protocol, kProtocolTcp);
  EXPECT_EQ(ToString(*rule.peer), "10.0.0.7/32");
  EXPECT_EQ(*rule.ports, (PortRange{80, 90}));
  EXPECT_FALSE(vpc.security_groups[0].ingress[1].accept);
  EXPECT_FALSE(vpc.acls[0].egress[0].protocol);
  EXPECT_EQ(*vpc.acls[0].egress[0].ports, (PortRange{53, 53}));
  ASSERT_EQ(vpc.gateways.size(), 3u);
  EXPECT_EQ(vpc.gateways[0].kind, NextHop::Kind::kNatGateway);
  EXPECT_EQ(vpc.gateways[1].peer_vpc, "other");
  EXPECT_EQ(vpc.gateways[2].kind, NextHop::Kind::kCcn);
}

TEST(ScenarioReaderTest, ReadsWorkloadsWhole) {
  const Scenario scenario = Read(R"({"hosts": {"web": {}}, "workloads": {
    "a": {"at": "web[0-3]", "in": "1 Gbps", "peer": "203.0.113.0/24", "protocol": "udp", "flows": 3,
          "ports": {"client": "1024-2047", "server": 53}, "sizes": [{"frame": "64 B", "weight": 7}, {"frame": "1 kB"}],
          "arrivals": {"on": "10 ms", "off": "90 ms", "shape": 1.2}, "start": "0 s", "stop": "2 s"},
    "b": {"from": "web", "to": "db", "sizes": "1500 B", "arrivals": "poisson",
          "requests": {"rate": "0.5/s", "request": "200 B", "response": "16 KiB"}}}})");
  const WorkloadSpec& a = scenario.workloads[0];
  EXPECT_EQ(a.at->value, "web[0-3]");
  EXPECT_EQ(ToString(a.peer->value), "203.0.113.0/24");
  EXPECT_EQ(a.protocol->value, kProtocolUdp);
  EXPECT_EQ(a.protocol->path, "/workloads/a/protocol");
  EXPECT_EQ(a.client_ports->value, (PortRange{1024, 2047}));
  EXPECT_EQ(a.server_port->value, 53);
  EXPECT_THAT(a.sizes->value, ElementsAre(FrameSize{Bytes(64), 7}, FrameSize{Bytes(1000), 1}));
  EXPECT_EQ(a.arrivals->value, ArrivalProcess::kOnOff);
  EXPECT_EQ(a.on_off->value.mean_off, Picoseconds(90'000'000'000));
  EXPECT_EQ(a.on_off->value.shape, 1.2);
  EXPECT_EQ(a.start->value, Picoseconds(0));
  const WorkloadSpec& b = scenario.workloads[1];
  EXPECT_EQ(b.arrivals->value, ArrivalProcess::kPoisson);
  EXPECT_EQ(b.requests->value.per_second.value, 0.5);
  EXPECT_EQ(b.requests->value.response, Bytes(16'384));
  EXPECT_THAT(b.sizes->value, ElementsAre(FrameSize{Bytes(1500), 1}));
}

// The longest is left to the MTU; none is longer than 14 + 65535 bytes.
TEST(ScenarioReaderTest, ReadsGeometricSizes) {
  const Scenario scenario = Read(R"({"hosts": {"web": {}}, "workloads": {
    "a": {"at": "web", "in": "1 Gbps", "sizes": {"geometric": "5000 B"}}}})");
  EXPECT_THAT(scenario.workloads[0].sizes->value,
              ElementsAre(FrameSize{.frame = Bytes(5000), .geometric_up_to = Bytes(14 + 65'535)}));
}

TEST(ScenarioReaderTest, ReadsACreateTrafficMirrorBodyAsItIs) {
  const Scenario scenario = Read(R"({"hosts": {"web": {}}, "mirrors": [{
    "VpcId": "vpc-1", "TrafficMirrorName": "n", "TrafficMirrorDescribe": "d", "State": "STOPED",
    "Direction": "INGRESS", "CollectorSrcs": ["eni-1", "subnet-2"], "NatId": "",
    "CollectorNormalFilters": [{"SrcNet": "10.0.0.0/24", "DstNet": "192.168.0.0/24", "Protocol": "TCP", "SrcPort": "5000", "DstPort": "1001-2000"}, {"Protocol": "ALL"}],
    "CollectorTarget": {"TargetIps": ["10.0.0.9"], "AlgHash": "ENI", "TargetType": "IP"},
    "SubnetId": "subnet-1", "Type": "VPC", "Tags": [{"Key": "k", "Value": "v"}],
    "IngressFilterRules": [], "EgressFilterRules": []}]})");
  const MirrorSpec& mirror = scenario.mirrors[0];
  EXPECT_EQ(mirror.vpc->value, "vpc-1");
  EXPECT_EQ(mirror.state->value, MirrorState::kStopped);
  EXPECT_EQ(mirror.direction->value, DirectionSet::kIngress);
  EXPECT_EQ(mirror.sources.size(), 2u);
  EXPECT_FALSE(mirror.filter.nat_id);
  ASSERT_EQ(mirror.filter.conditions.size(), 2u);
  EXPECT_EQ(mirror.filter.conditions[0].path, "/mirrors/0/CollectorNormalFilters/0");
  EXPECT_EQ(mirror.filter.conditions[0].match.source_ports->value, (PortRange{5000, 5000}));
  EXPECT_EQ(mirror.filter.conditions[0].match.destination_ports->value, (PortRange{1001, 2000}));
  EXPECT_EQ(mirror.filter.conditions[0].match.protocol->value.number, kProtocolTcp);
  EXPECT_FALSE(mirror.filter.conditions[1].match.protocol->value.number);
  EXPECT_FALSE(mirror.filter.conditions[1].match.destination_ports);
  EXPECT_EQ(mirror.choice->value, ReceiverChoice::kBySourceEni);
}

TEST(ScenarioReaderTest, ReadsTheRest) {
  const Scenario scenario = Read(R"({"$schema": "x", "version": 1, "name": "Nacht 1",
    "description": "d", "duration": "250 ms", "seed": 9007199254740991, "hosts": {"web": {"costs": "xdp",
    "workers": 4, "ring_bytes": "64 MiB"}}, "timeline": [],
    "costs": {"table": "kernel", "clone": {"per_frame": "650 ns", "per_byte": "0.08 ns"}},
    "assumptions": {"fabric_delay": "30 us", "encapsulation": "none", "flow_hash_symmetric": false, "vni": 7},
    "output": {"pcap": {"ids": "ids.pcap", "web[0]": "w.pcap"}}})");
  EXPECT_EQ(scenario.name, "Nacht 1");
  EXPECT_EQ(scenario.duration->value, Picoseconds(250'000'000'000));
  EXPECT_EQ(scenario.seed->value, 9'007'199'254'740'991u);
  EXPECT_EQ(scenario.costs.table->value, "kernel");
  EXPECT_EQ(scenario.costs.of(CpuOperation::kClone).per_frame->value, Picoseconds(650'000));
  EXPECT_EQ(scenario.costs.of(CpuOperation::kClone).per_byte->value, Picoseconds(80));
  EXPECT_FALSE(scenario.costs.of(CpuOperation::kReceive).per_frame);
  const HostSettings& web = scenario.hosts[0].settings;
  EXPECT_EQ(web.costs->table->value, "xdp");
  EXPECT_EQ(web.costs->table->path, "/hosts/web/costs");
  EXPECT_EQ(web.workers->value, 4);
  EXPECT_EQ(web.ring_bytes->value, Bytes(64 << 20));
  EXPECT_EQ(scenario.fabric_delay->value, Picoseconds(30'000'000));
  EXPECT_EQ(scenario.assumptions.size(), 3u);
  EXPECT_EQ(scenario.assumptions.at("flow_hash_symmetric").value, "false");
  EXPECT_EQ(scenario.assumptions.at("vni").value, "7");
  ASSERT_EQ(scenario.pcaps.size(), 2u);
  EXPECT_EQ(scenario.pcaps[1].what, "web[0]");
  EXPECT_EQ(scenario.pcaps[1].file, "w.pcap");
}

struct BrokenCase {
  const char* name;
  const char* text;
  std::vector<std::string> want;
};

void PrintTo(const BrokenCase& c, std::ostream* os) { *os << c.name; }

class BrokenScenarioTest : public testing::TestWithParam<BrokenCase> {};

TEST_P(BrokenScenarioTest, IsRefusedWithEveryErrorAtItsPlace) {
  EXPECT_EQ(Errors(GetParam().text), GetParam().want);
}

constexpr char kBandwidthAccepted[] = "bps, kbps, Mbps, Gbps or Tbps, as in \"10 Gbps\"";

const BrokenCase kBrokenCases[] = {
    {"NotAnObject", "3", {"1:1 : found 3 | a vpcmirror scenario, which is an object"}},
    {"NoHosts",
     "{}",
     {"1:1 : the key \"hosts\" is missing | hosts by name with at least one element"}},
    {"UnknownKey",
     "{\"hosts\": {\"web\": {}},\n \"durations\": \"1 s\"}",
     {"2:2 /durations: the key \"durations\" is not known | did you mean \"duration\"?"}},
    {"UnknownKeyInside",
     "{\"hosts\": {\"web\": {\"coun\": 2}}}",
     {"1:20 /hosts/web/coun: the key \"coun\" is not known | did you mean \"count\"?"}},
    {"WrongType",
     "{\"hosts\": {\"web\": {\"count\": \"3\"}}}",
     {"1:29 /hosts/web/count: found the string \"3\" | a whole number from 1 to 100000"}},
    {"OutOfBounds",
     "{\"hosts\": {\"web\": {\"count\": 0}}}",
     {"1:29 /hosts/web/count: found 0 | a whole number from 1 to 100000"}},
    {"BareNumber",
     "{\"hosts\": {\"web\": {\"limits\": {\"bandwidth\": 10}}}}",
     {"1:44 /hosts/web/limits/bandwidth: 10 has no unit | did you mean \"10 Gbps\"?"}},
    {"BareBits",
     "{\"hosts\": {\"web\": {\"limits\": {\"bandwidth\": 1000000}}}}",
     {"1:44 /hosts/web/limits/bandwidth: 1000000 has no unit | did you mean \"1000000 bps\"?"}},
    {"WrongDimension",
     "{\"hosts\": {\"web\": {\"mtu\": \"1 Gbps\"}}}",
     {"1:27 /hosts/web/mtu: \"1 Gbps\" is a bandwidth, not a number of bytes | B, KiB, MiB, GiB, "
      "TiB, kB, MB, GB or TB, as in \"64 KiB\""}},
    {"ZeroAndNegativeRates",
     "{\"hosts\": {\"w\": {}}, \"workloads\": {\"x\": {\"in\": \"0 bps\",\n \"out\": \"-1 bps\"}}}",
     {"1:48 /workloads/x/in: \"0 bps\" is zero | more than zero",
      std::string("2:9 /workloads/x/out: \"-1 bps\" is negative | ") + kBandwidthAccepted}},
    {"Enum",
     "{\"hosts\": {\"w\": {\"limits\": {\"model\": \"both\"}}}}",
     {"1:38 /hosts/w/limits/model: found the string \"both\" | \"combined\" or \"per_direction\""}},
    {"BadName",
     "{\"hosts\": {\"we b\": {}}}",
     {"1:12 /hosts/we b: \"we b\" cannot be a name here | 1 to 64 of A-Z a-z 0-9 . _ : / -, such "
      "as \"web\""}},
    {"HostBits",
     "{\"hosts\": {\"w\": {}}, \"vpcs\": {\"v\": {\"cidr\": \"10.0.0.1/16\"}}}",
     {"1:45 /vpcs/v/cidr: \"10.0.0.1/16\" has bits set behind its 16 bits | did you mean "
      "\"10.0.0.0/16\"?"}},
    {"BadAddress",
     "{\"hosts\": {\"w\": {\"enis\": [{\"address\": \"10.0.0.256\"}]}}}",
     {"1:39 /hosts/w/enis/0/address: \"10.0.0.256\" is not an IP address | four numbers from 0 to "
      "255, as in \"10.0.1.7\""}},
    {"MissingKey",
     "{\"hosts\": {\"w\": {}}, \"vpcs\": {\"v\": {}}}",
     {"1:36 /vpcs/v: the key \"cidr\" is missing | an address range, such as \"10.0.0.0/16\""}},
    {"PortsBackwards",
     "{\"hosts\": {\"w\": {}}, \"workloads\": {\"x\": {\"ports\": {\"client\": \"9-8\"}}}}",
     {"1:62 /workloads/x/ports/client: \"9-8\" ends before it begins | did you mean \"8-9\"?"}},
    {"PortTooLarge",
     "{\"hosts\": {\"w\": {}}, \"workloads\": {\"x\": {\"ports\": {\"client\": \"65536\"}}}}",
     {"1:62 /workloads/x/ports/client: \"65536\" is not a port or a range of ports | numbers from "
      "0 "
      "to 65535, as in \"5000\" or \"1001-2000\""}},
    {"TinyFrame",
     "{\"hosts\": {\"w\": {}}, \"workloads\": {\"x\": {\"sizes\": \"59 B\"}}}",
     {"1:51 /workloads/x/sizes: a frame of 59 bytes | from 60 B to 65549 B, Ethernet header in and "
      "FCS out"}},
    {"UnionOfTypes",
     "{\"hosts\": {\"w\": {}}, \"workloads\": {\"x\": {\"arrivals\": 7}}}",
     {"1:54 /workloads/x/arrivals: found 7 | constant, poisson, or on and off times, such as "
      "\"constant\" or \"poisson\""}},
    {"Assertion",
     "{\"hosts\": {\"w\": {}}, \"assert\": [\"loss is small\"]}",
     {"1:33 /assert/0: result.json has no \"loss\" | \"assumptions\", \"baseline\", \"because\", "
      "\"complete\", \"copies\", \"coverage\", \"delay\", \"disciplines\", \"duration_ns\", "
      "\"engine\", or 25 more"}},
    {"OutputOutsideTheFolder",
     "{\"hosts\": {\"w\": {}}, \"output\": {\"pcap\": {\"w\": \"../w.pcap\"}}}",
     {"1:47 /output/pcap/w: found the string \"../w.pcap\" | the name of a capture, ending in "
      ".pcap, "
      "such as \"ids.pcap\""}},
    {"OutputInPlaceOfTheResult",
     "{\"hosts\": {\"w\": {}}, \"output\": {\"pcap\": {\"w\": \"result.json\"}}}",
     {"1:47 /output/pcap/w: found the string \"result.json\" | the name of a capture, ending in "
      ".pcap, such as \"ids.pcap\""}},
    {"NoPauses",
     "{\"hosts\": {\"w\": {}}, \"workloads\": {\"x\": {\"arrivals\": {\"on\": \"0 s\",\n\"off\": "
     "\"0 s\"}}}}",
     {"1:61 /workloads/x/arrivals/on: \"0 s\" is zero | more than zero",
      "2:8 /workloads/x/arrivals/off: \"0 s\" is zero | more than zero"}},
    {"MissingCapture",
     "{\"hosts\": {\"w\": {}}, \"workloads\": {\"x\": {\"replay\": {\"file\": \"no.pcap\"}}}}",
     {"1:61 /workloads/x/replay/file: no.pcap: there is no such file | the path of a pcap or "
      "pcapng "
      "file (in a scenario: from its folder)"}},
    {"Timeline",
     "{\"hosts\": {\"w\": {}}, \"timeline\": [1]}",
     {"1:35 /timeline/0: found 1 | an event"}},
    {"MirrorOfPublicIps",
     "{\"hosts\": {\"w\": {}}, \"mirrors\": [{\"CollectorSrcs\": [\"w\"], \"Type\": \"PUBLICIP\",\n"
     "\"CollectorTarget\": {\"TargetIps\": [\"w\"]}}]}",
     {"1:67 /mirrors/0/Type: not simulated by this version: a mirror of public IPs (PUBLICIP) | "
      "\"VPC\""}},
    {"ListenerThatIsTrue",
     "{\"hosts\": {\"w\": {}}, \"vpcs\": {\"v\": {\"cidr\": \"10.0.0.0/16\", \"subnets\": {\"s\": "
     "\"10.0.1.0/24\"},\n\"load_balancers\": {\"lb\": {\"kind\": \"clb\", \"subnets\": [\"s\"], "
     "\"backends\": [\"w\"], \"listener\": true}}}}}",
     {"2:91 /vpcs/v/load_balancers/lb/listener: found true | a listener such as \"udp:4789\", or "
      "false"}},
    {"MisspelledLikeTheDictionary",
     "{\"hosts\": {\"w\": {}}, \"mirrors\": [{\"CollectorSrcs\": [\"w\"], \"State\": \"STOPPED\",\n"
     "\"CollectorTarget\": {\"TargetIps\": [\"w\"]}}]}",
     {"1:68 /mirrors/0/State: \"STOPPED\": the API spells it with one P | \"STOPED\""}},
    {"NameTooLong",
     "{\"hosts\": {\"w\": {}}, \"mirrors\": [{\"CollectorSrcs\": [\"w\"], \"TrafficMirrorName\": "
     "\"0123456789012345678901234567890123456789012345678901234567890\",\n"
     "\"CollectorTarget\": {\"TargetIps\": [\"w\"]}}]}",
     {"1:80 /mirrors/0/TrafficMirrorName: found the string "
      "\"0123456789012345678901234567890123456789012345678901234567890\" | a string of at most 60 "
      "characters"}},
    {"SeveralAtOnce",
     "{\"seed\": -1,\n \"hosts\": {\"a\": {\"tpye\": \"x\", \"count\": 0},\n  \"b\": {\"mtu\": "
     "9},\n"
     "  \"c d\": {}},\n \"mirror\": 1}",
     {"1:10 /seed: found -1 | a whole number from 0 to 9007199254740991",
      "2:18 /hosts/a/tpye: the key \"tpye\" is not known | did you mean \"type\"?",
      "2:40 /hosts/a/count: found 0 | a whole number from 1 to 100000",
      "3:16 /hosts/b/mtu: 9 has no unit | did you mean \"9 B\"?",
      "4:3 /hosts/c d: \"c d\" cannot be a name here | 1 to 64 of A-Z a-z 0-9 . _ : / -, such as "
      "\"web\"",
      "5:2 /mirror: the key \"mirror\" is not known | did you mean \"mirrors\"?"}},
};

INSTANTIATE_TEST_SUITE_P(Table, BrokenScenarioTest, testing::ValuesIn(kBrokenCases),
                         [](const auto& param) { return std::string(param.param.name); });

TEST(ScenarioReaderTest, NamesTheFileInEveryError) {
  try {
    Read("{\"hosts\": {\"a\": {\"count\": 0}}, \"x\": 1}");
    FAIL();
  } catch (const ScenarioException& e) {
    ASSERT_EQ(e.errors().size(), 2u);
    for (const ScenarioError& error : e.errors()) EXPECT_EQ(error.file, "folder/night.json");
  }
}

TEST(ScenarioReaderTest, HashesTheBytesAndThenWhatChangesThem) {
  EXPECT_EQ(Read(kSmallest).sha256, Sha256(kSmallest));
  EXPECT_EQ(Read(kSmallest, {"/seed=7"}).sha256, Sha256(std::string(kSmallest) + "\n/seed=7"));
}

TEST(OverrideTest, ChangesWhatIsThereAndAddsWhatIsNot) {
  EXPECT_EQ(Read(kSmallest, {"/hosts/web/count=10"}).hosts[0].count->value, 10);
  EXPECT_EQ(Read(kSmallest, {"/hosts/ids/count=10"}).hosts[1].count->value, 10);
  EXPECT_EQ(Read(kSmallest, {"/seed=7"}).seed->value, 7u);
  EXPECT_EQ(Read(kSmallest, {"/duration=2 s"}).duration->value, Picoseconds(2'000'000'000'000));
  EXPECT_EQ(Read(kSmallest, {"/mirrors/0/CollectorSrcs/1=ids"}).mirrors[0].sources.size(), 2u);
  EXPECT_EQ(Read(kSmallest, {"/hosts/new={\"count\": 3}"}).hosts[2].count->value, 3);
}

TEST(OverrideTest, TakesAValueInQuotesAsTheString) {
  EXPECT_EQ(Read(kSmallest, {"/hosts/web/type=\"x2\""}).hosts[0].settings.type->value, "x2");
}

TEST(OverrideTest, MultipliesAndAdds) {
  EXPECT_EQ(Read(kSmallest, {"/hosts/web/count=x3"}).hosts[0].count->value, 6);
  EXPECT_EQ(Read(kSmallest, {"/hosts/web/count=+1"}).hosts[0].count->value, 3);
  EXPECT_EQ(Read(kSmallest, {"/hosts/web/count=-1"}).hosts[0].count->value, 1);
  EXPECT_EQ(Read(kSmallest, {"/workloads/www/in=x1.5"}).workloads[0].in->value,
            BitsPerSecond(750'000'000));
  EXPECT_EQ(
      Read(kSmallest, {"/workloads/www/in=+1 Gbps", "/workloads/www/in=x2"}).workloads[0].in->value,
      BitsPerSecond(3'000'000'000));
}

TEST(OverrideTest, MultipliesNothingThatIsNotThere) {
  EXPECT_THAT(Errors(kSmallest, {"/duration=x10"}),
              ElementsAre("0:0 /duration: nothing is written there that could be multiplied or "
                          "added to | a value, or '\"x10\"' in quotes where that is meant"));
}

TEST(OverrideTest, SaysWhatCannotBeChanged) {
  EXPECT_THAT(
      Errors(kSmallest, {"/hosts/web/type=x2", "/hosts/web=+1", "/workloads/www/in=-1 Gbps",
                         "/workloads/www/in=+10%"}),
      ElementsAre("0:0 /hosts/web/type: found the string \"S5.2XLARGE32\", which cannot be "
                  "multiplied: \"S5.2XLARGE32\" is no number or quantity | a value, or '\"x2\"' in "
                  "quotes where that is meant",
                  "0:0 /hosts/web: found an object, which cannot be added to | a value, or "
                  "'\"+1\"' in quotes where that is meant",
                  "0:0 /workloads/www/in: found the string \"500 Mbps\", which cannot be taken "
                  "away from: the result is below zero | a value, or '\"-1 Gbps\"' in quotes where "
                  "that is meant",
                  "0:0 /workloads/www/in: found the string \"500 Mbps\", which cannot be added "
                  "to: \"500 Mbps\" and \"10%\" do not go together | a value, or '\"+10%\"' in "
                  "quotes where that is meant"));
}

// The factor of a burst is written as one.
TEST(OverrideTest, ReplacesAFactorByAnother) {
  const Scenario scenario =
      Read(R"({"hosts": {"web": {}}, "workloads": {"www": {"at": "web", "in": "1 Mbps"}},
               "timeline": [{"at": "1 ms", "scale": "www", "by": "x2"}]})",
           {"/timeline/0/by=x4"});
  ASSERT_EQ(scenario.timeline.size(), 1u);
  EXPECT_EQ(std::get<ScaleSpec>(scenario.timeline[0].action).factor.value, 4.0);
}

TEST(OverrideTest, GoesToEveryMemberBehindAStar) {
  const Scenario scenario =
      Read(kEstate, {"/hosts/*/count=+1", "/workloads/*/per=host", "/mirrors/*/Direction=EGRESS"});
  EXPECT_EQ(scenario.hosts[0].count->value, 29);
  EXPECT_EQ(scenario.hosts[1].count->value, 13);
  EXPECT_EQ(scenario.hosts[2].count->value, 4);
  EXPECT_EQ(scenario.workloads[1].scope->value, RateScope::kPerHost);
}

// Of the two workloads, www has "in" and sql has not.
TEST(OverrideTest, ChangesThoseBehindAStarThatHaveIt) {
  EXPECT_EQ(Read(kEstate, {"/workloads/*/in=x2"}).workloads[0].in->value,
            BitsPerSecond(240'000'000));
  EXPECT_THAT(Errors(kEstate,
                     {"/workloads/*/start=x2", "/timeline/*/at=1 s", "/hosts/*/enis/0/mtu=9000 B"}),
              ElementsAre("0:0 /workloads/*/start: nothing is written at any of these places that "
                          "could be changed | a value, or '\"x2\"' in quotes where that is meant",
                          HasSubstr("0:0 /timeline/*/at: there is no \"/timeline\""),
                          HasSubstr("0:0 /hosts/db/enis: there is no \"/hosts/db/enis\""),
                          HasSubstr("0:0 /hosts/ids/enis: there is no \"/hosts/ids/enis\""),
                          HasSubstr("0:0 /hosts/web/enis: there is no \"/hosts/web/enis\"")));
  EXPECT_THAT(
      Errors(kEstate, {"/hosts/web/count/*=1"}),
      ElementsAre("0:0 /hosts/web/count/*: there is nothing under \"/hosts/web/count\" | "));
}

TEST(OverrideTest, NamesTheNearestPathForOneThatLeadsNowhere) {
  EXPECT_THAT(Errors(kSmallest, {"/hosts/wbe/count=1", "/mirrors/3/State=RUNNING"}),
              ElementsAre("0:0 /hosts/wbe/count: there is no \"/hosts/wbe\" | did you mean "
                          "\"/hosts/web\"?",
                          "0:0 /mirrors/3/State: there is no \"/mirrors/3\" | \"/mirrors/0\" to "
                          "\"/mirrors/1\""));
}

TEST(OverrideTest, BlamesItselfAndNotTheFile) {
  try {
    Read(kSmallest, {"/hosts/web/count=ten"});
    FAIL();
  } catch (const ScenarioException& e) {
    ASSERT_EQ(e.errors().size(), 1u);
    EXPECT_EQ(e.errors()[0].file, "--set /hosts/web/count=ten");
    EXPECT_EQ(e.errors()[0].line, 0);
    EXPECT_EQ(e.errors()[0].path, "/hosts/web/count");
    EXPECT_EQ(e.errors()[0].message, "found the string \"ten\"");
    EXPECT_EQ(e.errors()[0].accepted, "a whole number from 1 to 100000");
  }
}

TEST(OverrideTest, IsAPointerAndAValue) {
  EXPECT_EQ(ParseOverride("/a/b=c=d").path, "/a/b");
  EXPECT_EQ(ParseOverride("/a/b=c=d").value, "c=d");
  for (const char* bad : {"a=b", "/a", "", "=1"}) {
    EXPECT_THAT(ErrorsOf([&] { ParseOverride(bad); }),
                ElementsAre(HasSubstr("is not PATH=VALUE | a JSON Pointer and a value")));
  }
}

TEST(LoadScenarioTest, PutsLinesToWhatValidationFinds) {
  Library library;
  library.providers["tencent"].name = "tencent";
  try {
    LoadScenarioText("{\"hosts\":\n {\"web\": {\n  \"type\": \"S5.NOSUCH\"}}}", "f.json", library,
                     Options());
    FAIL();
  } catch (const ScenarioException& e) {
    ASSERT_FALSE(e.errors().empty());
    EXPECT_EQ(e.errors()[0].file, "f.json");
    EXPECT_EQ(e.errors()[0].path, "/hosts/web/type");
    EXPECT_EQ(e.errors()[0].line, 3);
    EXPECT_EQ(e.errors()[0].column, 11);
  }
}

// The schema's list is the one that documents and editors go by.
TEST(LoadScenarioTest, OverridesTheAssumptionsThatTheSchemaNamesAndNoOthers) {
  const std::string data = Options().data_folder;
  const Library library = LoadLibrary(data);
  const auto schema = nlohmann::json::parse(ReadTextFile(data + "/schema/scenario.schema.json"));
  const auto& named = schema["definitions"]["assumptions"]["properties"];
  const auto errors_of = [&](const std::string& name) {
    const std::string text =
        fmt::format(R"({{"hosts": {{"web": {{}}}}, "assumptions": {{"{}": "nonsense"}}}})", name);
    return ErrorsOf([&] { LoadScenarioText(text, "f.json", library, Options()); });
  };
  const auto& assumed = library.providers.at("tencent").assumptions;
  for (const auto& [name, unused] : named.items()) {
    if (name == "fabric_delay") continue;
    const bool listed =
        std::any_of(assumed.begin(), assumed.end(),
                    [&, &name = name](const Assumption& each) { return each.name == name; });
    const char* message = listed ? " cannot be \"nonsense\"" : " is nothing that tencent leaves";
    EXPECT_THAT(errors_of(name), ElementsAre(HasSubstr(name + message)));
  }
  for (const Assumption& each : assumed) EXPECT_TRUE(named.contains(each.name)) << each.name;
}

// A unit, a key and three references.
TEST(LoadScenarioTest, TellsOfShapesAndReferencesAtOnce) {
  Library library;
  library.providers["tencent"].name = "tencent";
  library.costs["kernel"].name = "kernel";
  const char* text = R"({
    "hosts": {"web": {"limits": {"bandwidth": "1 Gbps"}}, "ids": {"type": "S5.NOSUCH"}},
    "workloads": {"www": {"at": "nobody", "in": 500}},
    "mirors": [],
    "mirrors": [{"CollectorSrcs": ["web"], "CollectorTarget": {"TargetIps": ["idz"]}}]})";
  // "mirors" is of the top level: whatever is missing may be in it.
  EXPECT_THAT(ErrorsOf([&] { LoadScenarioText(text, "f.json", library, Options()); }),
              ElementsAre(HasSubstr("500 has no unit"), HasSubstr("\"mirors\"")));
  std::string spelt = text;
  spelt.erase(spelt.find("    \"mirors\""), std::string_view("    \"mirors\": [],\n").size());
  EXPECT_THAT(ErrorsOf([&] { LoadScenarioText(spelt, "f.json", library, Options()); }),
              ElementsAre(HasSubstr("S5.NOSUCH"), HasSubstr("nobody"), HasSubstr("500 has no unit"),
                          HasSubstr("idz")));
}

TEST(LoadScenarioTest, TellsOfBadAssertionsTogetherWithAllElse) {
  Library library;
  library.providers["tencent"].name = "tencent";
  library.costs["kernel"].name = "kernel";
  ReadOptions options = Options();
  options.assertions = {"events < 1 ms", "enis[wbe].in_bps > 1 Gbps"};
  const char* text = R"({
    "hosts": {"web": {"limits": {"bandwidth": "1 Gbps"}}},
    "workloads": {"www": {"at": "nobody", "in": 500}},
    "assert": ["miror_loss == 0", "hosts[7].used_bps > 1 Gbps", "hosts[0].used_bps > 1 Gbps"]})";
  EXPECT_THAT(ErrorsOf([&] { LoadScenarioText(text, "f.json", library, options); }),
              ElementsAre(HasSubstr("3:33 /workloads/www/at: "), HasSubstr("500 has no unit"),
                          StartsWith("4:16 /assert/0: result.json has no \"miror_loss\""),
                          StartsWith("4:35 /assert/1: hosts has no element 7"),
                          StartsWith("0:0 : \"events\": \"1 ms\" is not a whole number"),
                          StartsWith("0:0 : nothing is called \"wbe\"")));
}

TEST(LoadScenarioTest, TakesABaselineFromTheOptions) {
  Library library;
  library.providers["tencent"].name = "tencent";
  library.costs["kernel"].name = "kernel";
  ReadOptions options = Options();
  const char* text = R"({"hosts": {"web": {"limits": {"bandwidth": "1 Gbps"}}}})";
  EXPECT_FALSE(LoadScenarioText(text, "f.json", library, options).baseline);
  options.baseline = true;
  EXPECT_TRUE(LoadScenarioText(text, "f.json", library, options).baseline);
}

}  // namespace
}  // namespace vpcmirror::sim
