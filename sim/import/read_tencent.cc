// What Tencent Cloud's Describe calls answer about networks and machines (APIs vpc of
// 2017-03-12, cvm of 2017-03-12, clb of 2018-03-17). Its mirrors: read_tencent_mirrors.cc.
#include "sim/import/read_tencent.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "sim/import/read_rules.h"

namespace vpcmirror::sim {
namespace {

// "ap-guangzhou-3" is in "ap-guangzhou".
std::string TencentRegionOf(std::string_view zone) {
  const std::size_t dash = zone.rfind('-');
  const bool has_number = dash != std::string_view::npos && dash + 1 < zone.size() &&
                          zone.find_first_not_of("0123456789", dash + 1) == std::string_view::npos;
  return has_number ? std::string(zone.substr(0, dash)) : std::string();
}

void ReadVpc(const Value& at, const Value&, Gathered& into) {
  FoundVpc vpc{.origin = at.origin(), .id = std::string(at.Text("VpcId"))};
  if (vpc.id.empty() || !into.IsNew("VPC", vpc.id, at)) return;
  vpc.name = at.Text("VpcName");
  vpc.cidr = at.FoundText("CidrBlock");
  vpc.ipv6_cidr = at.FoundText("Ipv6CidrBlock");
  vpc.more_cidrs = TextsOf(at.ItemsOf("AssistantCidrSet"), "CidrBlock");
  into.inventory.vpcs.push_back(std::move(vpc));
}

void ReadSubnet(const Value& at, const Value&, Gathered& into) {
  FoundSubnet subnet{.origin = at.origin(), .id = std::string(at.Text("SubnetId"))};
  if (subnet.id.empty() || !into.IsNew("subnet", subnet.id, at)) return;
  subnet.name = at.Text("SubnetName");
  subnet.vpc = at.FoundText("VpcId");
  subnet.cidr = at.FoundText("CidrBlock");
  subnet.ipv6_cidr = at.FoundText("Ipv6CidrBlock");
  subnet.zone = at.FoundText("Zone");
  subnet.route_table = at.FoundText("RouteTableId");
  subnet.acl = at.FoundText("NetworkAclId");
  into.NoteRegion(at.Text("VpcId"), TencentRegionOf(at.Text("Zone")), subnet.origin);
  into.inventory.subnets.push_back(std::move(subnet));
}

// GatewayType of a route, as the vpc API's data type Route lists it, and the two words
// that its answers have for the VPC's own range.
constexpr std::array<RouteWord, 15> kGatewayTypes = {{
    {"NORMAL", RouteVia::kLocal},
    {"LOCAL", RouteVia::kLocal},
    {"NAT", RouteVia::kNatGateway},
    {"INTRANAT", RouteVia::kNatGateway},
    {"PEERCONNECTION", RouteVia::kPeering},
    {"CCN", RouteVia::kCcn},
    {"CVM", RouteVia::kInstance},
    {"NORMAL_CVM", RouteVia::kInstance},
    {"HAVIP", RouteVia::kOutside},
    {"VPN", RouteVia::kOutside},
    {"SSLVPN", RouteVia::kOutside},
    {"DIRECTCONNECT", RouteVia::kOutside},
    {"EIP", RouteVia::kOutside},
    {"LOCAL_GATEWAY", RouteVia::kOutside},
    {"USER_CCN", RouteVia::kCcn},
}};

void ReadRouteTable(const Value& at, const Value&, Gathered& into) {
  FoundRouteTable table{.origin = at.origin(), .id = std::string(at.Text("RouteTableId"))};
  if (table.id.empty() || !into.IsNew("route table", table.id, at)) return;
  table.vpc = at.FoundText("VpcId");
  table.is_main = at.Flag("Main");
  table.subnets = TextsOf(at.ItemsOf("AssociationSet"), "SubnetId");
  for (const Value& each : at.ItemsOf("RouteSet")) {
    const auto destination = each.FoundText("DestinationCidrBlock");
    const bool is_off = each.Get("Enabled") && !each.Flag("Enabled");
    const auto type = each.FoundText("GatewayType");
    if (!destination || is_off || !type) continue;
    FoundRoute route{.origin = each.origin(), .destination = *destination};
    route.via = ViaOf(*type, kGatewayTypes, into);
    route.hop = each.FoundText("GatewayId");
    table.routes.push_back(std::move(route));
  }
  into.inventory.route_tables.push_back(std::move(table));
}

// One rule for each of "22,80,443".
void AddByPorts(const FoundRule& rule, const std::optional<FoundText>& ports,
                std::vector<FoundRule>& rules) {
  if (!ports || rule.protocol == "icmp" || rule.protocol == "all") {
    rules.push_back(rule);
    return;
  }
  for (std::size_t start = 0; start <= ports->value.size();) {
    const std::size_t comma = std::min(ports->value.find(',', start), ports->value.size());
    FoundRule one = rule;
    one.ports = PortsOf({ports->value.substr(start, comma - start), ports->origin});
    rules.push_back(std::move(one));
    start = comma + 1;
  }
}

void ReadRule(const Value& at, Gathered& into, std::vector<FoundRule>& rules) {
  FoundRule rule{.origin = at.origin()};
  const auto action = at.FoundText("Action");
  const auto names = [&](std::string_view part, std::string_view one, std::string_view group) {
    const auto named = at.Get(part);
    return named && !(named->Text(one).empty() && named->Text(group).empty());
  };
  const bool has_template = names("AddressTemplate", "AddressId", "AddressGroupId") ||
                            names("ServiceTemplate", "ServiceId", "ServiceGroupId");
  const auto accept = AcceptOf(action, "ACCEPT", "DROP", at, into);
  if (!accept || !TakeProtocol(at.FoundText("Protocol"), rule, into)) return;
  rule.accept = *accept;
  if (has_template) {
    into.AddGap(
        "rule_template",
        "A rule names a parameter template, whose contents are in no file: it is assumed to "
        "hold for any address and port.",
        "write its addresses and ports into the scenario", rule.origin);
  }
  rule.peer = at.FoundText("CidrBlock");
  if (!rule.peer) rule.peer = at.FoundText("Ipv6CidrBlock");
  rule.peer_group = at.FoundText("SecurityGroupId");
  AddByPorts(rule, at.FoundText("Port"), rules);
}

// The API's answer does not say which group it is about; the name of its file does.
std::optional<FoundText> GroupOfAnswer(const Value& answer) {
  if (auto id = answer.FoundText("SecurityGroupId")) return id;
  const Origin origin = answer.origin();
  const std::string name = origin.file->substr(origin.file->find_last_of('/') + 1);
  const std::size_t start = name.find("sg-");
  if (start == std::string::npos) return std::nullopt;
  const std::size_t end = name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789", start + 3);
  return FoundText{name.substr(start, end - start), origin};
}

void ReadPolicies(const Value& at, const Value& answer, Gathered& into) {
  const auto id = GroupOfAnswer(answer);
  if (!id) {
    into.AddContradiction(
        "these rules do not say which security group they are of, and neither does the file's name",
        "a file called after the group: sg-0a1b2c3d.json", at.origin());
    return;
  }
  if (!into.IsNew("the rules of security group", id->value, at)) return;
  FoundRuleSet group{.origin = at.origin(), .id = id->value};
  for (const Value& rule : at.ItemsOf("Ingress")) ReadRule(rule, into, group.ingress);
  for (const Value& rule : at.ItemsOf("Egress")) ReadRule(rule, into, group.egress);
  TakeGroup(std::move(group), into);
}

void ReadSecurityGroup(const Value& at, const Value&, Gathered& into) {
  FoundRuleSet group{.origin = at.origin(), .id = std::string(at.Text("SecurityGroupId"))};
  if (group.id.empty() || !into.IsNew("security group", group.id, at)) return;
  group.has_rules = false;
  TakeGroup(std::move(group), into);
}

void ReadAcl(const Value& at, const Value&, Gathered& into) {
  FoundRuleSet acl{.origin = at.origin(), .id = std::string(at.Text("NetworkAclId"))};
  if (acl.id.empty() || !into.IsNew("network ACL", acl.id, at)) return;
  acl.vpc = at.FoundText("VpcId");
  acl.subnets = TextsOf(at.ItemsOf("SubnetSet"), "SubnetId");
  for (const Value& rule : at.ItemsOf("IngressEntries")) ReadRule(rule, into, acl.ingress);
  for (const Value& rule : at.ItemsOf("EgressEntries")) ReadRule(rule, into, acl.egress);
  into.inventory.acls.push_back(std::move(acl));
}

void ReadEni(const Value& at, const Value&, Gathered& into) {
  FoundEni eni{.origin = at.origin(), .id = std::string(at.Text("NetworkInterfaceId"))};
  if (eni.id.empty() || !into.IsNew("ENI", eni.id, at)) return;
  eni.name = at.Text("NetworkInterfaceName");
  eni.vpc = at.FoundText("VpcId");
  eni.subnet = at.FoundText("SubnetId");
  eni.mac = at.FoundText("MacAddress");
  eni.security_groups = TextsOf(at.Get("GroupSet"));
  for (const Value& each : at.ItemsOf("PrivateIpAddressSet")) {
    auto address = each.FoundText("PrivateIpAddress");
    if (!address) continue;
    if (each.Flag("Primary") && !eni.address) {
      eni.address = std::move(*address);
    } else {
      eni.more_addresses.push_back(std::move(*address));
    }
  }
  for (FoundText& address : TextsOf(at.ItemsOf("Ipv6AddressSet"), "Address")) {
    eni.more_addresses.push_back(std::move(address));
  }
  const auto attachment = at.Get("Attachment");
  eni.instance = TextAt(attachment, "InstanceId");
  if (attachment) eni.index = WholeOf(attachment->Number("DeviceIndex"));
  if (at.Flag("Primary")) eni.index = 0;
  eni.is_no_host = !eni.instance;
  into.NoteRegion(at.Text("VpcId"), TencentRegionOf(at.Text("Zone")), eni.origin);
  into.inventory.enis.push_back(std::move(eni));
}

void ReadInstance(const Value& at, const Value&, Gathered& into) {
  FoundInstance instance{.origin = at.origin(), .id = std::string(at.Text("InstanceId"))};
  if (instance.id.empty() || !into.IsNew("instance", instance.id, at)) return;
  instance.name = at.Text("InstanceName");
  instance.type = at.FoundText("InstanceType");
  const auto network = at.Get("VirtualPrivateCloud");
  instance.vpc = TextAt(network, "VpcId");
  instance.subnet = TextAt(network, "SubnetId");
  instance.addresses = TextsOf(at.Get("PrivateIpAddresses"));
  instance.security_groups = TextsOf(at.Get("SecurityGroupIds"));
  const auto zone = TextAt(at.Get("Placement"), "Zone");
  if (zone && instance.vpc) {
    into.NoteRegion(instance.vpc->value, TencentRegionOf(zone->value), instance.origin);
  }
  into.inventory.instances.push_back(std::move(instance));
}

// A type is listed once for each zone and way of paying, with the same limits.
void ReadType(const Value& at, const Value&, Gathered& into) {
  const auto name = at.FoundText("InstanceType");
  if (!name || HasType(name->value, into)) return;
  FoundType type{.origin = at.origin(), .type = name->value};
  constexpr double kGbps = 1e9;         // InstanceBandwidth: Gbps
  constexpr double kTenThousand = 1e4;  // InstancePps: ten thousand packets a second
  constexpr double kMibOfGib = 1024;    // Memory: GiB
  type.bandwidth_bps = ScaledOf(at, "InstanceBandwidth", kGbps);
  type.packets_per_second = ScaledOf(at, "InstancePps", kTenThousand);
  type.vcpus = ScaledOf(at, "Cpu", 1);
  type.memory_mib = ScaledOf(at, "Memory", kMibOfGib);
  into.inventory.types.push_back(std::move(type));
}

void ReadNatGateway(const Value& at, const Value&, Gathered& into) {
  FoundGateway nat{.origin = at.origin(), .id = std::string(at.Text("NatGatewayId"))};
  if (nat.id.empty() || !into.IsNew("NAT gateway", nat.id, at)) return;
  nat.vpc = at.FoundText("VpcId");
  into.inventory.gateways.push_back(std::move(nat));
}

void ReadPeering(const Value& at, const Value&, Gathered& into) {
  FoundGateway peering{.origin = at.origin(),
                       .kind = RouteVia::kPeering,
                       .id = std::string(at.Text("PeeringConnectionId"))};
  if (peering.id.empty() || !into.IsNew("peering connection", peering.id, at)) return;
  peering.vpc = at.FoundText("SourceVpcId");
  peering.peer_vpc = at.FoundText("PeerVpcId");
  into.inventory.gateways.push_back(std::move(peering));
}

void ReadClb(const Value& at, const Value&, Gathered& into) {
  FoundBalancer clb{.origin = at.origin(), .id = std::string(at.Text("LoadBalancerId"))};
  if (clb.id.empty() || !into.IsNew("CLB", clb.id, at)) return;
  clb.name = at.Text("LoadBalancerName");
  clb.kind = "clb";
  clb.vpc = at.FoundText("VpcId");
  if (auto subnet = at.FoundText("SubnetId")) clb.subnets.push_back(std::move(*subnet));
  const auto addresses = TextsOf(at.Get("LoadBalancerVips"));
  if (!addresses.empty()) clb.address = addresses.front();
  into.inventory.load_balancers.push_back(std::move(clb));
}

constexpr std::array<AnswerKind, 15> kAnswers = {{
    {"DescribeTrafficMirrors", "TrafficMirrorSet", "",
     "tccli vpc DescribeTrafficMirrors --region REGION --Limit 100", "", "traffic-mirrors.json",
     "vpc:DescribeTrafficMirrors", "the mirrors", &KeepTencentMirror},
    {"CreateTrafficMirror", "TrafficMirror", "CollectorSrcs", "", "", "", "", "a mirror just made",
     &KeepTencentMirror},
    {"CreateTrafficMirror", "", "CollectorSrcs", "", "", "", "", "the body of a call",
     &KeepTencentMirror},
    {"DescribeVpcs", "VpcSet", "", "tccli vpc DescribeVpcs --region REGION --Limit 100", "",
     "vpcs.json", "vpc:DescribeVpcs", "VPCs and their ranges", &ReadVpc},
    {"DescribeSubnets", "SubnetSet", "", "tccli vpc DescribeSubnets --region REGION --Limit 100",
     "", "subnets.json", "vpc:DescribeSubnets", "subnets", &ReadSubnet},
    {"DescribeNetworkInterfaces", "NetworkInterfaceSet", "",
     "tccli vpc DescribeNetworkInterfaces --region REGION --Limit 100", "",
     "network-interfaces.json", "vpc:DescribeNetworkInterfaces", "ENIs and their addresses",
     &ReadEni},
    {"DescribeRouteTables", "RouteTableSet", "",
     "tccli vpc DescribeRouteTables --region REGION --Limit 100", "", "route-tables.json",
     "vpc:DescribeRouteTables", "routes", &ReadRouteTable},
    {"DescribeSecurityGroups", "SecurityGroupSet", "",
     "tccli vpc DescribeSecurityGroups --region REGION --Limit 100", "", "security-groups.json",
     "vpc:DescribeSecurityGroups", "which security groups there are", &ReadSecurityGroup},
    {"DescribeSecurityGroupPolicies", "SecurityGroupPolicySet", "",
     "tccli vpc DescribeSecurityGroupPolicies --region REGION --SecurityGroupId SG",
     "security group SG", "SG.json", "vpc:DescribeSecurityGroupPolicies",
     "a security group's rules", &ReadPolicies},
    {"DescribeNetworkAcls", "NetworkAclSet", "",
     "tccli vpc DescribeNetworkAcls --region REGION --Limit 100", "", "network-acls.json",
     "vpc:DescribeNetworkAcls", "network ACLs", &ReadAcl},
    {"DescribeNatGateways", "NatGatewaySet", "",
     "tccli vpc DescribeNatGateways --region REGION --Limit 100", "", "nat-gateways.json",
     "vpc:DescribeNatGateways", "NAT gateways", &ReadNatGateway},
    {"DescribeVpcPeeringConnections", "PeerConnectionSet", "",
     "tccli vpc DescribeVpcPeeringConnections --region REGION --Limit 100", "", "peerings.json",
     "vpc:DescribeVpcPeeringConnections", "which VPCs are connected", &ReadPeering},
    {"DescribeLoadBalancers", "LoadBalancerSet", "",
     "tccli clb DescribeLoadBalancers --region REGION --Limit 100", "", "load-balancers.json",
     "clb:DescribeLoadBalancers", "CLBs, where a mirror has one as its target", &ReadClb},
    {"DescribeInstances", "InstanceSet", "InstanceId",
     "tccli cvm DescribeInstances --region REGION --Limit 100", "", "instances.json",
     "cvm:DescribeInstances", "CVMs and their types", &ReadInstance},
    {"DescribeZoneInstanceConfigInfos", "InstanceTypeQuotaSet", "",
     "tccli cvm DescribeZoneInstanceConfigInfos --region REGION", "", "instance-types.json",
     "cvm:DescribeZoneInstanceConfigInfos", "what instance types are limited to", &ReadType},
}};

std::string ErrorIn(const Value& answer) {
  const auto error = answer.Get("Error");
  if (!error || error->Text("Code").empty()) return {};
  return fmt::format("{}: {}", error->Text("Code"), error->Text("Message"));
}

}  // namespace

const CloudApi& TencentApi() {
  static const CloudApi api = {
      .name = "tencent",
      .title = "Tencent Cloud",
      .permissions = "CAM actions",
      .paging =
          "the same call again with --Offset 100, 200, ... until all of TotalCount are there; "
          "each page is a file of its own",
      .answers = kAnswers,
      .error_in = &ErrorIn,
      .finish = &FinishTencentMirrors};
  return api;
}

}  // namespace vpcmirror::sim
