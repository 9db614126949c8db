// What Alibaba Cloud's APIs answer about networks and machines (ECS of 2014-05-26, VPC of
// 2016-04-28). Its mirrors: read_alibaba_mirrors.cc.
#include "sim/import/read_alibaba.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "sim/import/read_rules.h"

namespace vpcmirror::sim {
namespace {

// "cn-hangzhou-h" is in "cn-hangzhou", "ap-southeast-1a" in "ap-southeast-1".
std::string AlibabaRegionOf(std::string_view zone) {
  if (zone.size() < 3) return {};
  const bool has_dash = zone[zone.size() - 2] == '-';
  return std::string(zone.substr(0, zone.size() - (has_dash ? 2 : 1)));
}

std::vector<FoundText> TextsIn(const Value& at, std::string_view outer, std::string_view inner) {
  return TextsOf(at.At({outer, inner}));
}

std::vector<Value> ItemsIn(const Value& at, std::string_view outer, std::string_view inner) {
  const auto list = at.At({outer, inner});
  return list ? list->Items() : std::vector<Value>();
}

void ReadAlibabaVpc(const Value& at, const Value&, Gathered& into) {
  FoundVpc vpc{.origin = at.origin(), .id = std::string(at.Text("VpcId"))};
  if (vpc.id.empty() || !into.IsNew("VPC", vpc.id, at)) return;
  vpc.name = at.Text("VpcName");
  vpc.cidr = at.FoundText("CidrBlock");
  vpc.ipv6_cidr = at.FoundText("Ipv6CidrBlock");
  vpc.more_cidrs = TextsIn(at, "SecondaryCidrBlocks", "SecondaryCidrBlock");
  into.NoteRegion(vpc.id, at.Text("RegionId"), vpc.origin);
  into.inventory.vpcs.push_back(std::move(vpc));
}

void ReadVSwitch(const Value& at, const Value&, Gathered& into) {
  FoundSubnet subnet{.origin = at.origin(), .id = std::string(at.Text("VSwitchId"))};
  if (subnet.id.empty() || !into.IsNew("vSwitch", subnet.id, at)) return;
  subnet.name = at.Text("VSwitchName");
  subnet.vpc = at.FoundText("VpcId");
  subnet.cidr = at.FoundText("CidrBlock");
  subnet.ipv6_cidr = at.FoundText("Ipv6CidrBlock");
  subnet.zone = at.FoundText("ZoneId");
  subnet.route_table = TextAt(at.Get("RouteTable"), "RouteTableId");
  subnet.acl = at.FoundText("NetworkAclId");
  into.NoteRegion(at.Text("VpcId"), AlibabaRegionOf(at.Text("ZoneId")), subnet.origin);
  into.inventory.subnets.push_back(std::move(subnet));
}

void ReadAlibabaEni(const Value& at, const Value&, Gathered& into) {
  FoundEni eni{.origin = at.origin(), .id = std::string(at.Text("NetworkInterfaceId"))};
  if (eni.id.empty() || !into.IsNew("ENI", eni.id, at)) return;
  eni.name = at.Text("NetworkInterfaceName");
  eni.vpc = at.FoundText("VpcId");
  eni.subnet = at.FoundText("VSwitchId");
  eni.address = at.FoundText("PrivateIpAddress");
  for (FoundText& each :
       TextsOf(ItemsIn(at, "PrivateIpSets", "PrivateIpSet"), "PrivateIpAddress")) {
    if (!eni.address || each.value != eni.address->value) {
      eni.more_addresses.push_back(std::move(each));
    }
  }
  for (FoundText& each : TextsOf(ItemsIn(at, "Ipv6Sets", "Ipv6Set"), "Ipv6Address")) {
    eni.more_addresses.push_back(std::move(each));
  }
  eni.mac = at.FoundText("MacAddress");
  eni.security_groups = TextsIn(at, "SecurityGroupIds", "SecurityGroupId");
  eni.instance = at.FoundText("InstanceId");
  if (at.Text("Type") == "Primary") eni.index = 0;
  if (at.Text("Type") == "Secondary") eni.index = 1;
  eni.is_no_host = !eni.instance;
  into.NoteRegion(at.Text("VpcId"), AlibabaRegionOf(at.Text("ZoneId")), eni.origin);
  into.inventory.enis.push_back(std::move(eni));
}

void ReadAlibabaInstance(const Value& at, const Value&, Gathered& into) {
  FoundInstance instance{.origin = at.origin(), .id = std::string(at.Text("InstanceId"))};
  if (instance.id.empty() || !into.IsNew("instance", instance.id, at)) return;
  instance.name = at.Text("InstanceName");
  instance.type = at.FoundText("InstanceType");
  const auto network = at.Get("VpcAttributes");
  instance.vpc = TextAt(network, "VpcId");
  instance.subnet = TextAt(network, "VSwitchId");
  if (network) instance.addresses = TextsIn(*network, "PrivateIpAddress", "IpAddress");
  instance.security_groups = TextsIn(at, "SecurityGroupIds", "SecurityGroupId");
  for (const Value& each : ItemsIn(at, "NetworkInterfaces", "NetworkInterface")) {
    into.parts["NetworkInterfaces of instances"].push_back(each);
  }
  into.inventory.instances.push_back(std::move(instance));
}

// NextHopType of a route, as the VPC API's DescribeRouteEntryList lists it.
constexpr std::array<RouteWord, 15> kNextHopTypes = {{
    {"local", RouteVia::kLocal},
    {"service", RouteVia::kLocal},
    {"Instance", RouteVia::kInstance},
    {"NetworkInterface", RouteVia::kInstance},
    {"NatGateway", RouteVia::kNatGateway},
    {"VpcPeer", RouteVia::kPeering},
    {"RouterInterface", RouteVia::kPeering},
    {"Attachment", RouteVia::kCcn},
    {"Ecr", RouteVia::kCcn},
    {"VpnGateway", RouteVia::kOutside},
    {"IPv6Gateway", RouteVia::kOutside},
    {"Ipv4Gateway", RouteVia::kOutside},
    {"HaVip", RouteVia::kOutside},
    {"GatewayEndpoint", RouteVia::kOutside},
    {"GatewayLoadBalancerEndpoint", RouteVia::kOutside},
}};

void ReadTableOfList(const Value& at, const Value&, Gathered& into) {
  FoundRouteTable table{.origin = at.origin(), .id = std::string(at.Text("RouteTableId"))};
  if (table.id.empty() || !into.IsNew("route table", table.id, at)) return;
  table.vpc = at.FoundText("VpcId");
  table.is_main = at.Text("RouteTableType") == "System";
  table.subnets = TextsIn(at, "VSwitchIds", "VSwitchId");
  into.inventory.route_tables.push_back(std::move(table));
}

void KeepRouteEntry(const Value& at, const Value&, Gathered& into) {
  into.parts["RouteEntrys"].push_back(at);
}

void ReadRouteEntry(const Value& at, Gathered& into, FoundRouteTable& table) {
  const auto destination = at.FoundText("DestinationCidrBlock");
  const auto hops = ItemsIn(at, "NextHops", "NextHop");
  const Value hop = hops.empty() ? at : hops.front();
  const auto type = hop.FoundText("NextHopType");
  if (!destination || !type || destination->value.find(':') != std::string::npos) return;
  FoundRoute route{.origin = at.origin(), .destination = *destination};
  route.via = ViaOf(*type, kNextHopTypes, into);
  route.hop = hop.FoundText("NextHopId");
  if (!route.hop) route.hop = hop.FoundText("InstanceId");
  table.routes.push_back(std::move(route));
}

// Routes stand in a list of their own and name their table.
void PlaceRoutes(Gathered& into) {
  auto& tables = into.inventory.route_tables;
  std::map<std::string, std::size_t, std::less<>> by_id;
  for (std::size_t i = 0; i < tables.size(); ++i) by_id.emplace(tables[i].id, i);
  for (const Value& at : into.parts["RouteEntrys"]) {
    const auto id = at.FoundText("RouteTableId");
    const auto table = id ? by_id.find(id->value) : by_id.end();
    if (table != by_id.end()) {
      ReadRouteEntry(at, into, tables[table->second]);
      continue;
    }
    into.AddGap("route_table_not_listed",
                fmt::format("Route table {} is in no file: its routes are left out.",
                            id ? id->value : "without an ID"),
                "add what DescribeRouteTableList answers", at.origin());
  }
}

// Rules of a security group are asked by priority, 1 first; of one priority, those that drop.
struct RankedRule {
  double priority = 0;
  FoundRule rule;
};

void ReadPermissionOf(const Value& at, Gathered& into, std::vector<RankedRule>& ingress,
                      std::vector<RankedRule>& egress) {
  const bool is_egress = at.Text("Direction") == "egress";
  FoundRule rule{.origin = at.origin()};
  const auto accept = AcceptOf(at.FoundText("Policy"), "Accept", "Drop", at, into);
  if (!accept || !TakeProtocol(at.FoundText("IpProtocol"), rule, into)) return;
  rule.accept = *accept;
  for (const std::string_view key : is_egress ? std::array{"DestCidrIp", "Ipv6DestCidrIp"}
                                              : std::array{"SourceCidrIp", "Ipv6SourceCidrIp"}) {
    if (!rule.peer) rule.peer = at.FoundText(key);
  }
  rule.peer_group = at.FoundText(is_egress ? "DestGroupId" : "SourceGroupId");
  const auto ports = at.FoundText("PortRange");
  if (ports && (rule.protocol == "tcp" || rule.protocol == "udp")) rule.ports = PortsOf(*ports);
  (is_egress ? egress : ingress).push_back({at.Number("Priority").value_or(1), std::move(rule)});
}

std::vector<FoundRule> Ranked(std::vector<RankedRule> rules) {
  std::stable_sort(rules.begin(), rules.end(), [](const RankedRule& a, const RankedRule& b) {
    if (a.priority != b.priority) return a.priority < b.priority;
    return !a.rule.accept && b.rule.accept;
  });
  std::vector<FoundRule> ranked;
  for (RankedRule& each : rules) ranked.push_back(std::move(each.rule));
  return ranked;
}

// The answer is about one group, which it names beside its rules.
void ReadAttribute(const Value& at, const Value& answer, Gathered& into) {
  const auto id = answer.FoundText("SecurityGroupId");
  if (!id || !into.IsNew("the rules of security group", id->value, answer)) return;
  FoundRuleSet group{.origin = answer.origin(), .id = id->value};
  group.vpc = answer.FoundText("VpcId");
  std::vector<RankedRule> ingress;
  std::vector<RankedRule> egress;
  const auto rules = at.Get("Permission");
  if (rules) {
    for (const Value& rule : rules->Items()) ReadPermissionOf(rule, into, ingress, egress);
  }
  group.ingress = Ranked(std::move(ingress));
  group.egress = Ranked(std::move(egress));
  // ECS: a security group admits all that leaves, where no rule says more.
  group.egress.push_back({.origin = group.origin});
  TakeGroup(std::move(group), into);
}

void ReadAlibabaGroup(const Value& at, const Value&, Gathered& into) {
  FoundRuleSet group{.origin = at.origin(), .id = std::string(at.Text("SecurityGroupId"))};
  if (group.id.empty() || !into.IsNew("security group", group.id, at)) return;
  group.vpc = at.FoundText("VpcId");
  group.has_rules = false;
  TakeGroup(std::move(group), into);
}

void ReadAlibabaType(const Value& at, const Value&, Gathered& into) {
  const auto name = at.FoundText("InstanceTypeId");
  if (!name || HasType(name->value, into)) return;
  FoundType type{.origin = at.origin(), .type = name->value};
  constexpr double kKbps = 1e3;       // InstanceBandwidthTx: kbit/s
  constexpr double kMibOfGib = 1024;  // MemorySize: GiB
  type.bandwidth_bps = ScaledOf(at, "InstanceBandwidthTx", kKbps);
  type.packets_per_second = ScaledOf(at, "InstancePpsTx", 1);
  type.vcpus = ScaledOf(at, "CpuCoreCount", 1);
  type.memory_mib = ScaledOf(at, "MemorySize", kMibOfGib);
  into.inventory.types.push_back(std::move(type));
}

// DescribeInstances tells of ENIs, too: of those that DescribeNetworkInterfaces did not.
void TakeEnisOfAlibabaInstances(Gathered& into) {
  std::map<std::string, bool, std::less<>> known;
  for (const FoundEni& each : into.inventory.enis) known[each.id] = true;
  for (const Value& at : into.parts["NetworkInterfaces of instances"]) {
    FoundEni eni{.origin = at.origin(), .id = std::string(at.Text("NetworkInterfaceId"))};
    if (eni.id.empty() || !known.emplace(eni.id, true).second) continue;
    // Instance / NetworkInterfaces / NetworkInterface / 0
    const Value instance = at.Parent().Parent().Parent();
    const auto network = instance.Get("VpcAttributes");
    eni.instance = instance.FoundText("InstanceId");
    eni.vpc = TextAt(network, "VpcId");
    const bool is_first = at.Text("Type") != "Secondary";
    if (is_first) eni.subnet = TextAt(network, "VSwitchId");
    eni.index = is_first ? 0 : 1;
    eni.address = at.FoundText("PrimaryIpAddress");
    eni.mac = at.FoundText("MacAddress");
    into.inventory.enis.push_back(std::move(eni));
  }
}

constexpr std::array<AnswerKind, 11> kAlibabaAnswers = {{
    {"ListTrafficMirrorSessions", "TrafficMirrorSessions", "TrafficMirrorSourceIds",
     "aliyun vpc ListTrafficMirrorSessions --RegionId REGION --MaxResults 100", "",
     "traffic-mirror-sessions.json", "vpc:ListTrafficMirrorSessions", "the sessions",
     &KeepAlibabaSession},
    {"ListTrafficMirrorFilters", "TrafficMirrorFilters", "IngressRules",
     "aliyun vpc ListTrafficMirrorFilters --RegionId REGION --MaxResults 100", "",
     "traffic-mirror-filters.json", "vpc:ListTrafficMirrorFilters", "filters and their rules",
     &KeepAlibabaFilter},
    {"DescribeVpcs", "Vpcs.Vpc", "", "aliyun vpc DescribeVpcs --RegionId REGION --PageSize 50", "",
     "vpcs.json", "vpc:DescribeVpcs", "VPCs and their ranges", &ReadAlibabaVpc},
    {"DescribeVSwitches", "VSwitches.VSwitch", "",
     "aliyun vpc DescribeVSwitches --RegionId REGION --PageSize 50", "", "vswitches.json",
     "vpc:DescribeVSwitches", "vSwitches, which are its subnets", &ReadVSwitch},
    {"DescribeNetworkInterfaces", "NetworkInterfaceSets.NetworkInterfaceSet", "",
     "aliyun ecs DescribeNetworkInterfaces --RegionId REGION --PageSize 100", "",
     "network-interfaces.json", "ecs:DescribeNetworkInterfaces", "ENIs and their addresses",
     &ReadAlibabaEni},
    {"DescribeRouteTableList", "RouterTableList.RouterTableListType", "",
     "aliyun vpc DescribeRouteTableList --RegionId REGION --PageSize 50", "", "route-tables.json",
     "vpc:DescribeRouteTableList", "route tables", &ReadTableOfList},
    {"DescribeRouteEntryList", "RouteEntrys.RouteEntry", "",
     "aliyun vpc DescribeRouteEntryList --RegionId REGION --RouteTableId VTB --MaxResult 100",
     "route table VTB", "routes-VTB.json", "vpc:DescribeRouteEntryList",
     "the routes of a route table", &KeepRouteEntry},
    {"DescribeSecurityGroups", "SecurityGroups.SecurityGroup", "",
     "aliyun ecs DescribeSecurityGroups --RegionId REGION --PageSize 50", "",
     "security-groups.json", "ecs:DescribeSecurityGroups", "which security groups there are",
     &ReadAlibabaGroup},
    {"DescribeSecurityGroupAttribute", "Permissions", "Permission",
     "aliyun ecs DescribeSecurityGroupAttribute --RegionId REGION --SecurityGroupId SG",
     "security group SG", "SG.json", "ecs:DescribeSecurityGroupAttribute",
     "a security group's rules", &ReadAttribute},
    {"DescribeInstances", "Instances.Instance", "",
     "aliyun ecs DescribeInstances --RegionId REGION --PageSize 100", "", "instances.json",
     "ecs:DescribeInstances", "instances and their types", &ReadAlibabaInstance},
    {"DescribeInstanceTypes", "InstanceTypes.InstanceType", "InstanceTypeId",
     "aliyun ecs DescribeInstanceTypes", "", "instance-types.json", "ecs:DescribeInstanceTypes",
     "what instance types are limited to", &ReadAlibabaType},
}};

std::string AlibabaErrorIn(const Value& answer) {
  const bool is_error = !answer.Text("Code").empty() && !answer.Text("Message").empty() &&
                        (answer.Get("HostId") || answer.Get("RequestId"));
  return is_error ? fmt::format("{}: {}", answer.Text("Code"), answer.Text("Message"))
                  : std::string();
}

void FinishAlibaba(Gathered& into) {
  TakeEnisOfAlibabaInstances(into);
  PlaceRoutes(into);
  FinishAlibabaMirrors(into);
}

}  // namespace

const CloudApi& AlibabaApi() {
  static const CloudApi api = {
      .name = "alibaba",
      .title = "Alibaba Cloud",
      .permissions = "RAM actions",
      .paging =
          "the same call again with --PageNumber 2, 3, ... or with --NextToken, until all of "
          "TotalCount are there; each page is a file of its own",
      .answers = kAlibabaAnswers,
      .error_in = &AlibabaErrorIn,
      .finish = &FinishAlibaba};
  return api;
}

}  // namespace vpcmirror::sim
